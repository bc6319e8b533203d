package dev.sextant.query.filter;

import dev.sextant.model.Column;
import dev.sextant.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/// Tests of the elements of array columns.
final class Arrays {
    private Arrays() {}

    /// Tests element by element, by position in the element column.
    static IntPredicate passes(Column elements, Test test) {
        return switch (elements) {
            case Column.Ints(var values, _) -> at -> ((Test.Whole) test).passes(values[at]);
            case Column.Longs(var values, _) -> at -> ((Test.Whole) test).passes(values[at]);
            case Column.Floats(var values, _) -> at -> ((Test.Real) test).passes(values[at]);
            case Column.Doubles(var values, _) -> at -> ((Test.Real) test).passes(values[at]);
            case Column.Bools(var values, _) -> at -> ((Test.TruthSet) test).find(values[at]) >= 0;
            case Column.Texts(var values, _) ->
                at -> ((Test.Text) test).passes(values.bytes(), values.start(at), values.end(at));
            case Column.Jsons _, Column.Shapes _, Column.Lists _, Column.Dense _, Column.Sparse _ ->
                throw new AssertionError(elements);
        };
    }

    static IntPredicate contains(Column.Lists lists, Predicate.Contains contains) {
        var find = find(lists.elements(), contains.values());
        int all = contains.values().size();
        return row -> {
            boolean contained = contains.quantity() == Predicate.Quantity.ANY
                    ? any(lists, row, find)
                    : count(lists, row, find, all) == all;
            return contained != contains.negated();
        };
    }

    private static boolean any(Column.Lists lists, int row, IntUnaryOperator find) {
        for (int at = lists.start(row); at < lists.ends()[row]; at++) if (find.applyAsInt(at) >= 0) return true;
        return false;
    }

    private static int count(Column.Lists lists, int row, IntUnaryOperator find, int all) {
        var seen = new Seen(all);
        for (int at = lists.start(row); at < lists.ends()[row]; at++) seen.add(find.applyAsInt(at));
        return seen.count();
    }

    private static IntUnaryOperator find(Column elements, Test.Set set) {
        return switch (elements) {
            case Column.Ints(var values, _) -> at -> set.find((long) values[at]);
            case Column.Longs(var values, _) -> at -> set.find(values[at]);
            case Column.Floats(var values, _) -> at -> set.find((double) values[at]);
            case Column.Doubles(var values, _) -> at -> set.find(values[at]);
            case Column.Bools(var values, _) -> at -> ((Test.TruthSet) set).find(values[at]);
            case Column.Texts(var values, _) -> at -> set.find(values.bytes(), values.start(at), values.end(at));
            case Column.Jsons _, Column.Shapes _, Column.Lists _, Column.Dense _, Column.Sparse _ ->
                throw new AssertionError(elements);
        };
    }

    static boolean same(Column.Lists lists, int row, List<Value> values) {
        int from = lists.start(row);
        if (lists.ends()[row] - from != values.size()) return false;
        for (int i = 0; i < values.size(); i++) if (!same(lists.elements(), from + i, values.get(i))) return false;
        return true;
    }

    private static boolean same(Column elements, int at, Value value) {
        return switch (elements) {
            case Column.Ints(var values, _) -> Constants.isNumber(value) && values[at] == Constants.real(value);
            case Column.Longs(var values, _) ->
                value instanceof Value.Int(var number)
                        ? values[at] == number
                        : value instanceof Value.Real(var real) && values[at] == real;
            case Column.Floats(var values, _) ->
                Constants.isNumber(value) && values[at] == (float) Constants.real(value);
            case Column.Doubles(var values, _) -> Constants.isNumber(value) && values[at] == Constants.real(value);
            case Column.Bools(var values, _) -> value instanceof Value.Bool(var truth) && values[at] == truth;
            case Column.Texts(var values, _) ->
                value instanceof Value.Text(var text)
                        && java.util.Arrays.equals(values.copy(at), text.getBytes(StandardCharsets.UTF_8));
            case Column.Jsons _, Column.Shapes _, Column.Lists _, Column.Dense _, Column.Sparse _ ->
                throw new AssertionError(elements);
        };
    }

    /// Which members of a list came by.
    static final class Seen {
        private final long[] words;
        private int count;

        Seen(int members) {
            words = new long[(members + 63) / 64];
        }

        void add(int member) {
            if (member < 0 || (words[member >>> 6] & 1L << member) != 0) return;
            words[member >>> 6] |= 1L << member;
            count++;
        }

        int count() {
            return count;
        }
    }
}
