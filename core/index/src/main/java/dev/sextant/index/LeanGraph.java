package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;

/// A graph whose rows are not in memory: of each node it keeps a code and its edges. A walk ends with the rows that are
/// to be read ([Step.Waiting], [Walk#awaited()]); their exact scores are the caller's business. No longer changes.
///
/// Memory a row, for n components (d, for IP d + 1), N = n rounded up to 64 (signs of up to 256 components: 2 n) and
/// degree R: signs take `N / 8 + 12 + 4 R` bytes, bytes `⌈N + 16⌉₆₄ + 4 R`; some hundred KiB for each graph.
public final class LeanGraph implements Frozen {
    /// Centres that signs stand around.
    static final int CENTRES = 16;

    final StoredRows rows;
    final Points points;
    final LeanCode code;
    final Region codes;
    final Region edges;
    final int[] entries;
    final int count;
    private final Memory memory;
    private final LeanParameters parameters;

    LeanGraph(
            Memory memory,
            StoredRows rows,
            Points points,
            LeanCode code,
            Region codes,
            Region edges,
            int[] entries,
            LeanParameters parameters,
            int count) {
        this.memory = memory;
        this.rows = rows;
        this.points = points;
        this.code = code;
        this.codes = codes;
        this.edges = edges;
        this.entries = entries;
        this.parameters = parameters;
        this.count = count;
    }

    /// Whether there is such a graph over these vectors.
    public static boolean fits(VectorType type, Metric metric, int dimension) {
        return Points.fits(type, metric, dimension);
    }

    /// What [#bytes()] will be, about.
    public static long bytesPerRow(int dimension, Metric metric, LeanParameters parameters) {
        return LeanCode.strideBytes(dimension, metric, parameters.keep()) + 4L * parameters.degree();
    }

    /// What makes points of these rows, which are not in memory.
    static Points points(
            Memory memory, StoredRows rows, Metric metric, LeanParameters parameters, Points.Survey survey) {
        int bits = LeanCode.perComponent(rows.dimension(), metric, parameters.keep());
        return new Points(
                memory,
                rows.landed(0, rows.count()),
                metric,
                new QuantisedParameters(parameters.degree(), parameters.beam(), bits, parameters.seed()),
                NodeBlocks.Code.SIGNS,
                new Points.Survey(false, 0, survey.longest(), survey.mean()));
    }

    Linked links() {
        return new Linked(count, parameters.degree(), (node, at) -> Raw.getInt(edgesOf(node) + 4L * at));
    }

    /// Whether the row is a node: others have no edges. One alone has none either.
    boolean isThere(int node) {
        return entries.length < 2 || Raw.getInt(edgesOf(node)) >= 0;
    }

    long edgesOf(int node) {
        return edges.address() + 4L * parameters.degree() * node;
    }

    @Override
    public Walk walk(Target target, Scratch scratch) {
        return new LeanWalk(this, target, scratch);
    }

    @Override
    public long cost(Effort effort, double accepted) {
        return LeanWalk.cost(this, effort.beam(), accepted);
    }

    @Override
    public Kind kind() {
        return Kind.LEAN_GRAPH;
    }

    public LeanParameters parameters() {
        return parameters;
    }

    @Override
    public StoredRows rows() {
        return rows;
    }

    @Override
    public Metric metric() {
        return points.metric;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public long bytes() {
        long centres = code instanceof LeanCode.Signs signs ? signs.centres().size() : 0;
        return codes.size() + edges.size() + centres + 4L * entries.length + points.bytes();
    }

    /// Reads what [#writeTo(Sink)] wrote; `rows` must be those it was built over.
    static LeanGraph read(Memory memory, VectorRows rows, long bytes, Source source) throws IOException {
        var stored = rows instanceof DenseRows dense ? StoredRows.of(dense) : (StoredRows) rows;
        return LeanBytes.read(memory, stored, bytes, source);
    }

    @Override
    public long serializedBytes() {
        return LeanBytes.size(this);
    }

    /// Writes exactly [#serializedBytes()] bytes, drawn in docs/formats/lean-graph.md.
    @Override
    public void writeTo(Sink sink) throws IOException {
        LeanBytes.write(this, memory, sink);
    }

    @Override
    public void close() {
        codes.close();
        edges.close();
        if (code instanceof LeanCode.Signs signs) signs.centres().close();
        points.close();
    }
}
