package dev.sextant.query.filter;

import dev.sextant.engine.FieldIndex;
import dev.sextant.index.scalar.ScalarIndex.Structure;
import dev.sextant.index.scalar.ScalarIndex.Values;
import dev.sextant.index.scalar.ScalarParameters.Cast;
import dev.sextant.index.scalar.Sought;
import dev.sextant.model.Slices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Conditions in the words of an index. What cannot be said so that the answer is the very one of the column is not
/// said.
final class Asking {
    /// Whole numbers below are real numbers too, and none that is not lies among them: indexes over numbers in JSON
    /// hold real ones.
    private static final long MOST_EXACT = 1L << 53;

    private Asking() {}

    /// A test of the values of a field, or of the elements of an array.
    static Optional<Sought> of(Test test, FieldIndex index, boolean all) {
        boolean grams = index.structure().structure() == Structure.GRAMS;
        return switch (test) {
            case Test.WholeRange(var steps, var least, var most) ->
                steps.none() ? Optional.of(new Sought.Wholes(least, most)) : Optional.empty();
            case Test.WholeSet(var values, _) -> Optional.of(new Sought.WholeSet(values, all));
            case Test.RealRange range -> reals(range);
            case Test.RealSet(var values) -> Optional.of(new Sought.RealSet(values, all));
            case Test.TruthSet set -> Optional.of(truths(set, all));
            case Test.TextRange range -> Optional.of(texts(range));
            case Test.TextSet(var values, _) -> Optional.of(new Sought.TextSet(values, all));
            case Test.TextPattern(var pattern) -> Optional.of(pattern(pattern, grams));
            case Test.Geometry(var question) -> question.reach().map(Sought.Meeting::new);
            case Test.Shifted _, Test.WholeMember _, Test.TextMember _ -> Optional.empty();
            case Test.TextWords _ -> Optional.empty(); // an analyzer decides what a word is
        };
    }

    private static Optional<Sought> reals(Test.RealRange range) {
        return range.steps().none()
                ? Optional.of(new Sought.Reals(range.least(), range.leastIn(), range.most(), range.mostIn()))
                : Optional.empty();
    }

    private static Sought.TruthSet truths(Test.TruthSet set, boolean all) {
        return new Sought.TruthSet(set.find(false) >= 0, set.find(true) >= 0, all);
    }

    private static Sought texts(Test.TextRange range) {
        return new Sought.Texts(
                Optional.ofNullable(range.least()), range.leastIn(), Optional.ofNullable(range.most()), range.mostIn());
    }

    private static Sought pattern(Pattern pattern, boolean grams) {
        return switch (pattern) {
            case Pattern.Exactly(var text) -> Sought.Texts.one(text);
            case Pattern.Prefix(var prefix) when !grams -> Sought.Texts.prefix(prefix);
            case Pattern.Prefix(var prefix) -> like(prefix, List.of(prefix), pattern);
            case Pattern.Suffix(var suffix) -> like(new byte[0], List.of(suffix), pattern);
            case Pattern.Infix(var infix) -> like(new byte[0], List.of(infix), pattern);
            case Pattern.Pieces(var pieces) -> like(literal(pieces.getFirst(), 0), literals(pieces), pattern);
            case Pattern.Regex _ -> like(new byte[0], List.of(), pattern);
        };
    }

    private static Sought like(byte[] prefix, List<byte[]> pieces, Pattern pattern) {
        return new Sought.Like(prefix, pieces, pattern::matches);
    }

    /// The texts between wildcards.
    private static List<byte[]> literals(List<int[]> pieces) {
        var literals = new ArrayList<byte[]>();
        for (var piece : pieces)
            for (int at = 0; at < piece.length; ) {
                var literal = literal(piece, at);
                if (literal.length > 0) literals.add(literal);
                at += literal.length + 1;
            }
        return literals;
    }

    /// Up to the next wildcard.
    private static byte[] literal(int[] piece, int from) {
        int to = from;
        while (to < piece.length && piece[to] >= 0) to++;
        var literal = new byte[to - from];
        for (int i = from; i < to; i++) literal[i - from] = (byte) piece[i];
        return literal;
    }

    /// A test of the value at a place in JSON, where an index of that place knows values of its kind.
    static Optional<Sought> of(JsonTest test, FieldIndex index) {
        var cast = index.place().orElseThrow().cast();
        var values = index.structure().values();
        return switch (test) {
            case JsonTest.Number(var whole, var real) ->
                cast == Cast.DOUBLE && whole.map(Asking::isExact).orElse(true) ? reals(real) : Optional.empty();
            case JsonTest.Text(var text) -> cast == Cast.VARCHAR ? of(text, index, false) : Optional.empty();
            case JsonTest.Truth(var set) -> cast == Cast.BOOL ? of(set, index, false) : Optional.empty();
            case JsonTest.In(var members) -> cast.isArray() ? Optional.empty() : of(members, values, false);
            case JsonTest.Contains(var quantity, var members) ->
                cast.isArray() ? of(members, values, quantity == Predicate.Quantity.ALL) : Optional.empty();
            case JsonTest.Exists _, JsonTest.Same _, JsonTest.Length _, JsonTest.Member _ -> Optional.empty();
        };
    }

    private static boolean isExact(Test.WholeRange range) {
        return isExact(range.least()) && isExact(range.most());
    }

    /// The least and the greatest number stand for no bound.
    private static boolean isExact(long bound) {
        return Math.abs(bound) < MOST_EXACT || bound == Long.MIN_VALUE || bound == Long.MAX_VALUE;
    }

    private static Optional<Sought> of(JsonTest.Members members, Values values, boolean all) {
        int size = members.size();
        if (size == 0) return Optional.empty();
        return switch (values) {
            case TEXT ->
                members.texts().size() == size
                        ? Optional.of(texts(members.texts().values(), all))
                        : Optional.empty();
            case TRUTH ->
                members.truths().size() == size ? Optional.of(truths(members.truths(), all)) : Optional.empty();
            case REAL ->
                members.wholes().size() + members.reals().size() == size
                        ? numbers(members.wholes().values(), members.reals().values(), all)
                        : Optional.empty();
            case WHOLE, BOX -> Optional.empty();
        };
    }

    private static Sought texts(Slices texts, boolean all) {
        return new Sought.TextSet(texts, all);
    }

    private static Optional<Sought> numbers(long[] wholes, double[] reals, boolean all) {
        var both = Arrays.copyOf(reals, reals.length + wholes.length);
        for (int i = 0; i < wholes.length; i++) {
            if (Math.abs(wholes[i]) >= MOST_EXACT || wholes[i] == Long.MIN_VALUE) return Optional.empty();
            both[reals.length + i] = wholes[i];
        }
        Arrays.sort(both);
        return Optional.of(new Sought.RealSet(both, all));
    }
}
