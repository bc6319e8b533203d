package dev.sextant.query.filter;

import dev.sextant.engine.Part;
import dev.sextant.engine.Vectors;
import dev.sextant.engine.Zone;
import dev.sextant.model.Column;
import java.util.Map;

/// Where a condition finds the values that it looks at, chunk by chunk: the rows of a part, or the elements of arrays.
interface Source {
    Column chunk(int field, int chunk);

    Zone zone(int field, int chunk);

    Vectors vectors(int field);

    static Source of(Part part) {
        return new Source() {
            @Override
            public Column chunk(int field, int chunk) {
                return part.chunk(field, chunk);
            }

            @Override
            public Zone zone(int field, int chunk) {
                return part.zone(field, chunk);
            }

            @Override
            public Vectors vectors(int field) {
                return part.vectors(field);
            }
        };
    }

    /// One row of some columns, by field.
    static Source of(Map<Integer, Column> columns, int row) {
        return new Source() {
            @Override
            public Column chunk(int field, int chunk) {
                return columns.get(field).slice(row, row + 1);
            }

            @Override
            public Zone zone(int field, int chunk) {
                return Zone.UNKNOWN;
            }

            @Override
            public Vectors vectors(int field) {
                throw new IllegalStateException("field " + field + " is read for its values");
            }
        };
    }

    /// The elements of the arrays of one struct, numbered in each chunk from 0.
    default Source elements() {
        var rows = this;
        return new Source() {
            @Override
            public Column chunk(int field, int chunk) {
                return ((Column.Lists) rows.chunk(field, chunk)).elements();
            }

            @Override
            public Zone zone(int field, int chunk) {
                return Zone.UNKNOWN;
            }

            @Override
            public Vectors vectors(int field) {
                throw new IllegalStateException("the elements of field " + field + " have no words");
            }
        };
    }
}
