package dev.sextant.gateway.milvus;

import com.google.protobuf.Message;
import dev.sextant.gateway.exchange.Faults;
import dev.sextant.model.Access;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.wire.milvus.ErrorCode;
import dev.sextant.wire.milvus.ListCredUsersResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.SelectUserResponse;
import dev.sextant.wire.milvus.Status;
import dev.sextant.wire.milvus.UserEntity;
import dev.sextant.wire.milvus.UserResult;
import io.grpc.MethodDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Who may come in. Passwords travel as base64, and each of these calls has an old error code of its own.
final class Users {
    private Users() {}

    static void bind(Rpcs rpcs) {
        on(
                rpcs,
                MilvusServiceGrpc.getCreateCredentialMethod(),
                ErrorCode.CreateCredentialFailure,
                (request, exchange) -> exchange.ask(
                        new Access.CreateUser(
                                request.getUsername(), decoded(request.getPassword()), request.getDescription()),
                        _ -> Statuses.SUCCESS));
        on(
                rpcs,
                MilvusServiceGrpc.getUpdateCredentialMethod(),
                ErrorCode.UpdateCredentialFailure,
                (request, exchange) -> {
                    if (request.getNewPassword().isEmpty())
                        throw new Refused(
                                request.hasDescription()
                                        ? new Refusal.Unsupported("changing the description of a user")
                                        : new Refusal.InvalidParameter(
                                                "newPassword", "must update either password or description"));
                    exchange.ask(
                            new Access.ChangePassword(
                                    request.getUsername(),
                                    decoded(request.getOldPassword()),
                                    decoded(request.getNewPassword())),
                            _ -> Statuses.SUCCESS);
                });
        on(
                rpcs,
                MilvusServiceGrpc.getDeleteCredentialMethod(),
                ErrorCode.DeleteCredentialFailure,
                (request, exchange) -> exchange.ask(new Access.DropUser(request.getUsername()), _ -> Statuses.SUCCESS));
        on(
                rpcs,
                MilvusServiceGrpc.getListCredUsersMethod(),
                ErrorCode.ListCredUsersFailure,
                (_, exchange) -> exchange.ask(
                        new Access.ListUsers(),
                        names -> ListCredUsersResponse.newBuilder()
                                .setStatus(Statuses.SUCCESS)
                                .addAllUsernames(names)
                                .build()));
        on(
                rpcs,
                MilvusServiceGrpc.getSelectUserMethod(),
                ErrorCode.SelectUserFailure,
                (request, exchange) -> exchange.ask(new Access.ListUsers(), names -> {
                    var response = SelectUserResponse.newBuilder().setStatus(Statuses.SUCCESS);
                    for (var name : names)
                        if (!request.hasUser() || request.getUser().getName().equals(name))
                            response.addResults(UserResult.newBuilder()
                                    .setUser(UserEntity.newBuilder().setName(name)));
                    return response.build();
                }));
    }

    private static <Q extends Message, P extends Message> void on(
            Rpcs rpcs, MethodDescriptor<Q, P> method, ErrorCode old, Rpcs.Handler<Q, P> handler) {
        rpcs.on(method, Faults.Asked.USERS, handler, (_, status) -> Rpcs.failed(method, marked(status, old)));
    }

    private static Status marked(Status status, ErrorCode old) {
        return status.toBuilder().setErrorCode(old).build();
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
