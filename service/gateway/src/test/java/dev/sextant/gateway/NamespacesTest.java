package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.CollectionSchema;
import dev.sextant.wire.milvus.CreateCollectionRequest;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.DeleteRequest;
import dev.sextant.wire.milvus.DescribeCollectionRequest;
import dev.sextant.wire.milvus.FieldSchema;
import dev.sextant.wire.milvus.QueryRequest;
import dev.sextant.wire.milvus.Status;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Namespaces of a collection: who is in one meets nobody of another.
class NamespacesTest {
    private static final int TENANTS = 40; // more than there are partitions, so that some share one

    @TempDir
    private Path directory;

    private Running running;

    @BeforeEach
    void open() {
        running = new Running(directory);
    }

    @AfterEach
    void close() {
        running.close();
    }

    private Status create(Map<String, String> properties, boolean flag, boolean keyed) {
        var schema = CollectionSchema.newBuilder().setName("c").setEnableNamespace(flag);
        schema.addFields(Parts.key("id"));
        schema.addFields(Parts.field("n", DataType.Int64).setIsPartitionKey(keyed));
        schema.addFields(Parts.vector("v", 2));
        var request = CreateCollectionRequest.newBuilder().setCollectionName("c");
        new TreeMap<>(properties).forEach((key, value) -> request.addProperties(Parts.pair(key, value)));
        return running.milvus()
                .createCollection(
                        request.setSchema(schema.build().toByteString()).build());
    }

    private void load() {
        running.rest("indexes/create", """
                {"collectionName": "c", "indexParams": [{"fieldName": "v", "indexName": "v", "metricType": "L2"}]}""");
        running.rest("collections/load", "{\"collectionName\": \"c\"}");
    }

    private void created() {
        assertThat(create(Map.of(), true, false).getReason()).isEmpty();
        load();
    }

    private String ask(String route, String namespace, String members) {
        return running.rest(
                "entities/" + route,
                "{\"collectionName\": \"c\", \"consistencyLevel\": \"Strong\""
                        + (namespace == null ? "" : ", \"namespace\": \"" + namespace + "\"") + ", " + members + "}");
    }

    private String insert(String namespace, long id) {
        return ask("insert", namespace, row(id, 7));
    }

    private static String row(long id, long n) {
        return "\"data\": [{\"id\": " + id + ", \"n\": " + n + ", \"v\": [0.5, " + id + "]}]";
    }

    private String rows(String namespace) {
        return ask("query", namespace, "\"filter\": \"n >= 0\", \"outputFields\": [\"*\"]");
    }

    @Test
    @Tag("slow")
    void whatIsWrittenInANamespaceIsReadInItAlone() {
        created();
        for (int tenant = 0; tenant < TENANTS; tenant++)
            assertThat(insert("t" + tenant, tenant)).contains("\"insertCount\":1");
        for (int tenant = 0; tenant < TENANTS; tenant++) {
            var mine = "t" + tenant;
            assertThat(rows(mine)).contains("\"id\":" + tenant + ",").doesNotContain("},{", "namespace");
            assertThat(ask("search", mine, "\"data\": [[0.5, 1]], \"annsField\": \"v\", \"limit\": 50"))
                    .contains("\"id\":" + tenant)
                    .doesNotContain("},{");
            assertThat(ask("query", mine, "\"outputFields\": [\"count(*)\"]")).contains("\"count(*)\":1");
            assertThat(ask("get", mine, "\"id\": [" + (tenant + 1) % TENANTS + "]"))
                    .contains("\"data\":[]");
            assertThat(ask("hybrid_search", mine, """
                    "search": [{"data": [[0.5, 1]], "annsField": "v", "limit": 50},
                     {"data": [[0.5, 9]], "annsField": "v", "limit": 50}],
                    "rerank": {"strategy": "rrf", "params": {"k": 10}}, "limit": 50"""))
                    .contains("\"id\":" + tenant)
                    .doesNotContain("},{");
        }
        assertThat(rows("nobody")).contains("\"data\":[]");
    }

