package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.model.Access;
import dev.sextant.model.External;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.RefreshInfo;
import dev.sextant.wire.milvus.BatchUpdateManifestRequest;
import dev.sextant.wire.milvus.CollectionSchema;
import dev.sextant.wire.milvus.FieldSchema;
import dev.sextant.wire.milvus.GetRefreshExternalCollectionProgressResponse;
import dev.sextant.wire.milvus.ListRefreshExternalCollectionJobsResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.RefreshExternalCollectionJobInfo;
import dev.sextant.wire.milvus.RefreshExternalCollectionResponse;
import dev.sextant.wire.milvus.RefreshExternalCollectionState;
import dev.sextant.wire.milvus.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Collections whose rows come out of files of somebody else.
final class Externals {
    private Externals() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getRefreshExternalCollectionMethod(),
                        (request, exchange) -> exchange.ask(
                                new Operate.RefreshExternal(
                                        request.getCollectionName(),
                                        request.getExternalSource(),
                                        request.getExternalSpec()),
                                started -> RefreshExternalCollectionResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setJobId(started.job())
                                        .build()))
                .onServer(
                        MilvusServiceGrpc.getGetRefreshExternalCollectionProgressMethod(),
                        (request, exchange) -> exchange.then(
                                new Watch.RefreshState(request.getJobId()),
                                info -> exchange.answer(GetRefreshExternalCollectionProgressResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setJobInfo(job(info))
                                        .build()),
                                noJob(request.getJobId(), exchange)))
                .on(
                        MilvusServiceGrpc.getListRefreshExternalCollectionJobsMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.ListRefreshes(
                                        Optional.of(request.getCollectionName()).filter(name -> !name.isEmpty())),
                                all -> ListRefreshExternalCollectionJobsResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .addAllJobs(
                                                all.stream().map(Externals::job).toList())
                                        .build()))
                .on(MilvusServiceGrpc.getBatchUpdateManifestMethod(), (request, exchange) -> {
                    if (request.getCollectionName().isEmpty())
                        throw new Refused(new Refusal.InvalidParameter("collection_name", "collection name is empty"));
                    if (request.getItemsCount() == 0)
                        throw new Refused(new Refusal.InvalidParameter("items", "items is empty"));
                    exchange.then(
                            new Access.May("Insert", request.getCollectionName()),
                            _ -> exchange.ask(
                                    new Watch.Segments(request.getCollectionName()),
                                    segments -> passedOver(request, segments)));
                });
    }

    /// As in Milvus a segment that is not there, or has no manifest, is passed over. Of one that is here this would say
    /// that columns were added to it which nobody will see.
    private static Status passedOver(BatchUpdateManifestRequest request, List<Watch.SegmentInfo> segments) {
        for (var item : request.getItemsList())
            if (segments.stream().anyMatch(segment -> segment.id() == item.getSegmentId()))
                throw new Refused(new Refusal.InvalidParameter(
                        "items",
                        "segment " + item.getSegmentId() + " of collection " + request.getCollectionName()
                                + " has no manifest: columns are added to rows by upserts"));
        return Statuses.SUCCESS;
    }

    private static Consumer<Throwable> noJob(long job, Exchange<?> exchange) {
        return reason -> exchange.fail(
                reason instanceof Refused refused
                                && refused.refusal() instanceof Refusal.NotFound(var kind, _, _)
                                && kind == Refusal.Kind.JOB
                        ? new Refused(new Refusal.InvalidParameter("job_id", "refresh job " + job + " not found"))
                        : reason);
    }

    private static RefreshExternalCollectionJobInfo job(RefreshInfo info) {
        return RefreshExternalCollectionJobInfo.newBuilder()
                .setJobId(info.id())
                .setCollectionName(info.collection())
                .setState(
                        switch (info.phase()) {
                            case PENDING -> RefreshExternalCollectionState.RefreshPending;
                            case REFRESHING -> RefreshExternalCollectionState.RefreshInProgress;
                            case COMPLETED -> RefreshExternalCollectionState.RefreshCompleted;
                            case FAILED -> RefreshExternalCollectionState.RefreshFailed;
                        })
                .setProgress(info.percent())
                .setReason(info.reason())
                .setExternalSource(info.external().source())
                .setExternalSpec(info.external().spec())
                .setStartTime(info.created())
                .setEndTime(info.ended())
                .build();
    }

    /// What a schema says of files, if it says anything.
    static Optional<External> of(CollectionSchema schema) {
        var columns = new HashMap<String, String>();
        for (var field : schema.getFieldsList())
            if (!field.getExternalField().isEmpty()) columns.put(field.getName(), field.getExternalField());
        return schema.getExternalSource().isEmpty() && schema.getExternalSpec().isEmpty() && columns.isEmpty()
                ? Optional.empty()
                : Optional.of(new External(schema.getExternalSource(), schema.getExternalSpec(), columns));
    }

    static FieldSchema told(FieldSchema field, Optional<External> external) {
        var column = external.map(from -> from.columns().get(field.getName()));
        return column.isEmpty()
                ? field
                : field.toBuilder().setExternalField(column.get()).build();
    }
}
