package dev.sextant.engine;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import dev.sextant.model.Column;
import java.util.Optional;

/// Rows of a segment whose own moment has come, told by a column of moments. All rows are looked at once, when the
/// first moment has come; from then on their order is kept, counted in the budget. Where there is no room for it every
/// view looks at all rows. Any thread.
final class Expired implements AutoCloseable {
    private final Memory memory;
    private volatile Optional<First> first = Optional.empty();
    private volatile Optional<Ends> ends = Optional.empty();
    // The lock of this guards both, and is held while rows are put in order.
    private volatile Optional<Reservation> room = Optional.empty();
    private boolean closed;

    /// Before this moment none has come.
    private record First(int field, long micros) {}

    Expired(Memory memory) {
        this.memory = memory;
    }

    /// Whether no row has come to its end at this moment. Reads nothing.
    boolean none(Part part, int field, long micros) {
        var known = first;
        if (known.isEmpty() || known.get().field != field)
            first = known = Optional.of(new First(field, Ends.first(part, field)));
        return micros < known.get().micros;
    }

    /// The rows in the order of their moments; empty where there is no room for it.
    Optional<Ends> ends(Part part, int field) {
        var known = ends;
        return isOf(known, field) ? known : make(part, field);
    }

    /// Whether a view needs to look at no row but those whose moment has come since the last one.
    boolean isReady(Part part, int field, long micros) {
        return none(part, field, micros) || isOf(ends, field);
    }

    private static boolean isOf(Optional<Ends> ends, int field) {
        return ends.isPresent() && ends.get().field() == field;
    }

    private synchronized Optional<Ends> make(Part part, int field) {
        if (isOf(ends, field)) return ends;
        if (closed) return Optional.empty();
        drop();
        room = memory.tryReserve("visible rows", Ends.MAKING_BYTES * part.rows());
        if (room.isEmpty()) return Optional.empty();
        try {
            var made = Ends.of(part, field);
            room.get().shrink(room.get().bytes() - Ends.KEPT_BYTES * made.rows().length);
            ends = Optional.of(made);
            return ends;
        } catch (RuntimeException | Error unreadable) {
            drop();
            throw unreadable;
        }
    }

    private void drop() {
        ends = Optional.empty();
        room.ifPresent(Reservation::close);
        room = Optional.empty();
    }

    /// The rows of a part that live at a moment, by a look at all of them.
    static Bits living(Part part, int field, long micros) {
        var bits = Bits.ALL.change(part.rows());
        for (int chunk = 0; (long) chunk * Bits.CHUNK_BITS < part.rows(); chunk++) {
            int from = chunk * Bits.CHUNK_BITS;
            if (part.zone(field, chunk) instanceof Zone.AllNull) continue;
            if (!(part.chunk(field, chunk) instanceof Column.Longs moments)) continue;
            var values = moments.values();
            for (int i = 0; i < values.length; i++) if (values[i] <= micros && !moments.isNull(i)) bits.clear(from + i);
        }
        return bits.build();
    }

    /// Never waits for who puts rows in order.
    long bytes() {
        return room.map(Reservation::bytes).orElse(0L);
    }

    @Override
    public synchronized void close() {
        closed = true;
        drop();
    }
}
