package dev.sextant.engine;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import dev.sextant.model.Column;
import java.util.Arrays;
import java.util.Optional;

/// Rows of a memtable whose own moment has come. A view looks at the rows that are new and at those whose moment has
/// come since the last one: the others wait in a heap, the next to come first, counted in the budget. Where there is no
/// room for it, and for a look into the past, all rows are looked at. Any thread.
final class Expiring implements AutoCloseable {
    private static final long ROW_BYTES = 12;
    private static final int FEW = 4096;

    private final Memory memory;
    // The lock of this guards all that follows; the volatile ones are looked at without.
    private volatile int field = -1;
    private volatile int looked; // rows before have been looked at
    private long[] moments = new long[0]; // of those that wait: a heap
    private int[] rows = new int[0];
    private int waiting;
    private Bits living = Bits.ALL;
    private volatile long last = Long.MIN_VALUE; // moment that has come
    private long steps;
    private volatile Optional<Reservation> room = Optional.empty();
    private boolean closed;

    Expiring(Memory memory) {
        this.memory = memory;
    }

    /// Rows of the part that live at a moment; what the part does not reach means nothing.
    Bits living(MemtablePart part, int ofField, long micros) {
        return known(part, ofField, micros).orElseGet(() -> Expired.living(part, ofField, micros));
    }

    private synchronized Optional<Bits> known(MemtablePart part, int ofField, long micros) {
        if (field != ofField) forget(ofField);
        if (micros < last || !look(part)) return Optional.empty();
        if (waiting == 0 || moments[0] > micros) return Optional.of(living);
        var bits = living.change(looked);
        while (waiting > 0 && moments[0] <= micros) {
            last = Math.max(last, moments[0]); // rows may come whose moment is long past
            bits.clear(rows[0]);
            poll();
        }
        living = bits.build();
        return Optional.of(living);
    }

    /// Whether a view of so many rows looks at few. Waits for nobody.
    boolean isReady(int ofField, int rows, long micros) {
        return rows <= FEW || field == ofField && rows - looked <= FEW && micros >= last;
    }

    private boolean look(MemtablePart part) {
        if (part.rows() <= looked) return true;
        if (!makeRoom(part.rows() - looked)) {
            forget(field);
            return false;
        }
        for (int from = looked, to; from < part.rows(); from = to) {
            to = Math.min(part.rows(), (from / Bits.CHUNK_BITS + 1) * Bits.CHUNK_BITS);
            if (part.rows(field, from, to) instanceof Column.Longs longs)
                for (int i = 0; i < to - from; i++) if (!longs.isNull(i)) add(longs.values()[i], from + i);
        }
        looked = part.rows();
        return true;
    }

    private boolean makeRoom(int more) {
        if (closed) return false;
        if (waiting + more <= moments.length) return true;
        int wanted = Math.max(256, Math.max(waiting + more, moments.length + (moments.length >> 1)));
        long bytes = ROW_BYTES * (wanted - moments.length);
        if (room.isPresent() ? !room.get().tryGrow(bytes) : (room = memory.tryReserve("visible rows", bytes)).isEmpty())
            return false;
        moments = Arrays.copyOf(moments, wanted);
        rows = Arrays.copyOf(rows, wanted);
        return true;
    }

    private void forget(int nextField) {
        field = nextField;
        looked = waiting = 0;
        moments = new long[0];
        rows = new int[0];
        living = Bits.ALL;
        last = Long.MIN_VALUE;
        room.ifPresent(Reservation::close);
        room = Optional.empty();
    }

    private void add(long moment, int row) {
        int at = waiting++;
        for (int above; at > 0 && moments[above = at - 1 >>> 1] > moment; at = above) {
            moments[at] = moments[above];
            rows[at] = rows[above];
            steps++;
        }
        moments[at] = moment;
        rows[at] = row;
        steps++;
    }

    private void poll() {
        long moment = moments[--waiting];
        int row = rows[waiting], at = 0;
        for (int below; (below = 2 * at + 1) < waiting; at = below) {
            if (below + 1 < waiting && moments[below + 1] < moments[below]) below++;
            if (moments[below] >= moment) break;
            moments[at] = moments[below];
            rows[at] = rows[below];
            steps++;
        }
        moments[at] = moment;
        rows[at] = row;
        steps++;
    }

    /// How many places of the heap were looked at.
    synchronized long steps() {
        return steps;
    }

    /// Never waits for who puts rows in order.
    long bytes() {
        return room.map(Reservation::bytes).orElse(0L);
    }

    @Override
    public synchronized void close() {
        closed = true;
        forget(-1);
    }
}
