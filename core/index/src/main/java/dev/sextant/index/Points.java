package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Floats;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Rotation;
import dev.sextant.kernel.RowCodes;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;

/// Rows of any type and metric as points whose squared distance orders them as the metric does: as they are for L2,
/// normalised for COSINE, and for IP with one component more, `√(M² − |x|²)`, which makes all equally long; queries
/// have 0 there. A point comes in two forms: straight, and turned (less the mean of all, then rotated), `turned` floats
/// each, zeros behind the components.
///
/// Where all components are whole numbers within 256 of each other, rows keep 8 bits of the straight form, exactly;
/// otherwise of the turned form, in which no component stands out.
final class Points implements AutoCloseable {
    private static final int FEW_COMPONENTS = 256;
    private static final int LEAST_TURNED = 64;
    private static final int MOST_BITS = 1 << 15;

    final DenseRows rows;
    final Metric metric;
    final int components;
    final int size;
    final int turned; // components after the rotation, as many or some times as many
    final boolean whole;
    final float wholeLow;
    final float longest; // M²
    final Distance distance;
    final NodeBlocks.Code code;
    final NodeBlocks blocks;
    final RowCodes rowCodes; // the codes of neighbours, each row apart
    private final Region mean;
    private final Rotation rotation;

    /// What must be known of all rows before any becomes a point.
    record Survey(boolean whole, float wholeLow, float longest, float[] mean) {}

    Points(
            Memory memory,
            DenseRows rows,
            Metric metric,
            QuantisedParameters parameters,
            NodeBlocks.Code code,
            Survey survey) {
        this.rows = rows;
        this.metric = metric;
        whole = survey.whole;
        wholeLow = survey.wholeLow;
        longest = survey.longest;
        components = components(metric, rows.dimension());
        size = size(components);
        this.code = code;
        turned = turned(components, parameters, code);
        distance = Distance.of(metric, rows.type(), rows.dimension());
        blocks = blocks(parameters.degree());
        rowCodes = new RowCodes(turned, code);
        mean = memory.allocate("graph rotation", 4L * turned);
        for (int c = 0; c < components; c++) Raw.putFloat(mean.address() + 4L * c, survey.mean[c]);
        try {
            rotation = new Rotation(memory, turned, parameters.seed());
        } catch (RuntimeException refused) {
            mean.close();
            throw refused;
        }
    }

    static boolean fits(VectorType type, Metric metric, int dimension) {
        return type != VectorType.BINARY
                && type.isDense()
                && metric.fits(type)
                && dimension >= 2
                && dimension < 1 << 15;
    }

    static long blockBytes(
            Metric metric, int dimension, boolean whole, QuantisedParameters parameters, NodeBlocks.Code code) {
        return blockBytes(metric, dimension, whole, parameters, code, parameters.degree());
    }

    static long blockBytes(
            Metric metric,
            int dimension,
            boolean whole,
            QuantisedParameters parameters,
            NodeBlocks.Code code,
            int degree) {
        int components = components(metric, dimension), turned = turned(components, parameters, code);
        return new NodeBlocks(whole ? components : turned, turned, code, degree).blockBytes();
    }

    /// Blocks of such points with so many neighbours.
    NodeBlocks blocks(int degree) {
        return new NodeBlocks(whole ? components : turned, turned, code, degree);
    }

    private static int turned(int components, QuantisedParameters parameters, NodeBlocks.Code code) {
        return size(components * bitsPerComponent(parameters, components) / code.bits());
    }

    /// What new graphs are coded by: where there are two bits for each component, they are better spent on the
    /// components than on twice as many signs. Of very few components twice as many take no more room.
    static NodeBlocks.Code code(Metric metric, int dimension, QuantisedParameters parameters) {
        int components = components(metric, dimension);
        return components > LEAST_TURNED / 2 && bitsPerComponent(parameters, components) % 2 == 0
                ? NodeBlocks.Code.FOURS
                : NodeBlocks.Code.SIGNS;
    }

    static int components(Metric metric, int dimension) {
        return metric == Metric.IP ? dimension + 1 : dimension;
    }

