package dev.sextant.query.filter;

/// What holds where a condition is false, by Kleene's logic: where the condition is unknown, its negation is too.
final class Negation {
    private Negation() {}

    static Predicate of(Predicate predicate) {
        return switch (predicate) {
            case Predicate.Constant(var value) -> new Predicate.Constant(!value);
            case Predicate.And(var all) ->
                new Predicate.Or(all.stream().map(Negation::of).toList());
            case Predicate.Or(var any) ->
                new Predicate.And(any.stream().map(Negation::of).toList());
            case Predicate.IsNull(var field, var negated) -> new Predicate.IsNull(field, !negated);
            case Predicate.Scalar(var field, var test, var negated) -> new Predicate.Scalar(field, test, !negated);
            case Predicate.Columns(var left, var sign, var right, var negated) ->
                new Predicate.Columns(left, sign, right, !negated);
            case Predicate.Element(var field, var index, var test, var negated, var missing) ->
                new Predicate.Element(field, index, test, !negated, !missing);
            case Predicate.Length(var field, var test, var negated) -> new Predicate.Length(field, test, !negated);
            case Predicate.Contains(var field, var quantity, var values, var negated) ->
                new Predicate.Contains(field, quantity, values, !negated);
            case Predicate.ArrayIs(var field, var values, var negated) ->
                new Predicate.ArrayIs(field, values, !negated);
            case Predicate.Elements(var shape, var condition, var least, var most, var every, var negated) ->
                new Predicate.Elements(shape, condition, least, most, every, !negated);
            case Predicate.Indexed indexed -> of(indexed.leaf());
            // Whether something exists is never unknown, not even in a null row.
            case Predicate.Json(var field, var path, var test, var negated, var missing, var nullRows) ->
                new Predicate.Json(field, path, test, !negated, !missing, test instanceof JsonTest.Exists && !nullRows);
        };
    }
}
