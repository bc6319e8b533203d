package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Fault;
import dev.sextant.gateway.exchange.Told;
import dev.sextant.model.Access;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import java.util.List;

/// What is between nodes, as one server that stands alone answers it: there is nobody to hand segments to.
final class Clusters {
    private static final long NODE = 1;

    private Clusters() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(MilvusServiceGrpc.getLoadBalanceMethod(), (request, exchange) -> {
            needNode(List.of(request.getSrcNodeID()));
            needNode(request.getDstNodeIDsList());
            exchange.then(
                    new Access.May("LoadBalance", request.getCollectionName()),
                    _ -> exchange.ask(new Watch.Replicas(request.getCollectionName(), 0), replicas -> {
                        if (replicas.isEmpty())
                            throw new Refused(new Refusal.NotLoaded(request.getCollectionName(), List.of()));
                        return Statuses.SUCCESS;
                    }));
        });
    }

    private static void needNode(List<Long> nodes) {
        for (long node : nodes) if (node != NODE) throw new Told(Fault.state(901, "node not found[node=" + node + "]"));
    }
}
