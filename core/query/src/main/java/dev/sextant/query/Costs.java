package dev.sextant.query;

import dev.sextant.model.VectorType;
import java.util.Locale;
import java.util.Map;

/// What the steps of a search cost on this machine, in nanoseconds of one core: what the planner weighs a scan against
/// a walk by. Only their relation matters to the choice.
///
/// @param rows of the types of vectors that were measured; the others cost as [Row#USUAL]
/// @param code for each code that a graph is said to score: cache misses, not bytes, so its dimension does not matter
/// @param bit for each row whose bit of a filter a scan looks at
public record Costs(Map<VectorType, Row> rows, double code, double bit) {
    /// Measured on graphs and scans of 16 to 256 dimensions.
    public static final Costs DEFAULT = new Costs(Map.of(), 43, 0.02);

    private static final double STORED_NANOS = 2_000;
    private static final int SPARSE_BYTES = 512;
    private static final double AGREEING = 1.5;
    private static final double BELIEVABLE = 4;

    /// To score one row exactly, out of order.
    ///
    /// @param begun to begin it
    /// @param perByte for each of its bytes
    public record Row(double begun, double perByte) {
        public static final Row USUAL = new Row(10, 0.1);

        double nanos(int bytes) {
            return begun + perByte * bytes;
        }
    }

    public Costs {
        rows = Map.copyOf(rows);
    }

    Row row(VectorType type) {
        return rows.getOrDefault(type, Row.USUAL);
    }

    double rowNanos(VectorType type, int dimension) {
        return row(type).nanos(type.isDense() ? type.rowBytes(dimension) : SPARSE_BYTES);
    }

    /// A row that is read from disk first: a call to the system, a checksum, two threads that take turns.
    double storedRowNanos(VectorType type, int dimension) {
        return STORED_NANOS + rowNanos(type, dimension);
    }

    /// The code that an index keeps of a row, in a scan of codes.
    double codeNanos(VectorType type, int bytes) {
        return row(type).nanos(bytes);
    }

    /// Whether both say about the same of one type, and something that a machine may need when its code is compiled.
    boolean agrees(Costs other, VectorType type) {
        return near(row(type).nanos(SPARSE_BYTES), other.row(type).nanos(SPARSE_BYTES), AGREEING)
                && near(code, other.code, AGREEING)
                && near(row(type).nanos(SPARSE_BYTES), Row.USUAL.nanos(SPARSE_BYTES), BELIEVABLE)
                && near(code, DEFAULT.code, BELIEVABLE);
    }

    private static boolean near(double one, double other, double factor) {
        return Math.max(one, other) <= factor * Math.min(one, other);
    }

    /// In words, with what is said of rows of one type: `a row 8.1 ns and 0.060 ns a byte, …`.
    public String describe(VectorType type) {
        return String.format(
                Locale.ROOT,
                "a row %.1f ns and %.3f ns a byte, a code of a graph %.0f ns, a filter bit %.3f ns",
                row(type).begun(),
                row(type).perByte(),
                code,
                bit);
    }
}
