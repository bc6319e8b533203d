package dev.sextant.index.scalar;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Raw;

/// Rows on their way to being bits.
final class Rows {
    private final int rows;
    private final long[] words;

    Rows(int rows) {
        this.rows = rows;
        words = new long[(rows + 63) / 64];
    }

    Rows(int rows, Bits from) {
        this(rows);
        for (int word = 0; word < words.length; word++) words[word] = from.word(word);
    }

    /// The `count` row numbers that stand at an address.
    void set(long address, long count) {
        for (long at = address, end = address + 4 * count; at < end; at += 4) {
            int row = Raw.getInt(at);
            words[row >>> 6] |= 1L << row;
        }
    }

    void clear(long address, long count) {
        for (long at = address, end = address + 4 * count; at < end; at += 4) {
            int row = Raw.getInt(at);
            words[row >>> 6] &= ~(1L << row);
        }
    }

    /// The bits that stand at an address.
    void setWords(long address) {
        for (int word = 0; word < words.length; word++) words[word] |= Raw.getLong(address + 8L * word);
    }

    void clearWords(long address) {
        for (int word = 0; word < words.length; word++) words[word] &= ~Raw.getLong(address + 8L * word);
    }

    void set(int row) {
        words[row >>> 6] |= 1L << row;
    }

    Bits build() {
        var builder = Bits.builder(rows);
        for (int word = 0; word < words.length; word++) if (words[word] != 0) builder.word(word, words[word]);
        return builder.build();
    }
}
