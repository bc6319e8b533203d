package dev.sextant.index.scalar;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Reservation;

/// Room for arrays while an index is built: counted in the budget, and never more than a share of the Java heap, which
/// is smaller than the budget. What does not fit is not built; nothing else suffers.
final class Heap implements AutoCloseable {
    private final Reservation room;
    private final long most = Runtime.getRuntime().maxMemory() / 6;

    Heap(Memory memory, long bytes) {
        room = memory.reserve("index building", bytes);
    }

    void grow(long bytes) {
        if (bytes > most - room.bytes()) throw new OutOfBudget("index building", bytes, room.bytes(), most);
        room.grow(bytes);
    }

    void shrink(long bytes) {
        room.shrink(bytes);
    }

    @Override
    public void close() {
        room.close();
    }
}
