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
        if (entries.length < most + 1) entries = new long[(int) (bytes(most) / 8)];
        width = most;
        size = 0;
        cursor = 0;
    }

    /// What it takes to keep the best `most`.
    long bytes(int most) {
        return 8L * (entries.length < most + 1 ? Math.max(most + 1, 2 * entries.length) : entries.length);
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

    /// What stands for a node that has not been followed.
    static long key(int node, float distance) {
        return (long) TopK.sortable(Float.floatToRawIntBits(distance)) << 32 | node;
    }

    /// The distance in such a key.
    static float distance(long key) {
        return Float.intBitsToFloat(TopK.sortable((int) (key >>> 32)));
    }

    /// [#offer(int, float)] of each of the first `n` of `fresh`, which are put in order: then all move up at once
    /// instead of each by itself, which with beams of some tens is most of what a hop computes.
    void offer(long[] fresh, int n) {
        sort(fresh, n);
        int old = size - 1, in = n - 1;
        for (int drop = size + n - width; drop > 0; drop--)
            if (in < 0 || old >= 0 && key(old) > fresh[in]) old--;
            else in--;
        if (in < 0) return;
        int at = old + in + 1;
        size = at + 1;
        for (; in >= 0; in--) {
            long key = fresh[in];
            while (old >= 0 && key(old) > key) entries[at--] = entries[old--];
            if (old < 0 || key(old) != key) entries[at--] = key;
        }
        if (at > old) close(old + 1, at + 1);
        if (old + 1 < cursor) cursor = old + 1;
    }

    /// Puts keys in order that are few, or hardly out of order.
    static void sort(long[] keys, int n) {
        for (int i = 1; i < n; i++) {
            long key = keys[i];
            int at = i;
            for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
            keys[at] = key;
        }
    }

    /// Room was made for what is here already.
    private void close(int from, int to) {
        System.arraycopy(entries, to, entries, from, size - to);
        size -= to - from;
    }

    /// Takes a node in unless it is too far or here already with the same distance.
    void offer(int node, float distance) {
        long key = key(node, distance);
        if (size == width && key >= key(size - 1)) return;
        int low = 0, high = size;
        while (low < high) {
            int middle = low + high >>> 1;
            if (key(middle) < key) low = middle + 1;
            else high = middle;
        }
        if (low < size && key(low) == key) return;
        if (size < width) size++;
        System.arraycopy(entries, low, entries, low + 1, size - 1 - low);
        entries[low] = key;
        if (low < cursor) cursor = low;
    }
}
