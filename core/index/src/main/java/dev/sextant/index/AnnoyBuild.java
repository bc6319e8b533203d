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
import java.util.function.Supplier;

/// Builds an [Annoy]: all trees at once, level by level. A range of rows that is too large for a leaf is halved: by one
/// worker where that is quickly done, else in pieces, so that no step is long:
///
/// ```text
/// aim       draw a plane for each of the large ranges
/// tell      on which side the rows of a piece are; ranges that fell apart badly are aimed at again
/// part      bring the sides of a range together
/// ```
public final class AnnoyBuild implements VectorBuild {
    static final int LEAF = 128;
    private static final int CHUNK = 512;
    private static final int PIECE = 1024; // rows that are told apart in one step
    private static final int ATTEMPTS = 3;
    private static final int LEAVES = 1 << 18; // rows that are copied in one step
    private static final int PLANES = 1 << 8;
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
    private byte[][] sides = {}; // beside them: 1 on the near side of the plane at hand
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
        private SplittableRandom random; // while it is halved
        private int near; // rows on the near side

        Range(int tree, int from, int to) {
            this.tree = tree;
            this.from = from;
            this.to = to;
        }

        int rows() {
            return to - from;
        }

        synchronized void add(int more) { // pieces of one range are told at once
            near += more;
        }

        boolean isLopsided() {
            double share = (double) near / rows();
            return share < LOPSIDED || share > 1 - LOPSIDED;
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
        held = Optional.of(memory.reserve("training", 5L * parameters.trees() * order.length));
        places = new int[parameters.trees()][];
        sides = new byte[parameters.trees()][order.length];
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
        var wide =
                large.stream().filter(number -> all.get(number).rows() > PIECE).toList();
        var narrow =
                large.stream().filter(number -> all.get(number).rows() <= PIECE).toList();
        wide.forEach(this::begin);
        return aim(
                wide,
                1,
                () -> Phases.of(
                        narrow.size(), (item, scratch) -> halve(narrow.get(item), scratch), _ -> children(large, to)));
    }

    private Phases.Phase children(List<Integer> halved, int next) {
        for (int number : halved) {
            var range = all.get(number);
            range.first = all.size();
            all.add(new Range(range.tree, range.from, range.middle));
            all.add(new Range(range.tree, range.middle, range.to));
        }
        return grow(next);
    }

    private void begin(int number) {
        all.get(number).random = new SplittableRandom(parameters.seed() ^ number * 0x9E3779B97F4A7C15L);
    }

    /// A part of a range.
    private record Piece(Range range, int from, int to) {}

    private Phases.Phase aim(List<Integer> wide, int attempt, Supplier<Phases.Phase> then) {
        if (wide.isEmpty()) return then.get();
        var pieces = new ArrayList<Piece>();
        for (int number : wide) {
            var range = all.get(number);
            for (int from = range.from; from < range.to; from += PIECE)
                pieces.add(new Piece(range, from, Math.min(range.to, from + PIECE)));
        }
        return Phases.of(
                wide.size(),
                (item, scratch) -> aim(all.get(wide.get(item)), new Room(scratch)),
                _ -> Phases.of(
                        pieces.size(),
                        (item, scratch) -> tell(pieces.get(item), new Room(scratch)),
                        _ -> told(wide, attempt, then)));
    }

    private Phases.Phase told(List<Integer> wide, int attempt, Supplier<Phases.Phase> then) {
        var well = new ArrayList<Range>();
        var again = new ArrayList<Integer>();
        for (int number : wide) {
            var range = all.get(number);
            if (!range.isLopsided()) well.add(range);
            else if (attempt < ATTEMPTS) again.add(number);
            else halveAnyhow(range);
        }
        return Phases.of(well.size(), (item, _) -> part(well.get(item)), _ -> aim(again, attempt + 1, then));
    }

    /// Where the arithmetic of a step has room: two means, a point, and its floats.
    private final class Room {
        private final long one;
        private final long other;
        private final long point;
        private final float[] floats;

        private Room(Scratch scratch) {
            one = scratch.room(3 * points.bytes());
            other = one + points.bytes();
            point = other + points.bytes();
            floats = scratch.part(ListScan.class, ListScan::new).floats(points.rows.dimension());
        }
    }

    private void halve(int number, Scratch scratch) {
        var range = all.get(number);
        var room = new Room(scratch);
        begin(number);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            aim(range, room);
            tell(new Piece(range, range.from, range.to), room);
            if (!range.isLopsided()) {
                part(range);
                return;
            }
        }
        halveAnyhow(range);
    }

    /// Rows that no plane tells apart: any half is as good, and a search takes both.
    private void halveAnyhow(Range range) {
        Raw.fill(plane(range), points.bytes(), (byte) 0);
        range.offset = 0;
        range.middle = range.from + range.to >>> 1;
    }

    private long plane(Range range) {
        return planes.address() + range.plane * points.bytes();
    }

    private void aim(Range range, Room room) {
        means(range, places[range.tree], range.random, room.floats, room.one, room.other, room.point);
        range.offset = plane(room.one, room.other, plane(range));
        range.near = 0;
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

    private void tell(Piece piece, Room room) {
        var range = piece.range;
        var rows = places[range.tree];
        var side = sides[range.tree];
        long plane = plane(range);
        int near = 0;
        for (int i = piece.from; i < piece.to; i++) {
            points.row(rows[i], room.floats, room.point);
            double above = range.offset;
            for (long c = 0; c < 4L * points.components; c += 4)
                above += Raw.getFloat(room.point + c) * Raw.getFloat(plane + c);
            side[i] = (byte) (above > 0 ? 1 : 0);
            near += side[i];
        }
        range.add(near);
    }

    /// Brings the rows on the near side to the front.
    private void part(Range range) {
        var rows = places[range.tree];
        var side = sides[range.tree];
        int low = range.from, high = range.to;
        while (low < high) {
            if (side[low] == 1) {
                low++;
                continue;
            }
            int row = rows[low];
            rows[low] = rows[--high];
            rows[high] = row;
            side[low] = side[high];
        }
        range.middle = low;
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
        int perTree = Phases.ranges(each, LEAVES);
        return Phases.of(
                places.length * perTree,
                (item, _) -> copyLeaves(item / perTree, item % perTree * LEAVES),
                _ -> Phases.of(
                        Phases.ranges(planeCount, PLANES), (item, _) -> copyPlanes(item * PLANES), _ -> frozen()));
    }

    private void copyLeaves(int tree, int from) {
        int each = places[tree].length;
        long at = forest.leaves.address() + 4L * tree * each;
        for (int i = from, to = Math.min(each, from + LEAVES); i < to; i++) Raw.putInt(at + 4L * i, places[tree][i]);
    }

    private void copyPlanes(int from) {
        long bytes = points.bytes();
        Raw.copy(
                planes.address() + from * bytes,
                forest.planes.address() + from * bytes,
                (Math.min(planeCount, from + PLANES) - from) * bytes);
    }

    private Phases.Phase frozen() {
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
