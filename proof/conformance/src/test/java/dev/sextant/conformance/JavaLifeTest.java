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
import io.milvus.v2.service.rbac.request.AddPrivilegesToGroupReq;
import io.milvus.v2.service.rbac.request.CreatePrivilegeGroupReq;
import io.milvus.v2.service.rbac.request.CreateRoleReq;
import io.milvus.v2.service.rbac.request.CreateUserReq;
import io.milvus.v2.service.rbac.request.DescribeRoleReq;
import io.milvus.v2.service.rbac.request.DescribeUserReq;
import io.milvus.v2.service.rbac.request.GrantPrivilegeReqV2;
import io.milvus.v2.service.rbac.request.GrantRoleReq;
import io.milvus.v2.service.rbac.request.RevokePrivilegeReqV2;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.SearchResp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole life, and users, roles and rights, through the published Java client (V2), unmodified.
@Tag("conformance")
class JavaLifeTest {
    private static final String LIFE = "java_life";

    @TempDir
    Path directory;

    @Test
    void aRoleWithoutARightIsRefused() {
        try (var server =
                ServerProcess.start(directory.resolve("rights"), Map.of("SEXTANT_ROOT_PASSWORD", "Milvus-root"))) {
            var root = client(server, "root:Milvus-root");
            root.createCollection(CreateCollectionReq.builder()
                    .collectionName("java_rights")
                    .dimension(4)
                    .build());
            root.createUser(CreateUserReq.builder()
                    .userName("ann")
                    .password("secret-ann")
                    .build());
            root.createRole(CreateRoleReq.builder().roleName("reader").build());
            root.grantRole(
                    GrantRoleReq.builder().userName("ann").roleName("reader").build());
            root.createPrivilegeGroup(
                    CreatePrivilegeGroupReq.builder().groupName("readers").build());
            root.addPrivilegesToGroup(AddPrivilegesToGroupReq.builder()
                    .groupName("readers")
                    .privileges(List.of("Query", "Search"))
                    .build());
            var ann = client(server, "ann:secret-ann");
            assertThatThrownBy(() -> query(ann)).hasMessageContaining("permission deny to ann");
            root.grantPrivilegeV2(GrantPrivilegeReqV2.builder()
                    .roleName("reader")
                    .privilege("readers")
                    .dbName("default")
                    .collectionName("java_rights")
                    .build());
            query(ann);
            assertThat(root.listRoles()).contains("admin", "public", "reader");
            assertThat(root.describeUser(
                                    DescribeUserReq.builder().userName("ann").build())
                            .getRoles())
                    .containsExactly("reader");
            assertThat(root.describeRole(
                                    DescribeRoleReq.builder().roleName("reader").build())
                            .getGrantInfos())
                    .hasSize(1);
            root.revokePrivilegeV2(RevokePrivilegeReqV2.builder()
                    .roleName("reader")
                    .privilege("readers")
                    .dbName("default")
                    .collectionName("java_rights")
                    .build());
            assertThatThrownBy(() -> query(ann)).hasMessageContaining("permission deny to ann");
            ann.close();
            root.close();
        }
    }

