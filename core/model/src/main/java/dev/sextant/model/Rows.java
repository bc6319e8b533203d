package dev.sextant.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// Some rows in columns, by field name and in the order in which the names came.
public record Rows(int count, SequencedMap<String, Column> columns) {
    private static final SequencedMap<String, Column> NO_COLUMNS =
            Collections.unmodifiableSequencedMap(new LinkedHashMap<>());

    public Rows {
        columns = columns.isEmpty() ? NO_COLUMNS : Collections.unmodifiableSequencedMap(new LinkedHashMap<>(columns));
    }

    /// Rows without a column.
    public static Rows empty(int count) {
        return new Rows(count, NO_COLUMNS);
    }

    public Optional<Column> column(String name) {
        return Optional.ofNullable(columns.get(name));
    }

    /// Starts rows of `count`; add the columns one by one.
    public static Builder of(int count) {
        return new Builder(count);
    }

    public static final class Builder {
        private final int count;
        private final SequencedMap<String, Column> columns = new LinkedHashMap<>();

        private Builder(int count) {
            this.count = count;
        }

        public Builder with(String name, Column column) {
            columns.put(name, column);
            return this;
        }

        public Rows build() {
            return new Rows(count, columns);
        }
    }
}
