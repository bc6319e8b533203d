package dev.sextant.index;

import java.util.Arrays;

/// Rows and their scores, in bulk. A walk fills it anew in each step; the arrays are longer than `count` and may be
/// replaced, so nobody keeps them.
public final class NodeHits {
    private int[] rows = new int[256];
    private float[] scores = new float[256];
    private int count;

    public NodeHits() {}

    public int count() {
        return count;
    }

    public int[] rows() {
        return rows;
    }

    public float[] scores() {
        return scores;
    }

    void clear() {
        count = 0;
    }

    void add(int row, float score) {
        if (count == rows.length) {
            rows = Arrays.copyOf(rows, 2 * count);
            scores = Arrays.copyOf(scores, 2 * count);
        }
        rows[count] = row;
        scores[count++] = score;
    }
}
