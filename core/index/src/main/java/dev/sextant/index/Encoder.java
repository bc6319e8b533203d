package dev.sextant.index;

import dev.sextant.kernel.Scratch;

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
        var floats = new float[points.rows.dimension()];
        long point = scratch.room(4L * points.turned);
        for (int row = number * chunkRows, end = Math.min(points.rows.count(), row + chunkRows); row < end; row++) {
            if (!members.test(row)) continue;
            if (points.whole) points.straight(row, floats, point);
            else points.turned(row, floats, point, -1);
            weave.encode(row, point);
        }
    }
}
