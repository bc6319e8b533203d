package dev.sextant.gateway.milvus;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import dev.sextant.database.Door;
import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.gateway.exchange.Fault;
import dev.sextant.gateway.exchange.Faults;
import dev.sextant.gateway.exchange.Tally;
import dev.sextant.model.Call;
import dev.sextant.model.Cancellation;
import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.wire.milvus.Status;
import dev.sextant.world.Clock;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/// Binds the calls of one gRPC service to what answers them. A call that is not bound is unknown, and gRPC says so:
/// clients fall back on hearing it, and only then.
final class Rpcs {
    /// A larger answer is refused, as a stock Milvus does.
    static final int LARGEST_ANSWER = 256 << 20;

    /// Rows and filters are checked by whoever hands them in, in time that grows with them: a larger request must not
    /// hold up its event loop, and does not feel one more change of threads.
    private static final int LARGE = 64 << 10;

    /// Answers one kind of call. Runs on an event loop, or on whichever thread found out who asks: must not block.
    interface Handler<Q, P> {
        void handle(Q request, Exchange<P> exchange);
    }

    private final String name;
    private final Supplier<FileDescriptor> file;
    private final Door door;
    private final Doorkeeper keeper;
    private final Clock clock;
    private final Meters meters;
    private final List<Bound<?, ?>> bound = new ArrayList<>();

    private record Bound<Q, P>(MethodDescriptor<Q, P> method, ServerCallHandler<Q, P> handler) {}

    /// @param file that declares the service; asked for only when somebody wants to see it, since reading it costs a
    /// tenth of a start
    Rpcs(String name, Supplier<FileDescriptor> file, Door door, Doorkeeper keeper, World world) {
        this.name = name;
        this.file = file;
        this.door = door;
        this.keeper = keeper;
        clock = world.clock();
        meters = world.meters();
    }

    <Q extends Message, P extends Message> Rpcs on(MethodDescriptor<Q, P> method, Handler<Q, P> handler) {
        return on(method, Faults.Asked.ANYTHING, handler);
    }

    <Q extends Message, P extends Message> Rpcs on(
            MethodDescriptor<Q, P> method, Faults.Asked asked, Handler<Q, P> handler) {
        return on(method, asked, handler, (_, status) -> failed(method, status));
    }

    /// @param failure how a failed call is answered
    <Q extends Message, P extends Message> Rpcs on(
            MethodDescriptor<Q, P> method, Faults.Asked asked, Handler<Q, P> handler, Failure<Q, P> failure) {
        return bind(method, new DatabaseOf(), asked, handler, failure);
    }

    /// As [#on], for calls whose `db_name` is what they are about, and not where they take place.
    <Q extends Message, P extends Message> Rpcs onServer(MethodDescriptor<Q, P> method, Handler<Q, P> handler) {
        return bind(method, _ -> "", Faults.Asked.ANYTHING, handler, (_, status) -> failed(method, status));
    }

    <Q extends Message, P extends Message> Rpcs onServer(
            MethodDescriptor<Q, P> method, Faults.Asked asked, Handler<Q, P> handler, Failure<Q, P> failure) {
        return bind(method, _ -> "", asked, handler, failure);
    }

    interface Failure<Q, P> {
        P answer(Q request, Status status);
    }

    private <Q extends Message, P extends Message> Rpcs bind(
            MethodDescriptor<Q, P> method,
            Function<Message, String> database,
            Faults.Asked asked,
            Handler<Q, P> handler,
            Failure<Q, P> failure) {
        var request = (PrototypeMarshaller<Q>) method.getRequestMarshaller();
        var tally = Tally.of(meters, method.getBareMethodName());
        Spoken<Q, P> spoken = (incoming, observer, cancellation) -> {
            switch (incoming) {
                case Incoming.Message<Q>(var message, int bytes) ->
                    serve(
                            message,
                            bytes > LARGE,
                            database.apply(message),
                            Metadata.current(),
                            asked,
                            handler,
                            failure,
                            tally,
                            observer,
                            cancellation);
                case Incoming.Malformed<Q>(var why) ->
                    observer.onError(io.grpc.Status.INVALID_ARGUMENT
                            .withDescription("malformed request: " + why)
                            .asRuntimeException());
            }
        };
        bound.add(new Bound<>(
                method.toBuilder(new Incoming.Reader<>(request), method.getResponseMarshaller())
                        .build(),
                switch (method.getType()) {
                    case UNARY -> ServerCalls.asyncUnaryCall((incoming, observer) -> once(spoken, incoming, observer));
                    case SERVER_STREAMING ->
                        ServerCalls.asyncServerStreamingCall((incoming, observer) -> once(spoken, incoming, observer));
                    case BIDI_STREAMING ->
                        ServerCalls.asyncBidiStreamingCall(observer -> Conversation.of(spoken, observer));
                    case CLIENT_STREAMING, UNKNOWN ->
                        throw new IllegalArgumentException(
                                method.getFullMethodName() + " is of no kind that is spoken");
                }));
        return this;
    }

    /// One request, whatever it came in, and where its answer goes.
    interface Spoken<Q, P> {
        void hear(Incoming<Q> incoming, StreamObserver<P> observer, Cancellation cancellation);
    }

    private static <Q, P> void once(Spoken<Q, P> spoken, Incoming<Q> incoming, StreamObserver<P> observer) {
        var cancellation = new Cancellation();
        ((ServerCallStreamObserver<P>) observer).setOnCancelHandler(cancellation::cancel);
        spoken.hear(incoming, observer, cancellation);
    }

