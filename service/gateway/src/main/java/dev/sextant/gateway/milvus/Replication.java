package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Fault;
import dev.sextant.gateway.exchange.Told;
import dev.sextant.model.Access;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.ReplicationPlan;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.ConnectionParam;
import dev.sextant.wire.milvus.CrossClusterTopology;
import dev.sextant.wire.milvus.GetReplicateConfigurationResponse;
import dev.sextant.wire.milvus.MilvusCluster;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.ReplicateConfiguration;

/// What is between clusters, as one that stands alone answers it: it keeps the plan of who is to follow whom, is the
/// primary of nobody, takes changes from nobody, and its log is not written in Milvus' messages.
final class Replication {
    /// What a Milvus calls itself that was not told otherwise; its channels are called after it.
    static final String CLUSTER = "by-dev";

    private Replication() {}

    static void bind(Rpcs rpcs) {
        rpcs.onServer(
                        MilvusServiceGrpc.getGetReplicateConfigurationMethod(),
                        (_, exchange) -> exchange.ask(
                                new Watch.ShowReplication(),
                                plan -> GetReplicateConfigurationResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setConfiguration(told(plan))
                                        .build()))
                .onServer(
                        MilvusServiceGrpc.getUpdateReplicateConfigurationMethod(),
                        (request, exchange) -> exchange.then(new Access.May("UpdateReplicateConfiguration", ""), _ -> {
                            var plan = plan(request.getReplicateConfiguration());
                            var asked = new Operate.PlanReplication(CLUSTER, plan, request.getForcePromote());
                            exchange.ask(asked, _ -> Statuses.SUCCESS);
                        }))
                .onServer(MilvusServiceGrpc.getGetReplicateInfoMethod(), (request, _) -> {
                    need("target_pchannel", !request.getTargetPchannel().isEmpty());
                    throw violated("wal is not a secondary cluster in replicating topology");
                })
                .onServer(MilvusServiceGrpc.getCreateReplicateStreamMethod(), (_, _) -> {
                    throw violated("primary cluster cannot receive replicate message");
                })
                .onServer(MilvusServiceGrpc.getDumpMessagesMethod(), (request, _) -> {
                    need("pchannel", !request.getPchannel().isEmpty());
                    need("start_message_id", request.hasStartMessageId());
                    throw new Told(Fault.state(
                            3000,
                            "the log is not kept in messages of Milvus: read rows by query, or keep a snapshot:"
                                    + " unsupported operation"));
                });
    }

    /// The token of another cluster is not taken: nobody asks it anything, and what is not kept cannot leak.
    private static ReplicationPlan plan(ReplicateConfiguration asked) {
        return new ReplicationPlan(
                asked.getClustersList().stream().map(Replication::cluster).toList(),
                asked.getCrossClusterTopologyList().stream()
                        .map(way -> new ReplicationPlan.Way(way.getSourceClusterId(), way.getTargetClusterId()))
                        .toList());
    }

    private static ReplicationPlan.Cluster cluster(MilvusCluster asked) {
        var id = asked.getClusterId();
        if (!asked.hasConnectionParam()) throw invalid("cluster '" + id + "' has nil connection_param");
        if (id.equals(CLUSTER))
            for (var channel : asked.getPchannelsList())
                if (!Collections.isPhysicalChannel(channel))
                    throw invalid("current cluster '" + id + "' has no pchannel '" + channel + "'");
        return new ReplicationPlan.Cluster(id, asked.getConnectionParam().getUri(), asked.getPchannelsList());
    }

    private static Refused invalid(String fault) {
        return new Refused(new Refusal.InvalidParameter("replicate_configuration", fault));
    }

    private static ReplicateConfiguration told(ReplicationPlan plan) {
        var told = ReplicateConfiguration.newBuilder();
        for (var cluster : plan.clusters())
            told.addClusters(MilvusCluster.newBuilder()
                    .setClusterId(cluster.id())
                    .setConnectionParam(ConnectionParam.newBuilder().setUri(cluster.uri()))
                    .addAllPchannels(cluster.channels()));
        for (var way : plan.ways())
            told.addCrossClusterTopology(CrossClusterTopology.newBuilder()
                    .setSourceClusterId(way.source())
                    .setTargetClusterId(way.target()));
        return told.build();
    }

    private static void need(String parameter, boolean there) {
        if (!there) throw new Refused(new Refusal.Missing(parameter, ""));
    }

    private static Told violated(String cause) {
        return new Told(Fault.state(Fault.UNEXPECTED, "code: STREAMING_CODE_REPLICATE_VIOLATION, cause: " + cause));
    }
}
