package dev.sextant.engine;

import dev.sextant.kernel.Bits;
import java.util.Arrays;
import java.util.BitSet;

/// Which rows of one store went away, and when: in order of time, each row once. Grown by the applier alone; read by
/// anyone, up to what was published.
final class Deletions {
    /// What readers see: the first `count` of the arrays.
    record Seen(int[] rows, long[] times, int count) {
        /// How many happened at or before `t`.
        int upTo(long t) {
            if (count == 0 || times[count - 1] <= t) return count;
            int low = 0, high = count;
            while (low < high) {
                int middle = low + high >>> 1;
                if (times[middle] <= t) low = middle + 1;
                else high = middle;
            }
            return low;
        }
    }

    /// Bits of the first `count` deletions among the first `rows` rows: the last that were asked for, because the next
    /// differ little.
    private record Made(int rows, int count, Bits bits) {}

    private static final Seen NOTHING = new Seen(new int[0], new long[0], 0);

    private final BitSet marked = new BitSet(0); // applier only
    private int[] rows = NOTHING.rows; // applier only
    private long[] times = NOTHING.times; // applier only
    private int count; // applier only
    private volatile Seen seen = NOTHING;
    private volatile Made made = new Made(0, 0, Bits.ALL);

    static Deletions of(Seen saved) {
        var deletions = new Deletions();
        for (int i = 0; i < saved.count; i++) deletions.add(saved.rows[i], saved.times[i]);
        deletions.publish();
        return deletions;
    }

    /// Rows that are gone at any time.
    static Deletions always(int[] rows) {
        return of(new Seen(rows, new long[rows.length], rows.length));
    }

    /// Notes that a row went away at `t`, unless it did before. Readers see it after [#publish].
    boolean add(int row, long t) {
        if (marked.get(row)) return false;
        marked.set(row);
        if (count == rows.length) {
            int room = Math.max(8, count + (count >> 1));
            rows = Arrays.copyOf(rows, room);
            times = Arrays.copyOf(times, room);
        }
        rows[count] = row;
        times[count++] = t;
        return true;
    }

    /// Whether a row went away; by the applier.
    boolean has(int row) {
        return marked.get(row);
    }

    void publish() {
        if (seen.count != count) seen = new Seen(rows, times, count);
    }

    /// Bytes on the heap, about; by the applier.
    long bytes() {
        // The rows that are gone as a set, once for the applier and once for readers.
        return 12L * rows.length + marked.size() / 4;
    }

    Seen seen() {
        return seen;
    }

    /// Rows that are not deleted at `t`; all pass when none is.
    Bits at(long t, int storeRows) {
        var now = seen;
        int upTo = now.upTo(t);
        return upTo == 0 ? Bits.ALL : make(now, upTo, storeRows, storeRows, false);
    }

    /// The first `someRows` rows, all that were inserted up to `t`, that are not deleted at `t`; no row at or
    /// beyond `someRows` and below `mostRows` passes.
    Bits at(long t, int someRows, int mostRows) {
        var now = seen;
        return make(now, now.upTo(t), someRows, mostRows, true);
    }

    private Bits make(Seen now, int upTo, int someRows, int mostRows, boolean bounded) {
        var last = made;
        boolean fits = last.count <= upTo && last.rows <= someRows && (last.rows > 0 || !bounded);
        if (fits && last.count == upTo && last.rows == someRows) return last.bits;
        var builder = fits ? last.bits.change(mostRows) : bounded ? Bits.builder(mostRows) : Bits.ALL.change(mostRows);
        if (bounded || fits && last.rows > 0) builder.setRange(fits ? last.rows : 0, someRows);
        for (int i = fits ? last.count : 0; i < upTo; i++) builder.clear(now.rows[i]);
        var bits = builder.build();
        if (fits || upTo == now.count) made = new Made(someRows, upTo, bits);
        return bits;
    }
}
