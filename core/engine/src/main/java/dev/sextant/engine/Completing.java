package dev.sextant.engine;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Schema;
import java.util.function.IntFunction;

/// Makes fields that came later than their rows, out of other fields of these rows: equal inputs give equal outputs,
/// wherever and whenever. Asked when rows are written into a new file; waits for nobody. Any thread.
public interface Completing {
    /// Nobody makes anything: what rows do not have is null.
    Completing NONE = new Completing() {
        @Override
        public boolean makes(Schema schema, Field field) {
            return false;
        }

        @Override
        public Column make(Schema schema, Field field, IntFunction<Column> inputs) {
            return Column.empty(new FieldType.Json());
        }
    };

    /// Whether rows of this schema that lack the field can be given it.
    boolean makes(Schema schema, Field field);

    /// @param inputs columns of the same rows, by field
    Column make(Schema schema, Field field, IntFunction<Column> inputs);
}
