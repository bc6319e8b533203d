package dev.sextant.query.filter;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import java.util.Optional;

/// Filters that name values of a field: `key == 1`, `key in [1, 2]`.
public final class Keys {
    private Keys() {}

    /// The values that a row must have one of, ascending and each once, when the whole condition says nothing else.
    public static Optional<Column> exactly(Predicate predicate, Field field) {
        if (!(predicate instanceof Predicate.Scalar(var id, var test, var negated)) || id != field.id() || negated)
            return Optional.empty();
        return switch (test) {
            case Test.WholeRange(var steps, var least, var most)
            when steps.none() && least == most -> Optional.of(Column.longs(least));
            case Test.WholeSet(var values, _) -> Optional.of(Column.longs(values));
            case Test.TextSet(var values, _) -> Optional.of(new Column.Texts(values, Nulls.NONE));
            case Test.TextRange range
            when range.isOne() ->
                Optional.of(new Column.Texts(
                        new Slices.Builder(1).add(range.least()).build(), Nulls.NONE));
            default -> Optional.empty();
        };
    }

    /// The values that a row must have one of to match, whatever else is asked of it.
    public static Optional<Column> among(Predicate predicate, Field field) {
        if (!(predicate instanceof Predicate.And(var all))) return exactly(predicate, field);
        return all.stream().flatMap(operand -> exactly(operand, field).stream()).findFirst();
    }
}
