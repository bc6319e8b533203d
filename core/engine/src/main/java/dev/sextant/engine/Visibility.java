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
import java.util.stream.IntStream;

/// Which rows of one segment views show. When a moment cuts through the segment (rows that have expired, partitions
/// that were dropped) the next view's rows are made from the last one's, by what happened in between: a view costs what
/// changed. What is kept is counted in the budget, and not kept where there is no room. Any thread.
final class Visibility implements AutoCloseable {
    private final Runs times;
    private final Runs partitions;
    private final Deletions deletions;
    private final Memory memory;
    private final Map<Long, Bits> ofPartition = new ConcurrentHashMap<>();
    private volatile Optional<int[]> byTime = Optional.empty(); // runs of insertion, the earliest first
    private volatile Optional<Made> made = Optional.empty();
    // The lock of this guards both.
    private Optional<Reservation> room = Optional.empty();
    private boolean closed;

    /// @param expired,arrived how many runs, the earliest first, had expired and had been inserted
    /// @param deleted how many deletions had happened
    private record Made(int expired, int arrived, Set<Long> gone, int deleted, Bits bits) {}

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
    Bits at(Moment moment, Set<Long> here) {
        var seen = deletions.seen();
        int deleted = seen.upTo(moment.timestamp());
        int expired = runsUpTo(moment.leastInsert() == Long.MIN_VALUE ? Long.MIN_VALUE : moment.leastInsert() - 1);
        int arrived = runsUpTo(moment.timestamp());
        var gone = new HashSet<Long>(here);
        gone.retainAll(moment.gone());
        var last = made.filter(
                m -> m.arrived == arrived && m.expired <= expired && m.deleted <= deleted && m.gone.equals(gone));
        if (last.isPresent() && last.get().expired == expired && last.get().deleted == deleted) return last.get().bits;
        var builder = last.map(Made::bits).orElse(Bits.ALL).change(rows());
        for (int i = last.map(Made::expired).orElse(0); i < expired; i++) clear(builder, byTime()[i]);
        if (last.isEmpty()) {
            for (int i = arrived; i < times.ends().length; i++) clear(builder, byTime()[i]);
            for (int run = 0; run < partitions.ends().length; run++)
                if (gone.contains(partitions.values()[run]))
                    builder.clearRange(start(partitions, run), partitions.ends()[run]);
        }
        for (int i = last.map(Made::deleted).orElse(0); i < deleted; i++) builder.clear(seen.rows()[i]);
        var bits = builder.build();
        keep(new Made(expired, arrived, gone, deleted, bits));
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
                || fresh.expired >= last.get().expired
                        && fresh.arrived >= last.get().arrived
                        && fresh.deleted >= last.get().deleted;
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

    synchronized long bytes() {
        return room.map(Reservation::bytes).orElse(0L);
    }

    @Override
    public synchronized void close() {
        closed = true;
        room.ifPresent(Reservation::close);
    }
}
