package dev.sextant.transfer.parquet;

import dev.sextant.model.Field;
import dev.sextant.model.Struct;
import java.util.Arrays;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type.Repetition;

/// Where the fields of a struct lie in a file: a list of structs is one column, with parts.
final class StoredStructs {
    private StoredStructs() {}

    /// The column that holds a field: its own, or that of its struct.
    static String columnOf(Field field) {
        return Struct.isPart(field.name())
                ? field.name().substring(0, field.name().indexOf('['))
                : field.name();
    }

    static boolean isOf(MessageType schema, ColumnDescriptor stored, Field field) {
        var path = stored.getPath();
        var column = columnOf(field);
        if (!path[0].equals(column)) return false;
        return column.equals(field.name())
                || Struct.of(column).nameOf(part(schema, path)).equals(field.name());
    }

    /// The name inside the struct: below what is repeated, and below the one group in that, where lists are written
    /// with three levels.
    private static String part(MessageType schema, String[] path) {
        for (int depth = 1; depth < path.length; depth++) {
            var type = schema.getType(Arrays.copyOf(path, depth));
            if (!type.isRepetition(Repetition.REPEATED)) continue;
            var group = type.asGroupType();
            boolean wrapped = group.getFieldCount() == 1
                    && !group.getType(0).isPrimitive()
                    && !group.getType(0).isRepetition(Repetition.REPEATED);
            int at = wrapped ? depth + 1 : depth;
            return at < path.length ? path[at] : "";
        }
        return "";
    }
}
