package dev.sextant.index;

import dev.sextant.kernel.Floats;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/// Writes the codes that a graph is built on, chunk by chunk, and finds the node nearest to the mean.
final class Encoder {
    private final Points points;
    private final Weave weave;
    private final Accept members;
    private final IntPredicate mayBeEntry;
    private final int chunkRows;
    private final long[] nearest; // of each chunk: distance above, node below

    Encoder(Points points, Weave weave, Accept members, IntPredicate mayBeEntry, int chunks, int chunkRows) {
        this.points = points;
        this.weave = weave;
        this.members = members;
        this.mayBeEntry = mayBeEntry;
        this.chunkRows = chunkRows;
        nearest = new long[chunks];
    }

    void chunk(int number, Scratch scratch) {
        int coded = points.whole ? points.components : points.bits;
        var floats = new float[Math.max(points.rows.dimension(), points.bits)];
        var buffer = new byte[coded];
        long point = scratch.room(4L * points.bits), best = Long.MAX_VALUE;
        for (int row = number * chunkRows, end = Math.min(points.rows.count(), row + chunkRows); row < end; row++) {
            if (!members.test(row)) continue;
            points.straight(row, floats, point);
            if (!points.whole) points.turn(point);
            Raw.copyOut(point, MemorySegment.ofArray(floats), 0, 4L * coded);
            if (mayBeEntry.test(row)) best = Math.min(best, key(points.whole ? points.fromMean(point) : Floats.squares(point, points.bits), row));
            weave.encode(row, floats, buffer);
        }
        nearest[number] = best;
    }

    private static long key(float distance, int row) {
        return (long) Float.floatToRawIntBits(distance) << 32 | row;
    }

    int nearestToMean() {
        long best = Long.MAX_VALUE;
        for (long key : nearest) best = Math.min(best, key);
        return best == Long.MAX_VALUE ? 0 : (int) best;
    }
}
