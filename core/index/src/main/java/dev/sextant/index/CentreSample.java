package dev.sextant.index;

import dev.sextant.kernel.Floats;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import java.util.Optional;
import java.util.SplittableRandom;

/// Some rows from all over a file, kept while it passes, and the centres that they gather around. Workers take rows of
/// different chunks at once.
final class CentreSample implements AutoCloseable {
    private static final int ROWS = 512;
    private static final int ROUNDS = 8;

    private final Memory memory;
    private final StoredRows rows;
    private final Accept members;
    private final int size;
    private final Region region;
    private Optional<Region> turned = Optional.empty(); // the sample as turned points
    private Optional<Region> centres = Optional.empty();

    CentreSample(Memory memory, StoredRows rows, Accept members) {
        this.memory = memory;
        this.rows = rows;
        this.members = members;
        size = Math.min(ROWS, rows.count());
        region = memory.allocate("graph building", Math.max(64, size * rows.strideBytes()));
    }

    private int rowOf(int place) {
        return (int) ((long) place * rows.count() / size);
    }

    void take(DenseRows view, int from, int to) {
        for (int place = (int) ((long) from * size / rows.count()); place < size && rowOf(place) < to; place++)
            if (rowOf(place) >= from)
                Raw.copy(view.address(rowOf(place)), region.address() + place * rows.strideBytes(), rows.strideBytes());
    }

    /// Finds `count` centres, turned points behind each other, round by round; then they are [#centres()].
    Phases.Phase find(Points points, int count, long seed, Phases.Next then) {
        long bytes = 4L * points.turned;
        centres = Optional.of(memory.allocate("graph codes", count * bytes));
        turned = Optional.of(memory.allocate("graph building", Math.max(64, size * bytes)));
        var n = new int[1];
        return Phases.of(
                1,
                (_, _) -> {
                    n[0] = turn(points, turned.get().address());
                    begin(centres.get().address(), count, turned.get().address(), n[0], bytes, seed);
                },
                _ -> round(0, n[0], count, points.turned, then));
    }

    private Phases.Phase round(int round, int n, int count, int bits, Phases.Next then) {
        if (round == ROUNDS || n == 0) return Phases.of(0, (_, _) -> {}, then);
        return Phases.of(
                1,
                (_, scratch) -> move(
                        centres.orElseThrow().address(),
                        count,
                        turned.orElseThrow().address(),
                        n,
                        bits,
                        scratch),
                _ -> round(round + 1, n, count, bits, then));
    }

    /// Once they were found. The caller closes the region.
    Region centres() {
        var found = centres.orElseThrow();
        centres = Optional.empty();
        return found;
    }

    private int turn(Points points, long turned) {
        var floats = new float[rows.dimension()];
        int n = 0;
        for (int place = 0; place < size; place++) {
            if (!members.test(rowOf(place))) continue;
            long point = turned + 4L * points.turned * n++;
            points.straightAt(region.address() + place * rows.strideBytes(), floats, point);
            points.turn(point);
        }
        return n;
    }

    private static void begin(long centres, int count, long turned, int n, long bytes, long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < count && n > 0; i++)
            Raw.copy(turned + bytes * random.nextInt(n), centres + bytes * i, bytes);
    }

    /// Each centre goes to the mean of the points that are nearest to it; one that nobody is near stays.
    private static void move(long centres, int count, long turned, int n, int bits, Scratch scratch) {
        long room = scratch.room(4L * bits);
        var sums = new double[count][bits];
        var counts = new int[count];
        for (int i = 0; i < n; i++) {
            long point = turned + 4L * bits * i;
            int nearest = nearest(point, centres, count, bits, room);
            counts[nearest]++;
            for (int c = 0; c < bits; c++) sums[nearest][c] += Raw.getFloat(point + 4L * c);
        }
        for (int i = 0; i < count; i++)
            for (int c = 0; c < bits && counts[i] > 0; c++)
                Raw.putFloat(centres + 4L * ((long) bits * i + c), (float) (sums[i][c] / counts[i]));
    }

    private static int nearest(long point, long centres, int count, int bits, long room) {
        int nearest = 0;
        float least = Float.POSITIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            Raw.copy(point, room, 4L * bits);
            Floats.subtract(room, centres + 4L * bits * i, bits);
            float distance = Floats.squares(room, bits);
            if (distance >= least) continue;
            least = distance;
            nearest = i;
        }
        return nearest;
    }

    @Override
    public void close() {
        region.close();
        turned.ifPresent(Region::close);
        centres.ifPresent(Region::close);
    }
}
