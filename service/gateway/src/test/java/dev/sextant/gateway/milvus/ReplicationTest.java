package dev.sextant.gateway.milvus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sextant.gateway.Running;
import dev.sextant.wire.milvus.ClientCommand;
import dev.sextant.wire.milvus.ClientHeartbeatRequest;
import dev.sextant.wire.milvus.ClientHeartbeatResponse;
import dev.sextant.wire.milvus.ClientInfo;
import dev.sextant.wire.milvus.ClientTelemetryServiceGrpc;
import dev.sextant.wire.milvus.CommandReply;
import dev.sextant.wire.milvus.ConnectionParam;
import dev.sextant.wire.milvus.CrossClusterTopology;
import dev.sextant.wire.milvus.DeleteClientCommandRequest;
import dev.sextant.wire.milvus.DumpMessagesRequest;
import dev.sextant.wire.milvus.GetReplicateConfigurationRequest;
import dev.sextant.wire.milvus.GetReplicateInfoRequest;
import dev.sextant.wire.milvus.MessageID;
import dev.sextant.wire.milvus.MilvusCluster;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.PushClientCommandRequest;
import dev.sextant.wire.milvus.ReplicateConfiguration;
import dev.sextant.wire.milvus.ReplicateRequest;
import dev.sextant.wire.milvus.ReplicateResponse;
import dev.sextant.wire.milvus.UpdateReplicateConfigurationRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Calls between clusters, and what clients are told in answer to their heartbeats.
class ReplicationTest {
    @TempDir
    static Path directory;

    @TempDir
    static Path elsewhere;

    static Running running;

    @BeforeAll
    static void open() {
        running = new Running(directory);
    }

    @AfterAll
    static void close() {
        running.close();
    }

