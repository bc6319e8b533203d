package dev.sextant.index;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;

/// Numbers of metrics and types of vectors in written indexes. They never change.
final class Wire {
    private Wire() {}

    static int code(Metric metric) {
        return switch (metric) {
            case L2 -> 1;
            case IP -> 2;
            case COSINE -> 3;
            case HAMMING -> 4;
            case JACCARD -> 5;
            case BM25 -> 6;
        };
    }

    static Metric metric(long at, int code) {
        for (var metric : Metric.values()) if (code(metric) == code) return metric;
        throw new Damaged("metric", at, "a metric", code);
    }

    static int code(VectorType type) {
        return switch (type) {
            case FLOAT32 -> 1;
            case FLOAT16 -> 2;
            case BFLOAT16 -> 3;
            case INT8 -> 4;
            case BINARY -> 5;
            case SPARSE -> 6;
        };
    }
}