    private <Q, P extends Message> void serve(
            Q request,
            boolean large,
            String named,
            Metadata metadata,
            Faults.Asked asked,
            Handler<Q, P> handler,
            Failure<Q, P> failure,
            Tally tally,
            StreamObserver<P> observer,
            Cancellation cancellation) {
        long deadline = deadlineNanos();
        var context = Context.current(); // whatever thread it goes on
        var way = new Way<>(request, failure, observer, tally, clock.monotonicNanos(), clock);
        if (metadata.malformed() && !keeper.isOpen()) {
            way.fail(Faults.of(new Refusal.NotAuthenticated("invalid token format"), asked));
            return;
        }
        keeper.admit(metadata.shown(), new Reply<>() {
            @Override
            public void complete(Call.Caller caller) {
                var database = !named.isEmpty()
                        ? named
                        : !metadata.database().isEmpty() ? metadata.database() : Call.DEFAULT_DATABASE;
                var call = new Call(caller, database, deadline, metadata.trace(), Consistency.DEFAULT, cancellation);
                var exchange = new Exchange<P>(door, call, asked, way);
                var handle = context.wrap(() -> exchange.guarded(() -> handler.handle(request, exchange)));
                if (large) Thread.startVirtualThread(handle);
                else handle.run();
            }

            @Override
            public void fail(Throwable reason) {
                way.fail(Faults.of(reason, Faults.Asked.ANYTHING));
            }
        });
    }

    private long deadlineNanos() {
        var deadline = Context.current().getDeadline();
        return deadline == null
                ? Call.NO_DEADLINE
                : clock.monotonicNanos() + deadline.timeRemaining(TimeUnit.NANOSECONDS);
    }

    /// The way back to one client.
    private record Way<Q, P extends Message>(
            Q request, Failure<Q, P> failure, StreamObserver<P> observer, Tally tally, long beganNanos, Clock clock)
            implements Exchange.Way<P> {
        @Override
        public void answer(P answer) {
            if (answer.getSerializedSize() > LARGEST_ANSWER) {
                fail(Faults.of(tooLarge(), Faults.Asked.ANYTHING));
                return;
            }
            tally.answered(clock.monotonicNanos() - beganNanos);
            give(answer);
        }

        @Override
        public void fail(Fault fault) {
            tally.failed(clock.monotonicNanos() - beganNanos, fault);
            if (isGone()) return;
            if (fault.ending() != Fault.Ending.ANSWERED) {
                observer.onError(Statuses.ending(fault).asRuntimeException());
                return;
            }
            P answer;
            try {
                answer = failure.answer(request, Statuses.of(fault));
            } catch (StatusRuntimeException noPlace) {
                observer.onError(noPlace);
                return;
            }
            give(answer);
        }

        private void give(P answer) {
            if (isGone()) return;
            observer.onNext(answer);
            observer.onCompleted();
        }

        /// Whether nobody waits any more: after a stop the threads that would write are gone as well.
        private boolean isGone() {
            return observer instanceof ServerCallStreamObserver<P> call && call.isCancelled();
        }
    }

    static Refused tooLarge() {
        return new Refused(new Refusal.InvalidParameter(
                "output", "the answer would exceed the maxOutputSize Limit " + LARGEST_ANSWER));
    }

    /// The empty answer of a call, with `status` in its place. Where answers have no such place the call itself ends
    /// with it, in a way that clients do not repeat unless it may help.
    @SuppressWarnings("unchecked")
    static <P extends Message> P failed(MethodDescriptor<?, P> method, Status status) {
        var empty = ((PrototypeMarshaller<P>) method.getResponseMarshaller()).getMessagePrototype();
        if (empty instanceof Status) return (P) status;
        for (var field : empty.getDescriptorForType().getFields()) {
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && !field.isRepeated()
                    && field.getMessageType().equals(Status.getDescriptor()))
                return (P) empty.newBuilderForType().setField(field, status).build();
        }
        throw (status.getRetriable() ? io.grpc.Status.UNAVAILABLE : io.grpc.Status.INVALID_ARGUMENT)
                .withDescription(status.getReason())
                .asRuntimeException();
    }

    /// Reads the database that a request names. Which field that is, is looked up at the first call.
    private static final class DatabaseOf implements Function<Message, String> {
        private volatile Optional<FieldDescriptor> field = Optional.empty();
        private volatile boolean known;

        @Override
        public String apply(Message request) {
            if (!known) {
                field = request.getDescriptorForType().getFields().stream()
                        .filter(each -> each.getName().equals("db_name")
                                || each.getName().equals("dbName"))
                        .findFirst();
                known = true;
            }
            return field.map(each -> (String) request.getField(each)).orElse("");
        }
    }

    ServerServiceDefinition build() {
        var descriptor =
                ServiceDescriptor.newBuilder(name).setSchemaDescriptor((ProtoFileDescriptorSupplier) file::get);
        bound.forEach(each -> descriptor.addMethod(each.method));
        var service = ServerServiceDefinition.builder(descriptor.build());
        bound.forEach(each -> add(service, each));
        return io.grpc.ServerInterceptors.intercept(service.build(), Metadata.INTERCEPTOR);
    }

    private static <Q, P> void add(ServerServiceDefinition.Builder service, Bound<Q, P> each) {
        service.addMethod(each.method, each.handler);
    }
}
