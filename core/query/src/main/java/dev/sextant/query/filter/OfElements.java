package dev.sextant.query.filter;

import dev.sextant.engine.Part;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import dev.sextant.model.Struct;

/// What a filter says about the elements of a struct: a search among its vectors finds only such elements.
///
/// @param shape a field of the struct, which tells how many elements a row has
/// @param condition its fields stand for one element each
public record OfElements(Struct struct, int shape, Predicate condition) {
    /// The elements of some rows of a part that are taken, numbered through all rows of the part. `between` is called
    /// between chunks and may throw.
    ///
    /// @param count of all elements
    public Bits taken(Part part, Bits rows, int count, Runnable between) {
        var taken = Bits.builder(count);
        int base = 0;
        for (int chunk = 0; chunk * (long) Bits.CHUNK_BITS < part.rows(); chunk++) {
            between.run();
            int first = chunk * Bits.CHUNK_BITS;
            var lists = (Column.Lists) part.chunk(shape, chunk);
            if (rows.next(first, first + lists.rows()) >= 0) {
                var words = taken(Source.of(part), chunk, lists, rows, condition);
                for (int w = 0; w < words.length; w++)
                    for (long left = words[w]; left != 0; left &= left - 1)
                        taken.set(base + (w << 6) + Long.numberOfTrailingZeros(left));
            }
            base += lists.elements().rows();
        }
        return taken.build();
    }

    private static long[] taken(Source source, int chunk, Column.Lists lists, Bits rows, Predicate condition) {
        int first = chunk * Bits.CHUNK_BITS;
        var wanted = new long[(lists.elements().rows() + 63) / 64];
        for (int row = 0; row < lists.rows(); row++)
            if (rows.get(first + row)) set(wanted, lists.start(row), lists.ends()[row]);
        return taken(source, chunk, lists, wanted, condition);
    }

    /// Of some elements of one chunk.
    static long[] taken(Source rows, int chunk, Column.Lists lists, long[] wanted, Predicate condition) {
        return new Evaluation(rows.elements(), chunk, lists.elements().rows()).take(condition, wanted);
    }

    static void set(long[] words, int from, int to) {
        for (int at = from; at < to; at++) words[at >>> 6] |= 1L << at;
    }

    /// How many are set from one place to another.
    static int count(long[] words, int from, int to) {
        int count = 0;
        for (int at = from; at < to; ) {
            int end = Math.min(to, (at | 63) + 1);
            long word = words[at >>> 6] >>> at;
            if (end - at < 64) word &= (1L << end - at) - 1;
            count += Long.bitCount(word);
            at = end;
        }
        return count;
    }
}
