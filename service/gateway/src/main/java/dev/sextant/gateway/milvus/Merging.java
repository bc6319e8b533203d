package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Clustering;
import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.JobInfo;
import dev.sextant.model.Watch.JobPhase;
import dev.sextant.model.Watch.Merge;
import dev.sextant.wire.milvus.CompactionMergeInfo;
import dev.sextant.wire.milvus.CompactionState;
import dev.sextant.wire.milvus.CompactionTaskState;
import dev.sextant.wire.milvus.CompactionType;
import dev.sextant.wire.milvus.GetCompactionPlansResponse;
import dev.sextant.wire.milvus.GetCompactionStateResponse;
import dev.sextant.wire.milvus.ManualCompactionRequest;
import dev.sextant.wire.milvus.ManualCompactionResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;

/// Merging files: what is to be merged, how far that is, and what is merged into what, by one job or for one collection
/// by all that are known.
final class Merging {
    /// Of one job, so that no two plans have one number.
    private static final long MOST_PLANS = 100_000;

    private Merging() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getManualCompactionMethod(),
                        (request, exchange) -> Collections.byName(
                                request.getCollectionName(),
                                request.getCollectionID(),
                                exchange,
                                name -> Clustering.check(
                                        name,
                                        request.getMajorCompaction(),
                                        exchange,
                                        () -> ofChannel(
                                                name,
                                                request.getChannel(),
                                                exchange,
                                                shards ->
                                                        exchange.ask(asked(name, shards, request), Merging::started)))))
                .on(
                        MilvusServiceGrpc.getGetCompactionStateMethod(),
                        (request, exchange) ->
                                job(request.getCompactionID(), exchange, job -> exchange.answer(compaction(job))))
                .on(MilvusServiceGrpc.getGetCompactionStateWithPlansMethod(), (request, exchange) -> {
                    boolean named = !request.getCollectionName().isEmpty() || request.getCollectionId() != 0;
                    if (named)
                        exchange.then(
                                new Watch.DescribeCollection(request.getCollectionName(), request.getCollectionId()),
                                info -> ofCollection(info.id(), exchange));
                    else
                        job(
                                request.getCompactionID(),
                                exchange,
                                job -> exchange.answer(plans(
                                        compaction(job).getState(), job.stream().toList(), _ -> true)));
                });
    }

    private static Operate.Compact asked(String collection, List<Integer> shards, ManualCompactionRequest request) {
        return new Operate.Compact(
                collection,
                request.getMajorCompaction() || request.getTargetSize() > 0,
                request.getPartitionId() == 0 ? List.of() : List.of(request.getPartitionId()),
                shards,
                request.getSegmentIdsList());
    }

    /// The shard whose channel is named so; one that is none where there is none.
    private static void ofChannel(
            String collection, String channel, Exchange<?> exchange, Consumer<List<Integer>> next) {
        if (channel.isEmpty()) next.accept(List.of());
        else
            exchange.then(
                    new Watch.DescribeCollection(collection, 0),
                    info -> next.accept(List.of(IntStream.range(0, info.shards())
                            .filter(shard ->
                                    Collections.channel(info.id(), shard).equals(channel))
                            .findFirst()
                            .orElse(-1))));
    }

    private static ManualCompactionResponse started(Operate.Started started) {
        return ManualCompactionResponse.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setCompactionID(started.job())
                .setCompactionPlanCount(started.plans())
                .build();
    }

    /// An unknown job has ended: clients ask about -1 when there was nothing to do.
    private static void job(long id, Exchange<?> exchange, Consumer<Optional<JobInfo>> next) {
        if (id < 0) next.accept(Optional.empty());
        else
            exchange.then(
                    new Watch.JobState(id),
                    job -> next.accept(Optional.of(job)),
                    Collections.unlessMissing(Refusal.Kind.JOB, () -> next.accept(Optional.empty()), exchange));
    }

    private static GetCompactionStateResponse compaction(Optional<JobInfo> job) {
        var response = GetCompactionStateResponse.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setState(CompactionState.Completed);
        job.ifPresent(each -> {
            int merges = Math.max(1, each.merges().size());
            switch (each.phase()) {
                case WAITING, RUNNING ->
                    response.setState(CompactionState.Executing).setExecutingPlanNo(merges);
                case DONE -> response.setCompletedPlanNo(merges);
                case FAILED, CANCELLED -> response.setFailedPlanNo(merges);
            }
        });
        return response.build();
    }

    /// Those of the server itself too, which nobody asked for.
    private static void ofCollection(long collection, Exchange<GetCompactionPlansResponse> exchange) {
        exchange.ask(new Watch.ListJobs(), jobs -> {
            boolean ended = jobs.stream()
                    .flatMap(job -> job.merges().stream())
                    .filter(merge -> merge.collectionId() == collection)
                    .allMatch(merge -> merge.phase() != JobPhase.WAITING && merge.phase() != JobPhase.RUNNING);
            return plans(ended ? CompactionState.Completed : CompactionState.Executing, jobs, id -> id == collection);
        });
    }

    private static GetCompactionPlansResponse plans(
            CompactionState state, List<JobInfo> jobs, LongPredicate collections) {
        var response = GetCompactionPlansResponse.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setState(state);
        for (var job : jobs)
            for (int i = 0; i < job.merges().size(); i++)
                if (collections.test(job.merges().get(i).collectionId())) response.addMergeInfos(plan(job, i));
        return response.build();
    }

    /// Segments that left no row became none.
    private static CompactionMergeInfo plan(JobInfo job, int number) {
        var merge = job.merges().get(number);
        var plan = CompactionMergeInfo.newBuilder()
                .addAllSources(merge.sources())
                .setTarget(merge.target().orElse(0))
                .setPlanId(job.id() * MOST_PLANS + number)
                .setTriggerId(job.id())
                .setCollectionId(merge.collectionId())
                .setType(CompactionType.CompactionTypeMix)
                .setState(state(merge));
        merge.target().ifPresent(plan::addTargets);
        if (merge.phase() == JobPhase.FAILED) plan.setFailureReason(job.failure());
        return plan.build();
    }

    private static CompactionTaskState state(Merge merge) {
        return switch (merge.phase()) {
            case WAITING, RUNNING -> CompactionTaskState.CompactionTaskStateExecuting;
            case DONE -> CompactionTaskState.CompactionTaskStateCompleted;
            // Another merge was quicker: nothing was lost, and nothing came of this one.
            case CANCELLED -> CompactionTaskState.CompactionTaskStateCleaned;
            case FAILED -> CompactionTaskState.CompactionTaskStateFailed;
        };
    }
}
