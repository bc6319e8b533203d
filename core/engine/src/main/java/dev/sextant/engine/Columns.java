package dev.sextant.engine;

import dev.sextant.geometry.Shapes;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import dev.sextant.model.Value;
import java.util.Arrays;

/// Columns that nobody wrote, and what columns weigh.
final class Columns {
    private Columns() {}

    /// What rows read as that were written before the field was added.
    static Column absent(Field field, int rows) {
        var value = field.defaultValue().orElse(Value.NULL);
        if (value instanceof Value.Null) return Column.nulls(field.type(), rows);
        return switch (Column.empty(field.type())) {
            case Column.Bools _ -> {
                var values = new boolean[rows];
                Arrays.fill(values, ((Value.Bool) value).value());
                yield new Column.Bools(values, Nulls.NONE);
            }
            case Column.Ints _ -> {
                var values = new int[rows];
                Arrays.fill(values, (int) whole(value));
                yield new Column.Ints(values, Nulls.NONE);
            }
            case Column.Longs _ -> {
                var values = new long[rows];
                Arrays.fill(values, whole(value));
                yield new Column.Longs(values, Nulls.NONE);
            }
            case Column.Floats _ -> {
                var values = new float[rows];
                Arrays.fill(values, (float) real(value));
                yield new Column.Floats(values, Nulls.NONE);
            }
            case Column.Doubles _ -> {
                var values = new double[rows];
                Arrays.fill(values, real(value));
                yield new Column.Doubles(values, Nulls.NONE);
            }
            case Column.Texts _ -> new Column.Texts(repeated(value, rows), Nulls.NONE);
            case Column.Jsons _ -> new Column.Jsons(repeated(value, rows), Nulls.NONE);
            case Column.Shapes _ -> new Column.Shapes(Slices.repeated(Shapes.wkb(text(value)), rows), Nulls.NONE);
            case Column.Lists _, Column.Dense _, Column.Sparse _ -> Column.nulls(field.type(), rows);
        };
    }

    private static long whole(Value value) {
        return value instanceof Value.Int(var i) ? i : (long) real(value);
    }

    private static double real(Value value) {
        return switch (value) {
            case Value.Real(var r) -> r;
            case Value.Int(var i) -> i;
            default -> throw new IllegalStateException(value + " is no number");
        };
    }

    private static Slices repeated(Value value, int rows) {
        return Slices.repeated(text(value).getBytes(java.nio.charset.StandardCharsets.UTF_8), rows);
    }

    private static String text(Value value) {
        return ((Value.Text) value).value();
    }

    /// Bytes on the heap, about.
    static long bytes(Column column) {
        long rows = column.rows();
        long nulls = column.nulls().none() ? 0 : rows / 8;
        return 64
                + nulls
                + switch (column) {
                    case Column.Bools _ -> rows;
                    case Column.Ints _, Column.Floats _ -> 4 * rows;
                    case Column.Longs _, Column.Doubles _ -> 8 * rows;
                    case Column.Texts(var values, _) -> values.bytes().length + 4 * rows;
                    case Column.Jsons(var values, _) -> values.bytes().length + 4 * rows;
                    case Column.Shapes(var values, _) -> values.bytes().length + 4 * rows;
                    case Column.Sparse(var cells, _) -> cells.bytes().length + 4 * rows;
                    case Column.Lists(_, var elements, _) -> 4 * rows + bytes(elements);
                    case Column.Dense dense -> dense.bytes().byteSize();
                };
    }
}
