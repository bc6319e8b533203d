package dev.sextant.query.filter;

import dev.sextant.engine.Zone;
import dev.sextant.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What a chunk's statistics alone say about a condition.
enum Verdict {
    /// Every row is taken.
    ALWAYS,
    /// No row is taken.
    NEVER,
    MAYBE;

    static Verdict of(Predicate predicate, Source source, int chunk) {
        return switch (predicate) {
            case Predicate.Constant(var value) -> value ? ALWAYS : NEVER;
            case Predicate.And(var all) -> all(all, source, chunk);
            case Predicate.Or(var any) -> any(any, source, chunk);
            case Predicate.Indexed indexed -> of(indexed.leaf(), source, chunk);
            case Predicate.IsNull(var field, var negated) -> ofNull(source.zone(field, chunk), negated);
            case Predicate.Scalar(var field, var test, var negated) -> ofTest(source.zone(field, chunk), test, negated);
            case Predicate.Columns(var left, _, var right, _) -> ofNullOnly(source, chunk, left, right);
            case Predicate.Element(var field, _, _, _, _) -> ofNullOnly(source, chunk, field);
            case Predicate.Length(var field, _, _) -> ofNullOnly(source, chunk, field);
            case Predicate.Contains(var field, _, _, _) -> ofNullOnly(source, chunk, field);
            case Predicate.Elements elements -> ofNullOnly(source, chunk, elements.shape());
            case Predicate.ArrayIs(var field, _, _) -> ofNullOnly(source, chunk, field);
            case Predicate.Json(var field, _, _, _, _, var nullRows) ->
                source.zone(field, chunk) instanceof Zone.AllNull ? nullRows ? ALWAYS : NEVER : MAYBE;
        };
    }

    private static Verdict all(List<Predicate> operands, Source source, int chunk) {
        var verdict = ALWAYS;
        for (var operand : operands) {
            var one = of(operand, source, chunk);
            if (one == NEVER) return NEVER;
            if (one == MAYBE) verdict = MAYBE;
        }
        return verdict;
    }

    private static Verdict any(List<Predicate> operands, Source source, int chunk) {
        var verdict = NEVER;
        for (var operand : operands) {
            var one = of(operand, source, chunk);
            if (one == ALWAYS) return ALWAYS;
            if (one == MAYBE) verdict = MAYBE;
        }
        return verdict;
    }

    private static Verdict ofNull(Zone zone, boolean negated) {
        return switch (zone) {
            case Zone.Unknown _ -> MAYBE;
            case Zone.AllNull _ -> negated ? NEVER : ALWAYS;
            case Zone.Between(_, _, var nulls) -> nulls > 0 ? MAYBE : negated ? ALWAYS : NEVER;
        };
    }

    private static Verdict ofNullOnly(Source source, int chunk, int... fields) {
        for (int field : fields) if (source.zone(field, chunk) instanceof Zone.AllNull) return NEVER;
        return MAYBE;
    }

    private static Verdict ofTest(Zone zone, Test test, boolean negated) {
        return switch (zone) {
            case Zone.Unknown _ -> MAYBE;
            case Zone.AllNull _ -> NEVER;
            case Zone.Between(var least, var most, var nulls) -> {
                var verdict = between(test, least, most);
                if (negated) verdict = verdict == ALWAYS ? NEVER : verdict == NEVER ? ALWAYS : MAYBE;
                yield verdict == ALWAYS && nulls > 0 ? MAYBE : verdict;
            }
        };
    }

    private static Verdict between(Test test, Value least, Value most) {
        if (least instanceof Value.Int(var low) && most instanceof Value.Int(var high)) return wholes(test, low, high);
        if (least instanceof Value.Real(var low) && most instanceof Value.Real(var high)) return reals(test, low, high);
        if (least instanceof Value.Text(var low) && most instanceof Value.Text(var high)) return texts(test, low, high);
        return MAYBE;
    }

    private static Verdict wholes(Test test, long low, long high) {
        return switch (test) {
            case Test.WholeRange(var steps, var least, var most)
            when steps.none() -> high < least || low > most ? NEVER : low >= least && high <= most ? ALWAYS : MAYBE;
            case Test.WholeSet set -> {
                if (low == high) yield set.find(low) >= 0 ? ALWAYS : NEVER;
                int at = java.util.Arrays.binarySearch(set.values(), low);
                int first = at >= 0 ? at : -1 - at;
                yield first < set.size() && set.values()[first] <= high ? MAYBE : NEVER;
            }
            default -> MAYBE;
        };
    }

    private static Verdict reals(Test test, double low, double high) {
        if (!(test instanceof Test.RealRange range) || !range.steps().none()) return MAYBE;
        boolean lowIn = range.passes(low);
        boolean highIn = range.passes(high);
        if (lowIn && highIn) return ALWAYS;
        boolean below = high < range.least() || high == range.least() && !range.leastIn();
        boolean above = low > range.most() || low == range.most() && !range.mostIn();
        return below || above ? NEVER : MAYBE;
    }

    private static Verdict texts(Test test, String low, String high) {
        if (!(test instanceof Test.TextRange) && !(test instanceof Test.TextSet)) return MAYBE;
        var least = low.getBytes(StandardCharsets.UTF_8);
        var most = high.getBytes(StandardCharsets.UTF_8);
        return switch (test) {
            case Test.TextRange range -> {
                boolean below = range.least() != null && java.util.Arrays.compareUnsigned(most, range.least()) < 0;
                boolean above = range.most() != null && java.util.Arrays.compareUnsigned(least, range.most()) > 0;
                if (below || above) yield NEVER;
                yield range.passes(least, 0, least.length) && range.passes(most, 0, most.length) ? ALWAYS : MAYBE;
            }
            case Test.TextSet(var values, _) -> {
                for (int i = 0; i < values.count() && i < 64; i++) {
                    var value = values.copy(i);
                    if (java.util.Arrays.compareUnsigned(value, least) >= 0
                            && java.util.Arrays.compareUnsigned(value, most) <= 0) yield MAYBE;
                }
                yield values.count() > 64 ? MAYBE : NEVER;
            }
            default -> MAYBE;
        };
    }
}
