package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.port.PortConfig;
import dev.sextant.model.Done;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.ClientInfo;
import dev.sextant.wire.milvus.ConnectRequest;
import dev.sextant.wire.milvus.ConnectResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Requests are counted from their first byte to their answer, and only so many bytes are taken.
class InFlightTest {
    private final CountDownLatch gate = new CountDownLatch(1);
    private final DoorDouble door = new DoorDouble().on(Watch.Enter.class, _ -> {
        try {
            gate.await();
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
        return new Done(4711);
    });
    private final Gateways gateways = Gateways.open(
            door,
            Doorkeeper.OPEN,
            OnePortTest.world(),
            new Identity("0.1.0", "today", false),
            new PortConfig("127.0.0.1", 0, Optional.empty(), 1 << 20).withInFlight(2 << 20));
    private final ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", gateways.port())
            .usePlaintext()
            .build();

    @AfterEach
    void close() {
        gate.countDown();
        channel.shutdownNow();
        gateways.close();
    }

    private static ConnectRequest request(int bytes) {
        return ConnectRequest.newBuilder()
                .setClientInfo(ClientInfo.newBuilder().putReserved("x", "y".repeat(bytes)))
                .build();
    }

    private static void eventually(BooleanSupplier condition) {
        for (int i = 0; i < 6_000; i++) {
            if (condition.getAsBoolean()) return;
            try {
                Thread.sleep(10);
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
        }
        throw new AssertionError("waited a minute in vain");
    }

    @Test
    void moreThanTheRequestsUnderWayMayHaveIsRefusedAndShortRequestsComeThrough() throws Exception {
        var milvus = MilvusServiceGrpc.newFutureStub(channel);
        var waiting = new ArrayList<com.google.common.util.concurrent.ListenableFuture<ConnectResponse>>();
        for (int i = 0; i < 2; i++) waiting.add(milvus.connect(request(900 << 10)));
        eventually(() -> gateways.inFlightBytes() > 1_800 << 10);
        assertThatThrownBy(() -> MilvusServiceGrpc.newBlockingStub(channel).connect(request(900 << 10)))
                .isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
                    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                    assertThat(refused.getStatus().getDescription()).contains("max-in-flight", "2097152");
                });
        waiting.add(milvus.connect(request(1 << 10)));
        eventually(() -> gateways.inFlightBytes() < 1_900 << 10); // what was refused is counted no more
        gate.countDown();
        for (var answer : waiting) assertThat(answer.get().getIdentifier()).isEqualTo(4711);
        eventually(() -> gateways.inFlightBytes() == 0);
        assertThat(MilvusServiceGrpc.newBlockingStub(channel)
                        .connect(request(900 << 10))
                        .getIdentifier())
                .isEqualTo(4711);
    }

    @Test
    void whatIsCompressedIsCountedAsItIsRead() throws Exception {
        var milvus = MilvusServiceGrpc.newFutureStub(channel).withCompression("gzip");
        for (int i = 0; i < 2; i++) milvus.connect(request(900 << 10));
        eventually(() -> gateways.inFlightBytes() > 1_800 << 10);
        assertThatThrownBy(() -> milvus.connect(request(900 << 10)).get())
                .hasRootCauseInstanceOf(StatusRuntimeException.class)
                .hasStackTraceContaining("RESOURCE_EXHAUSTED");
        gate.countDown();
        eventually(() -> gateways.inFlightBytes() == 0);
    }

