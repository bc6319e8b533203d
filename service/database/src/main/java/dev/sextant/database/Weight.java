package dev.sextant.database;

import dev.sextant.model.Column;
import dev.sextant.model.Rows;

/// How many bytes of values a request carries: what admission counts and what a write is limited by.
final class Weight {
    private Weight() {}

    static long of(Rows rows) {
        return rows.columns().values().stream().mapToLong(Weight::of).sum();
    }

    static long of(Column column) {
        return switch (column) {
            case Column.Bools bools -> bools.rows();
            case Column.Ints ints -> 4L * ints.rows();
            case Column.Longs longs -> 8L * longs.rows();
            case Column.Floats floats -> 4L * floats.rows();
            case Column.Doubles doubles -> 8L * doubles.rows();
            case Column.Texts texts -> texts.values().bytes().length + 4L * texts.rows();
            case Column.Jsons jsons -> jsons.values().bytes().length + 4L * jsons.rows();
            case Column.Shapes shapes -> shapes.values().bytes().length + 4L * shapes.rows();
            case Column.Lists lists -> of(lists.elements()) + 4L * lists.rows();
            case Column.Dense dense -> dense.bytes().byteSize();
            case Column.Sparse sparse -> sparse.cells().bytes().length + 4L * sparse.rows();
        };
    }
}
