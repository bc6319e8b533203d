package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/// Measures an index over dense rows against the exact scan. It looks for points that are no rows but could have been
/// ([Newcomer]). It has no threads: any number of workers call [#work(Scratch, Stop)].
///
/// ```text
/// look     what is near each sample: a range of rows and a few samples an item     move    points beyond
/// scan     what is near each point: likewise
/// climb    effort by effort, one walk an item
/// ```
public final class Calibrator {
    private static final int SAMPLES = 96;
    /// The near row that a point is made with is one of so many.
    private static final int NEAR = 30;
    /// Samples that pass over rows together: each row comes from memory once for all of them.
    private static final int TOGETHER = 8;
    /// An item takes some hundred µs: searches wait for no longer.
    private static final int RANGE_BYTES = 1 << 20;
    private static final int LEAST_ROWS = 256;
    /// Codes that a walk scores before its hits are taken.
    private static final int SLICE = 4096;
    /// Scans and walks add in different orders.
    private static final float SAME = 1e-5f;

    private final VectorIndex index;
    private final DenseRows rows;
    private final Distance distance;
    private final long seed;
    private final int rangeRows;
    private final MemorySegment[] points;
    private final SharedTop[] near;
    private final SharedTop[] exact;
    private final Climb climb;
    private final Phases phases;

    public Calibrator(VectorIndex index, DenseRows rows, long seed) {
        this.index = index;
        this.rows = rows.withCount(Math.min(rows.count(), index.count()));
        this.seed = seed;
        distance = Distance.of(index.metric(), rows.type(), rows.dimension());
        rangeRows = Math.clamp(RANGE_BYTES / rows.stride(), LEAST_ROWS, 1 << 16);
        int samples = Math.min(SAMPLES, this.rows.count());
        var random = new Random(seed);
        points = new MemorySegment[samples];
        for (int i = 0; i < samples; i++) points[i] = stored(random.nextInt(this.rows.count()));
        near = tops(NEAR);
        exact = tops(Calibration.K);
        climb = new Climb(samples, sample -> exact[sample].best().size(), this::right);
        phases = new Phases(Phases.of(items(), (item, scratch) -> scan(near, item, scratch), _ -> move()));
    }

    private SharedTop[] tops(int k) {
        var tops = new SharedTop[points.length];
        Arrays.setAll(tops, _ -> new SharedTop(k, index.metric().largerIsBetter()));
        return tops;
    }

    /// Works until `stop` or until nothing is left to begin; returns whether nothing is left.
    public boolean work(Scratch scratch, Stop stop) {
        return phases.work(scratch, stop);
    }

    private int ranges() {
        return Phases.ranges(rows.count(), rangeRows);
    }

    private int items() {
        return Phases.ranges(points.length, TOGETHER) * ranges();
    }

    private Phases.Phase scan() {
        return Phases.of(items(), (item, scratch) -> scan(exact, item, scratch), _ -> climb.begin());
    }

    private void scan(SharedTop[] tops, int item, Scratch scratch) {
        int first = item / ranges() * TOGETHER, from = item % ranges() * rangeRows;
        int last = Math.min(points.length, first + TOGETHER), to = Math.min(rows.count(), from + rangeRows);
        var asked = Arrays.asList(points).subList(first, last);
        var scan = new SharedScan(rows, distance, asked, Accept.ALL, from, to, scratch);
        while (scan.advance())
            for (int sample = first; sample < last; sample++) tops[sample].offer(scan, sample - first);
    }

    private Phases.Phase move() {
        for (int sample = 0; sample < points.length; sample++) {
            var around = near[sample].best();
            if (around.size() == 0) continue; // no number is near it
            var random = new Random(seed + sample);
            var other = stored(around.row(random.nextInt(around.size())));
            Newcomer.move(points[sample], other, rows.dimension(), rows.type(), index.metric(), random);
        }
        return scan();
    }

    private MemorySegment stored(int row) {
        var bytes = MemorySegment.ofArray(new byte[rows.type().rowBytes(rows.dimension())]);
        Raw.copyOut(rows.address(row), bytes, 0, bytes.byteSize());
        return bytes;
    }

    private int right(int sample, Effort effort, Scratch scratch) {
        var wanted = exact[sample].best();
        var tried = index.rescored(effort, Calibration.K);
        var target = new Target(points[sample], Calibration.K, tried, Accept.ALL, Optional.empty());
        return right(best(index.walk(target, scratch)), wanted);
    }

    private TopK best(Walk walk) {
        var best = new SharedTop(Calibration.K, index.metric().largerIsBetter());
        for (boolean more = true; more; ) {
            more = walk.advance(SLICE) instanceof Step.More;
            best.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
        }
        return best.best();
    }

    /// Hits that are among the nearest, or as near as the last of them: ties count, and what only rounding tells apart.
    private int right(TopK hits, TopK wanted) {
        int right = 0;
        float worst = wanted.score(wanted.size() - 1), same = SAME * Math.abs(worst);
        for (int i = 0; i < hits.size(); i++) {
            float score = hits.score(i);
            boolean isNear = Math.abs(score - worst) <= same || index.metric().better(score, worst);
            if (isNear || isAmong(hits.row(i), wanted)) right++;
        }
        return right;
    }

    private static boolean isAmong(int row, TopK wanted) {
        for (int i = 0; i < wanted.size(); i++) if (wanted.row(i) == row) return true;
        return false;
    }

    /// What was measured, when every worker has returned and one was told that nothing is left.
    public Calibration finish() {
        phases.expectEnd();
        return climb.measured();
    }
}
