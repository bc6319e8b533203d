package dev.sextant.gateway.milvus;

import dev.sextant.model.Access;
import dev.sextant.wire.milvus.ErrorCode;
import dev.sextant.wire.milvus.ListPrivilegeGroupsResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.OperatePrivilegeGroupType;
import dev.sextant.wire.milvus.PrivilegeEntity;
import dev.sextant.wire.milvus.PrivilegeGroupInfo;
import java.util.Collection;
import java.util.List;

/// Groups of privileges.
final class PrivilegeGroups {
    private PrivilegeGroups() {}

    static void bind(Rpcs rpcs) {
        new AccessCalls(rpcs)
                .doing(
                        MilvusServiceGrpc.getCreatePrivilegeGroupMethod(),
                        ErrorCode.CreatePrivilegeGroupFailure,
                        request -> new Access.CreatePrivilegeGroup(request.getGroupName()))
                .doing(
                        MilvusServiceGrpc.getDropPrivilegeGroupMethod(),
                        ErrorCode.DropPrivilegeGroupFailure,
                        request -> new Access.DropPrivilegeGroup(request.getGroupName()))
                .doing(
                        MilvusServiceGrpc.getOperatePrivilegeGroupMethod(),
                        ErrorCode.OperatePrivilegeGroupFailure,
                        request -> {
                            var names = names(request.getPrivilegesList());
                            return request.getType() == OperatePrivilegeGroupType.RemovePrivilegesFromGroup
                                    ? new Access.RemovePrivileges(request.getGroupName(), names)
                                    : new Access.AddPrivileges(request.getGroupName(), names);
                        })
                .on(
                        MilvusServiceGrpc.getListPrivilegeGroupsMethod(),
                        ErrorCode.ListPrivilegeGroupsFailure,
                        (_, exchange) -> exchange.ask(new Access.ListPrivilegeGroups(), groups -> {
                            var response =
                                    ListPrivilegeGroupsResponse.newBuilder().setStatus(Statuses.SUCCESS);
                            groups.forEach(
                                    group -> response.addPrivilegeGroups(info(group.name(), group.privileges())));
                            return response.build();
                        }));
    }

    static PrivilegeGroupInfo info(String name, Collection<String> privileges) {
        var info = PrivilegeGroupInfo.newBuilder().setGroupName(name);
        privileges.forEach(
                each -> info.addPrivileges(PrivilegeEntity.newBuilder().setName(each)));
        return info.build();
    }

    static List<String> names(List<PrivilegeEntity> privileges) {
        return privileges.stream().map(PrivilegeEntity::getName).toList();
    }
}
