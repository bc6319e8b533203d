package dev.sextant.query.filter;

import dev.sextant.model.Column;

/// Two fields of a row side by side.
final class Sides {
    private Sides() {}

    static boolean holds(Column left, Column right, int row, Predicate.Sign sign) {
        int order = compare(left, right, row);
        return switch (sign) {
            case EQUAL -> order == 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
        };
    }

    private static int compare(Column left, Column right, int row) {
        if (left instanceof Column.Texts(var a, _) && right instanceof Column.Texts(var b, _))
            return a.compare(row, b, row);
        if (left instanceof Column.Bools(var a, _) && right instanceof Column.Bools(var b, _))
            return Boolean.compare(a[row], b[row]);
        if (isWhole(left) && isWhole(right)) return Long.compare(whole(left, row), whole(right, row));
        // Adding zero makes -0.0 and 0.0 one.
        return Double.compare(real(left, row) + 0.0, real(right, row) + 0.0);
    }

    private static boolean isWhole(Column column) {
        return column instanceof Column.Ints || column instanceof Column.Longs;
    }

    private static long whole(Column column, int row) {
        return column instanceof Column.Ints(var values, _) ? values[row] : ((Column.Longs) column).values()[row];
    }

    private static double real(Column column, int row) {
        return switch (column) {
            case Column.Floats(var values, _) -> values[row];
            case Column.Doubles(var values, _) -> values[row];
            default -> whole(column, row);
        };
    }
}
