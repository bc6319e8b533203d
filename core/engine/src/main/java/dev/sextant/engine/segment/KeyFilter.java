package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteInput;
import dev.sextant.engine.file.ByteOutput;
import dev.sextant.model.Column;

/// Says of a key that it is not in a segment, or that it may be (wrongly for about one in a hundred). A blocked Bloom
/// filter: a key sets one bit in each of the 8 words of one block of 64 bytes, so asking touches one cache line. 10
/// bits a key.
final class KeyFilter {
    private static final int BITS_PER_KEY = 10;
    private static final int WORDS = 8;

    private final long[] words;

    private KeyFilter(long[] words) {
        this.words = words;
    }

    static KeyFilter forKeys(long count) {
        long blocks = Math.max(1, (count * BITS_PER_KEY + 511) / 512);
        return new KeyFilter(new long[Math.toIntExact(blocks * WORDS)]);
    }

    void add(long hash) {
        int block = block(hash);
        for (int i = 0; i < WORDS; i++) words[block + i] |= bit(hash, i);
    }

    boolean mayHold(long hash) {
        int block = block(hash);
        for (int i = 0; i < WORDS; i++) if ((words[block + i] & bit(hash, i)) == 0) return false;
        return true;
    }

    long bytes() {
        return 8L * words.length;
    }

    void write(ByteOutput out) {
        out.writeLongs(words);
    }

    static KeyFilter read(ByteInput in) {
        long words = in.left() / 8;
        if (in.left() % 64 != 0 || words == 0 || words > Integer.MAX_VALUE)
            throw in.damage("blocks of 64 bytes", in.left());
        return new KeyFilter(in.readLongs((int) words));
    }

    /// From the upper half of the hash; the bits come from the lower.
    private int block(long hash) {
        return (int) (((hash >>> 32) * (words.length / WORDS)) >>> 32) * WORDS;
    }

    private static long bit(long hash, int word) {
        // 6 bits of a product each: an odd factor for each word makes them independent enough
        return 1L << (((int) hash * (0x9E3779B1 + 2 * word * 0x3C6EF372)) >>> 26);
    }

    static long hash(Column keys, int row) {
        return switch (keys) {
            case Column.Longs longs -> hash(longs.values()[row]);
            case Column.Texts texts ->
                hash(
                        texts.values().bytes(),
                        texts.values().start(row),
                        texts.values().end(row));
            default ->
                throw new IllegalArgumentException("no keys: " + keys.getClass().getSimpleName());
        };
    }

    /// Part of the format.
    static long hash(long key) {
        long h = key * 0x9E3779B97F4A7C15L;
        h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
        h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
        return h ^ h >>> 32;
    }

    /// Part of the format.
    static long hash(byte[] key, int from, int to) {
        long h = to - from;
        for (int i = from; i < to; i++) h = (h ^ key[i] & 0xff) * 0x100000001B3L + (h >>> 47);
        return hash(h);
    }
}
