package dev.sextant.index;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.util.Optional;

/// A graph with the 1-bit codes of all neighbours inside each node ([dev.sextant.kernel.NodeBlocks]): a hop reads one
/// block from front to back, takes the exact distance of the node on the way and estimates all its neighbours in one
/// table scan. No longer changes.
///
/// Memory a row, for n components (d, for IP d + 1), degree R, N = n rounded up to 64: `⌈n + 24⌉₆₄` for whole numbers
/// within 256, else `⌈N + 24⌉₆₄`, plus `R · N · bits / 8 + 12 R` bytes, where bits is 2 up to 256 components, else 1.
/// Where there are enough rows they also lie in [Cells], for searches under filters.
public final class QuantisedGraph implements Frozen {
    /// Filters that take more are seldom searched by cells.
    private static final double MOST_ARRANGED = 0.6;

    private final Memory memory;
    final Points points;
    final Root root;
    final Region blocks;
    final int count;
    final int fans;
    final int hopCodes;
    private final long base;
    final long blockBytes;
    private final QuantisedParameters parameters;
    final Optional<Cells> cells;

    QuantisedGraph(
            Memory memory,
            Points points,
            Root root,
            Region blocks,
            QuantisedParameters parameters,
            int count,
            Optional<Cells> cells) {
        this.memory = memory;
        this.points = points;
        this.blocks = blocks;
        this.parameters = parameters;
        this.count = count;
        this.root = root;
        this.cells = cells;
        fans = points.blocks.degree() / NodeBlocks.FAN;
        hopCodes = fans * QuantisedWalk.CODES_A_FAN;
        base = blocks.address();
        blockBytes = points.blocks.blockBytes();
    }

    Linked links() {
        return new Linked(
                count,
                points.blocks.degree(),
                (node, at) -> points.blocks.node(block(node), at / NodeBlocks.FAN, at % NodeBlocks.FAN));
    }

    long block(int node) {
        return base + node * blockBytes;
    }

    /// Whether there is such a graph over these vectors; for others take [Hnsw].
    public static boolean fits(VectorType type, Metric metric, int dimension) {
        return Points.fits(type, metric, dimension);
    }

    /// What [#bytes()] will be, about.
    public static long bytesPerRow(Metric metric, int dimension, boolean whole, QuantisedParameters parameters) {
        return Points.blockBytes(metric, dimension, whole, parameters, Points.code(metric, dimension, parameters));
    }

    @Override
    public Walk walk(Target target, Scratch scratch) {
        double share = target.accept().share(count);
        if (share >= QuantisedWalk.MANY) return new QuantisedWalk(this, target, scratch);
        if (cells.isEmpty()) return new BlockScan(this, target, 0, count, scratch);
        return share >= QuantisedWalk.SOME
                ? new QuantisedWalk(this, target, scratch)
                : new CellWalk(this, cells.get(), target, scratch);
    }

    /// Whether its cells, if it has any, cost less than edges where such a share is accepted.
    boolean isByCells(int beam, double share, boolean arranged) {
        return cells.isPresent() && cells.get().cost(beam, share, arranged) <= QuantisedWalk.cost(this, beam, share);
    }

    @Override
    public long cost(Effort effort, double accepted) {
        long walk = QuantisedWalk.cost(this, effort.beam(), accepted);
        if (accepted >= QuantisedWalk.MANY) return walk;
        return cells.map(c -> Math.min(walk, (long) c.cost(effort.beam(), accepted, false)))
                .orElse(scanCodes((int) (accepted * count)));
    }

    @Override
    public Optional<Walk> scan(Target target, int from, int to, Scratch scratch) {
        return Optional.of(new BlockScan(this, target, from, to, scratch));
    }

    @Override
    public int scanBytes() {
        return points.blocks.rowBytes();
    }

    /// What a scan of so many rows costs, about, in codes of a walk.
    long scanCodes(int rows) {
        return (long) (rows * scannedRow(points.blocks.rowBytes()));
    }

    /// What a row costs that is scored by the head of its block, in codes of a walk.
    static double scannedRow(int rowBytes) {
        return 0.6 + rowBytes / 450.0;
    }

    @Override
    public Optional<Arranged> arranged(Bits rows) {
        return cells.filter(_ -> (double) rows.count(count) / Math.max(1, count) < MOST_ARRANGED)
                .map(c -> new Arranged(c, rows));
    }

    @Override
    public int inTurn() {
        return QuantisedWalk.IN_TURN;
    }

    @Override
    public Kind kind() {
        return Kind.QUANTISED_GRAPH;
    }

    public QuantisedParameters parameters() {
        return parameters;
    }

    @Override
    public DenseRows rows() {
        return points.rows;
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
        return blocks.size()
                + root.region.size()
                + points.bytes()
                + cells.map(Cells::bytes).orElse(0L);
    }

    /// Reads what [#writeTo(Sink)] wrote; `rows` must be those it was built over.
    public static QuantisedGraph read(Memory memory, DenseRows rows, long bytes, Source source) throws IOException {
        return QuantisedBytes.read(memory, rows, bytes, source);
    }

    @Override
    public long serializedBytes() {
        return QuantisedBytes.size(this);
    }

    /// Writes exactly [#serializedBytes()] bytes, drawn in docs/formats/quantised-graph.md.
    @Override
    public void writeTo(Sink sink) throws IOException {
        QuantisedBytes.write(this, memory, sink);
    }

    @Override
    public void close() {
        cells.ifPresent(Cells::close);
        blocks.close();
        root.close();
        points.close();
    }
}
