package dev.sextant.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

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

    private static final List<Metric> ALL = List.of(values());

    /// Begins the names of what compares a list of vectors with a list: the sum over the vectors of the one of how near
    /// the best of the other is, by the metric whose name follows.
    private static final String MAX_SIM = "MAX_SIM";

    /// The metric of this name. Names of what compares lists are those of how their vectors are compared.
    public static Optional<Metric> named(String name) {
        var upper = name.strip().toUpperCase(Locale.ROOT);
        if (upper.equals(MAX_SIM)) return Optional.of(COSINE);
        var plain = upper.startsWith(MAX_SIM + "_") ? upper.substring(MAX_SIM.length() + 1) : upper;
        for (var metric : ALL)
            if (metric.name().equals(plain))
                return plain.length() == upper.length() || metric != BM25 && metric != MHJACCARD
                        ? Optional.of(metric)
                        : Optional.empty();
        return Optional.empty();
    }

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
