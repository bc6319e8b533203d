package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteInput;
import dev.sextant.engine.file.ByteOutput;

/// Whole numbers in as few bits as the widest of them needs: as distances from the least one, or, where that is
/// shorter, from the number before. All arithmetic wraps, so any numbers can be packed. Drawn in
/// docs/formats/segment.md.
final class Packed {
    private static final int FROM_LEAST = 0;
    private static final int FROM_BEFORE = 1;

    private Packed() {}

    static void write(long[] values, ByteOutput out) {
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        long leastStep = Long.MAX_VALUE;
        long mostStep = Long.MIN_VALUE;
        for (int i = 0; i < values.length; i++) {
            least = Math.min(least, values[i]);
            most = Math.max(most, values[i]);
            if (i == 0) continue;
            leastStep = Math.min(leastStep, values[i] - values[i - 1]);
            mostStep = Math.max(mostStep, values[i] - values[i - 1]);
        }
        int plain = values.length == 0 ? 0 : width(most - least);
        int stepped = values.length < 2 ? 0 : width(mostStep - leastStep);
        boolean steps = values.length > 1 && stepped < plain;
        out.writeByte(steps ? FROM_BEFORE : FROM_LEAST).writeByte(steps ? stepped : plain);
        out.writeLong(values.length == 0 ? 0 : steps ? values[0] : least).writeLong(steps ? leastStep : 0);
        var reduced = new long[values.length];
        for (int i = steps ? 1 : 0; i < values.length; i++)
            reduced[i] = steps ? values[i] - values[i - 1] - leastStep : values[i] - least;
        out.writeLongs(pack(reduced, steps ? stepped : plain));
    }

    /// @param count trusted by the caller: with no bits a number, nothing here bounds it
    static long[] read(int count, ByteInput in) {
        int mode = in.readByte();
        int bits = in.readByte();
        long base = in.readLong();
        long step = in.readLong();
        if (mode != FROM_LEAST && mode != FROM_BEFORE) throw in.damage("a way of packing", mode);
        if (bits < 0 || bits > 64) throw in.damage("0 to 64 bits", bits);
        var values = unpack(in.readLongs(words(count, bits)), count, bits);
        if (mode == FROM_LEAST) {
            for (int i = 0; i < count; i++) values[i] += base;
        } else {
            long before = base;
            if (count > 0) values[0] = base;
            for (int i = 1; i < count; i++) values[i] = before += values[i] + step;
        }
        return values;
    }

    static int width(long unsigned) {
        return 64 - Long.numberOfLeadingZeros(unsigned);
    }

    static int words(int count, int bits) {
        return (int) (((long) count * bits + 63) / 64);
    }

    static long[] pack(long[] values, int bits) {
        var words = new long[words(values.length, bits)];
        if (bits == 0) return words;
        long at = 0;
        for (long value : values) {
            int word = (int) (at >>> 6);
            int shift = (int) (at & 63);
            words[word] |= value << shift;
            if (shift + bits > 64) words[word + 1] |= value >>> 64 - shift;
            at += bits;
        }
        return words;
    }

    static long[] unpack(long[] words, int count, int bits) {
        var values = new long[count];
        if (bits == 0) return values;
        long mask = -1L >>> 64 - bits;
        long at = 0;
        for (int i = 0; i < count; i++, at += bits) {
            int word = (int) (at >>> 6);
            int shift = (int) (at & 63);
            long value = words[word] >>> shift;
            if (shift + bits > 64) value |= words[word + 1] << 64 - shift;
            values[i] = value & mask;
        }
        return values;
    }
}
