package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteInput;
import dev.sextant.engine.file.ByteOutput;
import java.util.Arrays;

/// Gathers one number a row into [Runs], and knows their bytes: how many runs, their ends, their values, both packed.
final class RunsBuilder {
    private int[] ends = new int[16];
    private long[] values = new long[16];
    private int runs;
    private int rows;

    /// @param perRow one number for each of the rows, or one for all
    void add(long[] perRow, int count) {
        assert perRow.length == 1 || perRow.length == count : perRow.length + " for " + count;
        if (count == 0) return;
        if (perRow.length == 1) extend(perRow[0], count);
        else for (long value : perRow) extend(value, 1);
    }

    private void extend(long value, int count) {
        rows += count;
        if (runs > 0 && values[runs - 1] == value) {
            ends[runs - 1] = rows;
            return;
        }
        if (runs == ends.length) {
            ends = Arrays.copyOf(ends, 2 * runs);
            values = Arrays.copyOf(values, 2 * runs);
        }
        ends[runs] = rows;
        values[runs++] = value;
    }

    Runs build() {
        return new Runs(Arrays.copyOf(ends, runs), Arrays.copyOf(values, runs));
    }

    static byte[] encode(Runs runs) {
        var out = new ByteOutput(64).writeInt(runs.ends().length);
        Packed.write(Arrays.stream(runs.ends()).asLongStream().toArray(), out);
        Packed.write(runs.values(), out);
        return out.toBytes();
    }

    static Runs decode(int rows, ByteInput in) {
        int count = in.readInt();
        if (count < 0 || count > rows || count == 0 && rows > 0) throw in.damage("1 to " + rows + " runs", count);
        var packed = Packed.read(count, in);
        var ends = new int[count];
        long before = 0;
        for (int i = 0; i < count; i++) {
            if (packed[i] <= before || packed[i] > rows)
                throw in.damage("an end between " + before + " and " + rows, packed[i]);
            before = packed[i];
            ends[i] = (int) packed[i];
        }
        if (before != rows) throw in.damage("runs of " + rows + " rows", before);
        var values = Packed.read(count, in);
        in.mustEnd();
        return new Runs(ends, values);
    }
}
