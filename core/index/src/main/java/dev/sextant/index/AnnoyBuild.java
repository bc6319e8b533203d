package dev.sextant.index;

import dev.sextant.kernel.Floats;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Reservation;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Builds an [Annoy]: all trees at once, level by level; each range of rows that is too large for a leaf is halved by
/// one worker.
public final class AnnoyBuild implements VectorBuild {
    static final int LEAF = 128;
    private static final int CHUNK = 512;
    private static final int ROUNDS = 64; // points that two means are drawn towards
    private static final double LOPSIDED = 0.02;

    private final Memory memory;
    private final DenseRows rows;
    private final Metric metric;
    private final AnnoyParameters parameters;
    private final Surveyor surveyor;
    private final Progress progress;
    private final Phases phases;
    private final List<Range> all = new ArrayList<>();
    private Straight points;
    private int[][] places = {}; // of each tree: its rows in the order of its leaves
    private Region planes;
    private int planeCount;
    private Annoy forest;
    private Optional<Reservation> held = Optional.empty(); // for `places`
    private boolean spent; // owner only

    /// A node while it is built.
    private static final class Range {
        private final int tree;
        private final int from;
        private final int to;
        private int first; // the first child; the second stands behind it
        private int plane = -1;
        private int middle;
        private float offset;

        Range(int tree, int from, int to) {
            this.tree = tree;
            this.from = from;
            this.to = to;
        }
    }

    AnnoyBuild(Memory memory, DenseRows rows, Metric metric, AnnoyParameters parameters, Accept members) {
        if (!Straight.fits(rows.type(), metric))
            throw new IllegalArgumentException("no forest for " + metric + " of " + rows.type());
        this.memory = memory;
        this.rows = rows;
        this.metric = metric;
        this.parameters = parameters;
        surveyor = new Surveyor(rows, metric, members, CHUNK);
        progress = new Progress(1L + (long) parameters.trees() * rows.count());
        phases = new Phases(Phases.of(Phases.ranges(rows.count(), CHUNK), surveyor::chunk, _ -> plant()));
    }

    private Phases.Phase plant() {
        points = new Straight(rows, metric, surveyor.survey().longest());
        var order = surveyor.order(parameters.seed(), _ -> true);
        if ((long) parameters.trees() * order.length > Integer.MAX_VALUE - 8)
            throw new IllegalArgumentException(parameters.trees() + " trees of " + order.length + " rows");
        held = Optional.of(memory.reserve("training", 4L * parameters.trees() * order.length));
        places = new int[parameters.trees()][];
        for (int tree = 0; tree < places.length; tree++) {
            places[tree] = order.clone();
            all.add(new Range(tree, 0, order.length));
        }
        planes = memory.allocate("training", 0);
        return grow(0);
    }

    private void makeRoom(long bytes) {
        if (bytes <= planes.size()) return;
        var larger = memory.allocate("training", bytes + planes.size() / 2);
        Raw.copy(planes.address(), larger.address(), planes.size());
        planes.close();
        planes = larger;
    }

    /// Halves the ranges from number `from` on.
    private Phases.Phase grow(int from) {
        int to = all.size();
        var large = new ArrayList<Integer>();
        for (int number = from; number < to; number++) {
            var range = all.get(number);
            if (range.to - range.from <= LEAF) {
                progress.add(range.to - range.from);
                continue;
            }
            range.plane = planeCount++;
            large.add(number);
        }
        if (large.isEmpty()) return freeze();
        makeRoom(planeCount * points.bytes());
        return Phases.of(large.size(), (item, scratch) -> halve(large.get(item), scratch), _ -> {
            for (int number : large) {
                var range = all.get(number);
                range.first = all.size();
                all.add(new Range(range.tree, range.from, range.middle));
                all.add(new Range(range.tree, range.middle, range.to));
            }
            return grow(to);
        });
    }

    private void halve(int number, Scratch scratch) {
        var range = all.get(number);
        var random = new SplittableRandom(parameters.seed() ^ number * 0x9E3779B97F4A7C15L);
        var rows = places[range.tree];
        long bytes = points.bytes(), one = scratch.room(3 * bytes), other = one + bytes, point = other + bytes;
        var floats = scratch.part(ListScan.class, ListScan::new).floats(points.rows.dimension());
        long plane = planes.address() + range.plane * bytes;
        for (int attempt = 0; attempt < 3; attempt++) {
            means(range, rows, random, floats, one, other, point);
            range.offset = plane(one, other, plane);
            int middle = part(range, rows, plane, floats, point);
            double share = (double) (middle - range.from) / (range.to - range.from);
            if (share >= LOPSIDED && share <= 1 - LOPSIDED) {
                range.middle = middle;
                return;
            }
        }
        // Rows that no plane tells apart: any half is as good, and a search takes both.
        Raw.fill(plane, bytes, (byte) 0);
        range.offset = 0;
        range.middle = range.from + range.to >>> 1;
    }

