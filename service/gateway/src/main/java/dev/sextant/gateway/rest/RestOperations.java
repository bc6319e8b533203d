package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sextant.gateway.rest.Rest.Asking;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.SegmentInfo;
import java.io.IOException;
import java.io.StringWriter;
import java.util.HashSet;
import java.util.List;

/// What operators look at: `/segments/…`, `/quotacenter/…`
final class RestOperations {
    private RestOperations() {}

    static void bind(Rest rest) {
        rest.on("segments/describe", RestOperations::segments)
                .on(
                        "quotacenter/describe",
                        asking -> asking.exchange()
                                .ask(
                                        new Watch.Quotas(),
                                        quotas -> Said.data(json -> json.writeString(metrics(quotas)))));
    }

    private static void segments(Asking asking) {
        var wanted = new HashSet<>(asking.body().texts("segmentIDs"));
        long id = asking.body()
                .whole("collectionID")
                .orElseThrow(() -> Trouble.missing("Key: 'collectionID' is required"));
        asking.exchange()
                .then(
                        new Watch.DescribeCollection("", id),
                        info -> asking.exchange()
                                .in(info.database())
                                .ask(new Watch.Segments(info.name()), all -> told(all, wanted)));
    }

    private static Said told(List<SegmentInfo> all, HashSet<String> wanted) {
        var known = all.stream()
                .filter(each -> wanted.isEmpty() || wanted.contains(Long.toString(each.id())))
                .toList();
        if (known.size() < wanted.size()) {
            var missing = new HashSet<>(wanted);
            known.forEach(each -> missing.remove(Long.toString(each.id())));
            throw new Refused(new Refusal.NotFound(
                    Refusal.Kind.SEGMENT, missing.iterator().next(), ""));
        }
        return Said.data(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("segmentInfos");
            for (var each : known) write(json, each);
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, SegmentInfo info) throws IOException {
        json.writeStartObject();
        json.writeNumberField("segmentID", info.id());
        json.writeNumberField("collectionID", info.collectionId());
        json.writeNumberField("partitionID", info.partitionId());
        json.writeStringField("vChannel", "by-dev-rootcoord-dml_0_" + info.collectionId() + "v" + info.shard());
        json.writeNumberField("numRows", info.rows());
        json.writeStringField("state", info.growing() ? info.sealed() ? "Sealed" : "Growing" : "Flushed");
        json.writeStringField("level", "L1");
        json.writeBooleanField("isSorted", false);
        for (var logs : List.of("insertLogs", "deltaLogs", "statsLogs")) {
            json.writeArrayFieldStart(logs);
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /// A text that is itself JSON: so the protocol has it.
    private static String metrics(Watch.QuotasInfo quotas) throws IOException {
        var text = new StringWriter();
        try (var json = dev.sextant.gateway.exchange.JsonTexts.JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeObjectFieldStart("rates");
            for (var each : quotas.rates().entrySet()) json.writeNumberField(each.getKey(), each.getValue());
            json.writeEndObject();
            json.writeArrayFieldStart("denied");
            for (var each : quotas.denied()) json.writeString(each);
            json.writeEndArray();
            json.writeNumberField("stored_bytes", quotas.storedBytes());
            json.writeNumberField("most_bytes", quotas.mostBytes());
            json.writeEndObject();
        }
        return text.toString();
    }
}
