package dev.sextant.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// An immutable set of row numbers in chunks of 65,536 bits. A chunk that is missing passes every row, so the usual
/// sets (nothing deleted, no filter) cost nothing. Chunks are shared between sets: changing one copies that chunk only.
public final class Bits {
    public static final int CHUNK_BITS = 65_536;
    /// Passes every row.
    public static final Bits ALL = new Bits(new long[0][]);

    private static final int WORDS = CHUNK_BITS / 64;
    private static final long[] NONE = new long[WORDS];

    private final long[][] chunks; // null = all pass; beyond the end = all pass
    private volatile long counted =
            -1; // size << 32 | rows that pass below it: the last count, since searches ask again

    private Bits(long[][] chunks) {
        this.chunks = chunks;
    }

    /// The rows below `size` of which none passes; rows from there to the end of the last chunk do not pass either.
    public static Bits none(int size) {
        var chunks = new long[(size + CHUNK_BITS - 1) / CHUNK_BITS][];
        Arrays.fill(chunks, NONE);
        return new Bits(chunks);
    }

    /// A builder for rows below `size`, none of which passes yet.
    public static Builder builder(int size) {
        return new Builder(none(size).chunks.clone());
    }

    /// A builder that starts from these bits.
    public Builder change(int size) {
        var length = Math.max(chunks.length, (size + CHUNK_BITS - 1) / CHUNK_BITS);
        return new Builder(Arrays.copyOf(chunks, length));
    }

    public boolean isAll() {
        for (var chunk : chunks) if (chunk != null) return false;
        return true;
    }

    public boolean get(int row) {
        var at = row >>> 16;
        if (at >= chunks.length) return true;
        var chunk = chunks[at];
        return chunk == null || (chunk[row >>> 6 & WORDS - 1] >>> row & 1) != 0;
    }

    /// 1 where a row passes, else 0, without a branch on which it is.
    long bit(int row) {
        var at = row >>> 16;
        var chunk = at < chunks.length ? chunks[at] : null;
        return chunk == null ? 1 : chunk[row >>> 6 & WORDS - 1] >>> row & 1;
    }

    /// The 64 bits of rows `64 * word` and on.
    public long word(int word) {
        var at = word >>> 10;
        if (at >= chunks.length) return -1;
        var chunk = chunks[at];
        return chunk == null ? -1 : chunk[word & WORDS - 1];
    }

    public Bits and(Bits other) {
        if (other.isAll()) return this;
        if (isAll()) return other;
        var length = Math.max(chunks.length, other.chunks.length);
        var result = new long[length][];
        for (int i = 0; i < length; i++) {
            var left = chunk(i);
            var right = other.chunk(i);
            result[i] = left == null ? right : right == null ? left : left == right ? left : andWords(left, right);
        }
        return new Bits(result);
    }

    public Bits or(Bits other) {
        var length = Math.min(chunks.length, other.chunks.length);
        var result = new long[length][];
        for (int i = 0; i < length; i++) {
            var left = chunks[i];
            var right = other.chunks[i];
            if (left == null || right == null) continue;
            var words = new long[WORDS];
            for (int w = 0; w < WORDS; w++) words[w] = left[w] | right[w];
            result[i] = words;
        }
        return new Bits(result);
    }

    /// The rows below `size` that pass here and not in `other`.
    public Bits andNot(Bits other, int size) {
        var length = (size + CHUNK_BITS - 1) / CHUNK_BITS;
        var result = new long[length][];
        for (int i = 0; i < length; i++) {
            var words = result[i] = new long[WORDS];
            for (int w = 0; w < WORDS; w++) words[w] = word(i * WORDS + w) & ~other.word(i * WORDS + w);
        }
        return new Bits(result);
    }

    /// The bits of those rows below `size` that `kept` passes, side by side: the n-th of them becomes row n.
    public Bits compress(Bits kept, int size) {
        var result = builder(kept.count(size));
        long gathered = 0;
        int filled = 0;
        int next = 0;
        for (int w = 0; (long) w * 64 < size; w++) {
            long mask = kept.word(w);
            if (size - w * 64L < 64) mask &= (1L << size) - 1;
            int count = Long.bitCount(mask);
            if (count == 0) continue;
            long bits = Long.compress(word(w), mask);
            gathered |= bits << filled;
            if (filled + count < 64) {
                filled += count;
                continue;
            }
            result.word(next++, gathered);
            gathered = filled == 0 ? 0 : bits >>> 64 - filled;
            filled += count - 64;
        }
        if (filled > 0) result.word(next, gathered);
        return result.build();
    }

    /// How many rows below `size` pass.
    public int count(int size) {
        long last = counted;
        if (last >= 0 && last >>> 32 == size) return (int) last;
        int count = 0;
        for (int i = 0, left = size; left > 0; i++, left -= CHUNK_BITS)
            count += countChunk(chunk(i), Math.min(CHUNK_BITS, left));
        counted = (long) size << 32 | count;
        return count;
    }

    /// The first row at or after `from` and below `size` that passes; -1 when there is none.
    public int next(int from, int size) {
        for (long row = from; row < size; row = (row | 63) + 1) {
            var at = (int) row;
            if ((at >>> 16) < chunks.length && chunks[at >>> 16] == NONE) {
                row |= CHUNK_BITS - 1;
                continue;
            }
            var rest = word(at >>> 6) >>> at;
            if (rest == 0) continue;
            var found = row + Long.numberOfTrailingZeros(rest);
            return found < size ? (int) found : -1;
        }
        return -1;
    }