    @Test
    void aServerThatStandsAloneIsNobodysSecondary() {
        var refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> running.milvus()
                        .getReplicateInfo(GetReplicateInfoRequest.newBuilder()
                                .setSourceClusterId("other")
                                .setTargetPchannel("by-dev-rootcoord-dml_0")
                                .build()));
        assertThat(refused.getStatus().getCode())
                .as("clients do not repeat it")
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused).hasMessageContaining("STREAMING_CODE_REPLICATE_VIOLATION");
    }

    private static String told(boolean promote, ReplicateConfiguration.Builder clusters) {
        return told(running, promote, clusters);
    }

    private static String told(Running server, boolean promote, ReplicateConfiguration.Builder clusters) {
        var status = server.milvus()
                .updateReplicateConfiguration(UpdateReplicateConfigurationRequest.newBuilder()
                        .setReplicateConfiguration(clusters)
                        .setForcePromote(promote)
                        .build());
        return status.getCode() + " " + status.getReason();
    }

    private static MilvusCluster cluster(String id, String uri, String... channels) {
        return MilvusCluster.newBuilder()
                .setClusterId(id)
                .setConnectionParam(ConnectionParam.newBuilder().setUri(uri).setToken("root:Milvus"))
                .addAllPchannels(List.of(channels))
                .build();
    }

    private static ReplicateConfiguration.Builder clusters(MilvusCluster... all) {
        return ReplicateConfiguration.newBuilder().addAllClusters(List.of(all));
    }

    private static CrossClusterTopology way(String source, String target) {
        return CrossClusterTopology.newBuilder()
                .setSourceClusterId(source)
                .setTargetClusterId(target)
                .build();
    }

    @Test
    void clustersThatReplicateAreDescribedWithoutAFaultOrNotAtAll() {
        var own = cluster("by-dev", "http://a:19530", "by-dev-rootcoord-dml_0");
        var other = cluster("other", "http://b:19530", "other-rootcoord-dml_0");
        assertThat(told(false, clusters(own))).as("it stands alone, as it did").startsWith("0 ");
        assertThat(told(false, clusters(own))).as("once more").startsWith("0 ");
        assertThat(told(true, clusters(own))).startsWith("1100 ").contains("secondary clusters");
        assertThat(told(false, clusters())).startsWith("1100 ").contains("clusters list cannot be empty");
        assertThat(told(false, clusters(other))).startsWith("1100 ").contains("current cluster 'by-dev' must be");
        assertThat(told(false, clusters(cluster("", "http://a")))).contains("at index 0 has empty clusterID");
        assertThat(told(false, clusters(cluster("by dev", "http://a")))).contains("whitespace");
        assertThat(told(
                        false,
                        clusters(MilvusCluster.newBuilder()
                                .setClusterId("by-dev")
                                .build())))
                .contains("nil connection_param");
        assertThat(told(false, clusters(cluster("other", "", "c")))).contains("empty URI");
        assertThat(told(false, clusters(cluster("by-dev", "http://a")))).contains("empty pchannels");
        assertThat(told(false, clusters(cluster("other", "http://a", "c", "c"))))
                .contains("duplicate pchannel: 'c'");
        assertThat(told(false, clusters(cluster("by-dev", "http://a", "c")))).contains("has no pchannel 'c'");
        assertThat(told(false, clusters(own, own))).contains("duplicate clusterID found: 'by-dev'");
        assertThat(told(false, clusters(own, cluster("other", "http://a:19530", "c"))))
                .contains("duplicate URI found");
        assertThat(told(false, clusters(own, cluster("other", "http://b", "c", "d"))))
                .contains("has 2 pchannels, but expected 1");
        assertThat(told(false, clusters(own).addCrossClusterTopology(way("nobody", "by-dev"))))
                .contains("non-existent source cluster: 'nobody'");
        assertThat(told(false, clusters(own).addCrossClusterTopology(way("by-dev", "nobody"))))
                .contains("non-existent target cluster: 'nobody'");
        var third = cluster("third", "http://c:19530", "third-rootcoord-dml_0");
        assertThat(told(false, clusters(own, other, third).addCrossClusterTopology(way("by-dev", "other"))))
                .startsWith("1100 ")
                .contains("only a star is a topology");
        assertThat(told(false, clusters(own).addCrossClusterTopology(way("by-dev", "by-dev"))))
                .contains("cannot replicate to itself");
        assertThat(told(false, clusters(own, other).addCrossClusterTopology(way("by-dev", "other"))))
                .as("there is no replication")
                .contains("replication to another cluster");
    }

    private static ReplicateConfiguration configuration(Running server) {
        var answer = server.milvus().getReplicateConfiguration(GetReplicateConfigurationRequest.getDefaultInstance());
        assertThat(answer.getStatus().getCode()).isZero();
        return answer.getConfiguration();
    }

    @Test
    void whatWasAcceptedIsToldWithoutSecretsAlsoAfterARestart() {
        var own = cluster("by-dev", "http://a:19530", "by-dev-rootcoord-dml_0", "by-dev-rootcoord-dml_1");
        var other = cluster("other", "http://b:19530", "c", "d");
        var told = ReplicateConfiguration.newBuilder();
        for (var each : List.of(own, other))
            told.addClusters(each.toBuilder()
                    .setConnectionParam(each.getConnectionParam().toBuilder().clearToken()));
        try (var server = new Running(elsewhere)) {
            assertThat(configuration(server)).isEqualTo(ReplicateConfiguration.getDefaultInstance());
            assertThat(told(server, false, clusters(own, other))).startsWith("0 ");
            assertThat(configuration(server)).isEqualTo(told.build());
            assertThat(told(server, false, clusters(own, other).addCrossClusterTopology(way("by-dev", "other"))))
                    .contains("replication to another cluster");
        }
        try (var server = new Running(elsewhere)) {
            assertThat(configuration(server))
                    .as("what was refused changed nothing")
                    .isEqualTo(told.build());
            assertThat(told(server, false, told))
                    .as("what was read may be written")
                    .startsWith("0 ");
            var moved = cluster("by-dev", "http://c:19530", "by-dev-rootcoord-dml_0", "by-dev-rootcoord-dml_1");
            assertThat(told(server, false, clusters(moved))).contains("connection_param.uri cannot be changed");
            var fewer = cluster("by-dev", "http://a:19530", "by-dev-rootcoord-dml_0");
            assertThat(told(server, false, clusters(fewer))).contains("pchannels cannot decrease");
            var turned = cluster("by-dev", "http://a:19530", "by-dev-rootcoord-dml_1", "by-dev-rootcoord-dml_0");
            assertThat(told(server, false, clusters(turned))).contains("preserved at the same positions");
            var more = own.toBuilder().addPchannels("by-dev-rootcoord-dml_2").build();
            assertThat(told(server, false, clusters(more))).contains("cluster set must remain identical");
            assertThat(told(
                            server,
                            false,
                            clusters(more, other.toBuilder().addPchannels("e").build())))
                    .startsWith("0 ");
            assertThat(told(server, false, clusters(more))).startsWith("0 ");
            assertThat(configuration(server).getClustersList())
                    .extracting(MilvusCluster::getClusterId)
                    .containsExactly("by-dev");
            var large = cluster("other", "http://" + "b".repeat(1 << 16), "c", "d", "e");
            assertThat(told(server, false, clusters(more, large))).contains("characters in all");
        }
    }

    @Test
    void aStreamOfChangesIsRefusedAtItsFirst() throws Exception {
        var ended = new CompletableFuture<Throwable>();
        var requests = MilvusServiceGrpc.newStub(running.channel())
                .createReplicateStream(new StreamObserver<ReplicateResponse>() {
                    @Override
                    public void onNext(ReplicateResponse response) {}

                    @Override
                    public void onError(Throwable why) {
                        ended.complete(why);
                    }

                    @Override
                    public void onCompleted() {
                        ended.complete(new AssertionError("it ended well"));
                    }
                });
        requests.onNext(ReplicateRequest.getDefaultInstance());
        assertThat(ended.get(60, TimeUnit.SECONDS)).hasMessageContaining("primary cluster cannot receive");
    }

    @Test
    void aStreamWithoutChangesEndsWell() throws Exception {
        var ended = new CompletableFuture<String>();
        MilvusServiceGrpc.newStub(running.channel())
                .createReplicateStream(new StreamObserver<ReplicateResponse>() {
                    @Override
                    public void onNext(ReplicateResponse response) {}

                    @Override
                    public void onError(Throwable why) {
                        ended.completeExceptionally(why);
                    }

                    @Override
                    public void onCompleted() {
                        ended.complete("well");
                    }
                })
                .onCompleted();
        assertThat(ended.get(60, TimeUnit.SECONDS)).isEqualTo("well");
    }

    @Test
    void theLogIsNotToldInMessagesOfMilvus() {
        var asked = DumpMessagesRequest.newBuilder();
        assertThat(running.milvus()
                        .dumpMessages(asked.build())
                        .next()
                        .getStatus()
                        .getCode())
                .isEqualTo(1101);
        asked.setPchannel("p").setStartMessageId(MessageID.newBuilder().setId("1"));
        assertThat(running.milvus()
                        .dumpMessages(asked.build())
                        .next()
                        .getStatus()
                        .getCode())
                .isEqualTo(3000);
    }

    private static ClientHeartbeatResponse beat(String client, ClientHeartbeatRequest.Builder more) {
        return ClientTelemetryServiceGrpc.newBlockingStub(running.channel())
                .clientHeartbeat(more.setClientInfo(ClientInfo.newBuilder().putReserved("client_id", client))
                        .build());
    }

    private static String push(PushClientCommandRequest.Builder command) {
        var answer =
                ClientTelemetryServiceGrpc.newBlockingStub(running.channel()).pushClientCommand(command.build());
        assertThat(answer.getStatus().getCode())
                .as(answer.getStatus().getReason())
                .isZero();
        return answer.getCommandId();
    }

    private static com.google.protobuf.ByteString text(String json) {
        return com.google.protobuf.ByteString.copyFromUtf8(json);
    }

    @Test
    void aCommandReachesTheClientsThatItIsForUntilTheyAnswer() {
        var id = push(PushClientCommandRequest.newBuilder()
                .setCommandType("show_errors")
                .setTargetClientId("one"));
        assertThat(beat("two", ClientHeartbeatRequest.newBuilder()).getCommandsList())
                .isEmpty();
        var told = beat("one", ClientHeartbeatRequest.newBuilder()).getCommandsList();
        assertThat(told).extracting(ClientCommand::getCommandId).containsExactly(id);
        assertThat(beat(
                                "one",
                                ClientHeartbeatRequest.newBuilder()
                                        .setLastCommandTimestamp(told.getFirst().getCreateTime()))
                        .getCommandsList())
                .isEmpty();
        beat(
                "one",
                ClientHeartbeatRequest.newBuilder()
                        .addCommandReplies(
                                CommandReply.newBuilder().setCommandId(id).setSuccess(true)));
        assertThat(beat("one", ClientHeartbeatRequest.newBuilder()).getCommandsList())
                .isEmpty();
    }

    @Test
    void settingsAreMergedAndToldUntilTheClientHasThem() {
        push(PushClientCommandRequest.newBuilder()
                .setCommandType("push_config")
                .setPersistent(true)
                .setTargetClientId("three")
                .setPayload(text("{\"enabled\":true,\"sampling_rate\":0.5}")));
        var id = push(PushClientCommandRequest.newBuilder()
                .setCommandType("push_config")
                .setPersistent(true)
                .setTargetClientId("three")
                .setPayload(text("{\"sampling_rate\":0.1}")));
        var told = beat("three", ClientHeartbeatRequest.newBuilder()).getCommandsList();
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().getCommandId()).isEqualTo(id);
        assertThat(told.getFirst().getPayload().toStringUtf8()).isEqualTo("{\"enabled\":true,\"sampling_rate\":0.1}");
        var telemetry = ClientTelemetryServiceGrpc.newBlockingStub(running.channel());
        telemetry.deleteClientCommand(
                DeleteClientCommandRequest.newBuilder().setCommandId(id).build());
        assertThat(beat("three", ClientHeartbeatRequest.newBuilder()).getCommandsList())
                .isEmpty();
        assertThat(telemetry
                        .pushClientCommand(PushClientCommandRequest.newBuilder()
                                .setCommandType("show_errors")
                                .setPersistent(true)
                                .build())
                        .getStatus()
                        .getCode())
                .isEqualTo(1100);
    }

    @Test
    void aCommandThatNoClientKnowsIsRefused() {
        var status = ClientTelemetryServiceGrpc.newBlockingStub(running.channel())
                .pushClientCommand(PushClientCommandRequest.newBuilder()
                        .setCommandType("nope")
                        .build())
                .getStatus();
        assertThat(status.getCode()).isEqualTo(1100);
        assertThat(status.getReason())
                .contains("nope", "push_config", "collection_metrics", "show_errors", "show_latency_history")
                .contains("get_config");
    }
}
