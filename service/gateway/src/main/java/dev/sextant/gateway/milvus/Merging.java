package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.JobInfo;
import dev.sextant.model.Watch.JobPhase;
import dev.sextant.model.Watch.Merge;
import dev.sextant.wire.milvus.CompactionMergeInfo;
import dev.sextant.wire.milvus.CompactionState;
import dev.sextant.wire.milvus.CompactionTaskState;
import dev.sextant.wire.milvus.CompactionType;
import dev.sextant.wire.milvus.GetCompactionPlansResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import java.util.List;
import java.util.function.LongPredicate;

/// What is merged into what: by one job, or for one collection by all that are known.
final class Merging {
    /// Of one job, so that no two plans have one number.
    private static final long MOST_PLANS = 100_000;

    private Merging() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(MilvusServiceGrpc.getGetCompactionStateWithPlansMethod(), (request, exchange) -> {
            boolean named = !request.getCollectionName().isEmpty() || request.getCollectionId() != 0;
            if (named)
                exchange.then(
                        new Watch.DescribeCollection(request.getCollectionName(), request.getCollectionId()),
                        info -> ofCollection(info.id(), exchange));
            else
                Flushes.job(
                        request.getCompactionID(),
                        exchange,
                        job -> exchange.answer(plans(
                                Flushes.compaction(job).getState(), job.stream().toList(), _ -> true)));
        });
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
