package dev.sextant.query.filter;

import dev.sextant.engine.Part;
import dev.sextant.index.scalar.JsonCursor;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import java.util.function.IntPredicate;

/// A condition over the rows of one chunk, in words of 64 rows. Looks only at rows that are still undecided, and reads
/// a column only when some are. One thread.
final class Evaluation {
    private static final int CHUNK_WORDS = Bits.CHUNK_BITS / 64;

    private final JsonCursor cursor = new JsonCursor();
    private final Source source;
    private final int chunk;
    private final int rows;

    Evaluation(Part part, int chunk, int rows) {
        this(Source.of(part), chunk, rows);
    }

    Evaluation(Source source, int chunk, int rows) {
        this.source = source;
        this.chunk = chunk;
        this.rows = rows;
    }

    /// Those of the `wanted` rows that are taken, in words of their own.
    long[] take(Predicate predicate, long[] wanted) {
        return switch (Verdict.of(predicate, source, chunk)) {
            case ALWAYS -> wanted.clone();
            case NEVER -> new long[wanted.length];
            case MAYBE ->
                switch (predicate) {
                    case Predicate.Constant(var value) -> value ? wanted.clone() : new long[wanted.length];
                    case Predicate.And(var all) -> {
                        var left = wanted;
                        for (var operand : all) {
                            if (isEmpty(left)) break;
                            left = take(operand, left);
                        }
                        yield left == wanted ? wanted.clone() : left;
                    }
                    case Predicate.Or(var any) -> or(any, wanted);
                    case Predicate.IsNull(var field, var negated) ->
                        nulls(source.chunk(field, chunk).nulls(), negated, wanted);
                    case Predicate.Scalar(var field, Test.TextWords words, var negated)
                    when words.counted().isPresent() -> words(field, words, negated, wanted);
                    case Predicate.Scalar(var field, var test, var negated) ->
                        scalar(source.chunk(field, chunk), test, negated, wanted);
                    case Predicate.Columns(var left, var sign, var right, var negated) -> {
                        var a = source.chunk(left, chunk);
                        var b = source.chunk(right, chunk);
                        yield rows(wanted, both(a, b, row -> Sides.holds(a, b, row, sign) != negated));
                    }
                    case Predicate.Element element ->
                        element((Column.Lists) source.chunk(element.field(), chunk), element, wanted);
                    case Predicate.Length(var field, var test, var negated) -> {
                        var lists = (Column.Lists) source.chunk(field, chunk);
                        yield rows(
                                wanted,
                                valid(lists, row -> test.passes(lists.ends()[row] - lists.start(row)) != negated));
                    }
                    case Predicate.Contains contains -> {
                        var lists = (Column.Lists) source.chunk(contains.field(), chunk);
                        yield rows(wanted, valid(lists, Arrays.contains(lists, contains)));
                    }
                    case Predicate.ArrayIs(var field, var values, var negated) -> {
                        var lists = (Column.Lists) source.chunk(field, chunk);
                        yield rows(wanted, valid(lists, row -> Arrays.same(lists, row, values) != negated));
                    }
                    case Predicate.Elements elements -> elements(elements, wanted);
                    case Predicate.Indexed indexed -> indexed(indexed, wanted);
                    case Predicate.Json json -> json((Column.Jsons) source.chunk(json.field(), chunk), json, wanted);
                };
        };
    }

    private long[] or(java.util.List<Predicate> any, long[] wanted) {
        var taken = new long[wanted.length];
        var left = wanted.clone();
        for (var operand : any) {
            if (isEmpty(left)) break;
            var more = take(operand, left);
            for (int w = 0; w < taken.length; w++) {
                taken[w] |= more[w];
                left[w] &= ~more[w];
            }
        }
        return taken;
    }

    private long[] indexed(Predicate.Indexed indexed, long[] wanted) {
        var taken = words(indexed.taken(), wanted);
        if (indexed.unsure().isEmpty()) return taken;
        var unsure = words(indexed.unsure().get(), wanted);
        if (isEmpty(unsure)) return taken;
        var looked = take(indexed.leaf(), unsure);
        for (int w = 0; w < taken.length; w++) taken[w] |= looked[w];
        return taken;
    }

    private long[] words(Bits bits, long[] wanted) {
        var words = new long[wanted.length];
        for (int w = 0; w < words.length; w++) words[w] = wanted[w] & bits.word(chunk * CHUNK_WORDS + w);
        return words;
    }

    static boolean isEmpty(long[] words) {
        for (long word : words) if (word != 0) return false;
        return true;
    }