    @Test
    void bodiesOverHttpAreCountedTooAndRefusedInMilvusWords() throws Exception {
        var milvus = MilvusServiceGrpc.newFutureStub(channel);
        for (int i = 0; i < 2; i++) milvus.connect(request(900 << 10));
        eventually(() -> gateways.inFlightBytes() > 1_800 << 10);
        try (var http = HttpClient.newHttpClient()) {
            var refused = post(http, 900 << 10);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body())
                    .startsWith("{\"code\":1807,\"message\":\"")
                    .contains("max-in-flight");
            assertThat(post(http, 100).statusCode()).isEqualTo(200);
            gate.countDown();
            eventually(() -> gateways.inFlightBytes() == 0);
            assertThat(post(http, 900 << 10).statusCode()).isEqualTo(200);
            assertThat(post(http, 1_200 << 10).statusCode()).isEqualTo(413);
        }
        eventually(() -> gateways.inFlightBytes() == 0);
    }

    private HttpResponse<String> post(HttpClient http, int bytes) throws IOException, InterruptedException {
        var uri = URI.create("http://127.0.0.1:" + gateways.port() + "/v2/vectordb/collections/list");
        return http.send(
                HttpRequest.newBuilder(uri)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"x\":\"" + "y".repeat(bytes) + "\"}"))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void aClientThatHangsUpInTheMiddleOfItsRequestIsCountedNoMore() throws Exception {
        try (var socket = new Socket("127.0.0.1", gateways.port())) {
            var head = "POST /v2/vectordb/collections/list HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(new byte[100_000]);
            socket.getOutputStream().flush();
            eventually(() -> gateways.inFlightBytes() == 100_000);
        }
        eventually(() -> gateways.inFlightBytes() == 0);
    }

    @Test
    void aRequestThatNeverComesToItsEndIsCountedNoMore() throws Exception {
        var impatient = new PortConfig("127.0.0.1", 0, Optional.empty(), 1 << 20).withArriving(Duration.ofMillis(500));
        try (var port = Gateways.open(
                        door, Doorkeeper.OPEN, OnePortTest.world(), new Identity("0.1.0", "today", false), impatient);
                var socket = new Socket("127.0.0.1", port.port())) {
            var head = "POST /v2/vectordb/collections/list HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(new byte[100_000]);
            socket.getOutputStream().flush();
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 408").contains("did not come");
            eventually(() -> port.inFlightBytes() == 0);
        }
    }

    @Test
    void aCallThatNeverComesToItsEndIsCountedNoMoreAndOneThatCameMayTakeItsTime() throws Exception {
        var impatient = new PortConfig("127.0.0.1", 0, Optional.empty(), 1 << 20).withArriving(Duration.ofMillis(500));
        try (var port = Gateways.open(
                        door, Doorkeeper.OPEN, OnePortTest.world(), new Identity("0.1.0", "today", false), impatient);
                var between = new ServerSocket(0)) {
            Thread.startVirtualThread(() -> stall(between, port.port(), 300_000));
            var stalled = NettyChannelBuilder.forAddress("127.0.0.1", between.getLocalPort())
                    .usePlaintext()
                    .build();
            var whole = NettyChannelBuilder.forAddress("127.0.0.1", port.port())
                    .usePlaintext()
                    .build();
            try {
                var slow = MilvusServiceGrpc.newFutureStub(whole).connect(request(100));
                assertThatThrownBy(
                                () -> MilvusServiceGrpc.newBlockingStub(stalled).connect(request(900 << 10)))
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                late -> assertThat(late.getStatus().getDescription())
                                        .contains("did not come"));
                eventually(() -> port.inFlightBytes() < 1_000);
                gate.countDown();
                assertThat(slow.get().getIdentifier()).isEqualTo(4711);
            } finally {
                stalled.shutdownNow();
                whole.shutdownNow();
            }
        }
    }

    /// Hands so many bytes of a client on, and no more; all answers.
    private static void stall(ServerSocket from, int to, int bytes) {
        try (var client = from.accept();
                var server = new Socket("127.0.0.1", to)) {
            Thread.startVirtualThread(() -> {
                try {
                    server.getInputStream().transferTo(client.getOutputStream());
                } catch (IOException ended) {
                    // The test is over.
                }
            });
            var buffer = new byte[1 << 10];
            for (int left = bytes; left > 0; ) {
                int read = client.getInputStream().read(buffer, 0, Math.min(left, buffer.length));
                if (read < 0) return;
                server.getOutputStream().write(buffer, 0, read);
                left -= read;
            }
            while (client.getInputStream().read(buffer) >= 0) Thread.onSpinWait();
        } catch (IOException ended) {
            // The test is over.
        }
    }
}
