package dev.sextant.gateway.milvus;

import com.google.protobuf.Message;
import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.gateway.exchange.Faults;
import dev.sextant.model.Access;
import dev.sextant.model.Done;
import dev.sextant.wire.milvus.ErrorCode;
import dev.sextant.wire.milvus.Status;
import io.grpc.MethodDescriptor;
import java.util.function.Function;

/// What the calls about users, roles and rights have in common: a failure has, beside its code, an old code that tells
/// which call failed; and they take place on the server, whatever database they speak of.
final class AccessCalls {
    private final Rpcs rpcs;

    AccessCalls(Rpcs rpcs) {
        this.rpcs = rpcs;
    }

    <Q extends Message, P extends Message> AccessCalls on(
            MethodDescriptor<Q, P> method, ErrorCode old, Rpcs.Handler<Q, P> handler) {
        rpcs.onServer(method, Faults.Asked.USERS, handler, (_, status) -> Rpcs.failed(method, marked(status, old)));
        return this;
    }

    /// A call that only does something.
    <Q extends Message> AccessCalls doing(
            MethodDescriptor<Q, Status> method, ErrorCode old, Function<Q, Access<Done>> statement) {
        return on(
                method,
                old,
                (Q request, Exchange<Status> exchange) ->
                        exchange.ask(statement.apply(request), _ -> Statuses.SUCCESS));
    }

    private static Status marked(Status status, ErrorCode old) {
        return status.toBuilder().setErrorCode(old).build();
    }
}
