package dev.sextant.gateway.milvus;

import dev.sextant.model.Define;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.PartitionInfo;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.GetPartitionStatisticsResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.ShowPartitionsRequest;
import dev.sextant.wire.milvus.ShowPartitionsResponse;
import dev.sextant.wire.milvus.ShowType;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Partitions of a collection.
final class Partitions {
    private static final int LOGICAL_BITS = 18;

    private Partitions() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getCreatePartitionMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.CreatePartition(request.getCollectionName(), request.getPartitionName()),
                                _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getDropPartitionMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.DropPartition(request.getCollectionName(), request.getPartitionName()),
                                _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getHasPartitionMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.HasPartition(request.getCollectionName(), request.getPartitionName()),
                                Collections::truth))
                .on(
                        MilvusServiceGrpc.getShowPartitionsMethod(),
                        (request, exchange) -> Collections.byName(
                                request.getCollectionName(),
                                request.getCollectionID(),
                                exchange,
                                name -> exchange.ask(new Watch.ListPartitions(name), all -> shown(request, all))))
                .on(
                        MilvusServiceGrpc.getGetPartitionStatisticsMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.Statistics(
                                        request.getCollectionName(), Optional.of(request.getPartitionName())),
                                statistics -> GetPartitionStatisticsResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .addStats(Parts.pair("row_count", Long.toString(statistics.rows())))
                                        .build()));
    }

    private static ShowPartitionsResponse shown(ShowPartitionsRequest request, List<PartitionInfo> all) {
        var named = new HashSet<>(request.getPartitionNamesList());
        boolean loadedOnly = request.getType() == ShowType.InMemory;
        var response = ShowPartitionsResponse.newBuilder().setStatus(Statuses.SUCCESS);
        for (var partition : all) {
            if (!named.isEmpty() && !named.contains(partition.name())) continue;
            if (loadedOnly && partition.loaded() < 0) continue;
            response.addPartitionNames(partition.name())
                    .addPartitionIDs(partition.id())
                    .addCreatedTimestamps(partition.created())
                    .addCreatedUtcTimestamps(partition.created() >>> LOGICAL_BITS);
            if (loadedOnly) response.addInMemoryPercentages(partition.loaded());
        }
        return response.build();
    }
}
