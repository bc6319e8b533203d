package dev.sextant.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.wire.milvus.FlushRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The published client's own stubs, calling services that stand on ours; and the two services that every gRPC tool
/// asks for.
class CallTest {
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void open() throws IOException {
        var name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .addService(new MilvusServiceGrpc.MilvusServiceImplBase() {})
                .addService(new HealthStatusManager().getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void aCallThatNobodyServesIsUnimplemented() {
        var stub = MilvusServiceGrpc.newBlockingStub(channel);
        assertThatThrownBy(() -> stub.flush(FlushRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    }

    @Test
    void healthIsAnswered() {
        var health = HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
        assertThat(health.getStatus()).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void reflectionFindsOurFilesWithAllTheyImport() {
        var services = ask(ServerReflectionRequest.newBuilder()
                        .setListServices("")
                        .build())
                .getListServicesResponse();
        assertThat(services.getServiceList())
                .anyMatch(service -> service.getName().equals("milvus.proto.milvus.MilvusService"));
        var files = ask(ServerReflectionRequest.newBuilder()
                        .setFileContainingSymbol("milvus.proto.milvus.MilvusService")
                        .build())
                .getFileDescriptorResponse();
        assertThat(files.getFileDescriptorProtoList()).hasSize(6);
    }

    private ServerReflectionResponse ask(ServerReflectionRequest question) {
        var answer = new CompletableFuture<ServerReflectionResponse>();
        var questions = ServerReflectionGrpc.newStub(channel).serverReflectionInfo(new StreamObserver<>() {
            @Override
            public void onNext(ServerReflectionResponse response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        });
        questions.onNext(question);
        questions.onCompleted();
        return answer.join();
    }
}