    private static long[] nulls(Nulls nulls, boolean negated, long[] wanted) {
        var taken = negated ? wanted.clone() : new long[wanted.length];
        if (nulls.none()) return taken;
        for (int row = nulls.next(0); row >= 0 && row >>> 6 < wanted.length; row = nulls.next(row + 1)) {
            if (negated) taken[row >>> 6] &= ~(1L << row);
            else taken[row >>> 6] |= wanted[row >>> 6] & 1L << row;
        }
        return taken;
    }

    private long[] words(int field, Test.TextWords test, boolean negated, long[] wanted) {
        var candidates = Presence.candidates(source, test.counted().getAsInt(), chunk, test.needed(), wanted);
        if (!negated && isEmpty(candidates)) return candidates;
        var column = (Column.Texts) source.chunk(field, chunk);
        var matching = texts(column.values(), test, false, candidates);
        if (!column.nulls().none()) matching = nulls(column.nulls(), true, matching);
        if (!negated) return matching;
        var others = wanted.clone();
        for (int w = 0; w < others.length; w++) others[w] &= ~matching[w];
        return nulls(column.nulls(), true, others);
    }

    private long[] scalar(Column column, Test test, boolean negated, long[] wanted) {
        var taken = switch (column) {
            case Column.Ints(var values, _) -> ints(values, (Test.Whole) test, negated, wanted);
            case Column.Longs(var values, _) -> longs(values, (Test.Whole) test, negated, wanted);
            case Column.Floats(var values, _) -> floats(values, (Test.Real) test, negated, wanted);
            case Column.Doubles(var values, _) -> doubles(values, (Test.Real) test, negated, wanted);
            case Column.Bools(var values, _) -> {
                var set = (Test.TruthSet) test;
                yield rows(wanted, row -> set.find(values[row]) >= 0 != negated);
            }
            case Column.Texts(var values, _) -> texts(values, (Test.Text) test, negated, wanted);
            case Column.Shapes(var values, _) ->
                rows(
                        wanted,
                        row -> ((Test.Geometry) test).passes(values.bytes(), values.start(row), values.end(row))
                                != negated);
            case Column.Jsons _, Column.Lists _, Column.Dense _, Column.Sparse _ -> throw new AssertionError(column);
        };
        return column.nulls().none() ? taken : nulls(column.nulls(), true, taken);
    }

    // The loops below differ in one type each: that is what keeps boxes and calls out of them.

    private long[] ints(int[] values, Test.Whole test, boolean negated, long[] wanted) {
        if (test instanceof Test.WholeSet set) {
            var taken = new long[wanted.length];
            for (int w = 0; w < wanted.length; w++) {
                long bits = 0;
                for (long left = wanted[w]; left != 0; left &= left - 1) {
                    int bit = Long.numberOfTrailingZeros(left);
                    if (set.find((long) values[(w << 6) + bit]) >= 0 != negated) bits |= 1L << bit;
                }
                taken[w] = bits;
            }
            return taken;
        }
        if (!(test instanceof Test.WholeRange(var steps, var least, var most)) || !steps.none())
            return rows(wanted, row -> test.passes(values[row]) != negated);
        var taken = new long[wanted.length];
        for (int w = 0; w < wanted.length; w++) {
            if (wanted[w] == 0) continue;
            long bits = 0;
            for (int row = w << 6, bit = 0; bit < 64 && row < rows; row++, bit++) {
                long value = values[row];
                bits |= (value >= least & value <= most ? 1L : 0L) << bit;
            }
            taken[w] = (negated ? ~bits : bits) & wanted[w];
        }
        return taken;
    }

    private long[] longs(long[] values, Test.Whole test, boolean negated, long[] wanted) {
        if (test instanceof Test.WholeSet set) {
            var taken = new long[wanted.length];
            for (int w = 0; w < wanted.length; w++) {
                long bits = 0;
                for (long left = wanted[w]; left != 0; left &= left - 1) {
                    int bit = Long.numberOfTrailingZeros(left);
                    if (set.find(values[(w << 6) + bit]) >= 0 != negated) bits |= 1L << bit;
                }
                taken[w] = bits;
            }
            return taken;
        }
        if (!(test instanceof Test.WholeRange(var steps, var least, var most)) || !steps.none())
            return rows(wanted, row -> test.passes(values[row]) != negated);
        var taken = new long[wanted.length];
        for (int w = 0; w < wanted.length; w++) {
            if (wanted[w] == 0) continue;
            long bits = 0;
            for (int row = w << 6, bit = 0; bit < 64 && row < rows; row++, bit++) {
                long value = values[row];
                bits |= (value >= least & value <= most ? 1L : 0L) << bit;
            }
            taken[w] = (negated ? ~bits : bits) & wanted[w];
        }
        return taken;
    }

