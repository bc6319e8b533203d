package dev.sextant.kernel;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;

/// The score of one metric over dense rows of one type and dimension. A query is prepared once into native memory, then
/// whole lists of rows are scored. Scores have the natural sign of the metric.
///
/// Cosine needs no stored norm: the length of a row is summed in the same pass as its inner product, which costs
/// nothing where rows come from memory, and the query is normalised when prepared. A row of zeros scores 0.
///
/// Rows begin at multiples of 64 bytes, have a stride of a multiple of 64, and are padded with zeros.
public final class Distance {
    private enum Form {
        F32,
        HALF,
        BRAIN,
        I8,
        BITS
    }

    private final Metric metric;
    private final VectorType type;
    private final int dimension;
    private final Form form;
    private final int lines;
    private final Arithmetic arithmetic;

    private final int elementBytes; // of a MinHash signature

    private Distance(Metric metric, VectorType type, int dimension, Arithmetic arithmetic) {
        this(metric, type, dimension, 8, arithmetic);
    }

    private Distance(Metric metric, VectorType type, int dimension, int elementBits, Arithmetic arithmetic) {
        if (!metric.fits(type) || !type.isDense())
            throw new IllegalArgumentException(metric + " does not fit dense " + type);
        if (dimension < 1) throw new IllegalArgumentException("dimension " + dimension);
        this.metric = metric;
        this.type = type;
        this.dimension = dimension;
        this.arithmetic = arithmetic;
        elementBytes = elementBits / 8;
        lines = (type.rowBytes(dimension) + 63) / 64;
        form = switch (type) {
            case FLOAT32 -> Form.F32;
            case FLOAT16 -> Form.HALF;
            case BFLOAT16 -> Form.BRAIN;
            case INT8 -> Form.I8;
            case BINARY -> Form.BITS;
            case SPARSE -> throw new AssertionError(type);
        };
    }

    public static Distance of(Metric metric, VectorType type, int dimension) {
        return new Distance(metric, type, dimension, Kernels.BEST);
    }

    /// [Metric#MHJACCARD] over signatures with elements of so many bits, a multiple of 8; where nothing is said they
    /// have 8.
    public static Distance ofSignatures(int dimension, int elementBits) {
        if (elementBits < 8 || elementBits % 8 != 0 || elementBits > dimension)
            throw new IllegalArgumentException("elements of " + elementBits + " bits in " + dimension);
        return new Distance(Metric.MHJACCARD, VectorType.BINARY, dimension, elementBits, Kernels.BEST);
    }

    static Distance plainOfSignatures(int dimension, int elementBits) {
        return new Distance(Metric.MHJACCARD, VectorType.BINARY, dimension, elementBits, Kernels.PLAIN);
    }

    /// Bits of an element of a signature.
    public int elementBits() {
        return 8 * elementBytes;
    }

    /// The same distance by plain loops.
    static Distance plain(Metric metric, VectorType type, int dimension) {
        return new Distance(metric, type, dimension, Kernels.PLAIN);
    }

    /// Bytes from row to row when rows are packed as the kernels want them.
    public static long strideBytes(VectorType type, int dimension) {
        return (type.rowBytes(dimension) + 63) / 64 * 64L;
    }

    public Metric metric() {
        return metric;
    }

    public VectorType type() {
        return type;
    }

    public int dimension() {
        return dimension;
    }

    /// Native room that a prepared query takes.
    public long queryBytes() {
        return 64L * lines * (form == Form.HALF || form == Form.BRAIN ? 2 : 1) + 64;
    }

    /// Turns a vector as the model stores it (little-endian components of `type`) into a query at a native address that
    /// is a multiple of 64.
    public void prepare(MemorySegment vector, long offset, long query) {
        Raw.fill(query, queryBytes(), (byte) 0);
        switch (form) {
            case F32 -> {
                var scale = scale(vector, offset);
                for (int c = 0; c < dimension; c++) Raw.putFloat(query + 4L * c, scale * component(vector, offset, c));
            }
            case HALF, BRAIN -> {
                var scale = scale(vector, offset);
                for (int c = 0; c < dimension; c++)
                    Raw.putFloat(query + (c & 1) * 64L * lines + 4L * (c >> 1), scale * component(vector, offset, c));
            }
            case I8 -> {
                Raw.copyIn(vector, offset, query, dimension);
                Raw.putFloat(query + 64L * lines, scale(vector, offset));
            }
            case BITS -> Raw.copyIn(vector, offset, query, type.rowBytes(dimension));
        }
    }

    /// As [#prepare(MemorySegment, long, long)] from floats, for a distance over rows of floats of any width.
    public void prepareFloats(float[] vector, long query) {
        Raw.fill(query, queryBytes(), (byte) 0);
        double norm = 0;
        for (int c = 0; c < dimension; c++) norm += (double) vector[c] * vector[c];
        float scale = metric != Metric.COSINE ? 1 : norm > 0 ? (float) (1 / Math.sqrt(norm)) : 0;
        for (int c = 0; c < dimension; c++) {
            long at = form == Form.F32 ? 4L * c : (c & 1) * 64L * lines + 4L * (c >> 1);
            Raw.putFloat(query + at, scale * vector[c]);
        }
    }

