package dev.sextant.engine;

import dev.sextant.catalog.Collection;
import dev.sextant.engine.log.Log;
import dev.sextant.model.Watch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What people ask about an engine, read off its state.
final class Figures {
    private Figures() {}

    static List<Watch.SegmentInfo> segments(Replica replica, Indexing indexing, Collection collection) {
        var infos = new ArrayList<Watch.SegmentInfo>();
        for (int number = 0; number < collection.shards().size(); number++) {
            var shard = replica.shards().get(collection.shards().get(number));
            if (shard == null) continue;
            var layout = shard.layout();
            for (var store : layout.all()) {
                if (store.rows() == 0) continue;
                boolean growing = store == layout.active();
                infos.add(new Watch.SegmentInfo(
                        store.id(),
                        collection.id(),
                        store.partitionOf(0),
                        number,
                        store.rows(),
                        store.deletions().seen().count(),
                        store instanceof Segment segment ? segment.facts().bytes() : store.memoryBytes(),
                        growing,
                        !growing,
                        store instanceof Segment segment ? indexing.indexesOf(collection, segment) : List.of()));
            }
        }
        return infos;
    }

    /// Of the rows of all stores, how many have the field.
    static int filledPercent(Replica replica, Collection c, int field) {
        long all = 0, filled = 0;
        for (long id : c.shards()) {
            var shard = replica.shards().get(id);
            if (shard == null) continue;
            for (var store : shard.layout().all()) {
                all += store.rows();
                if (store.schema().field(field).isPresent()) filled += store.rows();
            }
        }
        return all == filled ? 100 : (int) Math.min(99, 100 * filled / all);
    }

    static long rowCount(Replica replica, Collection collection, long partition) {
        long rows = 0;
        for (long id : collection.shards()) {
            var shard = replica.shards().get(id);
            if (shard == null) continue;
            var layout = shard.layout();
            var moment = layout.moment(Long.MAX_VALUE, Expiry.NEVER);
            for (var store : layout.all()) rows += rows(store, moment, partition);
        }
        return rows;
    }

    private static long rows(Store store, Moment moment, long partition) {
        return switch (store) {
            case Memtable memtable -> {
                var edge = memtable.edge();
                long rows = 0;
                var runs = edge.partitions();
                boolean cut = edge.rows() > 0 && edge.times().of(edge.rows() - 1) < moment.leastInsert();
                for (int run = 0; run < runs.count() && !cut; run++)
                    if (counts(runs.values()[run], moment, partition))
                        rows += runs.end(run, edge.rows()) - runs.starts()[run];
                yield rows;
            }
            case Segment segment -> {
                if (segment.facts().mostInsert() < moment.leastInsert()) yield 0;
                long rows = 0;
                var runs = segment.partitions();
                for (int run = 0, from = 0; run < runs.ends().length; from = runs.ends()[run++])
                    if (counts(runs.values()[run], moment, partition))
                        rows += since(moment.leastInsert(), segment, from, runs.ends()[run]);
                yield rows;
            }
        };
    }

    /// Of some rows of a segment, how many were inserted at `least` or later: a merge may have put others beside them.
    private static int since(long least, Segment segment, int from, int to) {
        if (segment.facts().leastInsert() >= least) return to - from;
        var times = segment.times();
        int rows = 0;
        int run = Arrays.binarySearch(times.ends(), from + 1);
        if (run < 0) run = -run - 1;
        for (int at = from; at < to; at = times.ends()[run++])
            if (times.values()[run] >= least) rows += Math.min(to, times.ends()[run]) - at;
        return rows;
    }

    private static boolean counts(long its, Moment moment, long partition) {
        return (partition == 0 || its == partition) && !moment.gone().contains(its);
    }

    static Map<String, Long> of(Replica replica, Log log, RowMeters rowsRead) {
        var figures = new TreeMap<String, Long>();
        long memtables = 0, memtableBytes = 0, frozen = 0, segments = 0, segmentBytes = 0, rows = 0, resident = 0;
        for (var shard : replica.shards().values())
            for (var store : shard.layout().all()) {
                rows += store.rows();
                if (store instanceof Segment segment) {
                    segments++;
                    segmentBytes += segment.facts().bytes();
                    resident += segment.memoryBytes();
                } else if (store.rows() > 0) {
                    memtables++;
                    memtableBytes += store.memoryBytes();
                    if (store != shard.layout().active()) frozen++;
                }
            }
        var state = replica.state();
        figures.put("shards", (long) replica.shards().size());
        figures.put("rows", rows);
        figures.put("memtables", memtables);
        figures.put("memtables.frozen", frozen);
        figures.put("memtables.bytes", memtableBytes);
        figures.put("segments", segments);
        figures.put("segments.bytes", segmentBytes);
        figures.put("segments.resident.bytes", resident);
        figures.put("rows.reranked", rowsRead.rowsRead());
        figures.put("rows.pages.read", rowsRead.pagesRead());
        figures.put("log.begin", log.begin());
        figures.put("log.end", log.end());
        figures.put("epoch", state.epoch());
        figures.put("applied.timestamp", state.timestamp());
        figures.put("horizon", state.horizon());
        return figures;
    }
}
