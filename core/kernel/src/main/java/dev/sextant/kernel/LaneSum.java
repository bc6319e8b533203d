package dev.sextant.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The sum over the lanes of a vector, always in the same order: halves, halves of these, and so on. The Vector API
/// leaves the order of its own reduction open, and the interpreter takes another one than compiled code does: the last
/// bits of a sum would depend on how often it was asked for, and structures that are built from sums on the moment at
/// which each of their loops was compiled. Loaded only where the module is present.
final class LaneSum {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    static final int N = F.length();
    private static final VectorShuffle<Float> SWAP_1 = swap(1);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_8 = swap(8);

    private static final VectorShuffle<Float> HALVES = swap(N / 2);
    private static final VectorShuffle<Float> QUARTERS = swap(N / 4);
    private static final VectorMask<Float> SECOND_HALF = VectorMask.fromLong(F, lanesWith(N / 2));
    private static final VectorMask<Float> ODD_QUARTERS = VectorMask.fromLong(F, lanesWith(N / 4));

    private LaneSum() {}

    private static long lanesWith(int bit) {
        long lanes = 0;
        for (int i = 0; i < N; i++) if ((i & bit) != 0) lanes |= 1L << i;
        return lanes;
    }

    static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(F, i -> i ^ (distance < N ? distance : 0));
    }

    static float of(FloatVector v) {
        if (N >= 16) v = v.add(v.rearrange(SWAP_8));
        if (N >= 8) v = v.add(v.rearrange(SWAP_4));
        v = v.add(v.rearrange(SWAP_2));
        return v.add(v.rearrange(SWAP_1)).lane(0);
    }

    /// Four sums at once, each as [#of(FloatVector)] makes it: after the first step a vector holds what is left of two,
    /// after the second of four.
    static void of(FloatVector a, FloatVector b, FloatVector c, FloatVector d, float[] out, int at) {
        var ab = a.add(a.rearrange(HALVES)).blend(b.add(b.rearrange(HALVES)), SECOND_HALF);
        var cd = c.add(c.rearrange(HALVES)).blend(d.add(d.rearrange(HALVES)), SECOND_HALF);
        var all = ab.add(ab.rearrange(QUARTERS)).blend(cd.add(cd.rearrange(QUARTERS)), ODD_QUARTERS);
        if (N >= 16) all = all.add(all.rearrange(SWAP_2));
        if (N >= 8) all = all.add(all.rearrange(SWAP_1));
        out[at] = all.lane(0);
        out[at + 1] = all.lane(N / 2);
        out[at + 2] = all.lane(N / 4);
        out[at + 3] = all.lane(N / 2 + N / 4);
    }
}
