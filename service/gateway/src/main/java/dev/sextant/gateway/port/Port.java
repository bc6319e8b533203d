package dev.sextant.gateway.port;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The one address that clients know. Its first bytes tell what a connection speaks: HTTP/2 goes to gRPC, all else to
/// the routes.
///
/// Handlers run on the [event loop][Loops] that decoded the call and must not block there: they hand over to the door
/// and answer from where it was computed.
public final class Port implements AutoCloseable {
    private static final int WINDOW_BYTES = 8 << 20;
    private static final int HEADER_BYTES = 64 << 10;

    private final Server server;
    private final HealthStatusManager health;
    private final Http http;
    private final InFlight inFlight;
    private final Timer timer;
    private final Loops loops;

    private Port(Server server, HealthStatusManager health, Http http, InFlight inFlight, Timer timer, Loops loops) {
        this.server = server;
        this.health = health;
        this.http = http;
        this.inFlight = inFlight;
        this.timer = timer;
        this.loops = loops;
    }

    /// Listens when this returns; tells health checks that it serves only after [#ready].
    public static Port open(PortConfig config, List<ServerServiceDefinition> services, Route route) {
        var health = new HealthStatusManager();
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
        var inFlight = new InFlight(config.maxInFlightBytes());
        var http = new Http(route, config.maxRequestBytes(), inFlight, config.maxArriving());
        var timer = new HashedWheelTimer(new DefaultThreadFactory("sextant-arriving", true));
        var loops = new Loops();
        var builder = NettyServerBuilder.forAddress(new InetSocketAddress(config.host(), config.port()))
                .channelType(NioServerSocketChannel.class)
                .bossEventLoopGroup(loops.group())
                .workerEventLoopGroup(loops.group())
                .protocolNegotiator(new Negotiator(http, config.tls().map(Tls::context)))
                .directExecutor()
                // An HTTP/1.1 connection never finishes the handshake of gRPC. The negotiator keeps its own time.
                .handshakeTimeout(Long.MAX_VALUE, TimeUnit.MILLISECONDS)
                .maxInboundMessageSize(config.maxRequestBytes())
                .maxInboundMetadataSize(HEADER_BYTES)
                .maxConcurrentCallsPerConnection(config.maxConcurrentCallsPerConnection())
                .addStreamTracerFactory(CallBytes.counting(inFlight, timer, config.maxArriving()))
                .intercept(CallBytes.INTERCEPTOR)
                .initialFlowControlWindow(WINDOW_BYTES)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(60, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .maxRstFramesPerWindow(400, 10)
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance());
        services.forEach(builder::addService);
        try {
            return new Port(builder.build().start(), health, http, inFlight, timer, loops);
        } catch (IOException taken) {
            timer.stop();
            loops.close();
            throw new UncheckedIOException(
                    "cannot listen on " + config.host() + ":" + config.port() + ": " + rootMessage(taken), taken);
        }
    }

    /// The port that was chosen, where 0 was asked for.
    public int number() {
        return server.getPort();
    }

    /// Bytes of requests that are not answered yet.
    public long inFlightBytes() {
        return inFlight.bytes();
    }

    /// From now on health checks are told to come in.
    public void ready() {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
    }

    /// Turns new calls away, waits for those under way, then ends all connections.
    public void drain(long millis) {
        health.enterTerminalState();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            http.drain(millis);
            server.shutdown();
            if (!server.awaitTermination(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS))
                server.shutdownNow();
            server.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        drain(2000);
        timer.stop();
        loops.close();
    }

    private static String rootMessage(Throwable failure) {
        var root = failure;
        while (root.getCause() != null) root = root.getCause();
        var message = String.valueOf(root.getMessage());
        return message.contains("in use") ? message + "; end what listens there, or choose another port" : message;
    }
}
