package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.util.BitSet;

/// A forest of random projection trees: every inner node halves its rows by a plane between two means, leaves hold
/// about a hundred rows. A search goes down all trees at once, always on from the node that is farthest on the query's
/// side, until it has met enough rows. No longer changes.
///
/// ```text
/// node    first child, or first leaf place | second child, or rows | offset f32 | plane, -1 for a leaf     16 bytes
/// ```
///
/// The first nodes are the roots; children come after their parents. Memory a row: see [AnnoyParameters].
public final class Annoy implements Frozen {
    static final int NODE = 16;

    private final Memory memory;
    final Straight points;
    private final AnnoyParameters parameters;
    final Region nodes;
    final Region leaves;
    final Region planes;
    final int nodeCount;
    final int placeCount;
    final int planeCount;
    final Distance product;

    Annoy(
            Memory memory,
            Straight points,
            AnnoyParameters parameters,
            Region nodes,
            Region leaves,
            Region planes,
            int nodeCount,
            int placeCount,
            int planeCount) {
        this.memory = memory;
        this.points = points;
        this.parameters = parameters;
        this.nodes = nodes;
        this.leaves = leaves;
        this.planes = planes;
        this.nodeCount = nodeCount;
        this.placeCount = placeCount;
        this.planeCount = planeCount;
        product = Distance.of(Metric.IP, VectorType.FLOAT32, points.size);
    }

    int roots() {
        return Math.min(parameters.trees(), nodeCount);
    }

    int first(int node) {
        return Raw.getInt(nodes.address() + (long) NODE * node);
    }

    int second(int node) {
        return Raw.getInt(nodes.address() + (long) NODE * node + 4);
    }

    float offset(int node) {
        return Raw.getFloat(nodes.address() + (long) NODE * node + 8);
    }

    int plane(int node) {
        return Raw.getInt(nodes.address() + (long) NODE * node + 12);
    }

    int row(int place) {
        return Raw.getInt(leaves.address() + 4L * place);
    }

    double rowNanos() {
        return 10 + 0.1 * points.rows.stride();
    }

    /// To take a node and meet its plane.
    double nodeNanos() {
        return 60 + 0.05 * points.bytes();
    }

    @Override
    public Walk walk(Target target, Scratch scratch) {
        return new AnnoyWalk(this, target, scratch);
    }

    @Override
    public long cost(Effort effort, double accepted) {
        double rows = Math.min(points.rows.count(), Math.max(effort.beam(), 10.0 * parameters.trees()));
        double leaves = rows / Math.max(accepted, 1e-6) / 90 + parameters.trees();
        return (long) ((rows * rowNanos() + leaves * 12 * nodeNanos()) / PartitionWalk.CODE_NANOS);
    }

    @Override
    public Kind kind() {
        return Kind.ANNOY;
    }

    public AnnoyParameters parameters() {
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
        return points.rows.count();
    }

    @Override
    public long bytes() {
        return nodes.size() + leaves.size() + planes.size();
    }

    @Override
    public long serializedBytes() {
        return Pieces.HEAD
                + Pieces.size((long) NODE * nodeCount)
                + Pieces.size(4L * placeCount)
                + Pieces.size(planeCount * points.bytes());
    }

    /// Writes exactly [#serializedBytes()] bytes, drawn in docs/formats/forest.md.
    @Override
    public void writeTo(Sink sink) throws IOException {
        Pieces.writeHead(
                memory,
                at -> {
                    Raw.putLong(at, Pieces.magic(Kind.ANNOY));
                    Raw.putInt(at + 8, Wire.code(points.metric));
                    Raw.putInt(at + 12, Wire.code(points.rows.type()));
                    Raw.putInt(at + 16, points.rows.dimension());
                    Raw.putInt(at + 20, points.rows.count());
                    Raw.putInt(at + 24, parameters.trees());
                    Raw.putInt(at + 28, nodeCount);
                    Raw.putInt(at + 32, placeCount);
                    Raw.putInt(at + 36, planeCount);
                    Raw.putLong(at + 40, parameters.seed());
                    Raw.putFloat(at + 48, points.longest);
                    Raw.putLong(at + 56, serializedBytes());
                },
                sink);
        Pieces.write(memory, nodes.segment().asSlice(0, (long) NODE * nodeCount), sink);
        Pieces.write(memory, leaves.segment().asSlice(0, 4L * placeCount), sink);
        Pieces.write(memory, planes.segment().asSlice(0, planeCount * points.bytes()), sink);
    }

