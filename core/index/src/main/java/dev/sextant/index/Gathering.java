package dev.sextant.index;

import dev.sextant.kernel.Floats;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Puts the rows of a graph that is woven into groups around centres, as phases of a build: k-means in which a row does
/// not look at all centres but at those that it and its neighbours have, by codes. What is nearest to it is nearly
/// always among them, and there are some ten where there would be thousands.
///
/// ```text
/// spread    some rows are the first centres; each row takes the nearest of those that its neighbours have; until all
///           have one
/// round     each centre to the middle of its rows; each row to the nearest as before
/// ```
///
/// In a phase rows read what the phase before has left, so that nothing depends on who was first. Cost a phase: for
/// each row its list of neighbours, what they have, and the codes of as many centres, which fit the cache.
final class Gathering implements AutoCloseable {
    /// More than were made when each row looked at all centres: one takes a three-hundredth of the build.
    private static final int ROUNDS = 8;
    /// Rows of an item: some hundred µs.
    private static final int CHUNK = 512;
    /// Centres of an item.
    private static final int SOME = 16;

    private final Points points;
    private final Weave weave;
    private final Accept members;
    private final int[] order;
    private final int groups;
    private final Progress progress;
    private final Region centres; // straight forms
    private final Region codes; // of the centres
    private final int rows;
    private int[] groupOf; // of each row, -1 where it has none
    private int[] next; // what the phase under way finds
    private int[] firsts = {}; // of each group in `sorted`
    private int[] sorted = {}; // rows, those of one group together
    private final AtomicInteger without = new AtomicInteger(); // members that found no group in this phase
    private boolean closed;

    /// What one worker needs.
    private static final class Buffers {
        private int[] met = new int[64];
        private int[] sums = new int[64];
        private float[] scores = new float[64];
        private long[] metAt = new long[0]; // of each group, the look that met it last
        private long look;
        private int n;

        private void begin(int groups, int most) {
            if (metAt.length < groups) metAt = new long[groups];
            if (met.length < most) {
                met = new int[most];
                sums = new int[most];
                scores = new float[most];
            }
            look++;
            n = 0;
        }

        private void meet(int group) {
            if (group < 0 || metAt[group] == look) return;
            metAt[group] = look;
            met[n++] = group;
        }
    }

    /// @param order members in a random order; the first become the first centres
    Gathering(Memory memory, Points points, Weave weave, Accept members, int[] order, int groups, Progress progress) {
        this.points = points;
        this.weave = weave;
        this.members = members;
        this.order = order;
        this.groups = groups;
        this.progress = progress;
        rows = points.rows.count();
        groupOf = new int[rows];
        next = new int[rows];
        Arrays.fill(groupOf, -1);
        centres = memory.allocate("centres", groups * bytes());
        try {
            codes = memory.allocate("graph building", groups * weave.codeBytes());
        } catch (RuntimeException refused) {
            centres.close();
            throw refused;
        }
    }

    private long bytes() {
        return 4L * points.turned;
    }

    /// What it adds to progress.
    static long steps(int rows) {
        return rows;
    }

    /// The group of each row, -1 where it is no member.
    int[] groupOf() {
        return groupOf;
    }

    int groups() {
        return groups;
    }

    /// The members, those of one group together.
    int[] byGroup() {
        sort();
        return Arrays.copyOf(sorted, firsts[groups]);
    }

    /// Writes a centre in straight form.
    void straight(int group, long out) {
        Raw.copy(centres.address() + group * bytes(), out, bytes());
    }

    Phases.Phase begin(Supplier<Phases.Phase> then) {
        return Phases.of(Phases.ranges(groups, SOME), (item, scratch) -> sow(item, scratch), _ -> spread(rows, then));
    }

