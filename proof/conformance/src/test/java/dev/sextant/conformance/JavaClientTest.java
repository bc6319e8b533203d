package dev.sextant.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.sextant.fixture.ServerProcess;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DescribeCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.collection.request.HasCollectionReq;
import io.milvus.v2.service.collection.request.LoadCollectionReq;
import io.milvus.v2.service.collection.request.ReleaseCollectionReq;
import io.milvus.v2.service.partition.request.CreatePartitionReq;
import io.milvus.v2.service.partition.request.ListPartitionsReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.GetReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The published Java client (V2), unmodified, at work on a real server.
@Tag("conformance")
class JavaClientTest {
    private static final int DIMENSION = 8;

    @TempDir
    static Path directory;

    private static ServerProcess server;
    private static MilvusClientV2 client;

    @BeforeAll
    static void connect() {
        server = ServerProcess.brief(directory.resolve("data"));
        client = new MilvusClientV2(ConnectConfig.builder().uri(server.uri()).build());
    }

    @AfterAll
    static void disconnect() {
        client.close();
        server.close();
    }

    @Test
    void theQuickstartWorks() {
        client.createCollection(CreateCollectionReq.builder()
                .collectionName("java_quick")
                .dimension(DIMENSION)
                .metricType("L2")
                .build());
        assertThat(has("java_quick")).isTrue();
        client.insert(
                InsertReq.builder().collectionName("java_quick").data(rows(100)).build());
        var found = client.search(SearchReq.builder()
                .collectionName("java_quick")
                .data(List.of(new FloatVec(vector(42))))
                .limit(3)
                .outputFields(List.of("color"))
                .consistencyLevel(ConsistencyLevel.STRONG)
                .build());
        var best = found.getSearchResults().getFirst().getFirst();
        assertThat(best.getId()).isEqualTo(42L);
        assertThat(best.getScore()).isLessThan(1e-6f);
        assertThat(best.getEntity()).containsEntry("color", "c2");
        drop("java_quick");
        assertThat(has("java_quick")).isFalse();
    }

    @Test
    void aSchemaOfOnesOwnWithFiltersChangesAndDeletes() {
        var schema = CreateCollectionReq.CollectionSchema.builder()
                .enableDynamicField(true)
                .build();
        schema.addField(AddFieldReq.builder()
                .fieldName("key")
                .dataType(DataType.VarChar)
                .maxLength(32)
                .isPrimaryKey(true)
                .build());
        schema.addField(
                AddFieldReq.builder().fieldName("n").dataType(DataType.Int32).build());
        schema.addField(AddFieldReq.builder()
                .fieldName("v")
                .dataType(DataType.FloatVector)
                .dimension(DIMENSION)
                .build());
        var index = IndexParam.builder()
                .fieldName("v")
                .indexType(IndexParam.IndexType.HNSW)
                .metricType(IndexParam.MetricType.COSINE)
                .extraParams(Map.of("M", 16, "efConstruction", 100))
                .build();
        client.createCollection(CreateCollectionReq.builder()
                .collectionName("java_own")
                .collectionSchema(schema)
                .indexParams(List.of(index))
                .build());
        var rows = new ArrayList<JsonObject>();
        for (int i = 0; i < 200; i++) rows.add(ownRow(i, i));
        assertThat(client.insert(InsertReq.builder()
                                .collectionName("java_own")
                                .data(rows)
                                .build())
                        .getInsertCnt())
                .isEqualTo(200);

        var matching = client.query(QueryReq.builder()
                .collectionName("java_own")
                .filter("n >= 190 and extra like 'e%'")
                .outputFields(List.of("n", "extra"))
                .build());
        assertThat(matching.getQueryResults()).hasSize(10);

        client.upsert(UpsertReq.builder()
                .collectionName("java_own")
                .data(List.of(ownRow(5, 1000)))
                .build());
        var changed = client.get(GetReq.builder()
                .collectionName("java_own")
                .ids(List.of("k5"))
                .outputFields(List.of("n"))
                .build());
        assertThat(changed.getGetResults().getFirst().getEntity().get("n").toString())
                .isEqualTo("1000");

        client.delete(
                DeleteReq.builder().collectionName("java_own").filter("n < 100").build());
        var left = client.query(QueryReq.builder()
                .collectionName("java_own")
                .filter("")
                .outputFields(List.of("count(*)"))
                .build());
        assertThat(left.getQueryResults().getFirst().getEntity().get("count(*)").toString())
                .isEqualTo("101");

        var info = client.describeCollection(
                DescribeCollectionReq.builder().collectionName("java_own").build());
        assertThat(info.getPrimaryFieldName()).isEqualTo("key");
        assertThat(info.getEnableDynamicField()).isTrue();

        client.createPartition(CreatePartitionReq.builder()
                .collectionName("java_own")
                .partitionName("p")
                .build());
        assertThat(client.listPartitions(
                        ListPartitionsReq.builder().collectionName("java_own").build()))
                .containsExactlyInAnyOrder("_default", "p");

        client.releaseCollection(
                ReleaseCollectionReq.builder().collectionName("java_own").build());
        assertThatThrownBy(() -> client.search(SearchReq.builder()
                        .collectionName("java_own")
                        .data(List.of(new FloatVec(vector(1))))
                        .limit(1)
                        .build()))
                .hasMessageContaining("not loaded");
        client.loadCollection(
                LoadCollectionReq.builder().collectionName("java_own").build());
        drop("java_own");
    }

