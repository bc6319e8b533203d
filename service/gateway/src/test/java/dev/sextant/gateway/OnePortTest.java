package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.port.PortConfig;
import dev.sextant.model.Done;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.ConnectRequest;
import dev.sextant.wire.milvus.CreateNamespaceRequest;
import dev.sextant.wire.milvus.GetVersionRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.world.Chance;
import dev.sextant.world.Clock;
import dev.sextant.world.Disk;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OnePortTest {
    private final DoorDouble door =
            new DoorDouble().on(Watch.Enter.class, _ -> new Done(4711)).on(Watch.Timestamp.class, _ -> new Done(4711));
    private final Gateways gateways = Gateways.open(
            door,
            Doorkeeper.OPEN,
            world(),
            new Identity("0.1.0", "today", false),
            PortConfig.DEFAULT.at("127.0.0.1", 0));
    private final ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", gateways.port())
            .usePlaintext()
            .build();
    private final MilvusServiceGrpc.MilvusServiceBlockingStub milvus = MilvusServiceGrpc.newBlockingStub(channel);

    static World world() {
        var clock = new Clock() {
            @Override
            public long wallMillis() {
                return System.currentTimeMillis();
            }

            @Override
            public long monotonicNanos() {
                return System.nanoTime();
            }
        };
        return new World(NO_DISK, clock, Chance.seeded(1), Meters.NONE);
    }

    private static final Disk NO_DISK = (Disk) java.lang.reflect.Proxy.newProxyInstance(
            Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (_, method, _) -> {
                throw new UnsupportedOperationException(method.getName());
            });

    @AfterEach
    void close() {
        channel.shutdownNow();
        gateways.close();
    }

    @Test
    void grpcAndHttpAreAnsweredOnTheSamePort() throws Exception {
        var connected = milvus.connect(ConnectRequest.getDefaultInstance());
        assertThat(connected.getStatus().getCode()).isZero();
        assertThat(connected.getIdentifier()).isEqualTo(4711);
        assertThat(milvus.getVersion(GetVersionRequest.getDefaultInstance()).getVersion())
                .startsWith("v2.");
        var http = HttpClient.newHttpClient();
        for (int i = 0; i < 3; i++) {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateways.port() + "/nothing"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(404);
        }
        assertThat(milvus.getVersion(GetVersionRequest.getDefaultInstance()).getVersion())
                .startsWith("v2.");
    }

    @Test
    void aCallThatNobodyBindsIsUnimplemented() {
        assertThatThrownBy(() -> milvus.createNamespace(CreateNamespaceRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    }

    @Test
    void healthServesOnlyWhenReady() {
        var health = HealthGrpc.newBlockingStub(channel);
        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo(ServingStatus.NOT_SERVING);
        gateways.ready();
        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void aRequestInPiecesAndTwoRequestsAtOnceAreAnsweredInOrder() throws Exception {
        try (var socket = new Socket("127.0.0.1", gateways.port())) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            for (byte each : "P".getBytes(StandardCharsets.US_ASCII)) out.write(each);
            out.flush();
            Thread.sleep(20); // "P" alone may yet become the preface of HTTP/2
            out.write(("OST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
                            + "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            var text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(text.split("404 Not Found", -1)).hasSize(3);
        }
    }

    @Test
    void thousandsOfRequestsInOnePieceAreAllAnswered() throws Exception {
        int count = 20_000;
        try (var socket = new Socket("127.0.0.1", gateways.port())) {
            socket.setSoTimeout(60_000);
            var body = "{\"a\":\"" + "x".repeat(70_000) + "\"}"; // read aside, so that those behind it must wait
            var text = "POST /v2/vectordb/collections/describe HTTP/1.1\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body + "GET / HTTP/1.1\r\n\r\n".repeat(count - 1)
                    + "GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
            var writing = Thread.startVirtualThread(() -> {
                try {
                    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                } catch (java.io.IOException _) {
                    // The reader below finds out.
                }
            });
            var answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            writing.join();
            assertThat(answers.split("404 Not Found", -1)).hasSize(count + 1);
        }
    }

    @Test
    void aBodyBeyondTheLimitIsRefusedBeforeItIsRead() throws Exception {
        try (var socket = new Socket("127.0.0.1", gateways.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            var text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(text).startsWith("HTTP/1.1 413");
        }
    }
}
