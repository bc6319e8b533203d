package dev.sextant.transfer.parquet;

import dev.sextant.transfer.cell.Unfit;
import java.util.Arrays;

/// Small numbers in Parquet's hybrid of runs and packed bits: levels, and indices into a dictionary.
final class Levels {
    private Levels() {}

    /// `count` levels of at most `most`, out of `length` bytes from `at` on.
    static byte[] levels(byte[] from, int at, int length, int most, int count) {
        var levels = new byte[count];
        if (most == 0) return levels;
        int width = 32 - Integer.numberOfLeadingZeros(most);
        read(from, at, length, width, count, new Sink() {
            @Override
            public void run(int start, int end, int value) {
                check(value);
                Arrays.fill(levels, start, end, (byte) value);
            }

            @Override
            public void one(int place, int value) {
                check(value);
                levels[place] = (byte) value;
            }

            private void check(int value) {
                if (value > most) throw new Unfit("a page is broken: level " + value + " of " + most);
            }
        });
        return levels;
    }

    static int[] indices(byte[] from, int at, int length, int width, int count) {
        if (width > 31) throw new Unfit("a page is broken: indices of " + width + " bits");
        var indices = new int[count];
        if (width == 0) return indices;
        read(from, at, length, width, count, new Sink() {
            @Override
            public void run(int start, int end, int value) {
                Arrays.fill(indices, start, end, value);
            }

            @Override
            public void one(int place, int value) {
                indices[place] = value;
            }
        });
        return indices;
    }

    private interface Sink {
        void run(int start, int end, int value);

        void one(int place, int value);
    }

    private static void read(byte[] from, int at, int length, int width, int count, Sink sink) {
        int end = at + length, valueBytes = (width + 7) / 8;
        for (int done = 0; done < count; ) {
            long head = 0;
            for (int shift = 0; ; shift += 7) {
                if (at >= end || shift > 28) throw cut();
                int next = from[at++];
                head |= (long) (next & 0x7F) << shift;
                if (next >= 0) break;
            }
            if ((head & 1) == 0) {
                if (end - at < valueBytes) throw cut();
                int value = 0;
                for (int i = 0; i < valueBytes; i++) value |= (from[at++] & 0xFF) << 8 * i;
                int stop = (int) Math.min(count, done + (head >>> 1));
                if (stop == done) throw cut();
                sink.run(done, stop, value);
                done = stop;
            } else {
                long bytes = (head >>> 1) * width;
                long values = Math.min((head >>> 1) * 8, count - done);
                if (values == 0 || end - at < Math.min(bytes, (values * width + 7) / 8)) throw cut();
                unpack(from, at, end, width, done, (int) values, sink);
                done += (int) values;
                at = (int) Math.min(end, at + bytes);
            }
        }
    }

    private static void unpack(byte[] from, int at, int end, int width, int place, int count, Sink sink) {
        long bits = 0;
        int held = 0;
        int mask = (int) ((1L << width) - 1);
        for (int i = 0; i < count; i++) {
            while (held < width) {
                if (at >= end) throw cut();
                bits |= (from[at++] & 0xFFL) << held;
                held += 8;
            }
            sink.one(place + i, (int) bits & mask);
            bits >>>= width;
            held -= width;
        }
    }

    private static Unfit cut() {
        return new Unfit("a page is broken: its levels end too early");
    }
}