    @Test
    void whatIsDeletedOrReplacedInANamespaceIsThereInTheOthersLoadedOrNot() {
        created();
        for (int tenant = 0; tenant < TENANTS; tenant++) insert("t" + tenant, tenant);
        for (int tenant = 1; tenant < TENANTS; tenant++) {
            var theirs = tenant;
            ask("delete", "t0", "\"filter\": \"id == " + theirs + "\"");
            ask("delete", "t0", "\"filter\": \"n == 7 and id == " + theirs + "\"");
            ask("upsert", "t0", "\"partialUpdate\": true, \"data\": [{\"id\": " + theirs + ", \"n\": 8}]");
            ask("upsert", "t0", row(theirs, 9));
            assertThat(rows("t" + tenant)).contains("\"id\":" + tenant + ",").contains("\"n\":7");
        }
        assertThat(ask("upsert", "t0", row(0, 4))).contains("\"upsertCount\":1");
        assertThat(ask("query", "t0", "\"filter\": \"id == 0\", \"outputFields\": [\"n\"]"))
                .contains("\"n\":4")
                .doesNotContain("},{");
        ask("upsert", "t0", "\"partialUpdate\": true, \"data\": [{\"id\": 0, \"n\": 5}]");
        assertThat(ask("query", "t0", "\"filter\": \"id == 0\", \"outputFields\": [\"n\"]"))
                .contains("\"n\":5")
                .doesNotContain("},{");
        ask("delete", "t0", "\"filter\": \"id in [0]\"");
        assertThat(ask("query", "t0", "\"filter\": \"id == 0\"")).contains("\"data\":[]");
        running.rest("collections/release", "{\"collectionName\": \"c\"}");
        ask("delete", "t0", "\"filter\": \"id == 1\"");
        assertThat(ask("delete", "t2", "\"filter\": \"id == 2\"")).contains("\"deleteCount\":1");
        load();
        assertThat(rows("t1")).contains("\"id\":1,");
        assertThat(rows("t2")).contains("\"data\":[]");
    }

    private String mine(int tenant) {
        return ask("query", "t" + tenant, "\"filter\": \"id in [1, 2]\", \"outputFields\": [\"n\"]");
    }

    @Test
    void namespacesUseTheSameKeysAndEachHasItsOwnRows() {
        created();
        for (int tenant = 0; tenant < TENANTS; tenant++) {
            ask("insert", "t" + tenant, row(1, tenant));
            ask("insert", "t" + tenant, row(2, 500 + tenant));
        }
        for (boolean flushed : new boolean[] {false, true}) {
            if (flushed) running.rest("collections/flush", "{\"collectionName\": \"c\"}");
            assertThat(ask("upsert", "t3", row(1, 100))).contains("\"upsertCount\":1");
            ask("upsert", "t4", "\"partialUpdate\": true, \"data\": [{\"id\": 1, \"n\": 200}]");
            assertThat(ask("delete", "t5", "\"filter\": \"id == 1\"")).contains("\"deleteCount\":1");
            ask("delete", "t6", "\"filter\": \"n < 500\"");
            for (int tenant = 0; tenant < TENANTS; tenant++) {
                var first = tenant == 3 ? 100 : tenant == 4 ? 200 : tenant;
                var rows = assertThat(mine(tenant)).as("tenant " + tenant).contains("\"n\":" + (500 + tenant));
                if (tenant == 5 || tenant == 6) rows.doesNotContain("\"id\":1,");
                else rows.contains("\"id\":1,", "\"n\":" + first);
                assertThat(ask("query", "t" + tenant, "\"outputFields\": [\"count(*)\"]"))
                        .contains("\"count(*)\":" + (tenant == 5 || tenant == 6 ? 1 : 2));
                assertThat(ask("search", "t" + tenant, "\"data\": [[0.5, 2]], \"annsField\": \"v\", \"limit\": 5"))
                        .contains("\"distance\":0.0");
            }
        }
    }

