package dev.sextant.index;

import dev.sextant.kernel.Codes;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.SignCodes;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import java.util.Optional;

/// Builds a [LeanGraph] over rows in a file. They pass through a window of some MiB twice: once to be surveyed, once to
/// become codes; after that nothing but codes is looked at.
///
/// ```text
/// rows in windows    survey, window by window; then centres from a sample
/// rows in windows    encode: 7 bits to build on, and what the graph keeps
/// codes alone        weave as [QuantisedBuild] does ([Weaving]); write the edges
/// ```
///
/// The same rows and seed give the same bytes, however many workers build.
final class LeanBuild implements VectorBuild {
    private static final long WINDOW_BYTES = 4 << 20;
    private static final int CHUNK = 256;

    private final Memory memory;
    private final StoredRows rows;
    private final Metric metric;
    private final LeanParameters parameters;
    private final Accept members;
    private final Optional<Heritage> heritage;
    private final Progress progress;
    private final Surveyor surveyor;
    private final int windowRows;
    private Optional<Region> window; // while rows are read
    private volatile Phases phases = new Phases(Phases.END);
    private int at; // rows before have been read in this pass
    private boolean surveyed;
    private boolean encoded;
    private Optional<CentreSample> sample = Optional.empty();
    private Points points;
    private LeanCode code;
    private Region codes;
    private Weave weave;
    private Weaving weaving;
    private Region edges;
    private int[] order;
    private int[] entries;
    private boolean spent;

    /// Starts from `old`, which stays untouched and must stay open until this is finished or closed. `newOf[i]` is the
    /// row that node `i` of it has become, or -1 when it is gone; vectors are the same. Codes are made anew, edges are
    /// kept as [QuantisedBuild#from] keeps them.
    static LeanBuild from(Memory memory, StoredRows rows, LeanGraph old, int[] newOf, Accept members) {
        if (old.rows().type() != rows.type() || old.rows().dimension() != rows.dimension())
            throw new IllegalArgumentException("the old graph is over other vectors");
        var heritage = new Heritage(old.links(), newOf, rows.count(), members);
        return new LeanBuild(memory, rows, old.metric(), old.parameters(), members, Optional.of(heritage));
    }

    LeanBuild(
            Memory memory,
            StoredRows rows,
            Metric metric,
            LeanParameters parameters,
            Accept members,
            Optional<Heritage> heritage) {
        if (!LeanGraph.fits(rows.type(), metric, rows.dimension()))
            throw new IllegalArgumentException(
                    "no lean graph for %s of %d × %s".formatted(metric, rows.dimension(), rows.type()));
        this.memory = memory;
        this.rows = rows;
        this.metric = metric;
        this.parameters = parameters;
        this.members = members;
        this.heritage = heritage;
        long stride = rows.strideBytes();
        windowRows = Math.clamp(WINDOW_BYTES / stride / CHUNK * CHUNK, CHUNK, Math.max(CHUNK, 1 << 16));
        surveyor = new Surveyor(rows.landed(0, rows.count()), metric, members, CHUNK);
        progress = new Progress(5L * rows.count());
        window = Optional.of(memory.allocate("graph building", Math.min(windowRows, rows.count() + 1) * stride));
        try {
            if (parameters.keep() == LeanParameters.Keep.SIGNS)
                sample = Optional.of(new CentreSample(memory, rows, members));
        } catch (RuntimeException refused) {
            window.get().close();
            throw refused;
        }
    }

    @Override
    public boolean work(Scratch scratch, Stop stop) {
        return phases.work(scratch, stop);
    }

    @Override
    public boolean awaitsRows() {
        return !encoded && !spent;
    }

    @Override
    public void readRows() {
        int from = at, to = Math.min(rows.count(), from + windowRows);
        long address = window.orElseThrow().address();
        if (to > from) rows.file().read(from, to, address);
        at = to;
        boolean last = to == rows.count();
        var view = rows.landed(address - from * rows.strideBytes(), rows.count());
        phases = new Phases(surveyed ? encode(view, from, to, last) : survey(view, from, to, last));
    }

