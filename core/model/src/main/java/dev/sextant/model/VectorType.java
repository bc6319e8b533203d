package dev.sextant.model;

/// How one component of a vector is stored. A dense row is `dimension` components in a row, little-endian, no padding;
/// a sparse row is ascending cells of (uint32 index, float32 value), 8 bytes each.
public enum VectorType {
    FLOAT32,
    FLOAT16,
    BFLOAT16,
    INT8,
    BINARY,
    SPARSE;

    /// Bytes of one dense row of `dimension` components.
    public int rowBytes(int dimension) {
        return switch (this) {
            case FLOAT32 -> 4 * dimension;
            case FLOAT16, BFLOAT16 -> 2 * dimension;
            case INT8 -> dimension;
            case BINARY -> dimension / 8;
            case SPARSE -> throw new IllegalArgumentException("sparse rows have no fixed size");
        };
    }

    /// What users call a field of such vectors.
    public String word() {
        return switch (this) {
            case FLOAT32 -> "FloatVector";
            case FLOAT16 -> "Float16Vector";
            case BFLOAT16 -> "BFloat16Vector";
            case INT8 -> "Int8Vector";
            case BINARY -> "BinaryVector";
            case SPARSE -> "SparseFloatVector";
        };
    }

    public boolean isDense() {
        return this != SPARSE;
    }
}
