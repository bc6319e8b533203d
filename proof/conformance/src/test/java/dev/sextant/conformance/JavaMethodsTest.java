package dev.sextant.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.sextant.fixture.ServerProcess;
import io.milvus.common.clientenum.FunctionType;
import io.milvus.common.resourcegroup.ResourceGroupConfig;
import io.milvus.common.resourcegroup.ResourceGroupLimit;
import io.milvus.orm.iterator.QueryIterator;
import io.milvus.orm.iterator.SearchIterator;
import io.milvus.orm.iterator.SearchIteratorV2;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.client.RetryConfig;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.cdc.request.CrossClusterTopology;
import io.milvus.v2.service.cdc.request.MilvusCluster;
import io.milvus.v2.service.cdc.request.ReplicateConfiguration;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.database.response.DescribeDatabaseResp;
import io.milvus.v2.service.rbac.response.DescribeRoleResp;
import io.milvus.v2.service.rbac.response.DescribeUserResp;
import io.milvus.v2.service.utility.OptimizeTask;
import io.milvus.v2.service.utility.response.CompactResp;
import io.milvus.v2.service.utility.response.DescribeAliasResp;
import io.milvus.v2.service.utility.response.FlushAllResp;
import io.milvus.v2.service.utility.response.GetPersistentSegmentInfoResp;
import io.milvus.v2.service.vector.request.AnnSearchReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.RunAnalyzerResp;
import io.milvus.v2.service.vector.response.SearchResp;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// What the published Java client (V2) can do beside its quickstart and its life, called by the names of its methods
/// and of what their requests are built of; and that no public method is left out.
@Tag("conformance")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class JavaMethodsTest {
    private static final int DIMENSION = 4;
    private static final String NAME = "java_methods";
    /// Of clients without a server: the second is one for gRPC's own stubs.
    private static final Set<String> ELSEWHERE = Set.of("close", "setBlockingStub");

    private static final Set<String> called = new TreeSet<>();

    @TempDir
    static Path directory;

    private static ServerProcess server;
    private static MilvusClientV2 client;

    @BeforeAll
    static void connect() {
        server = ServerProcess.brief(directory.resolve("data"));
        client = new MilvusClientV2(ConnectConfig.builder()
                .uri(server.uri())
                .connectTimeoutMs(60_000) // of a machine that is busy with other tests
                .build());
        fill();
    }

    @AfterAll
    static void disconnect() {
        client.close();
        server.close();
    }

    private static void fill() {
        call(
                "createCollection",
                "collectionName",
                NAME,
                "dimension",
                DIMENSION,
                "metricType",
                "L2",
                "consistencyLevel",
                ConsistencyLevel.STRONG);
        call("insert", "collectionName", NAME, "data", rows(0, 500));
    }

    private static List<JsonObject> rows(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(id -> new Gson()
                        .fromJson(
                                "{\"id\":" + id + ",\"vector\":[" + id + ",1,2,3],\"n\":" + id + "}", JsonObject.class))
                .toList();
    }

    /// Calls a method with a request that is built of names and values.
    private static Object call(String name, Object... given) {
        called.add(name);
        try {
            var method = Arrays.stream(MilvusClientV2.class.getMethods())
                    .filter(each -> each.getName().equals(name))
                    .findFirst()
                    .orElseThrow();
            if (method.getParameterCount() == 0) return method.invoke(client);
            return method.invoke(client, request(method.getParameterTypes()[0], given));
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() instanceof RuntimeException why
                    ? why
                    : new IllegalStateException(thrown.getCause());
        } catch (ReflectiveOperationException missing) {
            throw new AssertionError(missing);
        }
    }

    private static Object request(Class<?> type, Object... given) throws ReflectiveOperationException {
        var builder = type.getMethod("builder").invoke(null);
        for (int i = 0; i < given.length; i += 2) {
            var name = (String) given[i];
            var value = given[i + 1];
            Method setter = Arrays.stream(builder.getClass().getMethods())
                    .filter(each -> each.getName().equals(name) && each.getParameterCount() == 1)
                    .findFirst()
                    .orElseThrow(() -> new NoSuchMethodException(type + " has no " + name));
            setter.setAccessible(true);
            setter.invoke(builder, value);
        }
        var build = Arrays.stream(builder.getClass().getMethods())
                .filter(each -> each.getName().equals("build") && each.getParameterCount() == 0)
                .findFirst()
                .orElseThrow();
        build.setAccessible(true);
        return build.invoke(builder);
    }

    private static Object ofCollection(String method, Object... more) {
        var all = new Object[more.length + 2];
        all[0] = "collectionName";
        all[1] = NAME;
        System.arraycopy(more, 0, all, 2, more.length);
        return call(method, all);
    }

    private static String told(String method, Object... more) {
        return String.valueOf(ofCollection(method, more));
    }

    @Test
    @Order(1)
    void databases() throws InterruptedException {
        call("createDatabase", "databaseName", "java_db", "properties", Map.of("database.max.collections", "5"));
        call("alterDatabase", "databaseName", "java_db", "properties", Map.of("database.replica.number", "1"));
        call(
                "alterDatabaseProperties",
                "databaseName",
                "java_db",
                "properties",
                Map.of("database.max.collections", "6"));
        var about = (DescribeDatabaseResp) call("describeDatabase", "databaseName", "java_db");
        assertThat(about.getProperties())
                .containsEntry("database.max.collections", "6")
                .containsEntry("database.replica.number", "1");
        call("dropDatabaseProperties", "databaseName", "java_db", "propertyKeys", List.of("database.replica.number"));
        assertThat(call("listDatabases").toString()).contains("java_db");
        called.add("useDatabase");
        client.useDatabase("java_db");
        assertThat(call("currentUsedDatabase")).isEqualTo("java_db");
        assertThat(call("listCollections").toString()).doesNotContain(NAME);
        client.useDatabase("default");
        assertThat(call("listCollectionsV2", "databaseName", "default").toString())
                .contains(NAME);
        call("dropDatabase", "databaseName", "java_db");
    }

    @Test
    @Order(2)
    void collectionsAreDescribedAndChanged() {
        assertThat(call("createSchema")).isNotNull();
        assertThat(call("CreateSchema")).isNotNull();
        ofCollection("alterCollection", "properties", Map.of("collection.ttl.seconds", "3600"));
        ofCollection("alterCollectionProperties", "properties", Map.of("collection.ttl.seconds", "7200"));
        assertThat(told("describeCollection")).contains("7200");
        ofCollection("dropCollectionProperties", "propertyKeys", List.of("collection.ttl.seconds"));
        ofCollection(
                "addCollectionField",
                "fieldName",
                "added",
                "dataType",
                io.milvus.v2.common.DataType.VarChar,
                "maxLength",
                20,
                "isNullable",
                true);
        ofCollection("alterCollectionField", "fieldName", "added", "properties", Map.of("max_length", "30"));
        ofCollection("releaseCollection");
        ofCollection("alterCollectionField", "fieldName", "added", "properties", Map.of("mmap.enabled", "true"));
        ofCollection("dropCollectionFieldProperties", "fieldName", "added", "propertyKeys", List.of("mmap.enabled"));
        assertThat(call("batchDescribeCollection", "collectionNames", List.of(NAME))
                        .toString())
                .contains("added");
        ofCollection("loadCollection");
        ofCollection("refreshLoad");
        assertThat(ofCollection("getLoadState")).isEqualTo(true);
        assertThat(told("getLoadStateV2")).containsIgnoringCase("loaded");
        assertThat(told("describeReplicas")).contains("__default_resource_group");
        assertThat(told("getCollectionStats")).contains("500");
        ofCollection("renameCollection", "newCollectionName", "java_renamed");
        assertThat(ofCollection("hasCollection")).isEqualTo(false);
        call("renameCollection", "collectionName", "java_renamed", "newCollectionName", NAME);
        var words = CreateCollectionReq.Function.builder()
                .name("words")
                .functionType(FunctionType.BM25)
                .inputFieldNames(List.of("added"))
                .outputFieldNames(List.of("vector"))
                .build();
        assertThatThrownBy(() -> ofCollection("addCollectionFunction", "function", words))
                .hasMessageContaining("BM25");
        assertThatThrownBy(() -> ofCollection("alterCollectionFunction", "function", words))
                .hasMessageContaining("words");
        ofCollection("dropCollectionFunction", "functionName", "words");
    }

    @Test
    @Order(3)
    void partitionsAliasesAndIndexes() {
        ofCollection("createPartition", "partitionName", "side");
        assertThat(ofCollection("hasPartition", "partitionName", "side")).isEqualTo(true);
        ofCollection("loadPartitions", "partitionNames", List.of("side"));
        assertThat(told("getPartitionStats", "partitionName", "side")).contains("0");
        ofCollection("releasePartitions", "partitionNames", List.of("side"));
        ofCollection("dropPartition", "partitionName", "side");
        assertThat(ofCollection("listPartitions")).isEqualTo(List.of("_default"));

        ofCollection("createAlias", "alias", "java_alias");
        ofCollection("alterAlias", "alias", "java_alias");
        assertThat(((DescribeAliasResp) call("describeAlias", "alias", "java_alias")).getCollectionName())
                .isEqualTo(NAME);
        assertThat(told("listAliases")).contains("java_alias");
        call("dropAlias", "alias", "java_alias");

        assertThat(ofCollection("listIndexes")).isEqualTo(List.of("vector"));
        ofCollection("releaseCollection");
        ofCollection("alterIndex", "indexName", "vector", "properties", Map.of("mmap.enabled", "true"));
        ofCollection("alterIndexProperties", "indexName", "vector", "properties", Map.of("mmap.enabled", "false"));
        ofCollection("dropIndexProperties", "indexName", "vector", "propertyKeys", List.of("mmap.enabled"));
        assertThat(told("describeIndex", "indexName", "vector")).contains("AUTOINDEX");
        ofCollection("dropIndex", "indexName", "vector", "fieldName", "vector");
        var flat = IndexParam.builder()
                .fieldName("vector")
                .indexType(IndexParam.IndexType.FLAT)
                .metricType(IndexParam.MetricType.L2)
                .build();
        ofCollection("createIndex", "indexParams", List.of(flat));
        ofCollection("loadCollection");
    }

    /// @param condition what the client calls it
    private static Object iterator(String method, List<FloatVec> vectors, String condition) {
        return ofCollection(
                method,
                "vectorFieldName",
                "vector",
                "vectors",
                vectors,
                "batchSize",
                90L,
                "metricType",
                IndexParam.MetricType.L2,
                condition,
                "n < 300");
    }

    @Test
    @Order(4)
    void iteratorsAndSearchesOfSeveralParts() {
        assertThat(drained(((QueryIterator) ofCollection(
                        "queryIterator", "expr", "n >= 100", "batchSize", 150L, "outputFields", List.of("n")))))
                .isEqualTo(400);
        var vectors = List.of(new FloatVec(new float[] {7, 1, 2, 3}));
        var one = (SearchIterator) iterator("searchIterator", vectors, "expr");
        int found = 0;
        for (var page = one.next(); !page.isEmpty(); page = one.next()) found += page.size();
        assertThat(found).isEqualTo(300);
        var two = (SearchIteratorV2) iterator("searchIteratorV2", vectors, "filter");
        found = 0;
        for (var page = two.next(); !page.isEmpty(); page = two.next()) found += page.size();
        assertThat(found).isEqualTo(300);

        var part = AnnSearchReq.builder()
                .vectorFieldName("vector")
                .vectors(List.copyOf(vectors))
                .limit(5)
                .build();
        var hits = (SearchResp) ofCollection(
                "hybridSearch",
                "searchRequests",
                List.of(part, part),
                "ranker",
                io.milvus.v2.service.vector.request.ranker.RRFRanker.builder()
                        .k(60)
                        .build(),
                "limit",
                3L);
        assertThat(hits.getSearchResults().getFirst().getFirst().getId()).isEqualTo(7L);
        var words = (RunAnalyzerResp) call(
                "runAnalyzer",
                "texts",
                List.of("Hello World"),
                "analyzerParams",
                Map.of("type", "standard"),
                "withDetail",
                true);
        assertThat(words.getResults().getFirst().getTokens()).hasSize(2);
    }

    private static int drained(QueryIterator iterator) {
        int found = 0;
        for (var page = iterator.next(); !page.isEmpty(); page = iterator.next()) found += page.size();
        iterator.close();
        return found;
    }

    @Test
    @Order(5)
    void flushedMergedAndTruncated() {
        call("flush", "collectionNames", List.of(NAME));
        var all = (FlushAllResp) call("flushAll", "waitFlushedTimeoutMs", 20_000L);
        assertThat(all).isNotNull();
        assertThat(call("getFlushAllState", "flushAllTs", 1L).toString()).containsIgnoringCase("true");
        assertThat(((GetPersistentSegmentInfoResp) ofCollection("getPersistentSegmentInfo")).getSegmentInfos())
                .hasSize(1);
        assertThat(told("getQuerySegmentInfo")).contains("500");
        var job = (CompactResp) ofCollection("compact", "targetSize", 100L);
        assertThat(call("getCompactionState", "compactionID", job.getCompactionID())
                        .toString())
                .isNotEmpty();
        assertThat(call("getCompactionPlans", "compactionID", job.getCompactionID())
                        .toString())
                .isNotEmpty();
        assertThat(((OptimizeTask) ofCollection("optimize", "async", false))
                        .getResult(60_000L)
                        .toString())
                .contains(NAME);
        ofCollection("truncateCollection");
        assertThat(told("query", "filter", "", "outputFields", List.of("count(*)")))
                .contains("count(*)=0");
        call("insert", "collectionName", NAME, "data", rows(0, 10));
    }

    @Test
    @Order(6)
    void usersRolesAndGroups() {
        call("createUser", "userName", "java_user", "password", "Java-pass1");
        call("updatePassword", "userName", "java_user", "password", "Java-pass1", "newPassword", "Java-pass2");
        call("updateUser", "userName", "java_user", "description", "one");
        assertThat((List<?>) call("listUsers")).asString().contains("java_user");
        call("createRole", "roleName", "java_role");
        call("alterRole", "roleName", "java_role", "description", "reads");
        call("grantRole", "userName", "java_user", "roleName", "java_role");
        assertThat(((DescribeUserResp) call("describeUser", "userName", "java_user")).getRoles())
                .containsExactly("java_role");
        call(
                "grantPrivilege",
                "roleName",
                "java_role",
                "objectType",
                "Collection",
                "privilege",
                "Search",
                "objectName",
                "*");
        call("createPrivilegeGroup", "groupName", "java_group");
        call("addPrivilegesToGroup", "groupName", "java_group", "privileges", List.of("Query", "Search"));
        call("removePrivilegesFromGroup", "groupName", "java_group", "privileges", List.of("Query"));
        assertThat(call("listPrivilegeGroups").toString()).contains("java_group");
        call(
                "grantPrivilegeV2",
                "roleName",
                "java_role",
                "privilege",
                "java_group",
                "dbName",
                "default",
                "collectionName",
                "*");
        assertThat(((DescribeRoleResp) call("describeRole", "roleName", "java_role")).getGrantInfos())
                .hasSize(2);
        call(
                "revokePrivilegeV2",
                "roleName",
                "java_role",
                "privilege",
                "java_group",
                "dbName",
                "default",
                "collectionName",
                "*");
        call(
                "revokePrivilege",
                "roleName",
                "java_role",
                "objectType",
                "Collection",
                "privilege",
                "Search",
                "objectName",
                "*");
        call("revokeRole", "userName", "java_user", "roleName", "java_role");
        call("dropPrivilegeGroup", "groupName", "java_group");
        call("dropRole", "roleName", "java_role");
        call("dropUser", "userName", "java_user");
        assertThat(call("listRoles").toString()).contains("admin").doesNotContain("java_role");
    }

    @Test
    @Order(7)
    void oneServerIsAClusterOfOne() throws InterruptedException {
        call("createResourceGroup", "groupName", "java_rg", "config", config(1));
        call(
                "transferNode",
                "sourceGroupName",
                "__default_resource_group",
                "targetGroupName",
                "java_rg",
                "numOfNodes",
                1);
        call(
                "transferNode",
                "sourceGroupName",
                "java_rg",
                "targetGroupName",
                "__default_resource_group",
                "numOfNodes",
                1);
        assertThat(call("listResourceGroups").toString()).contains("java_rg");
        assertThat(call("describeResourceGroup", "groupName", "java_rg").toString())
                .contains("java_rg");
        call("updateResourceGroups", "resourceGroups", Map.of("java_rg", config(0)));
        assertThatThrownBy(() -> ofCollection(
                        "transferReplica",
                        "sourceGroupName",
                        "__default_resource_group",
                        "targetGroupName",
                        "__default_resource_group",
                        "numberOfReplicas",
                        1L))
                .hasMessageContaining("should not be the same");
        call("dropResourceGroup", "groupName", "java_rg");

        assertThat(call("getServerVersion").toString()).startsWith("v2.");
        assertThat(call("getServerVersionV2").toString()).contains("v2.");
        assertThat(call("checkHealth").toString()).containsIgnoringCase("true");
        assertThat(call("clientIsReady")).isEqualTo(true);
        var own = MilvusCluster.builder()
                .clusterId("by-dev")
                .uri("http://localhost:19530")
                .token("")
                .pchannels(List.of("by-dev-rootcoord-dml_0"))
                .build();
        call(
                "updateReplicateConfiguration",
                "replicateConfiguration",
                ReplicateConfiguration.builder()
                        .clusters(List.of(own))
                        .crossClusterTopologies(List.<CrossClusterTopology>of())
                        .build());
        assertThat(call("getReplicateConfiguration").toString()).contains("http://localhost:19530");
        assertThatThrownBy(() -> call("getReplicateInfo", "sourceClusterId", "by-dev", "targetPchannel", "p"))
                .hasMessageContaining("REPLICATE_VIOLATION");
        assertThatThrownBy(() -> call("dumpMessages", "pchannel", "by-dev-rootcoord-dml_0"))
                .isNotNull();
        called.addAll(Set.of("retryConfig", "withRetry", "withTimeout"));
        client.retryConfig(RetryConfig.builder().maxRetryTimes(3).build());
        assertThat(client.withRetry(RetryConfig.builder().maxRetryTimes(2).build())
                        .withTimeout(5, TimeUnit.SECONDS)
                        .listUsers())
                .contains("root");
    }

    private static ResourceGroupConfig config(int nodes) {
        return ResourceGroupConfig.newBuilder()
                .withRequests(new ResourceGroupLimit(0))
                .withLimits(new ResourceGroupLimit(nodes))
                .build();
    }

    @Test
    @Order(8)
    void rowsAreChangedAndGone() {
        assertThat(told("search", "data", List.of(new FloatVec(new float[] {3, 1, 2, 3})), "limit", 1L))
                .contains("id: 3");
        assertThat(told("get", "ids", List.of(3L), "outputFields", List.of("n")))
                .contains("n=3");
        ofCollection("upsert", "data", rows(3, 4));
        ofCollection("delete", "ids", List.of(3L));
        ofCollection("dropCollection");
    }

    /// Last: what was called, against what there is.
    @Test
    @Order(9)
    void noPublicMethodIsLeftOut() {
        assertThat(Arrays.stream(MilvusClientV2.class.getDeclaredMethods())
                        .filter(each -> java.lang.reflect.Modifier.isPublic(each.getModifiers()))
                        .map(Method::getName)
                        .filter(each -> !ELSEWHERE.contains(each) && !called.contains(each))
                        .distinct())
                .isEmpty();
    }
}
