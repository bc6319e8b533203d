package dev.sextant.index;

import dev.sextant.kernel.TopK;
import java.util.Arrays;

/// Nodes by distance, the nearest first to go: a heap of sortable bits of a distance above, the node below. Takes all
/// that comes. One thread.
final class Frontier {
    private long[] heap = new long[256];
    private int size;

    void clear() {
        size = 0;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// Whether the next one makes this grow to twice its bytes.
    boolean isFull() {
        return size == heap.length;
    }

    long bytes() {
        return 8L * heap.length;
    }

    /// Distance of the nearest; beyond every distance when there is none.
    float ahead() {
        return size == 0 ? Float.POSITIVE_INFINITY : Float.intBitsToFloat(TopK.sortable((int) (heap[0] >>> 32)));
    }

    /// The nearest, left where it is; -1 when there is none.
    int peek() {
        return size == 0 ? -1 : (int) heap[0];
    }

    void add(int node, float distance) {
        if (isFull()) heap = Arrays.copyOf(heap, 2 * size);
        long key = key(distance) | node;
        int at = size++;
        while (at > 0) {
            int above = at - 1 >>> 1;
            if (heap[above] <= key) break;
            heap[at] = heap[above];
            at = above;
        }
        heap[at] = key;
    }

    /// Takes the nearest out.
    int poll() {
        int node = (int) heap[0];
        long last = heap[--size];
        int at = 0;
        for (int below = 1; below < size; below = 2 * at + 1) {
            if (below + 1 < size && heap[below + 1] < heap[below]) below++;
            if (heap[below] >= last) break;
            heap[at] = heap[below];
            at = below;
        }
        heap[at] = last;
        return node;
    }

    private static long key(float distance) {
        return (long) TopK.sortable(Float.floatToRawIntBits(distance)) << 32;
    }
}
