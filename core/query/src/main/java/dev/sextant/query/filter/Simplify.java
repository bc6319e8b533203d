package dev.sextant.query.filter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// Smaller conditions that take the same rows: nested `and`s and `or`s laid flat, ranges of one field merged, `a == 1
/// or a == 2` made a list, impossible branches dropped, cheap tests first. Sound only at the top, where unknown and
/// false are one.
final class Simplify {
    private static final Predicate NO_ROW = new Predicate.Constant(false);
    private static final Predicate EVERY_ROW = new Predicate.Constant(true);

    private Simplify() {}

    static Predicate of(Predicate predicate) {
        return switch (predicate) {
            case Predicate.And(var all) -> and(all);
            case Predicate.Or(var any) -> or(any);
            case Predicate.Scalar scalar -> isImpossible(scalar) ? NO_ROW : scalar;
            default -> predicate;
        };
    }

    private static Predicate and(List<Predicate> operands) {
        var flat = new ArrayList<Predicate>();
        for (var operand : operands) {
            var simple = of(operand);
            if (simple.equals(NO_ROW)) return NO_ROW;
            if (simple instanceof Predicate.And(var inner)) flat.addAll(inner);
            else if (!simple.equals(EVERY_ROW)) flat.add(simple);
        }
        var merged = mergeRanges(flat);
        if (merged.stream().anyMatch(p -> p instanceof Predicate.Scalar scalar && isImpossible(scalar))) return NO_ROW;
        merged.sort(Comparator.comparingInt(Simplify::cost));
        return switch (merged.size()) {
            case 0 -> EVERY_ROW;
            case 1 -> merged.getFirst();
            default -> new Predicate.And(merged);
        };
    }

    private static Predicate or(List<Predicate> operands) {
        var flat = new ArrayList<Predicate>();
        for (var operand : operands) {
            var simple = of(operand);
            if (simple.equals(EVERY_ROW)) return EVERY_ROW;
            if (simple instanceof Predicate.Or(var inner)) flat.addAll(inner);
            else if (!simple.equals(NO_ROW)) flat.add(simple);
        }
        var merged = mergeLists(flat);
        merged.sort(Comparator.comparingInt(Simplify::cost));
        return switch (merged.size()) {
            case 0 -> NO_ROW;
            case 1 -> merged.getFirst();
            default -> new Predicate.Or(merged);
        };
    }

    private static boolean isImpossible(Predicate.Scalar scalar) {
        if (scalar.negated()) return false;
        return switch (scalar.test()) {
            case Test.WholeRange(_, var least, var most) -> least > most;
            case Test.RealRange(_, var least, var leastIn, var most, var mostIn) ->
                least > most || least == most && !(leastIn && mostIn);
            case Test.Set set -> set.size() == 0;
            case Test.Shifted _, Test.TextRange _, Test.TextPattern _, Test.TextWords _, Test.Geometry _ -> false;
            case Test.WholeMember _, Test.TextMember _ -> false;
        };
    }

    private static List<Predicate> mergeRanges(List<Predicate> operands) {
        var ranges = new LinkedHashMap<Integer, Predicate.Scalar>();
        var merged = new ArrayList<Predicate>();
        for (var operand : operands) {
            if (!(operand instanceof Predicate.Scalar scalar) || scalar.negated() || !isRange(scalar.test())) {
                merged.add(operand);
                continue;
            }
            ranges.merge(
                    scalar.field(),
                    scalar,
                    (a, b) -> new Predicate.Scalar(a.field(), intersection(a.test(), b.test()), false));
        }
        merged.addAll(ranges.values());
        return merged;
    }

    private static boolean isRange(Test test) {
        return switch (test) {
            case Test.WholeRange(var steps, _, _) -> steps.none();
            case Test.RealRange(var steps, _, _, _, _) -> steps.none();
            case Test.TextRange _ -> true;
            default -> false;
        };
    }

    private static Test intersection(Test left, Test right) {
        return switch (left) {
            case Test.WholeRange a -> {
                var b = (Test.WholeRange) right;
                yield new Test.WholeRange(Steps.NONE, Math.max(a.least(), b.least()), Math.min(a.most(), b.most()));
            }
            case Test.RealRange a -> {
                var b = (Test.RealRange) right;
                boolean low = a.least() > b.least() || a.least() == b.least() && !a.leastIn();
                boolean high = a.most() < b.most() || a.most() == b.most() && !a.mostIn();
                yield new Test.RealRange(
                        Steps.NONE,
                        low ? a.least() : b.least(),
                        low ? a.leastIn() : b.leastIn(),
                        high ? a.most() : b.most(),
                        high ? a.mostIn() : b.mostIn());
            }
            case Test.TextRange a -> a.and((Test.TextRange) right);
            default -> throw new AssertionError(left);
        };
    }

    /// Equalities and lists of one field become one list.
    private static List<Predicate> mergeLists(List<Predicate> operands) {
        Map<Integer, List<Test>> lists = new LinkedHashMap<>();
        var merged = new ArrayList<Predicate>();
        for (var operand : operands) {
            if (operand instanceof Predicate.Scalar scalar && !scalar.negated() && isList(scalar.test()))
                lists.computeIfAbsent(scalar.field(), _ -> new ArrayList<>()).add(scalar.test());
            else merged.add(operand);
        }
        lists.forEach((field, tests) ->
                merged.add(new Predicate.Scalar(field, tests.size() == 1 ? tests.getFirst() : union(tests), false)));
        return merged;
    }

    private static boolean isList(Test test) {
        return switch (test) {
            case Test.WholeRange(var steps, var least, var most) -> steps.none() && least == most;
            case Test.WholeSet _, Test.TextSet _ -> true;
            case Test.TextRange range -> range.isOne();
            default -> false;
        };
    }

    private static Test union(List<Test> tests) {
        if (tests.getFirst() instanceof Test.Whole)
            return Test.wholes(tests.stream()
                    .flatMapToLong(test -> test instanceof Test.WholeSet(var values, _)
                            ? LongStream.of(values)
                            : LongStream.of(((Test.WholeRange) test).least()))
                    .toArray());
        var texts = new ArrayList<byte[]>();
        for (var test : tests)
            if (test instanceof Test.TextSet(var values, _))
                for (int i = 0; i < values.count(); i++) texts.add(values.copy(i));
            else texts.add(((Test.TextRange) test).least());
        return Test.texts(texts);
    }

    /// A rank, not a time: what is read for a row.
    private static int cost(Predicate predicate) {
        return switch (predicate) {
            case Predicate.Constant _, Predicate.IsNull _, Predicate.Indexed _ -> 0;
            case Predicate.Scalar scalar -> scalar.test() instanceof Test.Text ? 3 : 1;
            case Predicate.Columns _, Predicate.Length _ -> 2;
            case Predicate.Element _, Predicate.Contains _, Predicate.ArrayIs _ -> 4;
            case Predicate.Elements(_, var condition, _, _, _, _) -> 6 + cost(condition);
            case Predicate.Json _ -> 8;
            case Predicate.And(var all) -> all.stream().mapToInt(Simplify::cost).sum();
            case Predicate.Or(var any) -> any.stream().mapToInt(Simplify::cost).sum();
        };
    }
}
