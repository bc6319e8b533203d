package dev.sextant.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.fixture.ServerProcess;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
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
import io.milvus.v2.service.vector.request.QueryReq;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users, roles and rights through the published Java client (V2), unmodified.
@Tag("conformance")
class JavaRightsTest {
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
