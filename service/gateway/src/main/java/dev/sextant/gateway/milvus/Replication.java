package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Fault;
import dev.sextant.gateway.exchange.Told;
import dev.sextant.model.Access;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.wire.milvus.GetReplicateConfigurationResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.ReplicateConfiguration;

/// What is between clusters, as one that stands alone answers it: it is the primary of nobody, takes changes from
/// nobody, and its log is not written in Milvus' messages.
final class Replication {
    /// What a Milvus calls itself that was not told otherwise; its channels are called after it.
    static final String CLUSTER = "by-dev";

    private Replication() {}

    static void bind(Rpcs rpcs) {
        rpcs.onServer(
                        MilvusServiceGrpc.getGetReplicateConfigurationMethod(),
                        (_, exchange) -> exchange.ask(
                                new Access.May("GetReplicateConfiguration", ""),
                                _ -> GetReplicateConfigurationResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setConfiguration(ReplicateConfiguration.getDefaultInstance())
                                        .build()))
                .onServer(
                        MilvusServiceGrpc.getUpdateReplicateConfigurationMethod(),
                        (request, exchange) -> exchange.ask(new Access.May("UpdateReplicateConfiguration", ""), _ -> {
                            if (request.getForcePromote())
                                throw new Refused(new Refusal.InvalidParameter(
                                        "force_promote",
                                        "force promote can only be used on secondary clusters, current cluster is"
                                                + " primary"));
                            var asked = request.getReplicateConfiguration();
                            ReplicationRules.fault(asked, CLUSTER).ifPresent(fault -> {
                                throw new Refused(new Refusal.InvalidParameter("replicate_configuration", fault));
                            });
                            if (asked.getClustersCount() > 1)
                                throw new Refused(new Refusal.Unsupported("replication to another cluster"));
                            return Statuses.SUCCESS; // it stands alone, as it did
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

    private static void need(String parameter, boolean there) {
        if (!there) throw new Refused(new Refusal.Missing(parameter, ""));
    }

    private static Told violated(String cause) {
        return new Told(Fault.state(Fault.UNEXPECTED, "code: STREAMING_CODE_REPLICATE_VIOLATION, cause: " + cause));
    }
}