    /// Few components give coarse estimates, which cost more hops than the second bit costs memory.
    private static int bitsPerComponent(QuantisedParameters parameters, int components) {
        int wanted = parameters.bitsPerComponent() > 0
                ? parameters.bitsPerComponent()
                : components <= FEW_COMPONENTS ? 2 : 1;
        return Math.min(wanted, Math.max(1, MOST_BITS / size(components)));
    }

    static int size(int components) {
        return (components + LEAST_TURNED - 1) / LEAST_TURNED * LEAST_TURNED;
    }

    /// Writes the components of a stored vector, zeros up to `size` floats, without what only the survey knows.
    static void raw(Distance distance, long row, float[] floats, int size, long out) {
        int d = distance.dimension();
        Raw.fill(out + 4L * d, 4L * (size - d), (byte) 0);
        if (distance.type() == VectorType.FLOAT32) Raw.copy(row, out, 4L * d);
        else {
            distance.toFloats(row, floats);
            Raw.copyIn(MemorySegment.ofArray(floats), 0, out, 4L * d);
        }
        if (distance.metric() == Metric.COSINE) normalise(out, size(d));
    }

    static void normalise(long floats, int n) {
        float squares = Floats.squares(floats, n);
        if (squares > 0) Floats.scale(floats, (float) (1 / Math.sqrt(squares)), n);
    }

    /// The straight form of row `row` at `out`: `turned` floats.
    void straight(int row, float[] floats, long out) {
        straightAt(rows.address(row), floats, out);
    }

    /// The same of a row that lies at `row`.
    void straightAt(long row, float[] floats, long out) {
        raw(distance, row, floats, turned, out);
        if (metric == Metric.IP)
            Raw.putFloat(out + 4L * (components - 1), (float)
                    Math.sqrt(Math.max(0, longest - Floats.squares(out, size))));
    }

    /// The straight form of a query.
    void straightQuery(MemorySegment vector, float[] floats, long out) {
        int d = rows.dimension();
        Raw.fill(out + 4L * d, 4L * (turned - d), (byte) 0);
        if (rows.type() == VectorType.FLOAT32) Raw.copyIn(vector, 0, out, 4L * d);
        else {
            distance.toFloats(vector, 0, floats);
            Raw.copyIn(MemorySegment.ofArray(floats), 0, out, 4L * d);
        }
        if (metric == Metric.COSINE) normalise(out, size);
    }

    /// Turns the straight form in place.
    void turn(long floats) {
        Floats.subtract(floats, mean.address(), size);
        rotation.apply(floats);
    }

    /// The turned form of row `row` at `out`; asks for row `soon` meanwhile, where that is none of less than 0 and it
    /// is possible.
    void turned(int row, float[] floats, long out, int soon) {
        if (metric == Metric.L2 && rows.type() == VectorType.FLOAT32) {
            turnDifference(row, mean.address(), out, soon < 0 ? 0 : rows.address(soon));
            return;
        }
        straight(row, floats, out);
        turn(out);
    }

    /// Turns a difference of straight forms in place: the mean is in neither.
    void turnDifference(long floats) {
        rotation.apply(floats);
    }

    /// Writes the turned difference of a row from a centre in straight form, in one pass where a row is a point as it
    /// stands; returns whether it is. `soon` is the row that comes next, or 0.
    boolean turnDifference(int row, long centre, long out, long soon) {
        if (metric != Metric.L2 || rows.type() != VectorType.FLOAT32) return false;
        rotation.difference(
                rows.address(row), centre, rows.dimension(), out, soon, soon == 0 ? 0 : 4L * rows.dimension());
        return true;
    }

    /// The mean itself in straight form.
    void straightMean(long out) {
        Raw.copy(mean.address(), out, 4L * turned);
    }

    float mean(int component) {
        return Raw.getFloat(mean.address() + 4L * component);
    }

    long bytes() {
        return mean.size() + rotation.bytes();
    }

    @Override
    public void close() {
        rotation.close();
        mean.close();
    }
}
