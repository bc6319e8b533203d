package dev.sextant.gateway.milvus;

import dev.sextant.model.Access;
import dev.sextant.wire.milvus.ErrorCode;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.OperateUserRoleType;
import dev.sextant.wire.milvus.RoleEntity;
import dev.sextant.wire.milvus.RoleResult;
import dev.sextant.wire.milvus.SelectRoleResponse;
import dev.sextant.wire.milvus.UserEntity;
import java.util.Optional;

/// Roles, and who holds them.
final class Roles {
    private Roles() {}

    static void bind(Rpcs rpcs) {
        new AccessCalls(rpcs)
                .doing(
                        MilvusServiceGrpc.getCreateRoleMethod(),
                        ErrorCode.CreateRoleFailure,
                        request -> new Access.CreateRole(
                                request.getEntity().getName(),
                                request.getEntity().getDescription()))
                .doing(
                        MilvusServiceGrpc.getAlterRoleMethod(),
                        ErrorCode.CreateRoleFailure,
                        request -> new Access.DescribeRoleAs(request.getRoleName(), request.getDescription()))
                .doing(
                        MilvusServiceGrpc.getDropRoleMethod(),
                        ErrorCode.DropRoleFailure,
                        request -> new Access.DropRole(request.getRoleName(), request.getForceDrop()))
                .doing(
                        MilvusServiceGrpc.getOperateUserRoleMethod(),
                        ErrorCode.OperateUserRoleFailure,
                        request -> request.getType() == OperateUserRoleType.RemoveUserFromRole
                                ? new Access.TakeRole(request.getUsername(), request.getRoleName())
                                : new Access.GiveRole(request.getUsername(), request.getRoleName()))
                .on(
                        MilvusServiceGrpc.getSelectRoleMethod(),
                        ErrorCode.SelectRoleFailure,
                        (request, exchange) -> exchange.ask(
                                new Access.DescribeRoles(
                                        request.hasRole()
                                                ? Optional.of(request.getRole().getName())
                                                : Optional.empty()),
                                roles -> {
                                    var response =
                                            SelectRoleResponse.newBuilder().setStatus(Statuses.SUCCESS);
                                    roles.forEach(
                                            role -> response.addResults(told(role, request.getIncludeUserInfo())));
                                    return response.build();
                                }));
    }

    private static RoleResult told(Access.RoleInfo role, boolean withUsers) {
        var result = RoleResult.newBuilder()
                .setRole(RoleEntity.newBuilder().setName(role.name()).setDescription(role.description()));
        if (withUsers)
            role.users().forEach(user -> result.addUsers(UserEntity.newBuilder().setName(user)));
        return result.build();
    }
}
