package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;

/// How a graph is built that is walked by codes of another form than it is built on.
///
/// @param refine whether the best by code are scored again on full rows before the best k of them are chosen
public record CodedHnswParameters(HnswParameters graph, RowCoding coding, boolean refine) implements IndexParameters {
    @Override
    public VectorBuild begin(Memory memory, VectorRows rows, Metric metric, Accept members) {
        return new CodedHnswBuild(memory, (DenseRows) rows, metric, this, members);
    }

    @Override
    public long bytesPerRow(FieldType.Vector type, Metric metric) {
        int d = type.dimension();
        long code = switch (coding) {
            case RowCoding.Scalar scalar ->
                switch (scalar) {
                    case SQ4U -> (d + 1) / 2 + 24;
                    case SQ6 -> (d + 1) / 2 + (d + 3) / 4 + 24;
                    case SQ8 -> d + 32;
                    case BF16, FP16 -> 2L * d + 32;
                };
            case RowCoding.Parts(int m, int levels, int bits) -> PartCode.bytesPerRow(m * levels, bits) + 4;
        };
        return 8L * graph.m() + 16 + code;
    }
}