    @Test
    void aClientLivesItsLife() {
        var steps = new ArrayList<String>();
        try (var server =
                ServerProcess.start(directory.resolve("life"), Map.of("SEXTANT_ROOT_PASSWORD", "Milvus-root"))) {
            var client = client(server, "root:Milvus-root");
            create(client);
            steps.add("create");
            var texts = Passages.first(200);
            var rows = new ArrayList<JsonObject>();
            for (int i = 0; i < texts.size(); i++)
                rows.add(row(i, texts.get(i).text(), texts.get(i).page()));
            client.insert(InsertReq.builder().collectionName(LIFE).data(rows).build());
            assertThat(count(client)).isEqualTo("200");
            steps.add("fill");
            var page = texts.get(100).page();
            var hits = near(client, "memory of the log", "page == '" + page + "' and id > 5");
            assertThat(hits)
                    .isNotEmpty()
                    .allMatch(hit -> hit.getEntity().get("page").equals(page));
            assertThat(near(client, texts.get(60).text(), "").getFirst().getScore())
                    .isGreaterThan(0.999f);
            steps.add("search");
            client.upsert(UpsertReq.builder()
                    .collectionName(LIFE)
                    .data(List.of(row(7, "sextants and stars", "new")))
                    .build());
            assertThat(near(client, "sextants and stars", "").getFirst().getId())
                    .isEqualTo(7L);
            steps.add("change");
            client.delete(
                    DeleteReq.builder().collectionName(LIFE).filter("id < 5").build());
            assertThat(count(client)).isEqualTo("195");
            steps.add("delete");
            client.close();

            server.again();
            var again = client(server, "root:Milvus-root");
            assertThat(count(again)).isEqualTo("195");
            assertThat(near(again, "sextants and stars", "").getFirst().getId()).isEqualTo(7L);
            steps.add("restart");
            again.createUser(CreateUserReq.builder()
                    .userName("ann")
                    .password("secret-ann")
                    .build());
            var ann = client(server, "ann:secret-ann");
            assertThatThrownBy(() -> near(ann, "sextants", "")).hasMessageContaining("permission deny to ann");
            ann.close();
            again.close();
            steps.add("refusal");
        }
        ClientPage.check(ClientPage.jar(MilvusClientV2.class), steps);
    }

    private static void create(MilvusClientV2 client) {
        var schema = CreateCollectionReq.CollectionSchema.builder().build();
        schema.addField(AddFieldReq.builder()
                .fieldName("id")
                .dataType(DataType.Int64)
                .isPrimaryKey(true)
                .build());
        for (var text : List.of("text", "page"))
            schema.addField(AddFieldReq.builder()
                    .fieldName(text)
                    .dataType(DataType.VarChar)
                    .maxLength(8000)
                    .build());
        schema.addField(AddFieldReq.builder()
                .fieldName("v")
                .dataType(DataType.FloatVector)
                .dimension(Passages.DIMENSION)
                .build());
        client.createCollection(CreateCollectionReq.builder()
                .collectionName(LIFE)
                .collectionSchema(schema)
                .indexParams(List.of(IndexParam.builder()
                        .fieldName("v")
                        .indexType(IndexParam.IndexType.HNSW)
                        .metricType(IndexParam.MetricType.COSINE)
                        .extraParams(Map.of("M", 16, "efConstruction", 100))
                        .build()))
                .consistencyLevel(ConsistencyLevel.STRONG)
                .build());
    }

    private static JsonObject row(int id, String text, String page) {
        var row = new JsonObject();
        row.addProperty("id", id);
        row.addProperty("text", text);
        row.addProperty("page", page);
        row.add("v", new Gson().toJsonTree(Passages.embedding(text)));
        return row;
    }

    private static List<SearchResp.SearchResult> near(MilvusClientV2 client, String text, String filter) {
        return client.search(SearchReq.builder()
                        .collectionName(LIFE)
                        .data(List.of(new FloatVec(Passages.embedding(text))))
                        .filter(filter)
                        .limit(5)
                        .outputFields(List.of("page"))
                        .build())
                .getSearchResults()
                .getFirst();
    }

    private static String count(MilvusClientV2 client) {
        return client.query(QueryReq.builder()
                        .collectionName(LIFE)
                        .filter("")
                        .outputFields(List.of("count(*)"))
                        .build())
                .getQueryResults()
                .getFirst()
                .getEntity()
                .get("count(*)")
                .toString();
    }

    private static MilvusClientV2 client(ServerProcess server, String token) {
        return new MilvusClientV2(
                ConnectConfig.builder().uri(server.uri()).token(token).build());
    }

    private static void query(MilvusClientV2 client) {
        client.query(QueryReq.builder()
                .collectionName("java_rights")
                .filter("id >= 0")
                .outputFields(List.of("id"))
                .build());
    }
}