    /// Scores `rows[0] … rows[n − 1]`, each at `base + row * stride`.
    public void score(long query, long base, long stride, int[] rows, int n, float[] out) {
        assert stride >= 64L * lines && (base & 63) == 0 && (stride & 63) == 0 && (query & 63) == 0 : "unaligned rows";
        var a = arithmetic;
        switch (form) {
            case F32 -> {
                switch (metric) {
                    case L2 -> a.l2F32(query, base, stride, lines, rows, n, out);
                    case IP -> a.dotF32(query, base, stride, lines, rows, n, out);
                    default -> a.cosF32(query, base, stride, lines, rows, n, out);
                }
            }
            case HALF, BRAIN -> {
                switch (metric) {
                    case L2 -> a.l2Half(query, base, stride, lines, form == Form.BRAIN, rows, n, out);
                    case IP -> a.dotHalf(query, base, stride, lines, form == Form.BRAIN, rows, n, out);
                    default -> a.cosHalf(query, base, stride, lines, form == Form.BRAIN, rows, n, out);
                }
            }
            case I8 -> {
                switch (metric) {
                    case L2 -> a.l2I8(query, base, stride, lines, rows, n, out);
                    case IP -> a.dotI8(query, base, stride, lines, rows, n, out);
                    default -> {
                        a.cosI8(query, base, stride, lines, rows, n, out);
                        var scale = Raw.getFloat(query + 64L * lines);
                        for (int i = 0; i < n; i++) out[i] *= scale;
                    }
                }
            }
            case BITS -> {
                if (metric == Metric.HAMMING) a.hamming(query, base, stride, lines, rows, n, out);
                else if (metric == Metric.JACCARD) a.jaccard(query, base, stride, lines, rows, n, out);
                else {
                    int bytes = type.rowBytes(dimension), elements = bytes / elementBytes;
                    a.equal(query, base, stride, bytes, elementBytes, rows, n, out);
                    for (int i = 0; i < n; i++) out[i] /= elements;
                }
            }
        }
    }

    /// Scores the rows for `queries` prepared queries, `apart` bytes from each other: `out[q][i]` is what [#score(long,
    /// long, long, int[], int, float[])] says to query `q`, to the last bit once both are compiled: the Vector API
    /// leaves the order of its sums over lanes open, and the interpreter takes another one. (An order of our own wants
    /// calls or more code, where the compiler was seen to box vectors.) Where a kernel can, a row that was loaded meets
    /// several queries.
    public void score(long query, long apart, int queries, long base, long stride, int[] rows, int n, float[][] out) {
        assert stride >= 64L * lines && (base & 63) == 0 && (stride & 63) == 0 : "unaligned rows";
        assert (query & 63) == 0 && (apart & 63) == 0 && apart >= queryBytes() : "unaligned queries";
        if (form != Form.F32) {
            for (int q = 0; q < queries; q++) score(query + q * apart, base, stride, rows, n, out[q]);
            return;
        }
        switch (metric) {
            case L2 -> arithmetic.l2F32(query, apart, queries, base, stride, lines, rows, n, out);
            case IP -> arithmetic.dotF32(query, apart, queries, base, stride, lines, rows, n, out);
            default -> arithmetic.cosF32(query, apart, queries, base, stride, lines, rows, n, out);
        }
    }

    /// The components of a dense row as floats, at a native address; 0 and 1 for bits are of no use to any caller, so
    /// binary rows are refused.
    public void toFloats(long row, float[] out) {
        if (form == Form.F32) {
            Raw.copyOut(row, MemorySegment.ofArray(out), 0, 4L * dimension);
            return;
        }
        for (int c = 0; c < dimension; c++)
            out[c] = switch (form) {
                case F32 -> Raw.getFloat(row + 4L * c);
                case HALF -> Float.float16ToFloat(Raw.getShort(row + 2L * c));
                case BRAIN -> Float.intBitsToFloat(Raw.getShort(row + 2L * c) << 16);
                case I8 -> Raw.getByte(row + c);
                case BITS -> throw new IllegalArgumentException("binary rows have no floats");
            };
    }

    /// The same from a vector in a segment of any kind.
    public void toFloats(MemorySegment vector, long offset, float[] out) {
        for (int c = 0; c < dimension; c++) out[c] = component(vector, offset, c);
    }

    /// 1 / length of the vector for cosine, otherwise 1.
    private float scale(MemorySegment vector, long offset) {
        if (metric != Metric.COSINE) return 1;
        double norm = 0;
        for (int c = 0; c < dimension; c++)
            norm += (double) component(vector, offset, c) * component(vector, offset, c);
        return norm > 0 ? (float) (1 / Math.sqrt(norm)) : 0;
    }

    private float component(MemorySegment vector, long offset, int c) {
        return switch (form) {
            case F32 -> vector.get(Raw.F32, offset + 4L * c);
            case HALF -> Float.float16ToFloat(vector.get(Raw.I16, offset + 2L * c));
            case BRAIN -> Float.intBitsToFloat(vector.get(Raw.I16, offset + 2L * c) << 16);
            case I8 -> vector.get(java.lang.foreign.ValueLayout.JAVA_BYTE, offset + c);
            case BITS -> throw new IllegalArgumentException("binary rows have no floats");
        };
    }
}
