package dev.sextant.index;

import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import java.lang.foreign.MemorySegment;

/// Writes the codes that a graph is built on, chunk by chunk.
final class Encoder {
    private final Points points;
    private final Weave weave;
    private final Accept members;
    private final int chunkRows;

    Encoder(Points points, Weave weave, Accept members, int chunkRows) {
        this.points = points;
        this.weave = weave;
        this.members = members;
        this.chunkRows = chunkRows;
    }

    void chunk(int number, Scratch scratch) {
        int coded = points.whole ? points.components : points.turned;
        var floats = new float[Math.max(points.rows.dimension(), points.turned)];
        var buffer = new byte[coded];
        long point = scratch.room(4L * points.turned);
        for (int row = number * chunkRows, end = Math.min(points.rows.count(), row + chunkRows); row < end; row++) {
            if (!members.test(row)) continue;
            points.straight(row, floats, point);
            if (!points.whole) points.turn(point);
            Raw.copyOut(point, MemorySegment.ofArray(floats), 0, 4L * coded);
            weave.encode(row, floats, buffer);
        }
    }
}
