package dev.sextant.index;

import dev.sextant.kernel.Codes;
import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.SmallCodes;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;

/// A row in a form of its own for traversal: how it is written, how a query meets many of them. Scores estimate the
/// metric, smaller is nearer. What it needs beside the codes is its own and closed with it.
sealed interface RowCode extends AutoCloseable
        permits RowCode.Bytes, RowCode.Small, RowCode.Halves, RowCode.Bits, PartCode {
    /// Bytes of a code.
    long strideBytes();

    /// Native room of a prepared query, a multiple of 64.
    long queryBytes();

    /// Writes the code of a stored row.
    void encode(long row, Beam buffers, long code);

    /// `room` has [#prepareBytes()] for what is needed meanwhile.
    void prepare(MemorySegment vector, Beam buffers, long query, long room);

    default long prepareBytes() {
        return 0;
    }

    /// Scores rows whose codes begin at `base`; `soonBytes` at `soon` will be read next.
    void score(long query, long base, int[] rows, int n, int[] sums, float[] out, long soon, long soonBytes);

    /// What scoring a code costs, in codes of the planner, which are 8-bit codes of some hundred components.
    double weight();

    /// Whether codes order rows nearly as the rows do, so that the best by code are the best.
    boolean isNearlyExact();

    /// Bytes that a kernel may read behind the last code.
    default long behind() {
        return 0;
    }

    /// What was trained and must be kept to read codes.
    default MemorySegment model() {
        return MemorySegment.NULL;
    }

    @Override
    default void close() {}

    /// What a graph is built with: 8-bit codes, and binary rows as they are, where a code is a query, too.
    static RowCode ofGraph(DenseRows rows, Metric metric) {
        return rows.type() == VectorType.BINARY
                ? new Bits(Distance.of(metric, rows.type(), rows.dimension()), rows.stride())
                : new Bytes(rows, metric);
    }

    static RowCode of(Memory memory, DenseRows rows, Metric metric, RowCoding coding) {
        return switch (coding) {
            case RowCoding.Scalar scalar ->
                switch (scalar) {
                    case SQ4U -> new Small(rows, metric, 4);
                    case SQ6 -> new Small(rows, metric, 6);
                    case SQ8 -> new Bytes(rows, metric);
                    case FP16 -> new Halves(rows, metric, VectorType.FLOAT16);
                    case BF16 -> new Halves(rows, metric, VectorType.BFLOAT16);
                };
            case RowCoding.Parts(int m, int levels, int bits) -> new PartCode(memory, rows, metric, m, levels, bits);
        };
    }

    /// [Codes].
    record Bytes(Distance distance, Codes codes) implements RowCode {
        Bytes(DenseRows rows, Metric metric) {
            this(Distance.of(metric, rows.type(), rows.dimension()), new Codes(rows.dimension(), metric));
        }

        @Override
        public long strideBytes() {
            return codes.strideBytes();
        }

        @Override
        public double weight() {
            return Math.max(1, 0.7 + strideBytes() / 430.0);
        }

        @Override
        public boolean isNearlyExact() {
            return true;
        }

        @Override
        public long queryBytes() {
            return codes.strideBytes();
        }

        @Override
        public void encode(long row, Beam buffers, long code) {
            int d = distance.dimension();
            distance.toFloats(row, buffers.floats(d));
            codes.encode(buffers.floats(d), buffers.bytes(d), code);
        }

        @Override
        public void prepare(MemorySegment vector, Beam buffers, long query, long room) {
            int d = distance.dimension();
            distance.toFloats(vector, 0, buffers.floats(d));
            codes.prepare(buffers.floats(d), buffers.bytes(d), query);
        }

        @Override
        public void score(long query, long base, int[] rows, int n, int[] sums, float[] out, long soon, long bytes) {
            codes.score(query, base, rows, n, sums, out, soon, bytes);
        }
    }

    /// [SmallCodes].
    record Small(Distance distance, SmallCodes codes) implements RowCode {
        Small(DenseRows rows, Metric metric, int bits) {
            this(Distance.of(metric, rows.type(), rows.dimension()), new SmallCodes(rows.dimension(), bits, metric));
        }

        @Override
        public long strideBytes() {
            return codes.strideBytes();
        }

        @Override
        public double weight() {
            return codes.bits() == 4 ? 2 : 4;
        }

        @Override
        public boolean isNearlyExact() {
            return codes.bits() > 4;
        }

        @Override
        public long queryBytes() {
            return codes.queryBytes();
        }

        @Override
        public long behind() {
            return SmallCodes.BEHIND;
        }

        @Override
        public void encode(long row, Beam buffers, long code) {
            int d = distance.dimension();
            distance.toFloats(row, buffers.floats(d));
            codes.encode(buffers.floats(d), buffers.bytes(d), code);
        }

        @Override
        public void prepare(MemorySegment vector, Beam buffers, long query, long room) {
            int d = distance.dimension();
            distance.toFloats(vector, 0, buffers.floats(d));
            codes.prepare(buffers.floats(d), buffers.bytes(d), query);
        }

        @Override
        public void score(long query, long base, int[] rows, int n, int[] sums, float[] out, long soon, long bytes) {
            codes.score(query, base, rows, n, sums, out);
        }
    }

    /// Rows in 16-bit floats, padded to 64 bytes, under their own metric.
    record Halves(Distance distance, Distance half) implements RowCode {
        Halves(DenseRows rows, Metric metric, VectorType type) {
            this(Distance.of(metric, rows.type(), rows.dimension()), Distance.of(metric, type, rows.dimension()));
        }

        @Override
        public long strideBytes() {
            return Distance.strideBytes(half.type(), half.dimension());
        }

        @Override
        public double weight() {
            return 1 + half.dimension() / 300.0;
        }

        @Override
        public boolean isNearlyExact() {
            return true;
        }

        @Override
        public long queryBytes() {
            return half.queryBytes();
        }

        @Override
        public void encode(long row, Beam buffers, long code) {
            var floats = buffers.floats(half.dimension());
            distance.toFloats(row, floats);
            Raw.fill(code, strideBytes(), (byte) 0);
            for (int c = 0; c < half.dimension(); c++) Raw.putShort(code + 2L * c, bits(floats[c]));
        }

        @Override
        public void prepare(MemorySegment vector, Beam buffers, long query, long room) {
            var floats = buffers.floats(half.dimension());
            distance.toFloats(vector, 0, floats);
            half.prepareFloats(floats, query);
        }

        private short bits(float value) {
            if (half.type() == VectorType.FLOAT16)
                return Float.floatToFloat16(Math.clamp(value, -65_504f, 65_504f)); // what does not fit is far away
            int bits = Float.floatToRawIntBits(value);
            return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
        }

        @Override
        public void score(long query, long base, int[] rows, int n, int[] sums, float[] out, long soon, long bytes) {
            half.score(query, base, strideBytes(), rows, n, out);
            if (half.metric().largerIsBetter()) for (int i = 0; i < n; i++) out[i] = 0 - out[i];
        }
    }

    /// Binary rows, which are their own codes.
    record Bits(Distance distance, long strideBytes) implements RowCode {
        @Override
        public double weight() {
            return 1;
        }

        @Override
        public boolean isNearlyExact() {
            return true;
        }

        @Override
        public long queryBytes() {
            return distance.queryBytes();
        }

        @Override
        public void encode(long row, Beam buffers, long code) {}

        @Override
        public void prepare(MemorySegment vector, Beam buffers, long query, long room) {
            distance.prepare(vector, 0, query);
        }

        @Override
        public void score(long query, long base, int[] rows, int n, int[] sums, float[] out, long soon, long bytes) {
            distance.score(query, base, strideBytes, rows, n, out);
        }
    }

    /// Room for the codes of so many rows.
    static Region room(Memory memory, RowCode code, long rows) {
        return memory.allocate("graph codes", rows * code.strideBytes() + code.behind());
    }
}
