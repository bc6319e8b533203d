package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;

/// Measures a lean graph, as [Calibrator] does others, without a look at all of its rows: what is near a point is found
/// by the exact scores of the best by code among all codes, many more than any walk reads. What a walk finds are the
/// rows that it names, since they are all read.
///
/// ```text
/// rows read: the samples      walk to what is near each
/// rows read: one near each    points beyond; scan all codes, a range of them an item
/// rows read: the best by code of one point after the other, each scored; then effort by effort, one walk an item
/// ```
///
/// Workers call [#work(Scratch, Stop)], whoever may wait [#readRows()], as for a [VectorBuild].
public final class FarCalibrator implements AutoCloseable {
    private static final int SAMPLES = 64;
    /// The near row that a point is made with is one of so many.
    private static final int NEAR = 30;
    private static final int CANDIDATES = 1024;
    /// Codes of an item: some hundred µs. Searches wait for no longer.
    private static final int RANGE = 1 << 14;
    private static final int BLOCK = 256;
    /// Codes that a walk scores at a time; nobody looks at it meanwhile.
    private static final int SLICE = 4096;

    private final LeanGraph graph;
    private final Distance distance;
    private final long stride;
    private final int[] samples;
    private final int[] others;
    private final Region points; // the samples, then their points
    private final Region landed; // rows that were read
    private final SharedTop[] bestByCode;
    private final int[][] candidates;
    private final int[][] nearest; // of each point: the rows that a search should find
    private final int[] wanted;
    private final Climb climb;
    private final long seed;
    private volatile Phases phases = new Phases(Phases.END);
    private Reading next = new Reading.Samples(); // of whoever reads rows
    private boolean closed;

    public FarCalibrator(Memory memory, LeanGraph graph, long seed) {
        this.graph = graph;
        this.seed = seed;
        distance = Distance.of(graph.metric(), graph.rows.type(), graph.rows.dimension());
        stride = graph.rows.strideBytes();
        var random = new Random(seed);
        samples = new int[Math.min(SAMPLES, graph.count())];
        for (int i = 0; i < samples.length; i++) samples[i] = random.nextInt(graph.count());
        others = samples.clone();
        bestByCode = new SharedTop[samples.length];
        Arrays.setAll(bestByCode, _ -> new SharedTop(Math.min(CANDIDATES, graph.count()), false));
        candidates = new int[samples.length][];
        nearest = new int[samples.length][];
        wanted = new int[samples.length];
        climb = new Climb(samples.length, sample -> wanted[sample], this::right);
        points = memory.allocate("calibration", Math.max(64, samples.length * stride));
        try {
            landed = memory.allocate("calibration", Math.min(CANDIDATES, graph.count() + 1) * stride);
        } catch (RuntimeException refused) {
            points.close();
            throw refused;
        }
    }

    /// Works until `stop` or until nothing is left to begin; returns whether nothing is left.
    public boolean work(Scratch scratch, Stop stop) {
        return phases.work(scratch, stop);
    }

    public boolean awaitsRows() {
        return samples.length > 0 && !(next instanceof Reading.Nothing);
    }

    /// What is read next.
    private sealed interface Reading {
        record Samples() implements Reading {}

        /// A row near each sample.
        record Others() implements Reading {}

        /// The best by code of one point.
        record Candidates(int point) implements Reading {}

        record Nothing() implements Reading {}
    }

    /// Reads the next rows. Waits for the disk; no worker may be in [#work(Scratch, Stop)].
    public void readRows() {
        int n = samples.length;
        next = switch (next) {
            case Reading.Samples _ -> {
                graph.rows.file().read(samples, n, points.address());
                phases = new Phases(Phases.of(n, this::look, _ -> Phases.END));
                yield new Reading.Others();
            }
            case Reading.Others _ -> {
                graph.rows.file().read(others, n, landed.address());
                for (int i = 0; i < n; i++) move(i);
                phases = new Phases(Phases.of(n * ranges(), this::scan, _ -> choose()));
                yield new Reading.Candidates(0);
            }
            case Reading.Candidates(int at) -> {
                graph.rows.file().read(candidates[at], candidates[at].length, landed.address());
                boolean last = at == n - 1;
                phases = new Phases(
                        Phases.of(1, (_, scratch) -> score(at, scratch), _ -> last ? climb.begin() : Phases.END));
                yield last ? new Reading.Nothing() : new Reading.Candidates(at + 1);
            }
            case Reading.Nothing nothing -> nothing;
        };
    }

