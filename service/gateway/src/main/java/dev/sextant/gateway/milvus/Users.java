package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.model.Access;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.wire.milvus.ErrorCode;
import dev.sextant.wire.milvus.ListCredUsersResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.RoleEntity;
import dev.sextant.wire.milvus.SelectUserResponse;
import dev.sextant.wire.milvus.Status;
import dev.sextant.wire.milvus.UpdateCredentialRequest;
import dev.sextant.wire.milvus.UserEntity;
import dev.sextant.wire.milvus.UserResult;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// Who may come in. Passwords travel as base64.
final class Users {
    private Users() {}

    static void bind(Rpcs rpcs) {
        new AccessCalls(rpcs)
                .doing(
                        MilvusServiceGrpc.getCreateCredentialMethod(),
                        ErrorCode.CreateCredentialFailure,
                        request -> new Access.CreateUser(
                                request.getUsername(), decoded(request.getPassword()), request.getDescription()))
                .on(MilvusServiceGrpc.getUpdateCredentialMethod(), ErrorCode.UpdateCredentialFailure, Users::update)
                .doing(
                        MilvusServiceGrpc.getDeleteCredentialMethod(),
                        ErrorCode.DeleteCredentialFailure,
                        request -> new Access.DropUser(request.getUsername()))
                .on(
                        MilvusServiceGrpc.getListCredUsersMethod(),
                        ErrorCode.ListCredUsersFailure,
                        (_, exchange) -> exchange.ask(
                                new Access.ListUsers(),
                                names -> ListCredUsersResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .addAllUsernames(names)
                                        .build()))
                .on(
                        MilvusServiceGrpc.getSelectUserMethod(),
                        ErrorCode.SelectUserFailure,
                        (request, exchange) -> exchange.ask(
                                new Access.DescribeUsers(
                                        request.hasUser()
                                                ? Optional.of(request.getUser().getName())
                                                : Optional.empty()),
                                users -> {
                                    var response =
                                            SelectUserResponse.newBuilder().setStatus(Statuses.SUCCESS);
                                    users.forEach(
                                            user -> response.addResults(told(user, request.getIncludeRoleInfo())));
                                    return response.build();
                                }));
    }

    private static void update(UpdateCredentialRequest request, Exchange<Status> exchange) {
        var name = request.getUsername();
        if (request.getNewPassword().isEmpty() && !request.hasDescription())
            throw new Refused(
                    new Refusal.InvalidParameter("newPassword", "must update either password or description"));
        var described = new Access.DescribeUserAs(name, request.getDescription());
        if (request.getNewPassword().isEmpty()) {
            exchange.ask(described, _ -> Statuses.SUCCESS);
            return;
        }
        var changed =
                new Access.ChangePassword(name, decoded(request.getOldPassword()), decoded(request.getNewPassword()));
        if (request.hasDescription()) exchange.then(changed, _ -> exchange.ask(described, _ -> Statuses.SUCCESS));
        else exchange.ask(changed, _ -> Statuses.SUCCESS);
    }

    private static UserResult told(Access.UserInfo user, boolean withRoles) {
        var result = UserResult.newBuilder()
                .setUser(UserEntity.newBuilder().setName(user.name()))
                .setDescription(user.description());
        if (withRoles)
            user.roles().forEach(role -> result.addRoles(RoleEntity.newBuilder().setName(role)));
        return result.build();
    }

    private static String decoded(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            throw new Refused(
                    new Refusal.InvalidParameter("password", "decode password failed: a password travels as base64"));
        }
    }
}
