package dev.sextant.index;

import java.util.Arrays;

/// How far cells have to be read: up to the k-th nearest accepted row and so much further, by the recall that is wanted
/// and the share that is accepted. Measured on samples of the rows themselves ([CellsBuild]) for all rows and for one
/// in [#RARE]; between and beyond, it goes with the logarithm of the share. Distances are squared. Immutable.
///
/// @param all what cells near the sample have to be read for each of [#RECALLS], every row accepted
/// @param rare the same, one row in [#RARE] accepted
/// @param allRows how many rows that are, accepted or not
/// @param rareRows the same
/// @param recalls what a walk through the graph finds of the nearest [#K] with each of [#BEAMS]
/// @param slack how much too large hardly an estimate of a near row is, as a part of how far the centre of its cell is
record Margins(float[] all, float[] rare, float[] allRows, float[] rareRows, float[] recalls, float slack) {
    static final int K = 10;
    static final int RARE = 16;
    static final double[] RECALLS = {0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999};
    static final int[] BEAMS = {16, 32, 64, 128, 256};
    /// Floats in all.
    static final int FLOATS = 4 * RECALLS.length + BEAMS.length + 1;

    /// Before anything was measured.
    static final Margins NONE = of(new float[FLOATS]);

    /// Rows find what is near them more easily than others do: so many times as much is missed by those.
    private static final double HARDER = 3;
    private static final double MOST = RECALLS[RECALLS.length - 1];

    /// What was measured of samples.
    ///
    /// @param keys of each sample the distances of all cells
    /// @param nearest of each sample the distances of the nearest rows, sorted, and their cells; all and rare
    /// @param sizes rows of each cell
    static Margins of(float[][] keys, Found[] all, Found[] rare, int[] sizes, float[] recalls, float slack) {
        float[] allMargins = margins(keys, all), rareMargins = margins(keys, rare);
        return new Margins(
                allMargins,
                rareMargins,
                rows(keys, all, sizes, allMargins),
                rows(keys, rare, sizes, rareMargins),
                recalls,
                slack);
    }

    /// The nearest rows of a sample.
    ///
    /// @param cells where they lie
    /// @param last the distance of the last of them
    record Found(int[] cells, float last) {}

    private static float[] margins(float[][] keys, Found[] found) {
        var needed =
                new float[Arrays.stream(found).mapToInt(f -> f.cells.length).sum()];
        int n = 0;
        for (int s = 0; s < found.length; s++)
            for (int cell : found[s].cells) needed[n++] = keys[s][cell] - found[s].last;
        Arrays.sort(needed);
        var margins = new float[RECALLS.length];
        for (int i = 0; i < margins.length && n > 0; i++)
            margins[i] = needed[Math.min(n - 1, (int) Math.ceil(RECALLS[i] * n))];
        return margins;
    }

    private static float[] rows(float[][] keys, Found[] found, int[] sizes, float[] margins) {
        var rows = new float[margins.length];
        for (int i = 0; i < margins.length; i++) {
            long sum = 0;
            for (int s = 0; s < found.length; s++)
                for (int cell = 0; cell < sizes.length; cell++)
                    if (keys[s][cell] <= found[s].last + margins[i]) sum += sizes[cell];
            rows[i] = (float) sum / Math.max(1, found.length);
        }
        return rows;
    }

    /// Of [#FLOATS] floats in the order of the record's components.
    static Margins of(float[] floats) {
        int n = RECALLS.length;
        return new Margins(
                Arrays.copyOfRange(floats, 0, n),
                Arrays.copyOfRange(floats, n, 2 * n),
                Arrays.copyOfRange(floats, 2 * n, 3 * n),
                Arrays.copyOfRange(floats, 3 * n, 4 * n),
                Arrays.copyOfRange(floats, 4 * n, FLOATS - 1),
                floats[FLOATS - 1]);
    }

    float[] floats() {
        var floats = new float[FLOATS];
        int n = 0;
        for (var part : new float[][] {all, rare, allRows, rareRows, recalls}) {
            System.arraycopy(part, 0, floats, n, part.length);
            n += part.length;
        }
        floats[n] = slack;
        return floats;
    }

    boolean isSound() {
        for (float f : floats()) if (!Float.isFinite(f)) return false;
        for (float recall : recalls) if (!(recall >= 0 && recall <= 1)) return false;
        return true;
    }

    /// The recall that a beam has where nothing is filtered, for `k` rows: what a walk under a filter owes as well.
    double recall(int beam, int k) {
        double at = Math.log(beam * Math.sqrt((double) K / Math.max(1, k)) / BEAMS[0]) / Math.log(2);
        int i = (int) Math.clamp(Math.floor(at), 0, BEAMS.length - 2);
        double missed = Math.log(HARDER) + between(missed(recalls[i]), missed(recalls[i + 1]), at - i);
        return Math.clamp(1 - Math.exp(missed), RECALLS[0], MOST);
    }

    private static double missed(double recall) {
        return Math.log(Math.max(1e-4, 1 - recall));
    }

    /// How much further than the k-th nearest accepted row to read.
    ///
    /// @param place of the recall, as [#place(double)] has it
    /// @param share that is accepted, as a part of what K of K are: `share · K / k`
    double margin(double place, double share) {
        return between(at(all, place), at(rare, place), rarity(share));
    }

    /// About how many rows lie within.
    double rows(double place, double share) {
        return Math.exp(between(Math.log(1 + at(allRows, place)), Math.log(1 + at(rareRows, place)), rarity(share)));
    }

    /// 0 where all are accepted, 1 where one in [#RARE] is.
    private static double rarity(double share) {
        return -Math.log(share) / Math.log(RARE);
    }

    /// Where a recall stands among [#RECALLS].
    static double place(double recall) {
        int i = 0;
        while (i < RECALLS.length - 2 && recall > RECALLS[i + 1]) i++;
        double from = missed(RECALLS[i]), to = missed(RECALLS[i + 1]);
        return i + Math.clamp((missed(recall) - from) / (to - from), 0, 1);
    }

    private static double at(float[] table, double place) {
        int i = (int) Math.clamp(Math.floor(place), 0, table.length - 2);
        return between(table[i], table[i + 1], place - i);
    }

    private static double between(double from, double to, double at) {
        return from + at * (to - from);
    }
}
