package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Prefetch;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// The memory of a graph, and who may touch it. Codes and edges lie apart from the rows:
///
/// ```text
/// codes    row i at i · code stride                        what a walk reads for each neighbour
/// bottom   2m edges of node i at i · bottom stride          what a walk reads once a hop
/// upper    m edges for each node and level above 0, the levels of a node one after the other
/// levels   one byte a node;  slots   one int a node: its first place in `upper`, plus one; 0 = only at the bottom
/// ```
///
/// An edge is a node number plus one, a list ends with 0 or its length, so fresh memory is an empty graph. Edges are
/// written under a lock of their node and read without: a reader may meet a list half rewritten, which is a list of
/// valid nodes all the same.
final class Layers implements AutoCloseable {
    static final int TOP_LEVEL = 31;
    static final long NO_ENTRY = -1;

    final DenseRows rows;
    final Metric metric;
    final HnswParameters parameters;
    final Distance distance;
    private final RowCode built; // what it is linked by
    private RowCode walked; // what it is walked by; changes once, before anybody walks
    private Optional<Region> walkedRegion = Optional.empty();
    private long walkedBase;
    private long walkedBytes;
    final int bottomEdges;
    final int upperEdges;
    final int most;
    private final long codeStride;
    private final long bottomStride;
    private final long upperStride;
    private final Region codeRegion;
    private final Region bottomRegion;
    private final Region upperRegion;
    private final Region levelRegion;
    private final Region slotRegion;
    private final long codeBase;
    private final long bottomBase;
    private final long upperBase;
    private final long levelBase;
    private final long slotBase;
    /// Squared length of the longest row, for IP. Nodes are linked as points that are all as long, by one component
    /// more, and that queries do not have: by inner products alone all edges would lead to long rows.
    private volatile float longest;

    private int slotsUsed; // guarded by this
    private int room; // writer only
    /// level << 32 | node of where walks begin.
    private volatile long entry = NO_ENTRY;
    /// The first node that was linked: where a walk begins whose view is older than the entry.
    private volatile int first = -1;
    /// Nodes below are complete and may be walked to.
    private volatile int count;

    /// Room for `count` nodes now and `most` later; `slots` places above the bottom now and `mostSlots` later.
    Layers(
            Memory memory,
            DenseRows rows,
            Metric metric,
            HnswParameters parameters,
            int room,
            int most,
            int slots,
            int mostSlots) {
        if (!metric.fits(rows.type()) || metric == Metric.MHJACCARD)
            throw new IllegalArgumentException("no graph for " + metric);
        this.rows = rows;
        this.metric = metric;
        this.parameters = parameters;
        this.most = most;
        this.room = room;
        distance = Distance.of(metric, rows.type(), rows.dimension());
        built = walked = RowCode.ofGraph(rows, metric);
        boolean own = rows.type() != VectorType.BINARY; // binary rows are their own codes
        upperEdges = parameters.m();
        bottomEdges = parameters.bottomEdges();
        codeStride = walkedBytes = built.strideBytes();
        bottomStride = (4L * bottomEdges + 63) / 64 * 64;
        upperStride = 4L * upperEdges;
        var regions = new Region[5];
        try {
            codeRegion = regions[0] =
                    memory.allocate("graph codes", own ? room * codeStride : 0, own ? most * codeStride : 0);
            bottomRegion = regions[1] = memory.allocate("graph edges", room * bottomStride, most * bottomStride);
            upperRegion = regions[2] = memory.allocate("graph edges", slots * upperStride, mostSlots * upperStride);
            levelRegion = regions[3] = memory.allocate("graph edges", room, most);
            slotRegion = regions[4] = memory.allocate("graph edges", 4L * room, 4L * most);
        } catch (RuntimeException refused) {
            for (var region : regions) if (region != null) region.close();
            throw refused;
        }
        codeBase = walkedBase = own ? codeRegion.address() : rows.base();
        bottomBase = bottomRegion.address();
        upperBase = upperRegion.address();
        levelBase = levelRegion.address();
        slotBase = slotRegion.address();
    }

    /// The level of a new node: geometric in 1/m, the same for the same seed and number.
    static int drawLevel(HnswParameters parameters, int node) {
        long x = parameters.seed() * 0x9E3779B97F4A7C15L + node + 1;
        x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        x ^= x >>> 31;
        double uniform = ((x >>> 11) + 0.5) * 0x1p-53;
        return Math.min(TOP_LEVEL, (int) (-Math.log(uniform) / Math.log(parameters.m())));
    }

    /// Makes room for `nodes`. One writer; walks go on.
    void growTo(int nodes) {
        if (rows.type() != VectorType.BINARY) codeRegion.growTo(nodes * codeStride);
        bottomRegion.growTo(nodes * bottomStride);
        levelRegion.growTo(nodes);
        slotRegion.growTo(4L * nodes);
        room = nodes;
    }

