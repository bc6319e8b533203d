package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.gateway.rest.Rest.Asking;
import dev.sextant.model.Operate;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.ImportInfo;
import dev.sextant.model.Watch.ImportPhase;
import dev.sextant.model.Watch.ImportedFile;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Rows out of files: `/jobs/import/…`
final class RestImports {
    private RestImports() {}

    static void bind(Rest rest) {
        rest.on("jobs/import/create", RestImports::create)
                .on("jobs/import/describe", RestImports::describe)
                .on("jobs/import/get_progress", RestImports::describe)
                .on(
                        "jobs/import/list",
                        asking -> asking.exchange()
                                .ask(
                                        new Watch.ListImports(
                                                named(asking.body().text("collectionName"))),
                                        RestImports::listed))
                .on(
                        "jobs/import/commit",
                        asking -> asking.exchange().ask(new Operate.CommitImport(job(asking)), _ -> Said.EMPTY))
                .on(
                        "jobs/import/abort",
                        asking -> asking.exchange().ask(new Operate.AbortImport(job(asking)), _ -> Said.EMPTY));
    }

    private static void create(Asking asking) {
        var body = asking.body();
        asking.exchange()
                .ask(
                        new Operate.Import(
                                body.need("collectionName"),
                                named(body.text("partitionName")),
                                groups(body),
                                options(asking)),
                        started -> Said.data(json -> {
                            json.writeStartObject();
                            json.writeStringField("jobId", Long.toString(started.job()));
                            json.writeEndObject();
                        }));
    }

    private static Map<String, String> options(Asking asking) {
        var options = new HashMap<>(asking.body().map("options"));
        asking.headers().first("Idempotency-Key").ifPresent(key -> options.put("idempotency_key", key));
        return options;
    }

    private static List<List<String>> groups(Body body) {
        var groups = new ArrayList<List<String>>();
        if (!body.has("files"))
            throw Trouble.missing("Key: 'files' Error:Field validation for 'files' failed on the 'required' tag");
        body.each("files", parser -> {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                groups.add(List.of(parser.getText()));
                return;
            }
            if (parser.currentToken() != JsonToken.START_ARRAY) throw Trouble.notJson("files must be lists of paths");
            var group = new ArrayList<String>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.VALUE_STRING)
                    throw Trouble.notJson("files must be lists of paths");
                group.add(parser.getText());
            }
            groups.add(group);
        });
        return groups;
    }

    private static Optional<String> named(String name) {
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    private static long job(Asking asking) {
        return asking.body()
                .whole("jobId")
                .orElseThrow(() -> Trouble.missing(
                        "Key: 'jobId' Error:Field validation for 'jobId' failed on the 'required' tag"));
    }

    private static void describe(Asking asking) {
        asking.exchange().ask(new Watch.ImportState(job(asking)), info -> Said.data(json -> described(json, info)));
    }

    private static void described(JsonGenerator json, ImportInfo info) throws IOException {
        json.writeStartObject();
        head(json, info);
        json.writeNumberField("importedRows", info.rows());
        json.writeNumberField("totalRows", info.totalRows());
        json.writeNumberField("fileSize", info.bytes());
        json.writeStringField("createTime", time(info.created()));
        json.writeStringField("completeTime", time(info.ended()));
        json.writeArrayFieldStart("details");
        for (var file : info.files()) described(json, file);
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void head(JsonGenerator json, ImportInfo info) throws IOException {
        json.writeStringField("jobId", Long.toString(info.id()));
        json.writeStringField("collectionName", info.collection());
        json.writeStringField("state", word(info.phase()));
        json.writeNumberField("progress", info.percent());
        json.writeStringField("reason", info.reason());
    }

    private static void described(JsonGenerator json, ImportedFile file) throws IOException {
        json.writeStartObject();
        json.writeStringField("fileName", String.join(",", file.paths()));
        json.writeNumberField("fileSize", file.bytes());
        json.writeNumberField("progress", file.percent());
        json.writeStringField("state", word(file.phase()));
        json.writeNumberField("importedRows", file.rows());
        json.writeNumberField("totalRows", file.totalRows());
        json.writeStringField("completeTime", time(file.ended()));
        json.writeStringField("reason", file.reason());
        json.writeEndObject();
    }

    private static Said listed(List<ImportInfo> all) {
        return Said.data(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("records");
            for (var info : all) {
                json.writeStartObject();
                head(json, info);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static String word(ImportPhase phase) {
        return switch (phase) {
            case PENDING -> "Pending";
            case IMPORTING -> "Importing";
            case UNCOMMITTED -> "Uncommitted";
            case COMPLETED -> "Completed";
            case FAILED -> "Failed";
        };
    }

    private static String time(long millis) {
        return millis == 0
                ? ""
                : Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