    private void sow(int item, Scratch scratch) {
        var floats = new float[points.rows.dimension()];
        for (int group = item * SOME, end = Math.min(groups, group + SOME); group < end; group++) {
            points.straight(order[group], floats, centres.address() + group * bytes());
            encode(group, scratch);
            groupOf[order[group]] = group;
        }
    }

    private void encode(int group, Scratch scratch) {
        long point = scratch.room(bytes());
        straight(group, point);
        if (!points.whole) points.turn(point);
        weave.encode(point, codes.address() + group * weave.codeBytes());
    }

    /// @param left how many had no group before
    private Phases.Phase spread(int left, Supplier<Phases.Phase> then) {
        return look(false, () -> {
            int still = without.get();
            if (still == 0) return round(0, then);
            // What no edge leads from to a centre looks at all of them.
            return still < left ? spread(still, then) : look(true, () -> round(0, then));
        });
    }

    private Phases.Phase round(int round, Supplier<Phases.Phase> then) {
        if (round == ROUNDS) {
            progress.add(steps(rows));
            return then.get();
        }
        sort();
        return Phases.of(
                Phases.ranges(groups, SOME),
                (item, scratch) -> move(item, scratch),
                _ -> look(false, () -> round(round + 1, then)));
    }

    private Phases.Phase look(boolean atAll, Supplier<Phases.Phase> then) {
        without.set(0);
        return Phases.of(Phases.ranges(rows, CHUNK), (item, scratch) -> look(item, atAll, scratch), _ -> {
            var before = groupOf;
            groupOf = next;
            next = before;
            return then.get();
        });
    }

    private void look(int item, boolean atAll, Scratch scratch) {
        var b = scratch.part(Buffers.class, Buffers::new);
        int none = 0;
        for (int row = item * CHUNK, end = Math.min(rows, row + CHUNK); row < end; row++) {
            next[row] = members.test(row) ? nearest(row, atAll && groupOf[row] < 0, b) : -1;
            if (next[row] < 0 && members.test(row)) none++;
        }
        without.addAndGet(none);
    }

    private int nearest(int row, boolean ofAll, Buffers b) {
        b.begin(groups, ofAll ? groups : weave.room + 1);
        if (ofAll) for (int group = 0; group < groups; group++) b.meet(group);
        b.meet(groupOf[row]);
        for (int i = 0, n = weave.edges(row); i < n; i++) b.meet(groupOf[weave.edge(row, i)]);
        if (b.n < 2) return b.n == 0 ? -1 : b.met[0];
        weave.score(row, codes.address(), b.met, b.n, b.sums, b.scores);
        int nearest = 0;
        for (int i = 1; i < b.n; i++) if (b.scores[i] < b.scores[nearest]) nearest = i;
        return b.met[nearest];
    }

    /// Rows by group; one worker.
    private void sort() {
        firsts = new int[groups + 1];
        for (int group : groupOf) if (group >= 0) firsts[group + 1]++;
        for (int group = 0; group < groups; group++) firsts[group + 1] += firsts[group];
        var at = firsts.clone();
        sorted = next; // found anew by the phase that follows the one that reads this
        for (int row = 0; row < rows; row++) if (groupOf[row] >= 0) sorted[at[groupOf[row]]++] = row;
    }

    /// A centre whose rows have all gone stays where it is.
    private void move(int item, Scratch scratch) {
        var floats = new float[points.rows.dimension()];
        for (int group = item * SOME, end = Math.min(groups, group + SOME); group < end; group++) {
            int from = firsts[group], to = firsts[group + 1];
            if (from == to) continue;
            long centre = centres.address() + group * bytes(), row = scratch.room(bytes());
            Raw.fill(centre, bytes(), (byte) 0);
            for (int i = from; i < to; i++) {
                points.straight(sorted[i], floats, row);
                Floats.subtract(centre, row, points.turned);
            }
            Floats.scale(centre, -1f / (to - from), points.turned);
            encode(group, scratch);
        }
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        centres.close();
        codes.close();
    }
}
