package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.DatabaseInfo;
import dev.sextant.model.Watch.SegmentInfo;
import dev.sextant.wire.milvus.FlushAllResponse;
import dev.sextant.wire.milvus.FlushResponse;
import dev.sextant.wire.milvus.GetFlushAllStateResponse;
import dev.sextant.wire.milvus.GetFlushStateResponse;
import dev.sextant.wire.milvus.GetPersistentSegmentInfoResponse;
import dev.sextant.wire.milvus.GetQuerySegmentInfoResponse;
import dev.sextant.wire.milvus.LongArray;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.PersistentSegmentInfo;
import dev.sextant.wire.milvus.QuerySegmentInfo;
import dev.sextant.wire.milvus.SegmentLevel;
import dev.sextant.wire.milvus.SegmentState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// From memory to files.
final class Flushes {
    private static final long NODE = 1;
    private static final int LOGICAL_BITS = 18;
    /// So long the state of a flush of everything waits for being true: pymilvus asks again after five seconds only.
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long BETWEEN_MILLIS = 20;

    private Flushes() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getFlushMethod(),
                        (request, exchange) -> exchange.ask(
                                new Operate.Flush(request.getCollectionNamesList()),
                                flushed -> said(exchange.call().database(), flushed)))
                .on(
                        MilvusServiceGrpc.getGetFlushStateMethod(),
                        (request, exchange) -> exchange.then(
                                new Watch.FlushState(
                                        named(request.getCollectionName()),
                                        request.getSegmentIDsList(),
                                        request.getFlushTs()),
                                done -> exchange.answer(state(done)),
                                // What was dropped needs no flushing any more.
                                Collections.unlessMissing(
                                        Refusal.Kind.COLLECTION, () -> exchange.answer(state(true)), exchange)))
                .onServer(
                        MilvusServiceGrpc.getFlushAllMethod(),
                        (_, exchange) -> exchange.then(new Watch.ListDatabases(), all -> flushAll(all, 0, 0, exchange)))
                .onServer(MilvusServiceGrpc.getGetFlushAllStateMethod(), (request, exchange) -> {
                    if (request.getFlushAllTssCount() == 0 && request.getFlushAllTs() == 0)
                        throw new Refused(new Refusal.Missing(
                                "flush_all_tss", "either flush_all_ts or flush_all_tss must be provided"));
                    long until = request.getFlushAllTssMap().values().stream()
                            .mapToLong(Long::longValue)
                            .max()
                            .orElse(request.getFlushAllTs());
                    exchange.then(
                            new Watch.ListDatabases(),
                            all -> allFlushed(all, 0, until, System.nanoTime() + PATIENCE_NANOS, exchange));
                });
        bindSegments(rpcs);
    }

    private static void bindSegments(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getGetPersistentSegmentInfoMethod(),
                        (request, exchange) -> exchange.ask(new Watch.Segments(request.getCollectionName()), all -> {
                            var response = GetPersistentSegmentInfoResponse.newBuilder()
                                    .setStatus(Statuses.SUCCESS);
                            all.stream()
                                    .filter(each -> isAsked(each, request.getStatesList()))
                                    .forEach(each -> response.addInfos(persistent(each)));
                            return response.build();
                        }))
                .on(
                        MilvusServiceGrpc.getGetQuerySegmentInfoMethod(),
                        (request, exchange) ->
                                exchange.then(new Watch.Replicas(request.getCollectionName(), 0), replicas -> {
                                    if (replicas.isEmpty())
                                        exchange.answer(GetQuerySegmentInfoResponse.newBuilder()
                                                .setStatus(Statuses.SUCCESS)
                                                .build());
                                    else
                                        exchange.ask(new Watch.Segments(request.getCollectionName()), all -> {
                                            var response = GetQuerySegmentInfoResponse.newBuilder()
                                                    .setStatus(Statuses.SUCCESS);
                                            all.forEach(each -> response.addInfos(loaded(each)));
                                            return response.build();
                                        });
                                }));
    }

    private static FlushResponse said(String database, Operate.Flushed flushed) {
        var response = FlushResponse.newBuilder().setStatus(Statuses.SUCCESS).setDbName(database);
        for (var each : flushed.collections()) {
            response.putCollSegIDs(each.name(), ids(each.sealedSegments()))
                    .putFlushCollSegIDs(each.name(), ids(each.olderSegments()))
                    .putCollSealTimes(each.name(), (flushed.timestamp() >>> LOGICAL_BITS) / 1000)
                    .putCollFlushTs(each.name(), flushed.timestamp());
        }
        return response.build();
    }

    private static LongArray ids(List<Long> ids) {
        return LongArray.newBuilder().addAllData(ids).build();
    }

    private static void flushAll(List<DatabaseInfo> all, int at, long timestamp, Exchange<FlushAllResponse> exchange) {
        if (at == all.size())
            exchange.answer(FlushAllResponse.newBuilder()
                    .setStatus(Statuses.SUCCESS)
                    .setFlushAllTs(timestamp)
                    .build());
        else
            exchange.in(all.get(at).name())
                    .then(
                            new Operate.Flush(List.of()),
                            flushed -> flushAll(all, at + 1, Math.max(timestamp, flushed.timestamp()), exchange));
    }

    private static void allFlushed(
            List<DatabaseInfo> all,
            int at,
            long timestamp,
            long deadline,
            Exchange<GetFlushAllStateResponse> exchange) {
        if (at == all.size()) exchange.answer(allState(true));
        else
            exchange.in(all.get(at).name()).then(new Watch.FlushState(Optional.empty(), List.of(), timestamp), done -> {
                if (done) allFlushed(all, at + 1, timestamp, deadline, exchange);
                else if (System.nanoTime() - deadline >= 0) exchange.answer(allState(false));
                else soon(() -> allFlushed(all, at, timestamp, deadline, exchange), exchange);
            });
    }

    /// Holds up no thread that serves others.
    private static void soon(Runnable step, Exchange<?> exchange) {
        Thread.startVirtualThread(() -> {
            try {
                Thread.sleep(BETWEEN_MILLIS);
                exchange.guarded(step);
            } catch (InterruptedException stop) {
                exchange.fail(stop);
            }
        });
    }

    private static GetFlushAllStateResponse allState(boolean done) {
        return GetFlushAllStateResponse.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setFlushed(done)
                .build();
    }

    private static GetFlushStateResponse state(boolean done) {
        return GetFlushStateResponse.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setFlushed(done)
                .build();
    }

    private static Optional<String> named(String collection) {
        return collection.isEmpty() ? Optional.empty() : Optional.of(collection);
    }

    /// Who names no states means what is on its way to the disk.
    private static boolean isAsked(SegmentInfo info, List<SegmentState> states) {
        return states.isEmpty() ? !info.growing() || info.sealed() : states.contains(state(info));
    }

    private static PersistentSegmentInfo persistent(SegmentInfo info) {
        return PersistentSegmentInfo.newBuilder()
                .setSegmentID(info.id())
                .setCollectionID(info.collectionId())
                .setPartitionID(info.partitionId())
                .setNumRows(info.rows())
                .setState(state(info))
                .setLevel(SegmentLevel.L1)
                .setIsSorted(!info.growing()) // what is on disk has the form that it keeps
                .setInsertChannel(Collections.channel(info.collectionId(), info.shard()))
                .build();
    }

    private static QuerySegmentInfo loaded(SegmentInfo info) {
        return QuerySegmentInfo.newBuilder()
                .setSegmentID(info.id())
                .setCollectionID(info.collectionId())
                .setPartitionID(info.partitionId())
                .setNumRows(info.rows())
                .setMemSize(info.bytes())
                .setIndexName(String.join(",", info.indexes()))
                .setState(state(info))
                .setLevel(SegmentLevel.L1)
                .setNodeID(NODE)
                .addNodeIds(NODE)
                .build();
    }

    private static SegmentState state(SegmentInfo info) {
        if (!info.growing()) return SegmentState.Flushed;
        return info.sealed() ? SegmentState.Sealed : SegmentState.Growing;
    }
}
