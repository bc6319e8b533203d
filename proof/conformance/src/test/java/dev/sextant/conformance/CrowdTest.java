package dev.sextant.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.sextant.fixture.ServerProcess;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.QueryIteratorReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two hundred published clients, each over a connection of its own, write and read at once in one collection. Each
/// keeps to rows of its own, so that it knows the answer to everything it asks, whatever the others do.
@Tag("conformance")
class CrowdTest {
    private static final int CLIENTS = 200;
    private static final int ROWS = 20;
    private static final int DELETED = 5;
    private static final int DIMENSION = 8;
    private static final String CROWD = "crowd";

    @TempDir
    Path directory;

    @Test
    void ofTwoHundredClientsAtOnceNobodyIsRefusedAndNothingIsLost() throws Exception {
        try (var server = ServerProcess.start(directory.resolve("data"))) {
            var clients = new ArrayList<MilvusClientV2>();
            for (int i = 0; i < CLIENTS; i++) clients.add(client(server));
            clients.getFirst()
                    .createCollection(CreateCollectionReq.builder()
                            .collectionName(CROWD)
                            .dimension(DIMENSION)
                            .metricType(IndexParam.MetricType.L2.name())
                            .consistencyLevel(ConsistencyLevel.STRONG)
                            .build());
            var together = new CyclicBarrier(CLIENTS);
            atOnce(owner -> {
                meet(together);
                live(clients.get(owner), owner);
            });
            assertThat(count(clients.getFirst(), "")).isEqualTo(CLIENTS * (ROWS - DELETED));
            assertThat(figure(server, "sextant_requests_in_flight_bytes"))
                    .as("whoever was answered is no longer held")
                    .isZero();
            clients.forEach(MilvusClientV2::close);

            server.again();
            var again = client(server);
            assertThat(count(again, "")).isEqualTo(CLIENTS * (ROWS - DELETED));
            for (int owner = 0; owner < CLIENTS; owner += 20) hasItsOwn(again, owner);
            again.close();
        }
    }

    private static void live(MilvusClientV2 client, int owner) {
        var rows = LongStream.range(0, ROWS).mapToObj(i -> row(owner, i, 0)).toList();
        client.insert(InsertReq.builder().collectionName(CROWD).data(rows).build());
        assertThat(count(client, "owner == " + owner)).isEqualTo(ROWS);
        assertThat(nearest(client, vector(key(owner, 3), 0))).isEqualTo(key(owner, 3));
        client.upsert(UpsertReq.builder()
                .collectionName(CROWD)
                .data(List.of(row(owner, ROWS - 1, 1)))
                .build());
        client.delete(DeleteReq.builder()
                .collectionName(CROWD)
                .ids(new ArrayList<>(LongStream.range(0, DELETED)
                        .mapToObj(i -> key(owner, i))
                        .toList()))
                .build());
        hasItsOwn(client, owner);
        assertThat(nearest(client, vector(key(owner, 3), 0)))
                .as("a deleted row is nobody's neighbour")
                .isNotEqualTo(key(owner, 3));
    }

    private static void hasItsOwn(MilvusClientV2 client, int owner) {
        assertThat(nearest(client, vector(key(owner, ROWS - 1), 1))).isEqualTo(key(owner, ROWS - 1));
        var left = LongStream.range(DELETED, ROWS).mapToObj(i -> key(owner, i)).toList();
        assertThat(listed(client, owner)).isEqualTo(left);
    }

    private static List<Long> listed(MilvusClientV2 client, int owner) {
        var pages = client.queryIterator(QueryIteratorReq.builder()
                .collectionName(CROWD)
                .expr("owner == " + owner)
                .batchSize(10)
                .outputFields(List.of("id"))
                .build());
        var keys = new ArrayList<Long>();
        for (var page = pages.next(); !page.isEmpty(); page = pages.next())
            page.forEach(row -> keys.add((Long) row.get("id")));
        pages.close();
        return keys;
    }

    private static long nearest(MilvusClientV2 client, float[] vector) {
        var hit = client.search(SearchReq.builder()
                        .collectionName(CROWD)
                        .data(List.of(new FloatVec(vector)))
                        .limit(1)
                        .build())
                .getSearchResults()
                .getFirst()
                .getFirst();
        return (Long) hit.getId();
    }

    private static long count(MilvusClientV2 client, String filter) {
        return (Long) client.query(QueryReq.builder()
                        .collectionName(CROWD)
                        .filter(filter)
                        .outputFields(List.of("count(*)"))
                        .build())
                .getQueryResults()
                .getFirst()
                .getEntity()
                .get("count(*)");
    }

    private static long key(int owner, long row) {
        return owner * 1_000L + row;
    }

    /// No two are alike.
    private static float[] vector(long key, int version) {
        var vector = new float[DIMENSION];
        vector[0] = key / 1_000;
        vector[1] = key % 1_000;
        vector[2] = version;
        return vector;
    }

    private static JsonObject row(int owner, long number, int version) {
        var row = new JsonObject();
        row.addProperty("id", key(owner, number));
        row.addProperty("owner", owner);
        var vector = new JsonArray();
        for (float each : vector(key(owner, number), version)) vector.add(each);
        row.add("vector", vector);
        return row;
    }

    private static MilvusClientV2 client(ServerProcess server) {
        return new MilvusClientV2(ConnectConfig.builder().uri(server.uri()).build());
    }

    /// Every client's life on a thread of its own; the first trouble is thrown.
    private static void atOnce(IntConsumer life) throws InterruptedException {
        var lives = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                int owner = i;
                lives.add(threads.submit(() -> life.accept(owner)));
            }
        }
        for (var each : lives) {
            try {
                each.get();
            } catch (ExecutionException trouble) {
                throw new AssertionError(trouble.getCause());
            }
        }
    }

    private static void meet(CyclicBarrier together) {
        try {
            together.await();
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static double figure(ServerProcess server, String name) throws IOException, InterruptedException {
        var uri = URI.create("http://127.0.0.1:" + server.managementPort() + "/metrics");
        try (var http = HttpClient.newHttpClient()) {
            var page = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
            Optional<String> line =
                    page.lines().filter(each -> each.startsWith(name + " ")).findFirst();
            return Double.parseDouble(line.orElseThrow().substring(name.length()));
        }
    }
}
