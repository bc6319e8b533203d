package dev.sextant.server;

import dev.sextant.database.Sextant;
import dev.sextant.gateway.Rehearsal;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// What a server does in a training run, in a directory made for it: a little of everything, so that the start-up cache
/// knows the classes that the first callers need, and enough searches that it knows how they run.
final class Training {
    private static final int DIMENSION = 64;
    private static final int ROWS = 20_480; // as many as have an index built over them
    private static final int SEARCHES = 10_000;
    private static final Duration MOST = Duration.ofSeconds(5);

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
        var random = new SplittableRandom(1);
        for (int i = 0; i < values.length; i++) values[i] = (float) random.nextDouble();
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
        sextant.execute(call, new Operate.Flush(List.of("training")));
        awaitIndex(sextant, call);
        Rehearsal.search(port, "training", "vector", DIMENSION, SEARCHES, MOST);
        var http = HttpClient.newHttpClient();
        for (var route : new String[] {"collections/list", "databases/list"})
            http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/vectordb/" + route))
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build(),
                    BodyHandlers.ofString());
    }

    /// Searches are rehearsed without it, too, only not as they mostly run.
    private static void awaitIndex(Sextant sextant, Call call) throws InterruptedException {
        for (long end = System.nanoTime() + MOST.toNanos(); System.nanoTime() - end < 0; Thread.sleep(20)) {
            var index = sextant.execute(call, new Watch.DescribeIndexes("training", Optional.empty()))
                    .getFirst();
            if (index.state() == Watch.IndexState.FINISHED && index.pendingRows() == 0) return;
        }
    }
}
