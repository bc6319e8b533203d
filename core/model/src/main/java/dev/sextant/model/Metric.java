package dev.sextant.model;

/// How two vectors are compared. A score has the natural sign of its metric: `L2` is the squared distance, `IP`
/// and `COSINE` are similarities; it is never negated outside an index.
public enum Metric {
    L2,
    IP,
    COSINE,
    HAMMING,
    JACCARD,
    /// The share of equal elements of two MinHash signatures, which estimates the similarity of the sets behind them.
    MHJACCARD,
    /// Relevance of a text, over sparse rows of term frequencies.
    BM25;

    /// Whether a larger score is the better one.
    public boolean largerIsBetter() {
        return this == IP || this == COSINE || this == BM25 || this == MHJACCARD;
    }

    /// Whether `left` ranks before `right`.
    public boolean better(float left, float right) {
        return largerIsBetter() ? left > right : left < right;
    }

    public boolean fits(VectorType type) {
        return switch (type) {
            case FLOAT32, FLOAT16, BFLOAT16, INT8 -> this == L2 || this == IP || this == COSINE;
            case BINARY -> this == HAMMING || this == JACCARD || this == MHJACCARD;
            case SPARSE -> this == IP || this == BM25;
        };
    }
}
