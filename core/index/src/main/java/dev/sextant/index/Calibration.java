package dev.sextant.index;

import java.util.Arrays;
import java.util.Optional;

/// How much of what is near an index finds, effort by effort: what was measured over one segment, for the ten nearest.
///
/// @param recalls mean share found of the ten nearest, for each step of [#ladder], between 0 and 1
public record Calibration(float[] recalls) {
    /// Hits that recall is measured on.
    public static final int K = 10;

    /// Nothing is known.
    public static final Calibration NONE = new Calibration(new float[0]);

    /// Of a thousand rows that are looked for, one.
    private static final float CHANCE = 0.001f;

    private static final int[] BEAMS = {10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320, 448, 640, 900, 1280, 1800};

    /// The efforts that are tried, from the smallest to the largest.
    public static int steps() {
        return BEAMS.length;
    }

    public static Effort ladder(int step) {
        return Effort.ofBeam(BEAMS[step]).withLists(Math.max(1, BEAMS[step] / 4));
    }

    /// Whether an effort found as much, but for what may be chance in so few samples: then it is not worth a scan.
    public boolean reaches(double recall) {
        float most = recalls.length == 0 ? 1 : 0;
        for (float found : recalls) most = Math.max(most, found);
        return most + CHANCE >= recall;
    }

    /// One step more than the smallest effort that found as much, since queries can be harder than what was measured;
    /// more hits than ten take more in proportion. What finds the most where none did; empty where nothing was
    /// measured.
    public Optional<Effort> effort(double recall, int k) {
        if (recalls.length == 0) return Optional.empty();
        float most = 0;
        for (float found : recalls) most = Math.max(most, found);
        int enough = 0;
        while (recalls[enough] < Math.min((float) recall, most)) enough++;
        var effort = ladder(Math.min(recalls.length - 1, enough + 1));
        long beam = Math.max(k, (long) effort.beam() * Math.max(K, k) / K);
        return Optional.of(effort.withBeam((int) Math.min(1 << 30, beam)));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Calibration(var theirs) && Arrays.equals(recalls, theirs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(recalls);
    }

    @Override
    public String toString() {
        return "found " + Arrays.toString(recalls);
    }
}