    private Phases.Phase survey(DenseRows view, int from, int to, boolean last) {
        surveyor.moveTo(view);
        return Phases.of(
                Phases.ranges(to - from, CHUNK),
                (item, scratch) -> {
                    int first = from + item * CHUNK, end = Math.min(to, first + CHUNK);
                    surveyor.chunk(first / CHUNK, scratch);
                    sample.ifPresent(some -> some.take(view, first, end));
                    progress.add(end - first);
                },
                _ -> last ? prepare() : Phases.END);
    }

    /// What is known of all rows now becomes what codes are made with.
    private Phases.Phase prepare() {
        order = surveyor.order(parameters.seed(), _ -> true);
        points = LeanGraph.points(memory, rows, metric, parameters, surveyor.survey());
        return sample.map(some -> some.find(points, LeanGraph.CENTRES, parameters.seed(), _ -> prepareCodes()))
                .orElseGet(this::prepareCodes);
    }

    private Phases.Phase prepareCodes() {
        code = code();
        codes = memory.allocate("graph codes", code.roomBytes(rows.count()));
        weave = new Weave(memory, rows.count(), points.turned, parameters.degree());
        var fresh = surveyor.order(
                parameters.seed(), row -> heritage.isEmpty() || !heritage.get().isKept(row));
        weaving = new Weaving(weave, parameters.beam(), fresh, heritage, progress);
        progress.total(3L * rows.count() + weaving.steps());
        surveyed = true;
        at = 0;
        return Phases.END;
    }

    private LeanCode code() {
        if (sample.isEmpty()) return new LeanCode.Bytes(new Codes(points.turned, Metric.L2), points.turned);
        try (var some = sample.get()) {
            return new LeanCode.Signs(new SignCodes(points.turned), points.turned, some.centres(), LeanGraph.CENTRES);
        } finally {
            sample = Optional.empty();
        }
    }

    private Phases.Phase encode(DenseRows view, int from, int to, boolean last) {
        return Phases.of(
                Phases.ranges(to - from, CHUNK),
                (item, scratch) -> {
                    int first = from + item * CHUNK, end = Math.min(to, first + CHUNK);
                    encode(view, first, end, scratch);
                    progress.add(end - first);
                },
                _ -> {
                    if (!last) return Phases.END;
                    encoded = true;
                    window.ifPresent(Region::close);
                    window = Optional.empty();
                    return weaving.begin(_ -> weaving.connect(order, parameters.seed(), (begin, _) -> write(begin)));
                });
    }

    private void encode(DenseRows view, int from, int to, Scratch scratch) {
        var floats = new float[rows.dimension()];
        var buffers = scratch.part(LeanCode.Buffers.class, LeanCode.Buffers::new);
        long point = scratch.room(8L * points.turned), room = point + 4L * points.turned;
        for (int row = from; row < to; row++) {
            if (!members.test(row)) continue;
            points.straightAt(view.address(row), floats, point);
            points.turn(point);
            weave.encode(row, point);
            code.encode(point, room, buffers, codes.address() + (long) row * code.strideBytes());
        }
    }

    private Phases.Phase write(int[] begin) {
        entries = begin;
        long list = 4L * parameters.degree();
        edges = memory.allocate("graph edges", Math.max(64, rows.count() * list));
        return Phases.of(
                Phases.ranges(rows.count(), CHUNK),
                (chunk, _) -> {
                    int from = chunk * CHUNK, to = Math.min(rows.count(), from + CHUNK);
                    for (int node = from; node < to; node++) write(node, edges.address() + node * list);
                    progress.add(to - from);
                },
                _ -> Phases.END);
    }

    private void write(int node, long list) {
        int n = members.test(node) ? weave.edges(node) : 0;
        for (int i = 0; i < parameters.degree(); i++) Raw.putInt(list + 4L * i, i < n ? weave.edge(node, i) : -1);
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public LeanGraph finish() {
        phases.expectEnd();
        if (awaitsRows()) throw new IllegalStateException("rows are still to be read");
        spent = true;
        weave.close();
        return new LeanGraph(memory, rows, points, code, codes, edges, entries, parameters, rows.count());
    }

    @Override
    public void close() {
        if (spent) return;
        spent = true;
        window.ifPresent(Region::close);
        sample.ifPresent(CentreSample::close);
        if (weave != null) weave.close();
        if (codes != null) codes.close();
        if (edges != null) edges.close();
        if (code instanceof LeanCode.Signs signs) signs.centres().close();
        if (points != null) points.close();
    }
}