    /// Two means, drawn towards some of the rows: each row draws the nearer one, weighed by how many it has.
    private void means(
            Range range, int[] rows, SplittableRandom random, float[] floats, long one, long other, long point) {
        int n = range.to - range.from, i = random.nextInt(n), j = (i + 1 + random.nextInt(n - 1)) % n;
        points.row(rows[range.from + i], floats, one);
        points.row(rows[range.from + j], floats, other);
        int a = 1, b = 1;
        for (int round = 0; round < ROUNDS; round++) {
            points.row(rows[range.from + random.nextInt(n)], floats, point);
            double toOne = 0, toOther = 0;
            for (long c = 0; c < 4L * points.components; c += 4) {
                float x = Raw.getFloat(point + c), p = Raw.getFloat(one + c) - x, q = Raw.getFloat(other + c) - x;
                toOne += p * p;
                toOther += q * q;
            }
            if (toOne * a < toOther * b) draw(one, point, a++);
            else if (toOther * b < toOne * a) draw(other, point, b++);
        }
    }

    private void draw(long mean, long point, int weight) {
        for (long c = 0; c < 4L * points.components; c += 4)
            Raw.putFloat(mean + c, (Raw.getFloat(mean + c) * weight + Raw.getFloat(point + c)) / (weight + 1));
    }

    /// The plane half way between, as a normal of length 1; returns the offset that makes it 0 there.
    private float plane(long one, long other, long plane) {
        double middle = 0;
        for (long c = 0; c < points.bytes(); c += 4) {
            float normal = Raw.getFloat(one + c) - Raw.getFloat(other + c);
            Raw.putFloat(plane + c, normal);
            middle += normal * (Raw.getFloat(one + c) + Raw.getFloat(other + c)) / 2;
        }
        float length = (float) Math.sqrt(Floats.squares(plane, points.size));
        if (!(length > 0)) return 0;
        Floats.scale(plane, 1 / length, points.size);
        return (float) (-middle / length);
    }

    /// Brings the rows on the near side to the front; returns where the others begin.
    private int part(Range range, int[] rows, long plane, float[] floats, long point) {
        int low = range.from, high = range.to;
        while (low < high) {
            points.row(rows[low], floats, point);
            double side = range.offset;
            for (long c = 0; c < 4L * points.components; c += 4)
                side += Raw.getFloat(point + c) * Raw.getFloat(plane + c);
            if (side > 0) low++;
            else {
                int row = rows[low];
                rows[low] = rows[--high];
                rows[high] = row;
            }
        }
        return low;
    }

    private Phases.Phase freeze() {
        int each = places[0].length;
        forest = Annoy.of(memory, points, parameters, all.size(), each * places.length, planeCount);
        for (int number = 0; number < all.size(); number++) {
            var range = all.get(number);
            long node = forest.nodes.address() + (long) Annoy.NODE * number;
            boolean leaf = range.plane < 0;
            Raw.putInt(node, leaf ? range.tree * each + range.from : range.first);
            Raw.putInt(node + 4, leaf ? range.to - range.from : range.first + 1);
            Raw.putFloat(node + 8, range.offset);
            Raw.putInt(node + 12, range.plane);
        }
        for (int tree = 0; tree < places.length; tree++)
            for (int i = 0; i < each; i++)
                Raw.putInt(forest.leaves.address() + 4L * (tree * each + i), places[tree][i]);
        if (planeCount > 0) Raw.copy(planes.address(), forest.planes.address(), planeCount * points.bytes());
        planes.close();
        progress.add(progress.total() - progress.done());
        return Phases.END;
    }

    @Override
    public boolean work(Scratch scratch, Stop stop) {
        return phases.work(scratch, stop);
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public Annoy finish() {
        phases.expectEnd();
        spent = true;
        return forest;
    }

    @Override
    public void close() {
        if (planes != null) planes.close();
        held.ifPresent(Reservation::close);
        held = Optional.empty();
        if (!spent && forest != null) forest.close();
        spent = true;
    }
}
