package dev.sextant.database;

import dev.sextant.geometry.Shapes;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import dev.sextant.model.Value;
import java.nio.charset.StandardCharsets;

/// Columns of a default, and defaults in the place of nulls. Defaults exist for numbers, truth, text, moments and
/// geometries only; the schema saw to it.
final class Filling {
    private static final byte[] EMPTY_OBJECT = {'{', '}'};

    private Filling() {}

    static Column of(FieldType type, Value value, int rows) {
        return nullsOf(Column.nulls(type, rows), value);
    }

    /// The column with `value` where it was null.
    static Column nullsOf(Column column, Value value) {
        return switch (column) {
            case Column.Bools(var values, var nulls) -> {
                var all = values.clone();
                for (int row = nulls.next(0); row >= 0; row = nulls.next(row + 1))
                    all[row] = ((Value.Bool) value).value();
                yield new Column.Bools(all, Nulls.NONE);
            }
            case Column.Ints(var values, var nulls) -> {
                var all = values.clone();
                for (int row = nulls.next(0); row >= 0; row = nulls.next(row + 1)) all[row] = (int) whole(value);
                yield new Column.Ints(all, Nulls.NONE);
            }
            case Column.Longs(var values, var nulls) -> {
                var all = values.clone();
                for (int row = nulls.next(0); row >= 0; row = nulls.next(row + 1)) all[row] = whole(value);
                yield new Column.Longs(all, Nulls.NONE);
            }
            case Column.Floats(var values, var nulls) -> {
                var all = values.clone();
                for (int row = nulls.next(0); row >= 0; row = nulls.next(row + 1)) all[row] = (float) real(value);
                yield new Column.Floats(all, Nulls.NONE);
            }
            case Column.Doubles(var values, var nulls) -> {
                var all = values.clone();
                for (int row = nulls.next(0); row >= 0; row = nulls.next(row + 1)) all[row] = real(value);
                yield new Column.Doubles(all, Nulls.NONE);
            }
            case Column.Texts(var values, var nulls) ->
                new Column.Texts(
                        filled(values, nulls, ((Value.Text) value).value().getBytes(StandardCharsets.UTF_8)),
                        Nulls.NONE);
            case Column.Shapes(var values, var nulls) ->
                new Column.Shapes(filled(values, nulls, Shapes.wkb(((Value.Text) value).value())), Nulls.NONE);
            case Column.Jsons _, Column.Lists _, Column.Dense _, Column.Sparse _ ->
                throw new IllegalStateException(
                        "no default fits " + column.getClass().getSimpleName());
        };
    }

    static Column.Jsons emptyObjects(int rows) {
        return withEmptyObjects(new Column.Jsons(new Slices(new byte[0], new int[rows]), Nulls.all(rows)));
    }

    static Column.Jsons withEmptyObjects(Column.Jsons column) {
        return new Column.Jsons(filled(column.values(), column.nulls(), EMPTY_OBJECT), Nulls.NONE);
    }

    private static Slices filled(Slices values, Nulls nulls, byte[] filler) {
        if (nulls.count() == values.count()) return Slices.repeated(filler, values.count());
        var all = new Slices.Builder(values.count());
        for (int row = 0; row < values.count(); row++)
            if (nulls.isNull(row)) all.add(filler);
            else all.add(values.bytes(), values.start(row), values.length(row));
        return all.build();
    }

    private static long whole(Value value) {
        return ((Value.Int) value).value();
    }

    private static double real(Value value) {
        return value instanceof Value.Int(var number) ? number : ((Value.Real) value).value();
    }
}
