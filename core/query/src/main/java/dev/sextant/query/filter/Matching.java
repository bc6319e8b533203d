package dev.sextant.query.filter;

import dev.sextant.engine.Part;
import dev.sextant.kernel.Bits;
import java.util.List;

/// The rows of a part that a filter takes.
public final class Matching {
    private static final int CHUNK_WORDS = Bits.CHUNK_BITS / 64;

    private Matching() {}

    /// Those of the rows in `among` that match. `between` is called between chunks and may throw.
    ///
    /// @param salt makes samples of different moments differ, and those of one moment agree
    public static Bits rows(Part part, Bound bound, Bits among, long salt, Runnable between) {
        return rows(part, bound, among, salt, between, 1);
    }

    /// @param scanWeight see [Serving]
    static Bits rows(Part part, Bound bound, Bits among, long salt, Runnable between, double scanWeight) {
        if (bound.isAll()) return among;
        int rows = part.rows();
        var plan = Serving.plan(bound.root(), part, among, scanWeight);
        if (plan.root() instanceof Predicate.Constant(var all)
                && all
                && bound.sample().isEmpty()) return plan.among();
        var matching = Bits.builder(rows);
        for (int chunk = 0; chunk * (long) Bits.CHUNK_BITS < rows; chunk++) {
            between.run();
            int first = chunk * Bits.CHUNK_BITS;
            int count = Math.min(Bits.CHUNK_BITS, rows - first);
            if (plan.among().next(first, first + count) < 0) continue;
            var wanted = words(plan.among(), chunk, count);
            var taken = new Evaluation(part, chunk, count).take(plan.root(), wanted);
            if (bound.sample().isPresent()) sample(taken, bound.sample().getAsDouble(), salt ^ part.id() * 31 + chunk);
            for (int w = 0; w < taken.length; w++) if (taken[w] != 0) matching.word(chunk * CHUNK_WORDS + w, taken[w]);
        }
        return matching.build();
    }

    /// What indexes of a part would answer, in sentences.
    public static List<String> served(Part part, Bound bound, Bits among) {
        return Serving.plan(bound.root(), part, among).notes();
    }

    private static long[] words(Bits bits, int chunk, int count) {
        var words = new long[(count + 63) / 64];
        for (int w = 0; w < words.length; w++) words[w] = bits.word(chunk * CHUNK_WORDS + w);
        if ((count & 63) != 0) words[words.length - 1] &= (1L << count) - 1;
        return words;
    }

    private static void sample(long[] taken, double share, long salt) {
        for (int w = 0; w < taken.length; w++)
            for (long left = taken[w]; left != 0; left &= left - 1) {
                int bit = Long.numberOfTrailingZeros(left);
                double chance = (mix(salt * 0x9e3779b97f4a7c15L + (w << 6 | bit)) >>> 11) * 0x1p-53;
                if (chance >= share) taken[w] &= ~(1L << bit);
            }
    }

    private static long mix(long value) {
        value = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        value = (value ^ value >>> 27) * 0x94d049bb133111ebL;
        return value ^ value >>> 31;
    }
}
