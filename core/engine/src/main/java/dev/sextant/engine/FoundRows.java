package dev.sextant.engine;

import dev.sextant.engine.segment.Found;
import java.util.Arrays;
import java.util.function.IntConsumer;

/// Collects what [Found] holds.
final class FoundRows {
    private int[] keys = new int[8];
    private int[] rows = new int[8];
    private int count;

    interface Lookup {
        void find(int key, IntConsumer row);
    }

    static Found of(int keyCount, Lookup lookup) {
        var found = new FoundRows();
        for (int key = 0; key < keyCount; key++) {
            int wanted = key;
            lookup.find(key, row -> found.add(wanted, row));
        }
        return new Found(Arrays.copyOf(found.keys, found.count), Arrays.copyOf(found.rows, found.count));
    }

    private void add(int key, int row) {
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, 2 * count);
            rows = Arrays.copyOf(rows, 2 * count);
        }
        keys[count] = key;
        rows[count++] = row;
    }
}