    /// Reads what [#writeTo(Sink)] wrote; `rows` must be those it was built over.
    public static Annoy read(Memory memory, DenseRows rows, long bytes, Source source) throws IOException {
        var index = Pieces.readHead(memory, "forest", bytes, source, at -> begun(memory, rows, bytes, at));
        try {
            long at = Pieces.read(
                    memory, index.nodes.segment().asSlice(0, (long) NODE * index.nodeCount), Pieces.HEAD, source);
            at = Pieces.read(memory, index.leaves.segment().asSlice(0, 4L * index.placeCount), at, source);
            at = Pieces.read(
                    memory, index.planes.segment().asSlice(0, index.planeCount * index.points.bytes()), at, source);
            index.check(at);
            return index;
        } catch (IOException | RuntimeException | Error thrown) {
            index.close();
            throw thrown;
        }
    }

    private static Annoy begun(Memory memory, DenseRows rows, long bytes, long at) {
        Pieces.expect("magic", 0, Raw.getLong(at), Pieces.magic(Kind.ANNOY));
        var metric = Wire.metric(8, Raw.getInt(at + 8));
        Pieces.expect("vector type", 12, Raw.getInt(at + 12), Wire.code(rows.type()));
        Pieces.expect("dimension", 16, Raw.getInt(at + 16), rows.dimension());
        if (!Straight.fits(rows.type(), metric)) throw new Damaged("metric", 8, "one that fits the rows", metric);
        int count = Pieces.within("rows", 20, Raw.getInt(at + 20), 0, rows.count());
        int trees = Pieces.within("trees", 24, Raw.getInt(at + 24), 1, AnnoyParameters.MOST_TREES);
        int nodes = Pieces.within("nodes", 28, Raw.getInt(at + 28), 0, Integer.MAX_VALUE);
        int places = Pieces.within("places", 32, Raw.getInt(at + 32), 0, Integer.MAX_VALUE);
        int planes = Pieces.within("planes", 36, Raw.getInt(at + 36), 0, nodes);
        Pieces.expect("length", 56, Raw.getLong(at + 56), bytes);
        var points = new Straight(rows.withCount(count), metric, Raw.getFloat(at + 48));
        long expected = Pieces.HEAD
                + Pieces.size((long) NODE * nodes)
                + Pieces.size(4L * places)
                + Pieces.size(planes * points.bytes());
        Pieces.expect("length", 56, expected, bytes);
        return of(memory, points, new AnnoyParameters(trees, Raw.getLong(at + 40)), nodes, places, planes);
    }

    /// With its memory, still empty.
    static Annoy of(Memory memory, Straight points, AnnoyParameters parameters, int nodes, int places, int planes) {
        var regions = new Region[3];
        try {
            regions[0] = memory.allocate("forest", (long) NODE * nodes);
            regions[1] = memory.allocate("forest", 4L * places);
            regions[2] = memory.allocate("forest", planes * points.bytes());
        } catch (RuntimeException refused) {
            ListCode.closeAll(regions);
            throw refused;
        }
        return new Annoy(memory, points, parameters, regions[0], regions[1], regions[2], nodes, places, planes);
    }

    /// Children stand behind their parents and have one each, so that every way down ends and there are no more ways
    /// than nodes.
    private void check(long at) {
        var children = new BitSet(nodeCount);
        for (int node = 0; node < nodeCount; node++) {
            int plane = plane(node);
            Pieces.within("plane", at, plane, -1, planeCount - 1);
            if (plane >= 0) {
                for (int child : new int[] {first(node), second(node)}) {
                    Pieces.within("child", at, child, Math.max(node + 1, roots()), nodeCount - 1);
                    if (children.get(child)) throw new Damaged("child", at, "a node with one parent", child);
                    children.set(child);
                }
            } else {
                Pieces.within("place", at, first(node), 0, placeCount);
                Pieces.within("rows of a leaf", at, second(node), 0, placeCount - first(node));
            }
        }
        for (int place = 0; place < placeCount; place++)
            Pieces.within("row", at, row(place), 0, points.rows.count() - 1);
    }

    @Override
    public void close() {
        ListCode.closeAll(nodes, leaves, planes);
    }
}
