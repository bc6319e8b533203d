package dev.sextant.index.scalar;

import java.util.Arrays;

/// How many boxes each level of a packed tree has, from the leaves up: sixteen of one level lie in one of the next, and
/// the last has one.
record BoxLevels(int[] counts) {
    static final int FAN = 16;
    static final int BOX_BYTES = 16;

    static BoxLevels over(int leaves) {
        var counts = new int[10];
        int levels = 0;
        for (int count = leaves; count > 0; count = (count + FAN - 1) / FAN) {
            counts[levels++] = count;
            if (count == 1) break;
        }
        return new BoxLevels(Arrays.copyOf(counts, levels));
    }

    int levels() {
        return counts.length;
    }

    /// The boxes of the levels below, which stand before.
    long start(int level) {
        long start = 0;
        for (int below = 0; below < level; below++) start += counts[below];
        return start;
    }

    long all() {
        return start(counts.length);
    }

    /// How many leaves lie under a box of a level, if it is full.
    static int leavesUnder(int level) {
        return 1 << 4 * level;
    }
}
