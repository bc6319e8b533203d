package dev.sextant.query;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import java.util.Optional;

/// The heap that one read takes while it runs, counted in the budget in coarse steps: a large read asks the budget now
/// and then, one that holds as little as its own objects do never. What does not fit is refused with
/// [dev.sextant.kernel.OutOfBudget] before it is allocated. The workers of one read share it; whoever made it closes it
/// when all of them have ended.
final class Room implements AutoCloseable {
    static final long STEP_BYTES = 64 << 10;

    /// Not worth counting: most searches hold less.
    static final long SLIGHT_BYTES = 8 << 10;

    private final Memory memory;
    private final String what;
    // The lock of this guards all below; it is taken when arrays grow, not for each row.
    private Optional<Reservation> counted = Optional.empty();
    private long used;
    private boolean closed;

    Room(Memory memory, String what) {
        this.memory = memory;
        this.what = what;
    }

    synchronized void take(long bytes) {
        if (closed) throw new IllegalStateException(what + " asks for " + bytes + " bytes after its end");
        long missing = used + bytes - (counted.isEmpty() ? 0 : counted.get().bytes());
        boolean slight = counted.isEmpty() && missing <= SLIGHT_BYTES;
        if (missing > 0 && !slight) grow((missing + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES);
        used += bytes;
    }

    /// What has grown large grows in larger steps, as far as there is room for them.
    private void grow(long bytes) {
        if (counted.isEmpty()) counted = Optional.of(memory.reserve(what, bytes));
        else {
            long ahead = counted.get().bytes() / 4;
            if (bytes >= ahead || !counted.get().tryGrow(ahead)) counted.get().grow(bytes);
        }
    }

    /// Of no more use; stays counted for what comes next.
    synchronized void give(long bytes) {
        used -= bytes;
        assert used >= 0 : what + " gave back more than it had: " + used;
    }

    /// Everything that was taken is of no more use; goes on from nothing.
    synchronized void reset() {
        used = 0;
    }

    @Override
    public synchronized void close() {
        closed = true;
        counted.ifPresent(Reservation::close);
    }
}
