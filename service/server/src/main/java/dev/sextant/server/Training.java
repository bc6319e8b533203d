package dev.sextant.server;

import dev.sextant.database.Sextant;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.VectorType;
import dev.sextant.model.Write;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/// What a server does in a training run, in a directory made for it: a little of everything, so that the start-up cache
/// knows the classes that the first callers need.
final class Training {
    private static final int DIMENSION = 16;
    private static final int ROWS = 64;

    private Training() {}

    static boolean isAsked(Map<String, String> environment) {
        return "1".equals(environment.get("SEXTANT_TRAINING"));
    }

    static void run(Sextant sextant, int port) throws IOException, InterruptedException {
        var call = Call.local();
        sextant.execute(
                call,
                Define.CreateCollection.of(
                        "training",
                        Field.of("id", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY),
                        Field.of("vector", new FieldType.Vector(VectorType.FLOAT32, DIMENSION))));
        sextant.execute(
                call,
                new Define.CreateIndex(
                        "training", "vector", "", Map.of("index_type", "AUTOINDEX", "metric_type", "L2")));
        sextant.execute(call, Operate.Load.of("training"));
        var keys = new long[ROWS];
        var values = new float[ROWS * DIMENSION];
        for (int i = 0; i < ROWS; i++) keys[i] = i;
        for (int i = 0; i < values.length; i++) values[i] = i % 13;
        sextant.execute(
                call,
                Write.Insert.of(
                        "training",
                        Rows.of(ROWS)
                                .with("id", Column.longs(keys))
                                .with("vector", Column.Dense.of(DIMENSION, values))
                                .build()));
        sextant.execute(
                call, Read.Search.of("training", "vector", Column.Dense.of(DIMENSION, new float[DIMENSION]), 5, "*"));
        var http = HttpClient.newHttpClient();
        for (var route : new String[] {"collections/list", "databases/list"})
            http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/vectordb/" + route))
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build(),
                    BodyHandlers.ofString());
    }
}
