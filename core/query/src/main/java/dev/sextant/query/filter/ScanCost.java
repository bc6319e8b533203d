package dev.sextant.query.filter;

/// How long a condition takes for a row whose column is decoded, about: nanoseconds on one core.
final class ScanCost {
    private ScanCost() {}

    static double ofRow(Predicate predicate) {
        return switch (predicate) {
            case Predicate.Constant _, Predicate.IsNull _, Predicate.Indexed _ -> 0.05;
            case Predicate.Scalar(_, var test, _) -> ofRow(test);
            case Predicate.Columns _ -> 4;
            case Predicate.Length _ -> 2;
            case Predicate.Element _ -> 6;
            case Predicate.Contains(_, _, var values, _) -> values instanceof Test.Text ? 30 : 12;
            case Predicate.ArrayIs _ -> 6;
            case Predicate.Elements(_, var condition, _, _, _, _) -> 8 * ofRow(condition);
            case Predicate.Json _ -> 140;
            case Predicate.And(var all) ->
                all.stream().mapToDouble(ScanCost::ofRow).sum();
            case Predicate.Or(var any) ->
                any.stream().mapToDouble(ScanCost::ofRow).sum();
        };
    }

    private static double ofRow(Test test) {
        return switch (test) {
            case Test.WholeRange(var steps, _, _) -> steps.none() ? 0.7 : 4;
            case Test.RealRange(var steps, _, _, _, _) -> steps.none() ? 0.7 : 4;
            case Test.TruthSet _ -> 2;
            case Test.WholeSet _ -> 4;
            case Test.Shifted _, Test.WholeMember _ -> 40;
            case Test.TextMember _ -> 60;
            case Test.RealSet _ -> 12;
            case Test.TextRange range -> range.isOne() ? 4 : 18;
            case Test.TextSet _ -> 15;
            case Test.TextPattern(var pattern) -> pattern instanceof Pattern.Regex ? 200 : 20;
            case Test.TextWords _ -> 2_000;
            case Test.Geometry _ -> 1_500;
        };
    }
}