    private long[] floats(float[] values, Test.Real test, boolean negated, long[] wanted) {
        if (!(test instanceof Test.RealRange range) || !range.steps().none())
            return rows(wanted, row -> test.passes(values[row]) != negated);
        double least = range.leastIn() ? range.least() : Math.nextUp(range.least());
        double most = range.mostIn() ? range.most() : Math.nextDown(range.most());
        var taken = new long[wanted.length];
        for (int w = 0; w < wanted.length; w++) {
            if (wanted[w] == 0) continue;
            long bits = 0;
            for (int row = w << 6, bit = 0; bit < 64 && row < rows; row++, bit++) {
                double value = values[row];
                bits |= (value >= least & value <= most ? 1L : 0L) << bit;
            }
            taken[w] = (negated ? ~bits : bits) & wanted[w];
        }
        return taken;
    }

    private long[] doubles(double[] values, Test.Real test, boolean negated, long[] wanted) {
        if (!(test instanceof Test.RealRange range) || !range.steps().none())
            return rows(wanted, row -> test.passes(values[row]) != negated);
        double least = range.leastIn() ? range.least() : Math.nextUp(range.least());
        double most = range.mostIn() ? range.most() : Math.nextDown(range.most());
        var taken = new long[wanted.length];
        for (int w = 0; w < wanted.length; w++) {
            if (wanted[w] == 0) continue;
            long bits = 0;
            for (int row = w << 6, bit = 0; bit < 64 && row < rows; row++, bit++) {
                double value = values[row];
                bits |= (value >= least & value <= most ? 1L : 0L) << bit;
            }
            taken[w] = (negated ? ~bits : bits) & wanted[w];
        }
        return taken;
    }

    private long[] texts(Slices values, Test.Text test, boolean negated, long[] wanted) {
        var bytes = values.bytes();
        if (test instanceof Test.TextSet set)
            return rows(wanted, row -> set.find(bytes, values.start(row), values.end(row)) >= 0 != negated);
        if (!(test instanceof Test.TextRange range) || !range.isOne())
            return rows(wanted, row -> test.passes(bytes, values.start(row), values.end(row)) != negated);
        var one = range.least();
        var ends = values.ends();
        return rows(wanted, row -> {
            int from = row == 0 ? 0 : ends[row - 1];
            boolean same = ends[row] - from == one.length
                    && java.util.Arrays.equals(bytes, from, ends[row], one, 0, one.length);
            return same != negated;
        });
    }

    private long[] element(Column.Lists lists, Predicate.Element element, long[] wanted) {
        var passes = Arrays.passes(lists.elements(), element.test());
        return rows(wanted, valid(lists, row -> {
            int at = lists.start(row) + element.index();
            return at >= lists.ends()[row] || element.index() < 0
                    ? element.missing()
                    : passes.test(at) != element.negated();
        }));
    }

    private long[] elements(Predicate.Elements elements, long[] wanted) {
        var lists = (Column.Lists) source.chunk(elements.shape(), chunk);
        var asked = new long[(lists.elements().rows() + 63) / 64];
        rows(wanted, row -> {
            OfElements.set(asked, lists.start(row), lists.ends()[row]);
            return true;
        });
        var taken = OfElements.taken(source, chunk, lists, asked, elements.condition());
        return rows(wanted, valid(lists, row -> {
            int count = OfElements.count(taken, lists.start(row), lists.ends()[row]);
            boolean holds = elements.every()
                    ? count == lists.length(row)
                    : count >= elements.least() && count <= elements.most();
            return holds != elements.negated();
        }));
    }

    private long[] json(Column.Jsons column, Predicate.Json json, long[] wanted) {
        var values = column.values();
        var bytes = values.bytes();
        return rows(wanted, row -> {
            if (column.isNull(row)) return json.nullRows();
            if (!cursor.seek(bytes, values.start(row), values.end(row), json.path())) return json.missing();
            return switch (JsonTests.passes(cursor, json.test())) {
                case PASSES -> !json.negated();
                case FAILS -> json.negated();
                case OTHER_KIND -> json.missing();
            };
        });
    }

    private static IntPredicate valid(Column column, IntPredicate test) {
        return column.nulls().none() ? test : row -> !column.isNull(row) && test.test(row);
    }

    private static IntPredicate both(Column left, Column right, IntPredicate test) {
        return valid(left, valid(right, test));
    }

    /// Tests each wanted row.
    private static long[] rows(long[] wanted, IntPredicate test) {
        var taken = new long[wanted.length];
        for (int w = 0; w < wanted.length; w++) {
            long bits = 0;
            for (long left = wanted[w]; left != 0; left &= left - 1) {
                int bit = Long.numberOfTrailingZeros(left);
                if (test.test((w << 6) + bit)) bits |= 1L << bit;
            }
            taken[w] = bits;
        }
        return taken;
    }
}
