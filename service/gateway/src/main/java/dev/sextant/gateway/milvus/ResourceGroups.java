package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.model.Operate;
import dev.sextant.model.Operate.GroupConfig;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.ResourceGroupInfo;
import dev.sextant.wire.milvus.DescribeResourceGroupResponse;
import dev.sextant.wire.milvus.ListResourceGroupsResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.NodeInfo;
import dev.sextant.wire.milvus.ResourceGroup;
import dev.sextant.wire.milvus.ResourceGroupConfig;
import dev.sextant.wire.milvus.ResourceGroupLimit;
import dev.sextant.wire.milvus.ResourceGroupNodeFilter;
import dev.sextant.wire.milvus.ResourceGroupTransfer;
import java.util.HashMap;

/// Shares of the nodes.
final class ResourceGroups {
    private ResourceGroups() {}

    static void bind(Rpcs rpcs) {
        rpcs.onServer(
                        MilvusServiceGrpc.getCreateResourceGroupMethod(),
                        (request, exchange) -> exchange.ask(
                                new Operate.CreateResourceGroup(
                                        request.getResourceGroup(), config(request.getConfig())),
                                _ -> Statuses.SUCCESS))
                .onServer(MilvusServiceGrpc.getUpdateResourceGroupsMethod(), (request, exchange) -> {
                    var groups = new HashMap<String, GroupConfig>();
                    request.getResourceGroupsMap().forEach((name, config) -> groups.put(name, config(config)));
                    exchange.ask(new Operate.AlterResourceGroups(groups), _ -> Statuses.SUCCESS);
                })
                .onServer(
                        MilvusServiceGrpc.getDropResourceGroupMethod(),
                        (request, exchange) -> exchange.ask(
                                new Operate.DropResourceGroup(request.getResourceGroup()), _ -> Statuses.SUCCESS))
                .onServer(
                        MilvusServiceGrpc.getTransferNodeMethod(),
                        (request, exchange) -> exchange.ask(
                                new Operate.TransferNodes(
                                        request.getSourceResourceGroup(),
                                        request.getTargetResourceGroup(),
                                        request.getNumNode()),
                                _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getTransferReplicaMethod(),
                        (request, exchange) -> exchange.ask(
                                new Operate.TransferReplicas(
                                        request.getSourceResourceGroup(),
                                        request.getTargetResourceGroup(),
                                        request.getCollectionName(),
                                        request.getNumReplica()),
                                _ -> Statuses.SUCCESS))
                .onServer(
                        MilvusServiceGrpc.getListResourceGroupsMethod(),
                        (_, exchange) -> exchange.ask(
                                new Watch.ListResourceGroups(),
                                names -> ListResourceGroupsResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .addAllResourceGroups(names)
                                        .build()))
                .onServer(
                        MilvusServiceGrpc.getDescribeResourceGroupMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.DescribeResourceGroup(request.getResourceGroup()),
                                info -> DescribeResourceGroupResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setResourceGroup(told(info))
                                        .build()));
    }

    private static GroupConfig config(ResourceGroupConfig config) {
        return new GroupConfig(
                config.getRequests().getNodeNum(),
                config.getLimits().getNodeNum(),
                config.getTransferFromList().stream()
                        .map(ResourceGroupTransfer::getResourceGroup)
                        .toList(),
                config.getTransferToList().stream()
                        .map(ResourceGroupTransfer::getResourceGroup)
                        .toList(),
                Parameters.map(config.getNodeFilter().getNodeLabelsList()));
    }

    private static ResourceGroup told(ResourceGroupInfo info) {
        var config = info.config();
        var wire = ResourceGroupConfig.newBuilder()
                .setRequests(ResourceGroupLimit.newBuilder().setNodeNum(config.requests()))
                .setLimits(ResourceGroupLimit.newBuilder().setNodeNum(config.limits()));
        config.transferFrom().forEach(name -> wire.addTransferFrom(transfer(name)));
        config.transferTo().forEach(name -> wire.addTransferTo(transfer(name)));
        if (!config.nodeLabels().isEmpty())
            wire.setNodeFilter(
                    ResourceGroupNodeFilter.newBuilder().addAllNodeLabels(Parameters.pairs(config.nodeLabels())));
        var group = ResourceGroup.newBuilder()
                .setName(info.name())
                .setCapacity(config.requests())
                .setNumAvailableNode(info.nodes().size())
                .putAllNumLoadedReplica(info.replicas())
                .setConfig(wire);
        info.nodes()
                .forEach(node -> group.addNodes(NodeInfo.newBuilder()
                        .setNodeId(node)
                        .setAddress("localhost")
                        .setHostname("localhost")));
        return group.build();
    }

    private static ResourceGroupTransfer transfer(String name) {
        return ResourceGroupTransfer.newBuilder().setResourceGroup(name).build();
    }
}
