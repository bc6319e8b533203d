package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.milvus.Milvus;
import dev.sextant.gateway.port.PortConfig;
import dev.sextant.gateway.rest.Rest;
import dev.sextant.model.Call.Caller;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.ListDatabasesRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccessTest {
    /// Knows one user.
    private static final Doorkeeper KEEPER = new Doorkeeper() {
        @Override
        public void admit(Optional<Credentials> shown, Reply<Caller> reply) {
            if (shown.equals(Optional.of(new Credentials.Password("ann", "pass:word"))))
                reply.complete(new Caller.User("ann"));
            else
                reply.fail(new Refused(new Refusal.NotAuthenticated(
                        "auth check failure, please check username and password are correct")));
        }

        @Override
        public boolean isOpen() {
            return false;
        }
    };

    private final DoorDouble door = new DoorDouble().on(Watch.ListDatabases.class, _ -> List.of());
    private final Gateways gateways = Gateways.open(
            door, KEEPER, OnePortTest.world(), new Identity("0", "", false), PortConfig.DEFAULT.at("127.0.0.1", 0));
    private final ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", gateways.port())
            .usePlaintext()
            .build();
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        channel.shutdownNow();
        gateways.close();
        http.close();
    }

    private static final MethodDescriptor.Marshaller<byte[]> RAW = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    };

    @Test
    void everyCallNeedsToSayWhoAsks() {
        for (var service : Milvus.services(door, KEEPER, OnePortTest.world(), new Identity("0", "", false)))
            for (var method : service.getServiceDescriptor().getMethods())
                assertThat(code(method)).as(method.getFullMethodName()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    private Status.Code code(MethodDescriptor<?, ?> method) {
        try {
            ClientCalls.blockingUnaryCall(
                    channel, method.toBuilder(RAW, RAW).build(), CallOptions.DEFAULT, new byte[0]);
            return Status.Code.OK;
        } catch (StatusRuntimeException refused) {
            return refused.getStatus().getCode();
        }
    }

    @Test
    void everyRouteNeedsToSayWhoAsks() throws Exception {
        for (var path : new Rest(door, KEEPER, OnePortTest.world()).paths()) {
            var answer = post(path, "{}", Optional.empty());
            assertThat(answer.statusCode()).as(path).isEqualTo(401);
            assertThat(answer.body()).isEqualTo("{\"code\":1800,\"message\":\"user hasn't authenticated\"}");
        }
        for (var route : new Rest(door, KEEPER, OnePortTest.world()).firstPaths())
            assertThat(bare(route).statusCode()).as(route).isEqualTo(401);
    }

    @Test
    void aPasswordTravelsInAnyOfItsForms() throws Exception {
        var basic = Base64.getEncoder().encodeToString("ann:pass:word".getBytes());
        for (var form : List.of("Bearer ann:pass:word", "ann:pass:word", "Basic " + basic))
            assertThat(post("databases/list", "{}", Optional.of(form)).body())
                    .as(form)
                    .isEqualTo("{\"code\":0,\"data\":[]}");
        for (var wrong : List.of("Bearer ann:pass", "Bearer ", "Basic !!", "Bearer ANN:pass:word"))
            assertThat(post("databases/list", "{}", Optional.of(wrong)).statusCode())
                    .as(wrong)
                    .isEqualTo(401);
        assertThat(door.lastCall().caller()).isEqualTo(new Caller.User("ann"));
    }

    @Test
    void inGrpcItIsBareBase64() {
        assertThat(with(Base64.getEncoder().encodeToString("ann:pass:word".getBytes()))
                        .listDatabases(ListDatabasesRequest.getDefaultInstance())
                        .getStatus()
                        .getCode())
                .isZero();
        for (var wrong : List.of("Bearer x", "%%%", "", Base64.getEncoder().encodeToString("ann".getBytes())))
            assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                    StatusRuntimeException.class,
                                    () -> with(wrong).listDatabases(ListDatabasesRequest.getDefaultInstance()))
                            .getStatus()
                            .getCode())
                    .as(wrong)
                    .isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void noHeaderMakesAnybodyTheOwner() {
        var metadata = new Metadata();
        for (var name : List.of("sourceid", "x-forwarded-for", "x-internal", "identifier"))
            metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), "1");
        var stub = MilvusServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> stub.listDatabases(ListDatabasesRequest.getDefaultInstance())))
                .isInstanceOf(StatusRuntimeException.class);
    }

    private MilvusServiceGrpc.MilvusServiceBlockingStub with(String authorization) {
        var metadata = new Metadata();
        metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
        return MilvusServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    /// A method, a blank, a path of version 1.
    private HttpResponse<String> bare(String route) throws Exception {
        var parts = route.split(" ");
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + gateways.port() + Rest.FIRST_ROOT + parts[1]))
                .method(parts[0], HttpRequest.BodyPublishers.noBody());
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body, Optional<String> authorization) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateways.port() + "/v2/vectordb/" + path))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        authorization.ifPresent(value -> request.header("Authorization", value));
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
