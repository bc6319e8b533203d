package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// The end of a calibration: one walk a sample with each effort of the ladder, from the smallest on, until all that the
/// sample wants is found; a larger effort finds it too, and is not tried.
final class Climb {
    private final int samples;
    private final IntUnaryOperator wanted;
    private final Look look;
    private final boolean[] whole; // all is found with the effort before
    private final AtomicInteger[] found = new AtomicInteger[Calibration.steps()];

    @FunctionalInterface
    interface Look {
        /// How many of the rows wanted a walk finds, or more where others are as near.
        int right(int sample, Effort effort, Scratch scratch);
    }

    /// @param wanted of each sample, how many rows a walk should find; 0 where no number is near it
    Climb(int samples, IntUnaryOperator wanted, Look look) {
        this.samples = samples;
        this.wanted = wanted;
        this.look = look;
        whole = new boolean[samples];
        for (int step = 0; step < found.length; step++) found[step] = new AtomicInteger();
    }

    Phases.Phase begin() {
        return climb(0);
    }

    private Phases.Phase climb(int step) {
        return step == found.length
                ? Phases.END
                : Phases.of(samples, (sample, scratch) -> climb(sample, step, scratch), _ -> climb(step + 1));
    }

    private void climb(int sample, int step, Scratch scratch) {
        int all = wanted.applyAsInt(sample);
        if (all > 0 && !whole[sample]) {
            int right = look.right(sample, Calibration.ladder(step), scratch);
            found[step].addAndGet(Math.min(all, right));
            whole[sample] = right >= all;
        } else found[step].addAndGet(all);
    }

    Calibration measured() {
        int all = IntStream.range(0, samples).map(wanted).sum();
        var recalls = new float[found.length];
        for (int step = 0; step < recalls.length; step++)
            recalls[step] = all == 0 ? 1 : (float) found[step].get() / all;
        return new Calibration(recalls);
    }
}
