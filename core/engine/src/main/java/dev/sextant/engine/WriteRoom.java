package dev.sextant.engine;

import dev.sextant.engine.segment.Counting;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Reservation;
import dev.sextant.kernel.Stop;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// The heap that writing one file takes, counted while it lasts. What only tidies waits for memory, and gives up after
/// a while, to be begun again later. What writes memtables out frees memory, so it must not wait for itself: it begins
/// with what is kept for it, and where the budget has no more it goes on, by no more than the scalar columns of one
/// chunk, of which the memtable has reserved twice the bytes. One thread.
final class WriteRoom implements Counting, AutoCloseable {
    private static final long STEP_BYTES = 1 << 20;
    private static final long ROUND_NANOS = 20_000_000;
    private static final int MOST_ROUNDS = 500; // ten seconds

    private final Memory memory;
    private final long keptBytes;
    private final boolean frees;
    private final Stop stop;
    private Optional<Reservation> counted = Optional.empty();
    private long used;

    /// @param keptBytes what stands reserved for this already
    /// @param frees whether memory is freed when the file is there
    WriteRoom(Memory memory, long keptBytes, boolean frees, Stop stop) {
        this.memory = memory;
        this.keptBytes = keptBytes;
        this.frees = frees;
        this.stop = stop;
    }

    @Override
    public void take(long bytes) {
        used += bytes;
        long missing = used - keptBytes - counted.map(Reservation::bytes).orElse(0L);
        if (missing <= 0) return;
        long step = (missing + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES;
        for (int round = 0; !grown(step); round++) {
            if (frees || stop.stopped()) return;
            if (round == MOST_ROUNDS) throw new OutOfBudget("a merge", step, memory.inUseBytes(), memory.limitBytes());
            LockSupport.parkNanos(ROUND_NANOS);
        }
    }

    private boolean grown(long bytes) {
        if (counted.isPresent()) return counted.get().tryGrow(bytes);
        counted = memory.tryReserve("writing files", bytes);
        return counted.isPresent();
    }

    @Override
    public void give(long bytes) {
        used -= bytes;
    }

    @Override
    public void close() {
        counted.ifPresent(Reservation::close);
    }
}
