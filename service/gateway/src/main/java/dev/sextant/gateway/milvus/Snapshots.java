package dev.sextant.gateway.milvus;

import dev.sextant.model.Define;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.RestoreInfo;
import dev.sextant.wire.milvus.DescribeSnapshotResponse;
import dev.sextant.wire.milvus.GetRestoreSnapshotStateResponse;
import dev.sextant.wire.milvus.ListRestoreSnapshotJobsResponse;
import dev.sextant.wire.milvus.ListSnapshotsResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.PinSnapshotDataResponse;
import dev.sextant.wire.milvus.RestoreSnapshotInfo;
import dev.sextant.wire.milvus.RestoreSnapshotResponse;
import dev.sextant.wire.milvus.RestoreSnapshotState;
import java.util.Optional;

/// Collections as they were at one moment, kept by name and made collections again.
final class Snapshots {
    private Snapshots() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getCreateSnapshotMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.CreateSnapshot(
                                        request.getCollectionName(),
                                        request.getName(),
                                        request.getDescription(),
                                        request.getCompactionProtectionSeconds()),
                                _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getDropSnapshotMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.DropSnapshot(
                                        collection(request.getCollectionName(), "drop snapshot"), request.getName()),
                                _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getListSnapshotsMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.ListSnapshots(collection(request.getCollectionName(), "ListSnapshots")),
                                names -> ListSnapshotsResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .addAllSnapshots(names)
                                        .build()))
                .on(
                        MilvusServiceGrpc.getDescribeSnapshotMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.DescribeSnapshot(
                                        collection(request.getCollectionName(), "describe snapshot"),
                                        request.getName()),
                                Snapshots::described));
        bindRestores(rpcs);
        bindPins(rpcs);
    }

    private static void bindRestores(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getRestoreSnapshotMethod(),
                        (request, exchange) -> exchange.ask(
                                new Operate.RestoreSnapshot(
                                        collection(request.getCollectionName(), "restore snapshot"),
                                        request.getName(),
                                        request.getTargetCollectionName(),
                                        Optional.of(request.getTargetDbName()).filter(name -> !name.isEmpty())),
                                started -> RestoreSnapshotResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setJobId(started.job())
                                        .build()))
                .on(
                        MilvusServiceGrpc.getGetRestoreSnapshotStateMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.RestoreState(request.getJobId()),
                                job -> GetRestoreSnapshotStateResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setInfo(info(job))
                                        .build()))
                .on(
                        MilvusServiceGrpc.getListRestoreSnapshotJobsMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.ListRestores(
                                        Optional.of(request.getCollectionName()).filter(name -> !name.isEmpty())),
                                jobs -> ListRestoreSnapshotJobsResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .addAllJobs(jobs.stream()
                                                .map(Snapshots::info)
                                                .toList())
                                        .build()));
    }

    private static void bindPins(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getPinSnapshotDataMethod(),
                        (request, exchange) -> exchange.ask(
                                new Operate.PinSnapshot(
                                        collection(request.getCollectionName(), "pin snapshot data"),
                                        request.getName(),
                                        request.getTtlSeconds()),
                                pinned -> PinSnapshotDataResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setPinId(pinned.pin())
                                        .build()))
                .on(
                        MilvusServiceGrpc.getUnpinSnapshotDataMethod(),
                        (request, exchange) ->
                                exchange.ask(new Operate.UnpinSnapshot(request.getPinId()), _ -> Statuses.SUCCESS));
    }

    private static String collection(String name, String purpose) {
        if (name.isEmpty())
            throw new Refused(new Refusal.Missing("collection_name", "collection_name is required for " + purpose));
        return name;
    }

    private static DescribeSnapshotResponse described(Watch.SnapshotInfo snapshot) {
        return DescribeSnapshotResponse.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setName(snapshot.name())
                .setDescription(snapshot.description())
                .setCollectionName(snapshot.collection())
                .addAllPartitionNames(snapshot.partitions())
                .setCreateTs(snapshot.created())
                .build();
    }

    private static RestoreSnapshotInfo info(RestoreInfo job) {
        return RestoreSnapshotInfo.newBuilder()
                .setJobId(job.id())
                .setSnapshotName(job.snapshot())
                .setDbName(job.database())
                .setCollectionName(job.collection())
                .setState(
                        switch (job.phase()) {
                            case PENDING -> RestoreSnapshotState.RestoreSnapshotPending;
                            case EXECUTING -> RestoreSnapshotState.RestoreSnapshotExecuting;
                            case COMPLETED -> RestoreSnapshotState.RestoreSnapshotCompleted;
                            case FAILED -> RestoreSnapshotState.RestoreSnapshotFailed;
                        })
                .setProgress(job.percent())
                .setReason(job.reason())
                .setStartTime(job.created())
                .setTimeCost(job.ended() == 0 ? 0 : job.ended() - job.created())
                .build();
    }
}
