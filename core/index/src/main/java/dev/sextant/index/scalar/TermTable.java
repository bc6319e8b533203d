package dev.sextant.index.scalar;

import dev.sextant.kernel.OutOfBudget;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Different texts, numbered as they came: open addressing, at most half full.
final class TermTable {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int FEW = 32;

    private final Heap heap;
    private int[] slots = new int[1024]; // number + 1
    private byte[] bytes = new byte[1 << 14];
    private int[] ends = new int[256];
    private int count;

    /// @param heap grows with this
    TermTable(Heap heap) {
        this.heap = heap;
        heap.grow(bytes.length + 4L * (slots.length + ends.length));
    }

    int count() {
        return count;
    }

    int start(int term) {
        return term == 0 ? 0 : ends[term - 1];
    }

    int end(int term) {
        return ends[term];
    }

    byte[] bytes() {
        return bytes;
    }

    long textBytes() {
        return count == 0 ? 0 : ends[count - 1];
    }

    /// The number of a text, new or not.
    int of(byte[] text, int from, int to) {
        int at = slot(text, from, to);
        for (int found; (found = slots[at]) != 0; at = at + 1 & slots.length - 1)
            if (Arrays.equals(bytes, start(found - 1), ends[found - 1], text, from, to)) return found - 1;
        add(text, from, to);
        slots[at] = count;
        if (2 * count > slots.length) enlarge();
        return count - 1;
    }

    private void add(byte[] text, int from, int to) {
        int begin = (int) textBytes();
        long end = begin + (long) (to - from);
        if (end > Integer.MAX_VALUE - 8)
            throw new OutOfBudget("texts of an index", to - from, begin, Integer.MAX_VALUE - 8);
        if (end > bytes.length) {
            int larger = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(end, 2L * bytes.length));
            heap.grow(larger - bytes.length);
            bytes = Arrays.copyOf(bytes, larger);
        }
        if (count == ends.length) {
            heap.grow(4L * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        System.arraycopy(text, from, bytes, begin, to - from);
        ends[count++] = (int) end;
    }

    private void enlarge() {
        heap.grow(4L * slots.length);
        slots = new int[2 * slots.length];
        for (int term = 0; term < count; term++) {
            int at = slot(bytes, start(term), ends[term]);
            while (slots[at] != 0) at = at + 1 & slots.length - 1;
            slots[at] = term + 1;
        }
    }

    private int slot(byte[] text, int from, int to) {
        long hash = to - from;
        int at = from;
        for (; at + 8 <= to; at += 8) hash = mixed(hash ^ (long) LONG.get(text, at));
        for (; at < to; at++) hash = mixed(hash ^ text[at]);
        return (int) hash & slots.length - 1;
    }

    /// A product moves bits upwards only: they must come down again before the next eight bytes.
    private static long mixed(long hash) {
        hash *= 0x9e3779b97f4a7c15L;
        return hash ^ hash >>> 32;
    }

    /// The texts in the order of bytes without sign.
    int[] sorted() {
        var order = new Pairs(heap);
        for (int term = 0; term < count; term++) order.add(0, term);
        sort(order, 0, count, 0);
        return Arrays.copyOf(order.rows, count);
    }

    /// Eight bytes at a time: `from` to `to` have the first `depth` bytes in common.
    private void sort(Pairs order, int from, int to, int depth) {
        if (to - from < FEW) {
            insert(order.rows, from, to);
            return;
        }
        boolean over = true;
        for (int i = from; i < to; i++) {
            int term = order.rows[i];
            over &= end(term) - start(term) <= depth;
            order.keys[i] = piece(term, depth);
        }
        // What differs in nothing but zeros at the end is ordered by length.
        if (over) for (int i = from; i < to; i++) order.keys[i] = end(order.rows[i]) - start(order.rows[i]);
        order.sort(from, to);
        if (over) return;
        for (int i = from; i < to; ) {
            int first = i;
            while (++i < to && order.keys[i] == order.keys[first]) {}
            if (i - first > 1) sort(order, first, i, depth + 8);
        }
    }

    /// Eight bytes as a number of the same order.
    private long piece(int term, int depth) {
        int from = start(term) + depth, left = end(term) - from;
        if (left <= 0) return Long.MIN_VALUE;
        if (from + 8 <= bytes.length) {
            long all = (long) BIG.get(bytes, from);
            return (left < 8 ? all & -1L << 8 * (8 - left) : all) ^ Long.MIN_VALUE;
        }
        long piece = 0;
        for (int i = 0; i < 8; i++) piece = piece << 8 | (i < left ? bytes[from + i] & 255 : 0);
        return piece ^ Long.MIN_VALUE;
    }

    private void insert(int[] order, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int term = order[i], at = i;
            for (; at > from && compare(order[at - 1], term) > 0; at--) order[at] = order[at - 1];
            order[at] = term;
        }
    }

    private int compare(int left, int right) {
        return Arrays.compareUnsigned(bytes, start(left), ends[left], bytes, start(right), ends[right]);
    }
}
