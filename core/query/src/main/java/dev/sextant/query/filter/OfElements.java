package dev.sextant.query.filter;

import dev.sextant.engine.Part;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

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

    /// Names of the fields that tell which elements are taken, wherever their values come from.
    public List<String> needs(Schema schema) {
        var fields = schema.fieldsOf(struct);
        var plain = fields.stream().filter(field -> !field.isVector()).toList();
        return (plain.isEmpty() ? fields.subList(0, 1) : plain)
                .stream().map(Field::name).toList();
    }

    /// Which elements of each of some rows are taken.
    ///
    /// @param rows that have what it [#needs]
    public List<int[]> taken(Schema schema, Rows rows) {
        var columns = new HashMap<Integer, Column>();
        for (var name : needs(schema))
            columns.put(schema.field(name).orElseThrow().id(), rows.column(name).orElseThrow());
        var all = new ArrayList<int[]>();
        for (int row = 0; row < rows.count(); row++) all.add(taken(columns, row));
        return all;
    }

    private int[] taken(Map<Integer, Column> columns, int row) {
        var lists = (Column.Lists) columns.get(shape).slice(row, row + 1);
        int count = lists.elements().rows();
        var wanted = new long[(count + 63) / 64];
        set(wanted, 0, count);
        var words = taken(Source.of(columns, row), 0, lists, wanted, condition);
        return IntStream.range(0, count)
                .filter(at -> (words[at >>> 6] >>> at & 1) == 1)
                .toArray();
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
