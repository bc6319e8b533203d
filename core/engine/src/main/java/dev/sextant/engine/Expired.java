package dev.sextant.engine;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import dev.sextant.model.Column;
import dev.sextant.model.Value;
import java.util.Optional;

/// Rows whose own moment has come, told by a column of moments. The last answer is kept, with how long it holds, where
/// there is room for it: until then a view costs nothing. Any thread.
final class Expired implements AutoCloseable {
    private final Memory memory;
    private volatile Optional<Living> made = Optional.empty();
    // The lock of this guards both.
    private Optional<Reservation> room = Optional.empty();
    private boolean closed;

    Expired(Memory memory) {
        this.memory = memory;
    }

    /// The rows that live at every moment in `[from, until)`: the last one that has come, and the next one to come.
    private record Living(int field, long from, long until, Bits bits) {
        boolean holds(int field, long micros) {
            return this.field == field && from <= micros && micros < until;
        }
    }

    /// The rows of a part that do not change any more that live at a moment.
    Bits living(Part part, int field, long micros) {
        var last = made;
        if (last.isPresent() && last.get().holds(field, micros)) return last.get().bits;
        var fresh = look(part, field, micros);
        // A look into the past does not take the place of what serves the present.
        boolean newer = last.isEmpty() || last.get().field != field || fresh.from >= last.get().from;
        if (newer && hasRoom(fresh.bits.bytes())) made = Optional.of(fresh);
        return fresh.bits;
    }

    /// The same, for a part that grows.
    static Bits livingNow(Part part, int field, long micros) {
        return look(part, field, micros).bits;
    }

    private static Living look(Part part, int field, long micros) {
        long from = Long.MIN_VALUE, until = Long.MAX_VALUE;
        var bits = Bits.ALL.change(part.rows());
        for (int chunk = 0; (long) chunk * Bits.CHUNK_BITS < part.rows(); chunk++) {
            int first = chunk * Bits.CHUNK_BITS;
            int end = (int) Math.min(part.rows(), (long) first + Bits.CHUNK_BITS);
            switch (part.zone(field, chunk)) {
                case Zone.AllNull _ -> {
                    continue;
                }
                case Zone.Between(Value.Int(var least), Value.Int(var most), var nulls) -> {
                    if (least > micros) {
                        until = Math.min(until, least);
                        continue;
                    }
                    if (most <= micros && nulls == 0) {
                        from = Math.max(from, most);
                        bits.clearRange(first, end);
                        continue;
                    }
                }
                case Zone.Between _, Zone.Unknown _ -> {}
            }
            if (!(part.chunk(field, chunk) instanceof Column.Longs moments)) continue;
            var values = moments.values();
            for (int i = 0; i < values.length; i++) {
                if (moments.isNull(i)) continue;
                if (values[i] > micros) until = Math.min(until, values[i]);
                else {
                    from = Math.max(from, values[i]);
                    bits.clear(first + i);
                }
            }
        }
        return new Living(field, from, until, bits.build());
    }

    private synchronized boolean hasRoom(long bytes) {
        if (closed) return false;
        if (room.isPresent())
            return bytes <= room.get().bytes()
                    || room.get().tryGrow(bytes - room.get().bytes());
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
