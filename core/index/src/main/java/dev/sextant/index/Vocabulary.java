package dev.sextant.index;

import java.util.Arrays;

/// Numbers by index: how often a strip of rows has each term, or which list a term has. Open addressing on the heap;
/// one thread while it changes.
final class Vocabulary {
    private static final int GOLDEN = 0x9e3779b1;

    private int[] keys;
    private int[] values;
    private boolean[] taken;
    private int size;

    Vocabulary(int expected) {
        int slots = Integer.highestOneBit(Math.max(64, expected * 2) - 1) << 1;
        keys = new int[slots];
        values = new int[slots];
        taken = new boolean[slots];
    }

    /// Heap bytes for so many terms, at most.
    static long bytes(long terms) {
        return 9 * Math.max(64, 4 * terms);
    }

    int size() {
        return size;
    }

    private int slot(int key) {
        int mask = keys.length - 1;
        int slot = (key * GOLDEN >>> 7) & mask;
        while (taken[slot] && keys[slot] != key) slot = slot + 1 & mask;
        return slot;
    }

    void count(int key) {
        int slot = slot(key);
        values[slot]++;
        if (!taken[slot]) take(slot, key);
    }

    void put(int key, int value) {
        int slot = slot(key);
        values[slot] = value;
        if (!taken[slot]) take(slot, key);
    }

    /// 0 where the key is not.
    int get(int key) {
        return values[slot(key)];
    }

    private void take(int slot, int key) {
        taken[slot] = true;
        keys[slot] = key;
        if (++size * 2 > keys.length) grow();
    }

    private void grow() {
        var old = this.keys;
        var oldValues = values;
        var oldTaken = taken;
        keys = new int[2 * old.length];
        values = new int[2 * old.length];
        taken = new boolean[2 * old.length];
        for (int i = 0; i < old.length; i++) {
            if (!oldTaken[i]) continue;
            int slot = slot(old[i]);
            taken[slot] = true;
            keys[slot] = old[i];
            values[slot] = oldValues[i];
        }
    }

    /// The keys, ascending as unsigned numbers.
    int[] sorted() {
        var all = new int[size];
        int n = 0;
        for (int i = 0; i < keys.length; i++) if (taken[i]) all[n++] = keys[i] ^ Integer.MIN_VALUE;
        Arrays.sort(all);
        for (int i = 0; i < n; i++) all[i] ^= Integer.MIN_VALUE;
        return all;
    }
}
