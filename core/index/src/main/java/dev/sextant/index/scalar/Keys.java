package dev.sextant.index.scalar;

import dev.sextant.index.Damaged;
import dev.sextant.kernel.Raw;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// The keys of an index in order: numbers of 8 bytes, or texts one behind the other. Real numbers are kept as whole
/// ones of the same order.
final class Keys {
    private static final int PIECE = 1 << 16;

    private final Head head;
    private final long keys;
    private final long text;

    Keys(Head head, long base) {
        this.head = head;
        keys = base + head.keysAt();
        text = base + head.textAt();
    }

    /// A whole number that stands to others as the real one does; -0.0 is 0.0.
    static long ordered(double value) {
        long bits = Double.doubleToLongBits(value + 0.0);
        return bits ^ bits >> 63 & Long.MAX_VALUE;
    }

    /// Every key in order, and no text beyond the texts.
    void check() {
        boolean strict = head.structure() != ScalarIndex.Structure.SORTED;
        if (head.values() == ScalarIndex.Values.TEXT) {
            int last = 0;
            for (int i = 0; i < head.keys(); i++) {
                int end = end(i);
                if (end < last || end > head.textBytes())
                    throw new Damaged("text", head.keysAt() + 4L * i, last + " … " + head.textBytes(), end);
                last = end;
            }
        } else
            for (int i = 1; i < head.keys(); i++)
                if (number(i) < number(i - 1) || strict && number(i) == number(i - 1))
                    throw new Damaged("key", head.keysAt() + 8L * i, "more than " + number(i - 1), number(i));
    }

    private long number(int key) {
        return Raw.getLong(keys + 8L * key);
    }

    private int start(int key) {
        return key == 0 ? 0 : end(key - 1);
    }

    private int end(int key) {
        return Raw.getInt(keys + 4L * key);
    }

    /// Where what is sought stands; empty when it is not about such keys. For a test of texts, where it may stand.
    Optional<Spans> find(Sought sought) {
        boolean fits = switch (sought) {
            case Sought.Wholes _, Sought.WholeSet _ -> head.values() == ScalarIndex.Values.WHOLE;
            case Sought.Reals _, Sought.RealSet _ -> head.values() == ScalarIndex.Values.REAL;
            case Sought.TruthSet _ -> head.values() == ScalarIndex.Values.TRUTH;
            case Sought.Texts _, Sought.TextSet _, Sought.Like _ -> head.values() == ScalarIndex.Values.TEXT;
            case Sought.Meeting _ -> false;
        };
        return fits ? Optional.of(spans(sought)) : Optional.empty();
    }

    private Spans spans(Sought sought) {
        var spans = new Spans();
        switch (sought) {
            case Sought.Wholes(var least, var most) -> spans.add(from(least, true), to(most, true));
            case Sought.WholeSet(var values, _) -> {
                for (long value : values) one(spans, value);
            }
            case Sought.Reals(var least, var leastIn, var most, var mostIn) -> {
                if (!Double.isNaN(least) && !Double.isNaN(most))
                    spans.add(from(ordered(least), leastIn), to(ordered(most), mostIn));
            }
            case Sought.RealSet(var values, _) -> {
                for (double value : values) if (!Double.isNaN(value)) one(spans, ordered(value));
            }
            case Sought.TruthSet(var no, var yes, _) -> {
                if (no) one(spans, 0);
                if (yes) one(spans, 1);
            }
            case Sought.Texts texts -> texts(spans, texts);
            case Sought.TextSet(var values, _) -> {
                for (int i = 0; i < values.count(); i++) {
                    var value = values.copy(i);
                    spans.add(from(value, true), to(value, true));
                }
            }
            case Sought.Like(var prefix, _, _) -> texts(spans, Sought.Texts.prefix(prefix));
            case Sought.Meeting _ -> {} // [#find] has refused it
        }
        return spans;
    }

    private void texts(Spans spans, Sought.Texts texts) {
        spans.add(
                texts.least().map(least -> from(least, texts.leastIn())).orElse(0),
                texts.most().map(most -> to(most, texts.mostIn())).orElse(head.keys()));
    }

    private void one(Spans spans, long key) {
        spans.add(from(key, true), to(key, true));
    }

    /// The first key from `bound` on, or behind it.
    private int from(long bound, boolean included) {
        int low = 0, high = head.keys();
        while (low < high) {
            int middle = low + high >>> 1;
            long key = number(middle);
            if (key < bound || key == bound && !included) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// The first key behind `bound`, or at it.
    private int to(long bound, boolean included) {
        return from(bound, !included);
    }

    private int from(byte[] bound, boolean included) {
        int low = 0, high = head.keys();
        while (low < high) {
            int middle = low + high >>> 1;
            int order = compare(middle, bound);
            if (order < 0 || order == 0 && !included) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private int to(byte[] bound, boolean included) {
        return from(bound, !included);
    }

    private int compare(int key, byte[] other) {
        int from = start(key), length = end(key) - from;
        for (int i = 0; i < Math.min(length, other.length); i++) {
            int order = Byte.compareUnsigned(Raw.getByte(text + from + i), other[i]);
            if (order != 0) return order;
        }
        return Integer.compare(length, other.length);
    }

    /// Of these keys the ones that pass.
    Spans pass(Spans spans, Sought.TextTest test) {
        var passed = new Spans();
        var piece = new byte[0];
        for (int span = 0; span < spans.count(); span++)
            for (int key = spans.from(span); key < spans.to(span); ) {
                // As many texts as come to a piece, or one that is longer.
                int first = key, from = start(key);
                while (++key < spans.to(span) && end(key) - from <= PIECE) {}
                int bytes = end(key - 1) - from;
                if (piece.length < bytes) piece = new byte[Math.max(PIECE, bytes)];
                Raw.copyOut(text + from, MemorySegment.ofArray(piece), 0, bytes);
                for (int at = first; at < key; at++)
                    if (test.passes(piece, start(at) - from, end(at) - from)) passed.add(at, at + 1);
            }
        return passed;
    }
}