    @Test
    void aCallWithoutANamespaceIsRefusedWhereThereAreSomeAndTheOtherWayRound() {
        created();
        var missing = "namespace data is not set but namespace enabled";
        assertThat(insert(null, 1)).contains(missing);
        assertThat(rows(null)).contains(missing);
        assertThat(ask("delete", null, "\"filter\": \"id == 1\"")).contains(missing);
        assertThat(ask("search", null, "\"data\": [[0.5, 1]], \"annsField\": \"v\", \"limit\": 5"))
                .contains(missing);
        running.rest("collections/drop", "{\"collectionName\": \"c\"}");
        assertThat(create(Map.of(), false, false).getReason()).isEmpty();
        load();
        assertThat(insert("t", 1)).contains("namespace data is set but namespace disabled");
        var query = QueryRequest.newBuilder()
                .setCollectionName("c")
                .setExpr("id > 0")
                .setNamespace("t");
        assertThat(running.milvus().query(query.build()).getStatus().getReason())
                .contains("namespace data is set but namespace disabled");
    }

    @Test
    void namespacesAreToldByTheSchemaAndTheirFieldIsNobodysToSee() {
        created();
        var told = running.milvus()
                .describeCollection(DescribeCollectionRequest.newBuilder()
                        .setCollectionName("c")
                        .build());
        assertThat(told.getSchema().getEnableNamespace()).isTrue();
        assertThat(told.getSchema().getFieldsList())
                .extracting(FieldSchema::getName)
                .containsExactly("id", "n", "v");
        assertThat(running.rest("collections/describe", "{\"collectionName\": \"c\"}"))
                .doesNotContain("$namespace_id");
        assertThat(ask("query", "t", "\"filter\": \"n >= 0\", \"outputFields\": [\"$namespace_id\"]"))
                .contains("not allowed to retrieve");
        var delete = DeleteRequest.newBuilder()
                .setCollectionName("c")
                .setNamespace("t")
                .setExpr("id == 1");
        assertThat(running.milvus().delete(delete.build()).getStatus().getReason())
                .isEmpty();
    }

    @Test
    @Tag("slow")
    void whatNamespacesCannotGoWithIsRefused() {
        assertThat(create(Map.of(), true, true).getReason())
                .contains("namespace is not supported with partition key mode");
        assertThat(create(Map.of("partitionkey.isolation", "false"), true, false)
                        .getReason())
                .contains("isolation property is false when namespace enabled");
        assertThat(create(Map.of("namespace.mode", "shelf"), true, false).getReason())
                .contains("invalid namespace.mode");
        created();
        assertThat(running.rest(
                        "collections/alter_properties",
                        "{\"collectionName\": \"c\", \"properties\": {\"namespace.enabled\": \"false\"}}"))
                .contains("can not alter namespace.enabled");
    }

    @Test
    void namespacesMayBePartitionsOfTheirNames() {
        assertThat(create(Map.of("namespace.mode", "partition", "namespace.enabled", "true"), false, false)
                        .getReason())
                .isEmpty();
        load();
        assertThat(insert("a", 1)).contains("partition not found");
        for (var name : new String[] {"a", "b"})
            running.rest("partitions/create", "{\"collectionName\": \"c\", \"partitionName\": \"" + name + "\"}");
        load();
        assertThat(insert("a", 1)).contains("\"insertCount\":1");
        assertThat(insert("b", 1)).contains("\"insertCount\":1");
        assertThat(ask("upsert", "b", row(1, 3))).contains("\"upsertCount\":1");
        assertThat(rows("a")).contains("\"n\":7").doesNotContain("},{");
        assertThat(rows("b")).contains("\"n\":3").doesNotContain("},{");
        assertThat(ask("query", "a", "\"partitionNames\": [\"b\"], \"filter\": \"n >= 0\""))
                .contains("mismatches namespace");
        ask("delete", "a", "\"filter\": \"id == 1\"");
        assertThat(rows("a")).contains("\"data\":[]");
        assertThat(rows("b")).contains("\"n\":3");
    }
}
