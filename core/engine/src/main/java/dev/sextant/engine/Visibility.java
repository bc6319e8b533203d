package dev.sextant.engine;

import dev.sextant.engine.segment.Runs;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/// Which rows of one segment views show. When a moment cuts through the segment (rows that have expired, at a time
/// after they came or at one of their own, partitions that were dropped) the next view's rows are made from the last
/// one's, by what happened in between: a view costs what changed. What is kept is counted in the budget, and not kept
/// where there is no room. Any thread.
final class Visibility implements AutoCloseable {
    private final Runs times;
    private final Runs partitions;
    private final Deletions deletions;
    private final Memory memory;
    private final Map<Long, Bits> ofPartition = new ConcurrentHashMap<>();
    private volatile Optional<int[]> byTime = Optional.empty(); // runs of insertion, the earliest first
    private volatile Optional<Made> made = Optional.empty();
    private final AtomicLong changed = new AtomicLong();
    // The lock of this guards both.
    private Optional<Reservation> room = Optional.empty();
    private boolean closed;

    /// @param expired,arrived how many runs, the earliest first, had expired and had been inserted
    /// @param deleted how many deletions had happened
    /// @param field that tells the last moments of rows; -1 when none does
    /// @param ended how many of them, the earliest first, had come
    private record Made(int expired, int arrived, Set<Long> gone, int deleted, int field, int ended, Bits bits) {
        /// Whether the other differs by what happens in the course of time only.
        boolean leadsTo(Made later) {
            return arrived == later.arrived
                    && gone.equals(later.gone)
                    && field == later.field
                    && expired <= later.expired
                    && deleted <= later.deleted
                    && ended <= later.ended;
        }

        Made with(Bits itsBits) {
            return new Made(expired, arrived, gone, deleted, field, ended, itsBits);
        }
    }

    Visibility(Runs times, Runs partitions, Deletions deletions, Memory memory) {
        this.times = times;
        this.partitions = partitions;
        this.deletions = deletions;
        this.memory = memory;
    }

    private int rows() {
        return times.rows();
    }

    /// Rows that a moment shows which cuts through the segment.
    ///
    /// @param here the partitions of the segment
    /// @param ends of rows that have a last moment
    Bits at(Moment moment, Set<Long> here, Optional<Ends> ends) {
        var seen = deletions.seen();
        int deleted = seen.upTo(moment.timestamp());
        int expired = runsUpTo(moment.leastInsert() == Long.MIN_VALUE ? Long.MIN_VALUE : moment.leastInsert() - 1);
        int arrived = runsUpTo(moment.timestamp());
        int ended = ends.map(order -> order.upTo(moment.micros())).orElse(0);
        var gone = new HashSet<Long>(here);
        gone.retainAll(moment.gone());
        var wanted =
                new Made(expired, arrived, gone, deleted, ends.map(Ends::field).orElse(-1), ended, Bits.ALL);
        var last = made.filter(m -> m.leadsTo(wanted));
        if (last.isPresent() && wanted.leadsTo(last.get())) return last.get().bits;
        var builder = last.map(Made::bits).orElse(Bits.ALL).change(rows());
        for (int i = last.map(Made::expired).orElse(0); i < expired; i++) clear(builder, byTime()[i]);
        if (last.isEmpty()) {
            for (int i = arrived; i < times.ends().length; i++) clear(builder, byTime()[i]);
            for (int run = 0; run < partitions.ends().length; run++)
                if (gone.contains(partitions.values()[run]))
                    builder.clearRange(start(partitions, run), partitions.ends()[run]);
        }
        int endedBefore = last.map(Made::ended).orElse(0);
        for (int i = endedBefore; i < ended; i++) builder.clear(ends.get().rows()[i]);
        for (int i = last.map(Made::deleted).orElse(0); i < deleted; i++) builder.clear(seen.rows()[i]);
        changed.addAndGet(ended - endedBefore);
        var bits = builder.build();
        keep(wanted.with(bits));
        return bits;
    }

    private void clear(Bits.Builder builder, int run) {
        builder.clearRange(start(times, run), times.ends()[run]);
    }

    private static int start(Runs runs, int run) {
        return run == 0 ? 0 : runs.ends()[run - 1];
    }

    /// A look into the past does not take the place of what the next one at the present begins with.
    private void keep(Made fresh) {
        var last = made;
        boolean newer = last.isEmpty()
                || fresh.field != last.get().field
                || fresh.expired >= last.get().expired
                        && fresh.arrived >= last.get().arrived
                        && fresh.deleted >= last.get().deleted
                        && fresh.ended >= last.get().ended;
        if (newer && (last.isPresent() || hasRoom())) made = Optional.of(fresh);
    }

    /// How many runs, the earliest first, were inserted at or before `t`.
    private int runsUpTo(long t) {
        int low = 0, high = times.ends().length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (times.values()[byTime()[middle]] <= t) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private int[] byTime() {
        var known = byTime;
        if (known.isEmpty())
            byTime = known = Optional.of(IntStream.range(0, times.ends().length)
                    .boxed()
                    .sorted(Comparator.comparingLong(run -> times.values()[run]))
                    .mapToInt(Integer::intValue)
                    .toArray());
        return known.get();
    }

    /// The rows of one partition. With a partition key every row may be a run of its own.
    Bits ofPartition(long partition) {
        var known = ofPartition.get(partition);
        if (known != null) return known;
        var builder = Bits.builder(rows());
        for (int run = 0; run < partitions.ends().length; run++)
            if (partitions.values()[run] == partition)
                builder.setRange(start(partitions, run), partitions.ends()[run]);
        var bits = builder.build();
        if (hasRoom()) ofPartition.put(partition, bits);
        return bits;
    }

    /// Takes the room of one set of rows, if there is some.
    private synchronized boolean hasRoom() {
        long bytes = Bits.none(rows()).bytes() + rows() / 8 + 4L * times.ends().length;
        if (closed) return false;
        if (room.isPresent()) return room.get().tryGrow(bytes);
        room = memory.tryReserve("visible rows", bytes);
        return room.isPresent();
    }

    /// How many rows were taken away because their own moment had come.
    long changed() {
        return changed.get();
    }

    synchronized long bytes() {
        return room.map(Reservation::bytes).orElse(0L);
    }

    @Override
    public synchronized void close() {
        closed = true;
        room.ifPresent(Reservation::close);
    }
}
