package dev.sextant.query;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.function.LongSupplier;

/// Times the steps of a search on rows of zeros that no cache holds. One thread at a time, in steps of some tens of
/// microseconds, so that it can make way for searches. A round is [#SAMPLES] samples of each step; it takes the lower
/// quartile of them, so that what else the machine does counts little, and forgets the round before, in which code may
/// still have been cold.
///
/// Sketch: two widths of rows, 256 rows a sample, ascending with gaps as a filter leaves them: a line through both
/// gives what a row costs and what its bytes do. 256 reads that each wait for the one before give a cache miss; what a
/// code of a graph costs moves with it.
final class CostSamples implements AutoCloseable {
    static final long BYTES = 64L << 20;
    static final int SAMPLES = 96;
    private static final long FILLED_AT_ONCE = 128 << 10;

    private static final int NARROW = 64;
    private static final int WIDE = 1_024;
    private static final int ROWS = 256;
    /// A miss where a code of a graph cost what [Costs#DEFAULT] says.
    private static final double USUAL_MISS = 150;
    /// Further from the usual than this is trouble of the measurement and none of the machine.
    private static final double FACTOR = 8;

    private final VectorType type;
    private final Metric metric;
    private final LongSupplier nanos;
    private final Region room;
    private final Region query;
    private final Lane narrow;
    private final Lane wide;
    private final Bits bits;
    private long place = 0x9E3779B97F4A7C15L;
    private long seen; // so that no read can be left out
    private long filled; // untouched pages are all one page of zeros
    private final double[][] samples = new double[4][SAMPLES];
    private int taken;

    /// Rows of one width.
    private final class Lane {
        private final Distance distance;
        private final int stride;
        private final int[] rows = new int[ROWS];
        private final float[] scores = new float[ROWS];
        private int from;

        Lane(int bytes) {
            distance = Distance.of(metric, type, bytes * 8 / bitsOfComponent());
            stride = bytes;
        }

        void choose() {
            int all = (int) (BYTES / stride), row = from;
            for (int i = 0; i < ROWS; i++, row += 2 + (i * 7 & 3)) rows[i] = row % all;
            Arrays.sort(rows);
            from = row % all;
        }

        double sample() {
            choose();
            distance.prepare(MemorySegment.ofArray(new byte[stride]), 0, query.address());
            long begun = nanos.getAsLong();
            distance.score(query.address(), room.address(), stride, rows, ROWS, scores);
            return (double) (nanos.getAsLong() - begun) / ROWS;
        }
    }

    CostSamples(VectorType type, Metric metric, LongSupplier nanos, Memory memory) {
        this.type = type;
        this.metric = metric;
        this.nanos = nanos;
        narrow = new Lane(NARROW);
        wide = new Lane(WIDE);
        var builder = Bits.builder(Bits.CHUNK_BITS);
        for (int row = 0; row < Bits.CHUNK_BITS; row += 64) builder.set(row);
        bits = builder.build();
        room = memory.allocate("planner costs", BYTES);
        try {
            query = memory.allocate("planner costs", wide.distance.queryBytes());
        } catch (RuntimeException | Error full) {
            room.close();
            throw full;
        }
    }

    private int bitsOfComponent() {
        return switch (type) {
            case FLOAT32 -> 32;
            case FLOAT16, BFLOAT16 -> 16;
            case INT8 -> 8;
            case BINARY -> 1;
            case SPARSE -> throw new IllegalArgumentException("sparse rows have no width");
        };
    }

    /// One step more; whether the round is over.
    boolean advance() {
        if (filled < BYTES) {
            Raw.fill(room.address() + filled, FILLED_AT_ONCE, (byte) 0);
            filled += FILLED_AT_ONCE;
            return false;
        }
        samples[0][taken] = narrow.sample();
        samples[1][taken] = wide.sample();
        samples[2][taken] = miss();
        samples[3][taken] = bit();
        return ++taken == SAMPLES;
    }

    /// What the costs are with what the round found; another round may begin.
    Costs found(Costs before) {
        double small = quartile(samples[0], taken), large = quartile(samples[1], taken);
        var costs = with(before, small, large, quartile(samples[2], taken), quartile(samples[3], taken));
        taken = 0;
        return costs;
    }

    private Costs with(Costs before, double small, double large, double miss, double bit) {
        double perByte = Math.max(0, large - small) / (WIDE - NARROW);
        var usual = Costs.Row.USUAL;
        var row = new Costs.Row(near(small - NARROW * perByte, usual.begun()), near(perByte, usual.perByte()));
        var rows = new EnumMap<VectorType, Costs.Row>(VectorType.class);
        rows.putAll(before.rows());
        rows.put(type, row);
        double code = near(Costs.DEFAULT.code() * miss / USUAL_MISS, Costs.DEFAULT.code());
        return new Costs(rows, code, near(bit, Costs.DEFAULT.bit()));
    }

    private static double near(double found, double usual) {
        return Math.clamp(found, usual / FACTOR, usual * FACTOR);
    }

    private double miss() {
        long at = place, base = room.address();
        long begun = nanos.getAsLong();
        // What is read is zero, but the next place waits for it.
        for (int i = 0; i < ROWS; i++)
            at = at * 6364136223846793005L + 1442695040888963407L + Raw.getLong(base + ((at >>> 20) & (BYTES - 64)));
        double took = (double) (nanos.getAsLong() - begun) / ROWS;
        place = at;
        return took;
    }

    private double bit() {
        long begun = nanos.getAsLong();
        for (int row = bits.next(0, Bits.CHUNK_BITS); row >= 0; row = bits.next(row + 1, Bits.CHUNK_BITS)) seen += row;
        return (double) (nanos.getAsLong() - begun) / Bits.CHUNK_BITS;
    }

    private static double quartile(double[] samples, int n) {
        var sorted = Arrays.copyOf(samples, n);
        Arrays.sort(sorted);
        return sorted[n / 4];
    }

    @Override
    public void close() {
        query.close();
        room.close();
        assert seen != -1;
    }
}
