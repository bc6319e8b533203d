package dev.sextant.gateway.port;

import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Counts the bytes of one gRPC call as they come, long before they are a message, and ends the call when there are too
/// many of all calls, or when its message takes too long to come. Bytes come on the connection's event loop; a call may
/// end on any thread.
final class CallBytes extends ServerStreamTracer {
    private static final Context.Key<CallBytes> CURRENT = Context.key("sextant-call-bytes");

    private final InFlight all;
    private final Timer timer;
    private final Duration maxArriving;
    // The lock of this guards all below.
    private long compressed; // as they came
    private long plain; // as they are read
    private long counted;
    private boolean ended;
    private boolean refused;
    private Optional<Timeout> limit = Optional.empty(); // once the first bytes have come
    private boolean arrived;
    private ServerCall<?, ?> call; // null until it has begun

    private CallBytes(InFlight all, Timer timer, Duration maxArriving) {
        this.all = all;
        this.timer = timer;
        this.maxArriving = maxArriving;
    }

    static Factory counting(InFlight all, Timer timer, Duration maxArriving) {
        return new Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                return new CallBytes(all, timer, maxArriving);
            }
        };
    }

    /// Tells the counter of a call which call it is, and keeps what was refused from being handled.
    static final ServerInterceptor INTERCEPTOR = new ServerInterceptor() {
        @Override
        public <Q, P> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
            var bytes = CURRENT.get();
            var listener = next.startCall(call, headers);
            if (bytes == null) return listener;
            bytes.began(call);
            return new SimpleForwardingServerCallListener<>(listener) {
                @Override
                public void onMessage(Q message) {
                    if (!bytes.isRefused()) super.onMessage(message);
                }

                @Override
                public void onHalfClose() {
                    if (!bytes.isRefused()) super.onHalfClose();
                }
            };
        }
    };

    @Override
    public Context filterContext(Context context) {
        return context.withValue(CURRENT, this);
    }

    private synchronized void began(ServerCall<?, ?> begun) {
        call = begun;
    }

    private synchronized boolean isRefused() {
        return refused;
    }

    @Override
    public synchronized void inboundWireSize(long bytes) {
        compressed += bytes;
        count();
    }

    @Override
    public synchronized void inboundUncompressedSize(long bytes) {
        plain += bytes;
        count();
    }

    private void count() {
        long more = Math.max(compressed, plain) - counted;
        if (ended || more <= 0) return;
        if (limit.isEmpty() && !arrived)
            limit = Optional.of(timer.newTimeout(_ -> late(), maxArriving.toMillis(), TimeUnit.MILLISECONDS));
        boolean taken = all.take(counted, more);
        counted += more;
        if (!taken) end(Status.RESOURCE_EXHAUSTED.withDescription(all.sentence()));
    }

    private synchronized void late() {
        if (ended || arrived) return;
        end(Status.DEADLINE_EXCEEDED.withDescription(
                "the request did not come within " + maxArriving.toSeconds() + " seconds"));
    }

    private void end(Status status) {
        if (refused || call == null) return;
        refused = true;
        var ending = call;
        // Not from inside the transport, which is in the middle of these bytes.
        Thread.startVirtualThread(() -> ending.close(status, new Metadata()));
    }

    @Override
    public synchronized void inboundMessageRead(int number, long wireBytes, long plainBytes) {
        arrived = true;
        limit.ifPresent(Timeout::cancel);
    }

    @Override
    public synchronized void streamClosed(Status status) {
        ended = true;
        limit.ifPresent(Timeout::cancel);
        all.give(counted);
        counted = 0;
    }
}
