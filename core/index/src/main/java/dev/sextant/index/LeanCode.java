package dev.sextant.index;

import dev.sextant.kernel.Codes;
import dev.sextant.kernel.Floats;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.SignCodes;
import dev.sextant.model.Metric;
import java.lang.foreign.MemorySegment;

/// What a [LeanGraph] keeps of a turned point, each row apart, and how a query meets some of them. Immutable; buffers
/// are the caller's.
sealed interface LeanCode permits LeanCode.Signs, LeanCode.Bytes {
    int FEW_COMPONENTS = 256;

    /// Components of a turned point: of few components each is coded twice.
    static int bits(int dimension, Metric metric, LeanParameters.Keep keep) {
        int components = Points.components(metric, dimension);
        return Points.size(components * perComponent(dimension, metric, keep));
    }

    static int perComponent(int dimension, Metric metric, LeanParameters.Keep keep) {
        return keep == LeanParameters.Keep.SIGNS && Points.components(metric, dimension) <= FEW_COMPONENTS ? 2 : 1;
    }

    static int strideBytes(int dimension, Metric metric, LeanParameters.Keep keep) {
        int bits = bits(dimension, metric, keep);
        return switch (keep) {
            case SIGNS -> new SignCodes(bits).strideBytes();
            case BYTES -> new Codes(bits, Metric.L2).strideBytes();
        };
    }

    /// What one thread needs.
    final class Buffers {
        private final SignCodes.Query signs = new SignCodes.Query();
        private float[] floats = new float[0];
        private byte[] bytes = new byte[0];
        private int[] sums = new int[256];

        private void room(int components) {
            if (floats.length >= components) return;
            floats = new float[components];
            bytes = new byte[components];
        }

        private int[] sums(int n) {
            if (sums.length < n) sums = new int[2 * n];
            return sums;
        }
    }

    int strideBytes();

    /// Bytes of the codes of so many rows, with what may be read behind them.
    default long roomBytes(long rows) {
        return rows * strideBytes() + SignCodes.BEHIND;
    }

    /// `room` holds a point.
    void encode(long turned, long room, Buffers buffers, long code);

    /// Native room of a prepared query, a multiple of 64.
    long queryBytes();

    void prepare(long turned, long query, Buffers buffers);

    /// Estimates of squared distances, smaller is nearer.
    void score(long query, Buffers buffers, long base, int[] rows, int n, float[] out);

    /// By how much the estimate of a row with this code is wrong, about, as a standard deviation.
    float deviation(Buffers buffers, long code);

    /// What scoring one costs, in codes of the planner.
    double weight();

    /// Signs around the nearest of some centres, which are turned points behind each other.
    record Signs(SignCodes codes, int bits, Region centres, int count) implements LeanCode {
        @Override
        public int strideBytes() {
            return codes.strideBytes();
        }

        @Override
        public void encode(long turned, long room, Buffers buffers, long code) {
            int nearest = 0;
            float least = Float.POSITIVE_INFINITY;
            for (int i = 0; i < count; i++) {
                float distance = distance(turned, room, i);
                if (distance >= least) continue;
                least = distance;
                nearest = i;
            }
            distance(turned, room, nearest); // leaves the difference
            codes.encode(room, centre(nearest), nearest, code);
        }

        private float distance(long turned, long room, int number) {
            Raw.copy(turned, room, 4L * bits);
            Floats.subtract(room, centre(number), bits);
            return Floats.squares(room, bits);
        }

        private long centre(int number) {
            return centres.address() + 4L * bits * number;
        }

        @Override
        public long queryBytes() {
            return codes.queryBytes() + 4L * bits;
        }

        @Override
        public void prepare(long turned, long query, Buffers buffers) {
            codes.prepare(turned, centres.address(), count, query + codes.queryBytes(), query, buffers.signs);
        }

        @Override
        public void score(long query, Buffers buffers, long base, int[] rows, int n, float[] out) {
            codes.score(buffers.signs, base, rows, n, out);
        }

        @Override
        public float deviation(Buffers buffers, long code) {
            return codes.deviation(buffers.signs, code);
        }

        @Override
        public double weight() {
            return 0.7;
        }
    }

    /// [Codes] of seven bits.
    record Bytes(Codes codes, int bits) implements LeanCode {
        @Override
        public int strideBytes() {
            return codes.strideBytes();
        }

        @Override
        public void encode(long turned, long room, Buffers buffers, long code) {
            buffers.room(bits);
            Raw.copyOut(turned, MemorySegment.ofArray(buffers.floats), 0, 4L * bits);
            codes.encode(buffers.floats, buffers.bytes, code);
        }

        @Override
        public long queryBytes() {
            return codes.strideBytes();
        }

        @Override
        public void prepare(long turned, long query, Buffers buffers) {
            buffers.room(bits);
            Raw.copyOut(turned, MemorySegment.ofArray(buffers.floats), 0, 4L * bits);
            codes.prepare(buffers.floats, buffers.bytes, query);
        }

        @Override
        public void score(long query, Buffers buffers, long base, int[] rows, int n, float[] out) {
            codes.score(query, base, rows, n, buffers.sums(n), out);
        }

        @Override
        public float deviation(Buffers buffers, long code) {
            return 0; // far less than rows differ by
        }

        @Override
        public double weight() {
            return 1;
        }
    }
}
