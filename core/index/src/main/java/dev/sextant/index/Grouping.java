package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Region;
import java.util.Arrays;
import java.util.function.Supplier;

/// Rows put into groups, each around a centre, as phases of a build: some rows as points, in a random order; rounds of
/// k-means on them; each row to its nearest centre.
final class Grouping implements AutoCloseable {
    private static final int CHUNK = 512;
    /// What an item multiplies at most: some milliseconds.
    private static final long AN_ITEM = 1 << 26;

    private final Straight points;
    private final Guide.OfPoints guide;
    private final Region sample;
    private final int sampled;
    final int[] listOf; // of each row, -1 where it is no member
    private final Accept members;
    private final int[] order;
    private final int rounds;
    private final Progress progress;
    private boolean closed;

    /// @param guide room for the centres; the caller's, who closes it
    /// @param order members in a random order, of which the first `sampled` are the sample; the first of those are the
    ///     first centres
    Grouping(
            Memory memory,
            Guide.OfPoints guide,
            Accept members,
            int[] order,
            int sampled,
            int rounds,
            Progress progress) {
        this.guide = guide;
        points = guide.points();
        this.members = members;
        this.order = order;
        this.sampled = sampled;
        this.rounds = rounds;
        this.progress = progress;
        listOf = new int[points.rows.count()];
        Arrays.fill(listOf, -1);
        sample = memory.allocate("training", Math.max(64, sampled * points.bytes()));
    }

    /// What [#train(Supplier)] adds to progress.
    static long steps(int sampled, int rounds) {
        return (long) rounds * sampled;
    }

    /// Finds the centres.
    Phases.Phase train(Supplier<Phases.Phase> then) {
        return Phases.of(
                Phases.ranges(sampled, CHUNK),
                (chunk, _) -> {
                    var floats = new float[points.rows.dimension()];
                    for (int i = chunk * CHUNK, end = Math.min(sampled, i + CHUNK); i < end; i++)
                        points.row(order[i], floats, sample.address() + i * points.bytes());
                },
                _ -> rounds(
                        new Lloyd(new FloatClustering(sample.address(), points.bytes(), guide.centres()), sampled),
                        sampled,
                        rounds,
                        progress,
                        then));
    }

    /// Puts each member into the group of its nearest centre; adds the rows to progress.
    Phases.Phase assign(Supplier<Phases.Phase> then) {
        int count = points.rows.count();
        int rows = Math.clamp(AN_ITEM / ((long) guide.lists() * points.components + 1), 8, CHUNK);
        return Phases.of(
                Phases.ranges(count, rows),
                (chunk, scratch) -> {
                    int from = chunk * rows, to = Math.min(count, from + rows);
                    guide.assign(from, to, members, listOf, scratch);
                    progress.add(to - from);
                },
                _ -> then.get());
    }

    /// Rounds of k-means over any points, fewer where nothing moves any more.
    static Phases.Phase rounds(Lloyd lloyd, int sampled, int left, Progress progress, Supplier<Phases.Phase> then) {
        if (left == 0 || sampled == 0) {
            progress.add((long) left * sampled);
            return then.get();
        }
        return Phases.of(lloyd.chunks(), lloyd::assign, _ -> {
            progress.add(sampled);
            boolean moved = lloyd.group();
            return Phases.of(lloyd.blocks(), (block, _) -> lloyd.update(block), _ -> {
                if (!moved) progress.add((long) (left - 1) * sampled);
                return moved ? rounds(lloyd, sampled, left - 1, progress, then) : then.get();
            });
        });
    }

    /// Where the points of the sample lie, one after the other, in their order.
    long sample() {
        return sample.address();
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        sample.close();
    }
}
