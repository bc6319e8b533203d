package dev.sextant.kernel;

/// A set of places, row numbers in the order of a list: what a filter takes, laid out as a [Sieve] reads it. Immutable.
public final class PlaceBits implements Sieve.Passing {
    final long[] words; // one more than there are bits for, so that 64 bits may be read from any place on
    private final int count;

    private PlaceBits(long[] words, int count) {
        this.words = words;
        this.count = count;
    }

    /// The places whose rows are among `rows`.
    ///
    /// @param list `count` row numbers, four bytes each, none below 0
    public static PlaceBits of(Bits rows, long list, int count) {
        var words = new long[(int) (bytes(count) / 8)];
        for (int word = 0, place = 0; place < count; word++) {
            int until = Math.min(64, count - place);
            long bits = 0;
            for (int i = 0; i < until; i++, place++) bits |= rows.bit(Raw.getInt(list + 4L * place)) << i;
            words[word] = bits;
        }
        return new PlaceBits(words, count);
    }

    /// Bytes on the heap for so many places, but for what says how many they are.
    public static long bytes(int count) {
        return 8 * ((count + 63L) / 64 + 1);
    }

    public int count() {
        return count;
    }

    /// Whether any place from `from` to `to`, exclusive, is in the set.
    public boolean any(int from, int to) {
        for (int at = from; at < to; at += 64) {
            long bits = words[at >>> 6] >>> at | words[(at >>> 6) + 1] << 1 << ~at;
            if (to - at < 64) bits &= (1L << to - at) - 1;
            if (bits != 0) return true;
        }
        return false;
    }

    boolean get(int place) {
        return (words[place >>> 6] >>> place & 1) != 0;
    }
}
