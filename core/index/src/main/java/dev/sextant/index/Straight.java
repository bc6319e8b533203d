package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Floats;
import dev.sextant.kernel.Raw;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;

/// Rows of any real type and metric as points whose squared distance orders them as the metric does: as they are for
/// L2, normalised for COSINE, and for IP with one component more, `√(M² − |x|²)`, which makes all equally long; queries
/// have 0 there. A point is `size` floats, zeros behind its components. Immutable; buffers are the caller's.
final class Straight {
    final DenseRows rows;
    final Metric metric;
    final int components;
    final int size;
    final float longest; // M², for IP
    final Distance distance;

    Straight(DenseRows rows, Metric metric, float longest) {
        this.rows = rows;
        this.metric = metric;
        this.longest = longest;
        components = Points.components(metric, rows.dimension());
        size = Points.size(components);
        distance = Distance.of(metric, rows.type(), rows.dimension());
    }

    static boolean fits(VectorType type, Metric metric) {
        return type != VectorType.BINARY && type.isDense() && metric.fits(type);
    }

    long bytes() {
        return 4L * size;
    }

    /// `floats` has room for the dimension.
    void row(int row, float[] floats, long out) {
        Points.raw(distance, rows.address(row), floats, size, out);
        if (metric == Metric.IP)
            Raw.putFloat(out + 4L * (components - 1), (float)
                    Math.sqrt(Math.max(0, longest - Floats.squares(out, size))));
    }

    void query(MemorySegment vector, float[] floats, long out) {
        int d = rows.dimension();
        Raw.fill(out + 4L * d, 4L * (size - d), (byte) 0);
        distance.toFloats(vector, 0, floats);
        Raw.copyIn(MemorySegment.ofArray(floats), 0, out, 4L * d);
        if (metric == Metric.COSINE) Points.normalise(out, size);
    }
}