    int room() {
        return room;
    }

    void encode(int node, Beam beam) {
        built.encode(rows.base() + node * rows.stride(), beam, code(node));
        if (metric == Metric.IP) offerLongest(squaredLength(node));
    }

    /// Better known before the first node is linked.
    synchronized void offerLongest(float squaredLength) {
        if (squaredLength > longest && squaredLength < Float.POSITIVE_INFINITY) longest = squaredLength;
    }

    float longest() {
        return longest;
    }

    private float squaredLength(int node) {
        return ((RowCode.Bytes) built).codes().squaredLength(code(node));
    }

    /// The component that makes a node as long as the longest.
    double lift(int node) {
        return Math.sqrt(Math.max(0, (double) longest - squaredLength(node)));
    }

    /// Makes inner products with a node that has `lift` half its squared distances; in doubles, since one row may be
    /// longer than all others by far.
    void lift(double lift, int[] nodes, int n, float[] scores) {
        for (int i = 0; i < n; i++) scores[i] += (float) (longest - lift * lift(nodes[i]));
    }

    /// Takes a code over from another graph over the same vectors.
    void copyCode(Layers from, int old, int node) {
        if (rows.type() != VectorType.BINARY) Raw.copy(from.code(old), code(node), codeStride);
    }

    /// Gives a node its place above the bottom; where no room is left it stays at the bottom, which costs a hop.
    synchronized int raise(int node, int level) {
        if (level == 0) return 0;
        var needed = (slotsUsed + level) * upperStride;
        if (needed > upperRegion.mostBytes()) return 0;
        if (needed > upperRegion.size())
            upperRegion.growTo(Math.min(upperRegion.mostBytes(), Math.max(needed, upperRegion.size() * 3 / 2)));
        Raw.putInt(slotBase + 4L * node, slotsUsed + 1);
        Raw.putByte(levelBase + node, (byte) level);
        slotsUsed += level;
        return level;
    }

    int level(int node) {
        return Raw.getByte(levelBase + node);
    }

    long code(int node) {
        return codeBase + node * codeStride;
    }

    /// Distances of a node to others, while it is linked.
    void between(int node, int[] nodes, int n, int[] sums, float[] out) {
        built.score(code(node), codeBase, nodes, n, sums, out, 0, 0);
        if (metric == Metric.IP) lift(lift(node), nodes, n, out);
    }

    /// Distances of a query to nodes, as it is walked.
    void score(long query, int[] nodes, int n, int[] sums, float[] out, long soon, long soonBytes) {
        walked.score(query, walkedBase, nodes, n, sums, out, soon, soonBytes);
    }

    RowCode walked() {
        return walked;
    }

    /// Asks for the codes of nodes that will be scored soon.
    void ask(int[] nodes, int n) {
        for (int i = 0; i < n; i++) Prefetch.ask(walkedBase + nodes[i] * walkedBytes, walkedBytes);
    }

    /// Bytes of a code that a walk meets.
    long walkedBytes() {
        return walkedBytes;
    }

    MemorySegment walkedCodes() {
        return walkedRegion.orElseThrow().segment().asSlice(0, count * walked.strideBytes());
    }

    /// From now on walks go by other codes, which become its own; what it was linked by goes. It is linked no more, and
    /// nobody walks yet.
    void walkBy(RowCode code, Region codes) {
        walked = code;
        walkedRegion = Optional.of(codes);
        walkedBase = codes.address();
        walkedBytes = code.strideBytes();
        codeRegion.close();
    }

    /// Address of the edges of a node at a level.
    long edges(int node, int level) {
        assert level == 0 || level <= level(node) : "node " + node + " has no level " + level;
        return level == 0
                ? bottomBase + node * bottomStride
                : upperBase + (Raw.getInt(slotBase + 4L * node) - 1 + level - 1) * upperStride;
    }

    int edgeRoom(int level) {
        return level == 0 ? bottomEdges : upperEdges;
    }

    long entry() {
        return entry;
    }

    /// The highest node wins; the first of equals stays.
    synchronized void offerEntry(int node, int level) {
        if (first < 0) first = node;
        if (entry == NO_ENTRY || level > (int) (entry >>> 32)) entry = (long) level << 32 | node;
    }

    int first() {
        return first;
    }

    int count() {
        return count;
    }

    void publish(int nodes) {
        count = nodes;
    }

    long bytes() {
        long codes = walkedRegion
                .map(region -> region.size() + walked.model().byteSize())
                .orElseGet(codeRegion::size);
        return codes + bottomRegion.size() + upperRegion.size() + levelRegion.size() + slotRegion.size();
    }

    @Override
    public void close() {
        walkedRegion.ifPresent(Region::close);
        if (walkedRegion.isPresent()) walked.close();
        codeRegion.close();
        bottomRegion.close();
        upperRegion.close();
        levelRegion.close();
        slotRegion.close();
    }
}
