package dev.sextant.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Byte strings one after the other: string `i` is `bytes[start(i), ends[i])`. Two arrays for a whole column, no object
/// a row.
///
/// @param ends ascending, absolute; `ends[i]` is where string `i` ends
public record Slices(byte[] bytes, int[] ends) {
    public static final Slices EMPTY = new Slices(new byte[0], new int[0]);

    public static Slices ofTexts(List<String> texts) {
        var builder = new Builder(texts.size());
        for (String text : texts) builder.add(text.getBytes(StandardCharsets.UTF_8));
        return builder.build();
    }

    /// One string so many times.
    public static Slices repeated(byte[] string, int times) {
        var builder = new Builder(times);
        for (int i = 0; i < times; i++) builder.add(string);
        return builder.build();
    }

    public int count() {
        return ends.length;
    }

    public int start(int i) {
        return i == 0 ? 0 : ends[i - 1];
    }

    public int end(int i) {
        return ends[i];
    }

    public int length(int i) {
        return ends[i] - start(i);
    }

    public byte[] copy(int i) {
        return Arrays.copyOfRange(bytes, start(i), ends[i]);
    }

    public String text(int i) {
        return new String(bytes, start(i), length(i), StandardCharsets.UTF_8);
    }

    /// Unsigned byte order, which for UTF-8 is the order of code points.
    public int compare(int i, Slices other, int j) {
        return Arrays.compareUnsigned(bytes, start(i), ends[i], other.bytes, other.start(j), other.ends[j]);
    }

    public Slices take(int[] rows) {
        var builder = new Builder(rows.length);
        for (int row : rows) builder.add(bytes, start(row), length(row));
        return builder.build();
    }

    public Slices slice(int from, int to) {
        int base = start(from);
        if (from == to) return EMPTY;
        var cut = new int[to - from];
        for (int i = from; i < to; i++) cut[i - from] = ends[i] - base;
        return new Slices(Arrays.copyOfRange(bytes, base, ends[to - 1]), cut);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Slices that
                && Arrays.equals(ends, that.ends)
                && Arrays.equals(bytes, 0, total(), that.bytes, 0, that.total());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ends);
    }

    @Override
    public String toString() {
        return "Slices[" + ends.length + " of " + total() + " bytes]";
    }

    private int total() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    /// Appends strings; grows as needed, refuses past 2 GiB.
    public static final class Builder {
        private byte[] bytes;
        private int[] ends;
        private int count;
        private int size;

        public Builder(int expected) {
            ends = new int[Math.max(4, expected)];
            bytes = new byte[Math.max(64, expected * 8)];
        }

        public Builder add(byte[] string) {
            return add(string, 0, string.length);
        }

        public Builder add(byte[] from, int offset, int length) {
            int end = Math.addExact(size, length);
            if (end > bytes.length) bytes = Arrays.copyOf(bytes, grown(bytes.length, end));
            if (count == ends.length) ends = Arrays.copyOf(ends, grown(ends.length, count + 1));
            System.arraycopy(from, offset, bytes, size, length);
            size = end;
            ends[count++] = end;
            return this;
        }

        public int count() {
            return count;
        }

        public Slices build() {
            return new Slices(Arrays.copyOf(bytes, size), Arrays.copyOf(ends, count));
        }

        private static int grown(int now, int needed) {
            return (int) Math.min(Integer.MAX_VALUE - 8, Math.max((long) needed, now * 2L));
        }
    }
}
