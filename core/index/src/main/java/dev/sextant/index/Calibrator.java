package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/// Measures an index over dense rows against the exact scan. It looks for points that are no rows but lie where rows
/// are: halfway between a row and one near it; where components are no floats, for the row itself. It has no threads:
/// any number of workers call [#work(Scratch, Stop)].
public final class Calibrator {
    private static final int SAMPLES = 96;
    /// The near row that a point is made with is one of so many.
    private static final int NEAR = 30;

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final VectorIndex index;
    private final DenseRows rows;
    private final long seed;
    private final int samples;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger[] found = new AtomicInteger[Calibration.steps()];
    private final AtomicInteger wanted = new AtomicInteger();

    public Calibrator(VectorIndex index, DenseRows rows, long seed) {
        this.index = index;
        this.rows = rows.withCount(Math.min(rows.count(), index.count()));
        this.seed = seed;
        samples = Math.min(SAMPLES, this.rows.count());
        for (int step = 0; step < found.length; step++) found[step] = new AtomicInteger();
    }

    /// Works until `stop` or until nothing is left to begin; returns whether nothing is left.
    public boolean work(Scratch scratch, Stop stop) {
        while (!stop.stopped()) {
            int at = next.get();
            if (at >= samples) return true;
            if (!next.compareAndSet(at, at + 1)) continue;
            sample(at, scratch);
            done.incrementAndGet();
        }
        return next.get() >= samples;
    }

    private void sample(int at, Scratch scratch) {
        var random = new Random(seed + at);
        var query = query(random.nextInt(rows.count()), random, scratch);
        var exact = best(Flat.walk(rows, index.metric(), query, Accept.ALL, scratch), Calibration.K);
        int all = exact.size();
        if (all == 0) return; // no number is near it
        wanted.addAndGet(all);
        float worst = exact.score(all - 1);
        boolean whole = false;
        for (int step = 0; step < found.length; step++) {
            int right = all;
            if (!whole) {
                var target = new Target(query, Calibration.K, Calibration.ladder(step), Accept.ALL, Optional.empty());
                right = right(best(index.walk(target, scratch), Calibration.K), worst);
                whole = right >= all;
            }
            found[step].addAndGet(Math.min(all, right));
        }
    }

    /// Hits that are as near as the last of the nearest: ties count.
    private int right(TopK hits, float worst) {
        int right = 0;
        for (int i = 0; i < hits.size(); i++)
            if (hits.score(i) == worst || index.metric().better(hits.score(i), worst)) right++;
        return right;
    }

    private TopK best(Walk walk, int k) {
        var best = new TopK();
        best.reset(k, index.metric().largerIsBetter());
        for (boolean more = true; more; ) {
            more = walk.advance(4096) instanceof Step.More;
            for (int i = 0; i < walk.hits().count(); i++)
                if (!Float.isNaN(walk.hits().scores()[i]))
                    best.offer(walk.hits().rows()[i], walk.hits().scores()[i]);
        }
        return best;
    }

    private MemorySegment query(int row, Random random, Scratch scratch) {
        var query = stored(row);
        if (rows.type() != VectorType.FLOAT32) return query;
        var near = best(Flat.walk(rows, index.metric(), query, Accept.ALL, scratch), NEAR);
        if (near.size() == 0) return query;
        var other = stored(near.row(random.nextInt(near.size())));
        for (long c = 0; c < 4L * rows.dimension(); c += 4)
            query.set(FLOAT, c, (query.get(FLOAT, c) + other.get(FLOAT, c)) / 2);
        return query;
    }

    private MemorySegment stored(int row) {
        var bytes = MemorySegment.ofArray(new byte[rows.type().rowBytes(rows.dimension())]);
        dev.sextant.kernel.Raw.copyOut(rows.address(row), bytes, 0, bytes.byteSize());
        return bytes;
    }

    /// What was measured, when every worker has returned and one was told that nothing is left.
    public Calibration finish() {
        var recalls = new float[found.length];
        for (int step = 0; step < recalls.length; step++)
            recalls[step] = wanted.get() == 0 ? 1 : (float) found[step].get() / wanted.get();
        return new Calibration(recalls);
    }
}
