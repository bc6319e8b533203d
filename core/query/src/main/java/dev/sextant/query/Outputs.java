package dev.sextant.query;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.VectorType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// The fields that an answer carries, in the order in which they were named; `*` names those that are loaded. Dynamic
/// keys come as one column `$meta`, cut down to them.
///
/// @param dynamicKeys empty when the whole object is wanted, or nothing of it
record Outputs(List<Field> fields, List<String> dynamicKeys) {
    private static final Outputs NONE = new Outputs(List.of(), List.of());

    Outputs {
        fields = List.copyOf(fields);
        dynamicKeys = List.copyOf(dynamicKeys);
    }

    /// @param withKey whether the primary key comes without being named
    static Outputs of(List<String> names, Collection collection, boolean withKey) {
        if (names.isEmpty() && !withKey) return NONE;
        var schema = collection.schema();
        var fields = new LinkedHashSet<Field>();
        var keys = new LinkedHashSet<String>();
        boolean whole = false;
        if (withKey) fields.add(schema.primaryKey());
        for (var name : names) {
            var field = schema.field(name);
            if (name.equals("*")) {
                schema.fields().stream()
                        .filter(Outputs::isRetrievable)
                        .filter(collection::loads)
                        .forEach(fields::add);
                whole |= schema.dynamic().filter(collection::loads).isPresent();
            } else if (schema.struct(name).isPresent()) {
                fields.addAll(schema.fieldsOf(schema.struct(name).get()));
            } else if (field.isPresent()) {
                if (!isRetrievable(field.get()))
                    throw new Refused(new Refusal.InvalidParameter(
                            "output_fields", "not allowed to retrieve raw data of field " + name));
                fields.add(field.get());
                whole |= field.get().has(Field.Trait.DYNAMIC);
            } else {
                var dynamic = schema.dynamic()
                        .orElseThrow(() -> new Refused(
                                new Refusal.InvalidParameter("output_fields", "field " + name + " not exist")));
                fields.add(dynamic);
                keys.add(dynamicKey(name));
            }
        }
        return new Outputs(new ArrayList<>(fields), whole ? List.of() : new ArrayList<>(keys));
    }

    private static String dynamicKey(String name) {
        var prefix = Field.DYNAMIC_NAME + "[";
        if (!name.startsWith(prefix) || !name.endsWith("]") || name.length() < prefix.length() + 3) return name;
        return name.substring(prefix.length() + 1, name.length() - 2);
    }

    /// What a function made for searching is not kept to be read.
    private static boolean isRetrievable(Field field) {
        return !field.isNamespace()
                && !(field.has(Field.Trait.FUNCTION_OUTPUT)
                        && field.type() instanceof FieldType.Vector(var type, _)
                        && (type == VectorType.SPARSE || type == VectorType.BINARY));
    }

    List<Integer> ids() {
        return fields.stream().map(Field::id).toList();
    }

    /// @param columns of [#ids]
    Rows rows(int count, List<Column> columns) {
        if (fields.isEmpty()) return Rows.empty(count);
        var rows = Rows.of(count);
        for (int i = 0; i < fields.size(); i++) {
            var field = fields.get(i);
            boolean cut = field.has(Field.Trait.DYNAMIC) && !dynamicKeys.isEmpty();
            rows.with(field.name(), cut ? Dynamic.only(dynamicKeys, (Column.Jsons) columns.get(i)) : columns.get(i));
        }
        return rows.build();
    }

    /// Bytes of a row that are known beforehand; text, JSON and sparse vectors count as little as they can.
    long leastRowBytes() {
        return fields.stream().mapToLong(field -> leastBytes(field.type())).sum();
    }

    private static long leastBytes(FieldType type) {
        return switch (type) {
            case FieldType.Primitive primitive ->
                switch (primitive) {
                    case BOOL -> 1;
                    case INT8, INT16, INT32, FLOAT -> 4;
                    case INT64, DOUBLE, TIMESTAMPTZ -> 8;
                };
            case FieldType.Varchar _, FieldType.Text _, FieldType.Geometry _, FieldType.Json _, FieldType.Array _ -> 4;
            case FieldType.Vector(var kind, var dimension) -> kind.isDense() ? kind.rowBytes(dimension) : 4;
        };
    }

    static long bytes(Column column) {
        return switch (column) {
            case Column.Bools(var values, _) -> values.length;
            case Column.Ints(var values, _) -> 4L * values.length;
            case Column.Longs(var values, _) -> 8L * values.length;
            case Column.Floats(var values, _) -> 4L * values.length;
            case Column.Doubles(var values, _) -> 8L * values.length;
            case Column.Texts(var values, _) -> 4L * values.count() + values.bytes().length;
            case Column.Jsons(var values, _) -> 4L * values.count() + values.bytes().length;
            case Column.Shapes(var values, _) -> 4L * values.count() + values.bytes().length;
            case Column.Sparse(var values, _) -> 4L * values.count() + values.bytes().length;
            case Column.Lists(var ends, var elements, _) -> 4L * ends.length + bytes(elements);
            case Column.Dense dense -> dense.bytes().byteSize();
        };
    }

    Optional<Field> dynamic() {
        return fields.stream().filter(field -> field.has(Field.Trait.DYNAMIC)).findFirst();
    }
}