    /// Writes the first rows from `from` on and below `size` that pass, at most `most` of them; returns how many.
    public int gather(int from, int size, int[] rows, int most) {
        int n = 0;
        for (int row = next(from, size); row >= 0 && n < most; row = next((row | 63) + 1, size)) {
            long rest = word(row >>> 6) & -1L << row;
            int base = row & -64;
            if (size - base < 64) rest &= (1L << size) - 1;
            for (; rest != 0 && n < most; rest &= rest - 1) rows[n++] = base + Long.numberOfTrailingZeros(rest);
        }
        return n;
    }

    /// Of the `count` row numbers of four bytes at `address` writes the places of those that pass to `places`, where
    /// there is room for all; those below 0 do not. Returns how many they are. Nothing branches on what passes: nobody
    /// can guess it.
    public int placesAmong(long address, int count, int[] places) {
        int n = 0;
        for (int i = 0; i < count; i++) {
            int row = Raw.getInt(address + 4L * i);
            places[n] = i;
            int at = row >>> 16;
            var chunk = at < chunks.length ? chunks[at] : null;
            long word = chunk == null ? ~row >> 31 : chunk[row >>> 6 & WORDS - 1];
            n += (int) (word >>> row) & 1;
        }
        return n;
    }

    /// Lays the first `bytes`, a multiple of 8, down in native memory, row 0 in the lowest bit of the first.
    void copyTo(long address, long bytes) {
        long chunkBytes = CHUNK_BITS / 8;
        for (long from = 0; from < bytes; from += chunkBytes) {
            int at = (int) (from / chunkBytes);
            long n = Math.min(chunkBytes, bytes - from);
            var chunk = at < chunks.length ? chunks[at] : null;
            if (chunk == null) Raw.fill(address + from, n, (byte) -1);
            else Raw.copyIn(MemorySegment.ofArray(chunk), 0, address + from, n);
        }
    }

    /// Bytes on the heap, chunks shared with other sets included.
    public long bytes() {
        long bytes = 16 + 8L * chunks.length;
        for (var chunk : chunks) if (chunk != null && chunk != NONE) bytes += 16 + 8L * WORDS;
        return bytes;
    }

    private long[] chunk(int at) {
        return at < chunks.length ? chunks[at] : null;
    }

    private static long[] andWords(long[] left, long[] right) {
        if (left == NONE || right == NONE) return NONE;
        var words = new long[WORDS];
        for (int w = 0; w < WORDS; w++) words[w] = left[w] & right[w];
        return words;
    }

    private static int countChunk(long[] chunk, int rows) {
        if (chunk == null) return rows;
        if (chunk == NONE) return 0;
        int count = 0;
        for (int w = 0; w < rows >>> 6; w++) count += Long.bitCount(chunk[w]);
        if ((rows & 63) != 0) count += Long.bitCount(chunk[rows >>> 6] & (1L << rows) - 1);
        return count;
    }

    /// Changes a copy; the first change of a chunk copies it. One thread; of no use after [#build()].
    public static final class Builder {
        private final long[][] chunks;
        private final boolean[] owned;

        private Builder(long[][] chunks) {
            this.chunks = chunks;
            owned = new boolean[chunks.length];
        }

        public Builder set(int row) {
            chunk(row)[row >>> 6 & WORDS - 1] |= 1L << row;
            return this;
        }

        public Builder clear(int row) {
            chunk(row)[row >>> 6 & WORDS - 1] &= ~(1L << row);
            return this;
        }

        /// Sets rows `from` to `to`, exclusive.
        public Builder setRange(int from, int to) {
            for (int row = from; row < to; ) {
                if ((row & CHUNK_BITS - 1) == 0 && to - row >= CHUNK_BITS) {
                    chunks[row >>> 16] = null;
                    owned[row >>> 16] = false;
                    row += CHUNK_BITS;
                } else if ((row & 63) == 0 && to - row >= 64) {
                    word(row >>> 6, -1);
                    row += 64;
                } else set(row++);
            }
            return this;
        }

        /// Clears rows `from` to `to`, exclusive.
        public Builder clearRange(int from, int to) {
            for (int row = from; row < to; ) {
                if ((row & CHUNK_BITS - 1) == 0 && to - row >= CHUNK_BITS) {
                    chunks[row >>> 16] = NONE;
                    owned[row >>> 16] = false;
                    row += CHUNK_BITS;
                } else if ((row & 63) == 0 && to - row >= 64) {
                    word(row >>> 6, 0);
                    row += 64;
                } else clear(row++);
            }
            return this;
        }

        /// Replaces the 64 bits of rows `64 * word` and on.
        public Builder word(int word, long bits) {
            chunk(word << 6)[word & WORDS - 1] = bits;
            return this;
        }

        public Bits build() {
            return new Bits(chunks);
        }

        private long[] chunk(int row) {
            var at = row >>> 16;
            if (owned[at]) return chunks[at];
            owned[at] = true;
            var old = chunks[at];
            var copy = old == null ? new long[WORDS] : old.clone();
            if (old == null) Arrays.fill(copy, -1);
            return chunks[at] = copy;
        }
    }
}
