package dev.sextant.index;

import dev.sextant.kernel.TopK;
import java.util.Arrays;

/// The best nodes that a walk has met, sorted: sortable bits of a distance above, then a bit for "has been followed",
/// then the node. Two arrays' work in one, as long as beams stay below some thousands. One thread.
final class Pool {
    private static final long DONE = 1L << 31;
    private static final int NODE = 0x7fffffff;

    private long[] entries = new long[512];
    private int size;
    private int width;
    private int cursor;

    /// Empty, and keeping the best `most` from now on.
    void begin(int most) {
        if (entries.length < most + 1) entries = new long[Math.max(most + 1, 2 * entries.length)];
        width = most;
        size = 0;
        cursor = 0;
    }

    /// Keeps the best `most` from now on; what was turned away stays away.
    void grow(int most) {
        if (most <= width) return;
        if (entries.length < most + 1) entries = Arrays.copyOf(entries, Math.max(most + 1, 2 * entries.length));
        width = most;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == width;
    }

    int node(int at) {
        return (int) entries[at] & NODE;
    }

    float distance(int at) {
        return Float.intBitsToFloat(TopK.sortable((int) (entries[at] >>> 32)));
    }

    /// Sort key of an entry: distance above, node below.
    long key(int at) {
        return entries[at] & ~DONE;
    }

    /// What a newcomer must stay below; beyond every distance until the pool is full.
    float limit() {
        return size == width ? distance(size - 1) : Float.MAX_VALUE;
    }

    /// The nearest node that has not been followed, marked as followed; -1 when there is none.
    int next() {
        while (cursor < size && (entries[cursor] & DONE) != 0) cursor++;
        if (cursor == size) return -1;
        entries[cursor] |= DONE;
        return (int) entries[cursor++] & NODE;
    }

    /// The nearest node that has not been followed, left as it is; -1 when there is none.
    int soon() {
        while (cursor < size && (entries[cursor] & DONE) != 0) cursor++;
        return cursor == size ? -1 : (int) entries[cursor] & NODE;
    }

    /// The distance of the nearest node not followed yet; beyond every distance when there is none.
    float ahead() {
        while (cursor < size && (entries[cursor] & DONE) != 0) cursor++;
        return cursor == size ? Float.POSITIVE_INFINITY : distance(cursor);
    }

    /// Takes a node in unless it is too far or here already with the same distance.
    void offer(int node, float distance) {
        long key = (long) TopK.sortable(Float.floatToRawIntBits(distance)) << 32 | node;
        if (size == width && key >= (entries[size - 1] & ~DONE)) return;
        int low = 0, high = size;
        while (low < high) {
            int middle = low + high >>> 1;
            if ((entries[middle] & ~DONE) < key) low = middle + 1;
            else high = middle;
        }
        if (low < size && (entries[low] & ~DONE) == key) return;
        if (size < width) size++;
        System.arraycopy(entries, low, entries, low + 1, size - 1 - low);
        entries[low] = key;
        if (low < cursor) cursor = low;
    }
}
