package dev.sextant.query;

import java.util.Arrays;

/// Which keys came before: open addressing over numbers or texts, without an object for each.
final class Seen {
    private final int mask;
    private final int[] slots; // place of a key, from 1 on; 0 is empty
    private final long[] numbers;
    private final byte[][] texts;
    private int count;

    Seen(int most) {
        int size = Integer.highestOneBit(Math.max(4, most)) << 2;
        mask = size - 1;
        slots = new int[size];
        numbers = new long[most];
        texts = new byte[most][];
    }

    /// Whether the number is here for the first time.
    boolean add(long number) {
        int at = spread(Long.hashCode(number * 0x9E3779B97F4A7C15L));
        for (; slots[at] != 0; at = at + 1 & mask) if (numbers[slots[at] - 1] == number) return false;
        numbers[count++] = number;
        slots[at] = count;
        return true;
    }

    /// Whether the text is here for the first time.
    boolean add(byte[] text) {
        int at = spread(Arrays.hashCode(text) * 0x9E3779B9);
        for (; slots[at] != 0; at = at + 1 & mask) if (Arrays.equals(texts[slots[at] - 1], text)) return false;
        texts[count++] = text;
        slots[at] = count;
        return true;
    }

    private int spread(int hash) {
        return (hash ^ hash >>> 15) & mask;
    }
}
