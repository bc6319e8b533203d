package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sextant.gateway.rest.Rest.Asking;
import dev.sextant.model.External;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.RefreshInfo;
import java.io.IOException;
import java.util.HashMap;
import java.util.Optional;

/// Collections whose rows come out of files of somebody else: `/jobs/external_collection/…`
final class RestExternals {
    private RestExternals() {}

    static void bind(Rest rest) {
        rest.on(
                        "jobs/external_collection/refresh",
                        asking -> asking.exchange()
                                .ask(
                                        new Operate.RefreshExternal(
                                                RestCollections.name(asking),
                                                asking.body().text("externalSource"),
                                                asking.body().text("externalSpec")),
                                        started -> Said.data(json -> {
                                            json.writeStartObject();
                                            json.writeNumberField("jobId", started.job());
                                            json.writeEndObject();
                                        })))
                .on("jobs/external_collection/describe", RestExternals::describe)
                .on(
                        "jobs/external_collection/list",
                        asking -> asking.exchange()
                                .ask(
                                        new Watch.ListRefreshes(
                                                Optional.of(asking.body().text("collectionName"))
                                                        .filter(name -> !name.isEmpty())),
                                        all -> Said.data(json -> {
                                            json.writeStartObject();
                                            json.writeArrayFieldStart("records");
                                            for (var each : all) write(json, each);
                                            json.writeEndArray();
                                            json.writeEndObject();
                                        })));
    }

    private static void describe(Asking asking) {
        long job = asking.body()
                .whole("jobId")
                .orElseThrow(() -> Trouble.missing(
                        "Key: 'jobId' Error:Field validation for 'jobId' failed on the 'required' tag"));
        asking.exchange()
                .then(
                        new Watch.RefreshState(job),
                        info -> asking.exchange().answer(Said.data(json -> write(json, info))),
                        RestCollections.unlessMissing(
                                Refusal.Kind.JOB,
                                () -> asking.exchange()
                                        .fail(new Refused(new Refusal.InvalidParameter(
                                                "jobId", "refresh job " + job + " not found"))),
                                asking.exchange()));
    }

    private static void write(JsonGenerator json, RefreshInfo info) throws IOException {
        json.writeStartObject();
        json.writeNumberField("jobId", info.id());
        json.writeStringField("collectionName", info.collection());
        json.writeStringField(
                "state",
                switch (info.phase()) {
                    case PENDING -> "RefreshPending";
                    case REFRESHING -> "RefreshInProgress";
                    case COMPLETED -> "RefreshCompleted";
                    case FAILED -> "RefreshFailed";
                });
        json.writeNumberField("progress", info.percent());
        json.writeStringField("externalSource", info.external().source());
        json.writeStringField("externalSpec", info.external().spec());
        json.writeNumberField("startTime", info.created());
        json.writeNumberField("endTime", info.ended());
        json.writeStringField("reason", info.reason());
        json.writeEndObject();
    }

    /// What a schema says of files, if it says anything.
    static Optional<External> of(Body schema) {
        var columns = new HashMap<String, String>();
        for (var field : schema.objects("fields"))
            if (!field.text("externalField").isEmpty())
                columns.put(field.need("fieldName"), field.text("externalField"));
        var source = schema.text("externalSource");
        var spec = schema.text("externalSpec");
        return source.isEmpty() && spec.isEmpty() && columns.isEmpty()
                ? Optional.empty()
                : Optional.of(new External(source, spec, columns));
    }
}