    private long point(int sample) {
        return points.address() + sample * stride;
    }

    private MemorySegment query(int sample) {
        var bytes = MemorySegment.ofArray(new byte[graph.rows.type().rowBytes(graph.rows.dimension())]);
        Raw.copyOut(point(sample), bytes, 0, bytes.byteSize());
        return bytes;
    }

    private LeanWalk walk(int sample, int k, Effort effort, Scratch scratch) {
        var walk = new LeanWalk(
                graph, new Target(query(sample), k, effort, Accept.ALL, java.util.Optional.empty()), scratch);
        while (walk.advance(SLICE) instanceof Step.More) {}
        return walk;
    }

    private void look(int sample, Scratch scratch) {
        var walk = walk(sample, NEAR, Effort.ofBeam(2 * NEAR), scratch);
        var near = new TopK();
        near.reset(NEAR, false);
        near.offer(walk.awaited(), walk.estimates(), walk.awaited().length);
        if (near.size() > 0) others[sample] = near.row(new Random(seed + sample).nextInt(near.size()));
    }

    private void move(int sample) {
        var other = landed.segment().asSlice(sample * stride, stride);
        var type = graph.rows.type();
        var moved = query(sample);
        Newcomer.move(moved, other, graph.rows.dimension(), type, graph.metric(), new Random(seed + sample));
        points.copyIn(sample * stride, moved, 0, moved.byteSize());
    }

    private int ranges() {
        return Phases.ranges(graph.count(), RANGE);
    }

    private void scan(int item, Scratch scratch) {
        int sample = item / ranges(), from = item % ranges() * RANGE, to = Math.min(graph.count(), from + RANGE);
        var b = scratch.part(LeanWalk.Buffers.class, LeanWalk.Buffers::new);
        long point = scratch.room(4L * graph.points.turned + graph.code.queryBytes());
        long prepared = point + 4L * graph.points.turned;
        graph.points.straightQuery(query(sample), new float[graph.rows.dimension()], point);
        graph.points.turn(point);
        graph.code.prepare(point, prepared, b.code);
        int n = 0;
        for (int node = from; node < to; node++) {
            if (graph.isThere(node)) b.gathered[n++] = node;
            if (n < BLOCK && node < to - 1) continue;
            graph.code.score(prepared, b.code, graph.codes.address(), b.gathered, n, b.scores);
            bestByCode[sample].offer(b.gathered, b.scores, n);
            n = 0;
        }
    }

    private Phases.Phase choose() {
        for (int sample = 0; sample < samples.length; sample++) {
            var best = bestByCode[sample].best();
            candidates[sample] = new int[best.size()];
            for (int i = 0; i < best.size(); i++) candidates[sample][i] = best.row(i);
            Arrays.sort(candidates[sample]);
        }
        return Phases.END;
    }

    /// Rows as near as the last of the nearest: ties count.
    private void score(int sample, Scratch scratch) {
        var rows = candidates[sample];
        int n = rows.length;
        if (n == 0) return;
        var scores = new float[n];
        var places = new int[n];
        for (int i = 0; i < n; i++) places[i] = i;
        long prepared = scratch.room(distance.queryBytes());
        distance.prepare(query(sample), 0, prepared);
        distance.score(prepared, landed.address(), stride, places, n, scores);
        var best = new TopK();
        best.reset(Calibration.K, graph.metric().largerIsBetter());
        for (int i = 0; i < n; i++) if (!Float.isNaN(scores[i])) best.offer(i, scores[i]);
        wanted[sample] = best.size();
        if (best.size() == 0) return; // no number is near it
        float worst = best.score(best.size() - 1);
        nearest[sample] = Arrays.stream(places)
                .filter(i -> scores[i] == worst || graph.metric().better(scores[i], worst))
                .map(i -> rows[i])
                .toArray();
    }

    private int right(int sample, Effort effort, Scratch scratch) {
        return (int) Arrays.stream(walk(sample, Calibration.K, effort, scratch).awaited())
                .filter(row -> Arrays.binarySearch(nearest[sample], row) >= 0)
                .count();
    }

    /// What was measured, when every worker has returned and no rows are awaited.
    public Calibration finish() {
        phases.expectEnd();
        return climb.measured();
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        points.close();
        landed.close();
    }
}
