package dev.sextant.index.scalar;

import dev.sextant.kernel.Raw;
import dev.sextant.model.Box;
import java.util.Arrays;

/// Boxes of rows on their way into a packed tree: in the order in which the curve of Hilbert meets their middles, so
/// that neighbours share a parent.
final class BoxesBuild {
    private static final int MOST = (1 << 16) - 1;

    private final Heap heap;
    private final Pairs pairs; // place on the curve, and which of the boxes
    private float[] boxes = new float[0];
    private int[] rows = new int[0];
    private int count;

    BoxesBuild(Heap heap) {
        this.heap = heap;
        pairs = new Pairs(heap);
    }

    /// A box is kept in floats that are not inside of it.
    void add(Box box, int row) {
        if (count == rows.length) grow();
        int at = 4 * count;
        boxes[at] = below(box.minX());
        boxes[at + 1] = below(box.minY());
        boxes[at + 2] = above(box.maxX());
        boxes[at + 3] = above(box.maxY());
        rows[count++] = row;
    }

    private void grow() {
        int larger = (int) Math.min((Integer.MAX_VALUE - 8) / 4, Math.max(1024, count * 2L));
        heap.grow(20L * larger);
        boxes = Arrays.copyOf(boxes, 4 * larger);
        rows = Arrays.copyOf(rows, larger);
        heap.shrink(20L * count);
    }

    private static float below(double value) {
        float near = (float) value;
        return near > value ? Math.nextDown(near) : near;
    }

    private static float above(double value) {
        float near = (float) value;
        return near < value ? Math.nextUp(near) : near;
    }

    int count() {
        return count;
    }

    /// Writes the rows of the leaves, and the boxes of all levels.
    void write(long rowsAt, long boxesAt) {
        order();
        var levels = BoxLevels.over(count);
        for (int leaf = 0; leaf < count; leaf++) {
            int from = pairs.rows[leaf];
            Raw.putInt(rowsAt + 4L * leaf, rows[from]);
            for (int i = 0; i < 4; i++)
                Raw.putFloat(boxesAt + (long) BoxLevels.BOX_BYTES * leaf + 4L * i, boxes[4 * from + i]);
        }
        for (int level = 1; level < levels.levels(); level++)
            for (int node = 0; node < levels.counts()[level]; node++) join(levels, boxesAt, level, node);
    }

    private static void join(BoxLevels levels, long boxesAt, int level, int node) {
        int first = BoxLevels.FAN * node;
        int end = Math.min(levels.counts()[level - 1], first + BoxLevels.FAN);
        float minX = Float.POSITIVE_INFINITY, minY = minX, maxX = Float.NEGATIVE_INFINITY, maxY = maxX;
        for (int child = first; child < end; child++) {
            long at = boxesAt + BoxLevels.BOX_BYTES * (levels.start(level - 1) + child);
            minX = Math.min(minX, Raw.getFloat(at));
            minY = Math.min(minY, Raw.getFloat(at + 4));
            maxX = Math.max(maxX, Raw.getFloat(at + 8));
            maxY = Math.max(maxY, Raw.getFloat(at + 12));
        }
        long at = boxesAt + BoxLevels.BOX_BYTES * (levels.start(level) + node);
        Raw.putFloat(at, minX);
        Raw.putFloat(at + 4, minY);
        Raw.putFloat(at + 8, maxX);
        Raw.putFloat(at + 12, maxY);
    }

    private void order() {
        double minX = Double.POSITIVE_INFINITY, minY = minX, maxX = Double.NEGATIVE_INFINITY, maxY = maxX;
        for (int i = 0; i < count; i++) {
            minX = Math.min(minX, middle(i, 0));
            maxX = Math.max(maxX, middle(i, 0));
            minY = Math.min(minY, middle(i, 1));
            maxY = Math.max(maxY, middle(i, 1));
        }
        for (int i = 0; i < count; i++)
            pairs.add(hilbert(scaled(middle(i, 0), minX, maxX), scaled(middle(i, 1), minY, maxY)), i);
        pairs.sort();
    }

    private double middle(int box, int axis) {
        return 0.5 * boxes[4 * box + axis] + 0.5 * boxes[4 * box + 2 + axis];
    }

    private static int scaled(double value, double least, double most) {
        return most > least ? (int) Math.clamp((value - least) / (most - least) * MOST, 0, MOST) : 0;
    }

    /// How far along the curve through a square of 2^16 by 2^16 cells one of them lies.
    static long hilbert(int x, int y) {
        long along = 0;
        for (int side = 1 << 15; side > 0; side >>= 1) {
            int right = (x & side) != 0 ? 1 : 0, up = (y & side) != 0 ? 1 : 0;
            along += (long) side * side * (3 * right ^ up);
            if (up == 1) continue;
            if (right == 1) {
                x = MOST - x;
                y = MOST - y;
            }
            int other = x;
            x = y;
            y = other;
        }
        return along;
    }
}
