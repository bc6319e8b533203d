package dev.sextant.gateway.milvus;

import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.LoadProgress;
import dev.sextant.wire.milvus.GetLoadStateResponse;
import dev.sextant.wire.milvus.GetLoadingProgressResponse;
import dev.sextant.wire.milvus.GetReplicasResponse;
import dev.sextant.wire.milvus.LoadState;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.ReplicaInfo;
import dev.sextant.wire.milvus.ShardReplica;
import java.util.List;

/// What is in memory.
final class Loads {
    private static final long NODE = 1;

    private Loads() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getLoadCollectionMethod(),
                        (request, exchange) -> exchange.ask(
                                new Operate.Load(
                                        request.getCollectionName(),
                                        List.of(),
                                        request.getReplicaNumber(),
                                        request.getLoadFieldsList(),
                                        request.getRefresh(),
                                        request.getResourceGroupsList(),
                                        request.getSkipLoadDynamicField()),
                                _ -> Statuses.SUCCESS))
                .on(MilvusServiceGrpc.getLoadPartitionsMethod(), (request, exchange) -> {
                    needNames(request.getPartitionNamesList());
                    exchange.ask(
                            new Operate.Load(
                                    request.getCollectionName(),
                                    request.getPartitionNamesList(),
                                    request.getReplicaNumber(),
                                    request.getLoadFieldsList(),
                                    request.getRefresh(),
                                    request.getResourceGroupsList(),
                                    request.getSkipLoadDynamicField()),
                            _ -> Statuses.SUCCESS);
                })
                .on(
                        MilvusServiceGrpc.getReleaseCollectionMethod(),
                        (request, exchange) -> exchange.ask(
                                new Operate.Release(request.getCollectionName(), List.of()), _ -> Statuses.SUCCESS))
                .on(MilvusServiceGrpc.getReleasePartitionsMethod(), (request, exchange) -> {
                    needNames(request.getPartitionNamesList());
                    exchange.ask(
                            new Operate.Release(request.getCollectionName(), request.getPartitionNamesList()),
                            _ -> Statuses.SUCCESS);
                })
                .on(
                        MilvusServiceGrpc.getGetLoadingProgressMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.LoadState(request.getCollectionName(), request.getPartitionNamesList()),
                                progress -> {
                                    if (!progress.wanted())
                                        throw new Refused(new Refusal.NotLoaded(
                                                request.getCollectionName(), request.getPartitionNamesList()));
                                    return GetLoadingProgressResponse.newBuilder()
                                            .setStatus(Statuses.SUCCESS)
                                            .setProgress(progress.percent())
                                            .setRefreshProgress(progress.percent())
                                            .build();
                                }))
                .on(
                        MilvusServiceGrpc.getGetLoadStateMethod(),
                        (request, exchange) -> exchange.then(
                                new Watch.LoadState(request.getCollectionName(), request.getPartitionNamesList()),
                                progress -> exchange.answer(state(of(progress))),
                                Collections.unlessMissing(
                                        Refusal.Kind.COLLECTION,
                                        () -> exchange.answer(state(LoadState.LoadStateNotExist)),
                                        exchange)))
                .on(
                        MilvusServiceGrpc.getGetReplicasMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.Replicas(request.getCollectionName(), request.getCollectionID()),
                                Loads::replicas));
    }

    private static void needNames(List<String> partitions) {
        if (partitions.isEmpty())
            throw new Refused(new Refusal.Missing("partition_names", "due to no partition specified"));
    }

    static LoadState of(LoadProgress progress) {
        if (!progress.wanted()) return LoadState.LoadStateNotLoad;
        return progress.ready() ? LoadState.LoadStateLoaded : LoadState.LoadStateLoading;
    }

    private static GetLoadStateResponse state(LoadState state) {
        return GetLoadStateResponse.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setState(state)
                .build();
    }

    private static GetReplicasResponse replicas(List<Watch.ReplicaInfo> all) {
        var response = GetReplicasResponse.newBuilder().setStatus(Statuses.SUCCESS);
        for (var info : all) {
            var replica = ReplicaInfo.newBuilder()
                    .setReplicaID(info.id())
                    .setCollectionID(info.collection())
                    .addAllPartitionIds(info.partitions())
                    .addAllNodeIds(info.nodes())
                    .setResourceGroupName(info.resourceGroup());
            for (int shard = 0; shard < info.shards(); shard++)
                replica.addShardReplicas(ShardReplica.newBuilder()
                        .setLeaderID(NODE)
                        .setLeaderAddr("localhost")
                        .setDmChannelName(Collections.channel(info.collection(), shard))
                        .addAllNodeIds(info.nodes()));
            response.addReplicas(replica);
        }
        return response.build();
    }
}