    @Test
    void momentsAndGeometriesAreKeptComparedAndTold() {
        var schema = CreateCollectionReq.CollectionSchema.builder().build();
        schema.addField(AddFieldReq.builder()
                .fieldName("id")
                .dataType(DataType.Int64)
                .isPrimaryKey(true)
                .build());
        schema.addField(AddFieldReq.builder()
                .fieldName("v")
                .dataType(DataType.FloatVector)
                .dimension(DIMENSION)
                .build());
        for (var field :
                Map.of("at", DataType.Timestamptz, "place", DataType.Geometry).entrySet())
            schema.addField(AddFieldReq.builder()
                    .fieldName(field.getKey())
                    .dataType(field.getValue())
                    .isNullable(true)
                    .build());
        var flat = IndexParam.builder()
                .fieldName("v")
                .indexType(IndexParam.IndexType.FLAT)
                .metricType(IndexParam.MetricType.L2)
                .build();
        var tree = IndexParam.builder()
                .fieldName("place")
                .indexType(IndexParam.IndexType.RTREE)
                .build();
        client.createCollection(CreateCollectionReq.builder()
                .collectionName("java_moments")
                .collectionSchema(schema)
                .indexParams(List.of(flat, tree))
                .consistencyLevel(ConsistencyLevel.STRONG)
                .build());
        var rows = new ArrayList<JsonObject>();
        for (int i = 0; i < 10; i++) {
            var row = new JsonObject();
            row.addProperty("id", (long) i);
            row.add("v", new Gson().toJsonTree(new float[DIMENSION]));
            row.addProperty("at", i == 9 ? null : "2025-01-0" + (i + 1) + "T00:00:00+08:00");
            row.addProperty("place", i == 9 ? null : "POINT (" + i + " " + i + ")");
            rows.add(row);
        }
        client.insert(
                InsertReq.builder().collectionName("java_moments").data(rows).build());
        var found = client.query(QueryReq.builder()
                .collectionName("java_moments")
                .filter("at > ISO '2025-01-03T00:00:00Z' and st_within(place, 'POLYGON ((0 0, 5 0, 5 5, 0 5, 0 0))')")
                .outputFields(List.of("at", "place"))
                .build());
        assertThat(found.getQueryResults()).hasSize(2);
        var first = found.getQueryResults().getFirst().getEntity();
        assertThat(first.get("at")).isEqualTo("2025-01-03T16:00:00Z");
        assertThat(first.get("place")).isEqualTo("POINT (3 3)");
        var last = client.get(
                GetReq.builder().collectionName("java_moments").ids(List.of(9L)).build());
        assertThat(last.getGetResults().getFirst().getEntity().get("at")).isNull();
        drop("java_moments");
    }

    @Test
    void whatDoesNotExistIsRefusedByName() {
        assertThat(has("never_was")).isFalse();
        assertThatThrownBy(() -> client.describeCollection(DescribeCollectionReq.builder()
                        .collectionName("never_was")
                        .build()))
                .hasMessageContaining("never_was");
    }

    private static boolean has(String name) {
        return client.hasCollection(
                HasCollectionReq.builder().collectionName(name).build());
    }

    private static void drop(String name) {
        client.dropCollection(DropCollectionReq.builder().collectionName(name).build());
    }

    private static List<JsonObject> rows(int count) {
        var rows = new ArrayList<JsonObject>();
        for (int i = 0; i < count; i++) {
            var row = new JsonObject();
            row.addProperty("id", (long) i);
            row.add("vector", new Gson().toJsonTree(vector(i)));
            row.addProperty("color", "c" + i % 5);
            rows.add(row);
        }
        return rows;
    }

    private static JsonObject ownRow(int key, int n) {
        var row = new JsonObject();
        row.addProperty("key", "k" + key);
        row.addProperty("n", n);
        row.addProperty("extra", "e" + key);
        row.add("v", new Gson().toJsonTree(vector(key)));
        return row;
    }

    private static List<Float> vector(int seed) {
        var vector = new ArrayList<Float>();
        for (int i = 0; i < DIMENSION; i++) vector.add((float) Math.sin(seed * 31 + i * 7));
        return vector;
    }
}
