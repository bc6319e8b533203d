package dev.sextant.engine;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// When checkpoints are written, and what follows from one: the log is cut, and files that nobody names are collected.
final class Saving {
    /// A memtable of at most this size goes into checkpoints and need not become a segment.
    static final long MOST_INLINE_BYTES = 64 << 10;

    private final Household house;
    private final AtomicLong logBytes; // delivered since the log was opened
    private final Object saving = new Object();
    private volatile Saved saved; // by the job that wrote it
    private volatile long nextCheckpoint; // nanos, after one that failed

    /// What the last checkpoint has, at least.
    private record Saved(long position, long logBytes, long nanos, long replacements) {}

    Saving(Household house, AtomicLong logBytes) {
        this.house = house;
        this.logBytes = logBytes;
        nextCheckpoint = nanos();
        saved = new Saved(house.replica().state().position(), 0, nextCheckpoint, 0);
    }

    private long nanos() {
        return house.world().clock().monotonicNanos();
    }

    /// Begins a job that does where enough has happened since the last one.
    void checkpoint() {
        var state = house.replica().state();
        long bytes = logBytes.get();
        long replacements = house.replica().shards().values().stream()
                .mapToLong(Shard::replacements)
                .sum();
        var last = saved;
        long millis = (nanos() - last.nanos) / 1_000_000;
        if (state.position() == last.position
                || nanos() - nextCheckpoint < 0
                || !Choices.chooseCheckpoint(
                        bytes - last.logBytes,
                        house.config().logFileBytes(),
                        house.checkpoints().lastBytes(),
                        millis,
                        replacements != last.replacements)) return;
        var next = new Saved(state.position(), bytes, nanos(), replacements);
        house.jobs().start(Jobs.Lane.WRITE_OUT, "checkpoint", "all", (_, _) -> {
            try {
                saveNow();
                saved = next;
            } catch (RuntimeException | Error why) {
                nextCheckpoint = nanos() + Retries.NANOS;
                throw why;
            }
        });
    }

    /// Writes a checkpoint, cuts the log, and collects the files that nobody names. One at a time: what is captured
    /// later is written later.
    void saveNow() {
        synchronized (saving) {
            try (var captured = house.replica().capture(MOST_INLINE_BYTES)) {
                long neededFrom = house.checkpoints().write(captured);
                house.log().cut(neededFrom);
                house.replica().shards().values().forEach(shard -> shard.cutBefore(neededFrom));
            }
            collect();
        }
    }

    private void collect() {
        house.files()
                .collect(
                        () -> {
                            var named = new HashSet<>(house.checkpoints().named());
                            named.addAll(house.replica().named());
                            return named;
                        },
                        indexes());
    }

    private Set<Long> indexes() {
        var catalog = house.replica().catalog();
        var all = new HashSet<Long>();
        catalog.collections().values().forEach(c -> c.indexes().forEach(index -> all.add(index.id())));
        catalog.trash().values().forEach(t -> t.collection().indexes().forEach(index -> all.add(index.id())));
        catalog.snapshots().all().values().forEach(s -> s.collection().indexes().forEach(index -> all.add(index.id())));
        return all;
    }
}
