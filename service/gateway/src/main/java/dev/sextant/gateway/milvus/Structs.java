package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.FieldData;
import dev.sextant.wire.milvus.FieldSchema;
import dev.sextant.wire.milvus.StructArrayField;
import dev.sextant.wire.milvus.StructArrayFieldSchema;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Structs as they travel: one field with fields of its own, whose names stand alone there.
final class Structs {
    private Structs() {}

    static Struct struct(StructArrayFieldSchema wire) {
        boolean nullable = wire.getNullable() || wire.getFieldsList().stream().anyMatch(FieldSchema::getNullable);
        return new Struct(0, wire.getName(), wire.getDescription(), nullable, Parameters.map(wire.getTypeParamsList()));
    }

    /// The fields of a struct, under the names that they have in the collection.
    static List<Field> fields(StructArrayFieldSchema wire) {
        var struct = struct(wire);
        var fields = new ArrayList<Field>();
        for (var each : wire.getFieldsList()) {
            var field = Schemas.field(each);
            fields.add(struct.owns(field) ? field : field.withName(struct.nameOf(field.name())));
        }
        return fields;
    }

    static StructArrayFieldSchema wire(Struct struct, Schema schema) {
        var wire = StructArrayFieldSchema.newBuilder()
                .setFieldID(struct.id())
                .setName(struct.name())
                .setDescription(struct.description())
                .setNullable(struct.nullable())
                .addAllTypeParams(Parameters.pairs(struct.parameters()));
        for (var field : schema.fieldsOf(struct))
            wire.addFields(Schemas.wire(field, ZoneOffset.UTC).toBuilder().setName(struct.subOf(field.name())));
        return wire.build();
    }

    /// The columns of a struct that came.
    static void columns(String name, FieldData field, int count, Rows.Builder rows) {
        var struct = Struct.of(name);
        if (!field.hasStructArrays() && count > 0)
            throw new Refused(new Refusal.WrongType("field '" + name + "'", "a struct array", "another column"));
        var seen = new java.util.HashSet<String>();
        for (var sub : field.getStructArrays().getFieldsList()) {
            var full = struct.owns(sub.getFieldName()) ? sub.getFieldName() : struct.nameOf(sub.getFieldName());
            if (!seen.add(full))
                throw new Refused(new Refusal.InvalidRow(
                        full, -1, Refusal.InvalidRow.Fault.DUPLICATE_COLUMN, full, "one column"));
            // Where every row is null clients send nothing but that: the column is as if it had not come.
            if (sub.getFieldCase() != FieldData.FieldCase.FIELD_NOT_SET || !isAllNull(sub, count))
                rows.with(full, ColumnsIn.column(full, sub, count));
        }
    }

    private static boolean isAllNull(FieldData field, int rows) {
        return field.getValidDataCount() == rows && !field.getValidDataList().contains(true);
    }

    /// Columns that leave: those of structs together, behind the others.
    static List<FieldData> fields(Schema schema, Rows rows) {
        var fields = new ArrayList<FieldData>(rows.columns().size());
        var structs = new LinkedHashMap<Struct, Map<Field, Column>>();
        rows.columns().forEach((name, column) -> {
            var struct = schema.field(name).flatMap(schema::structOf);
            if (struct.isEmpty()) fields.add(ColumnsOut.field(schema, name, column));
            else
                structs.computeIfAbsent(struct.get(), _ -> new LinkedHashMap<>())
                        .put(schema.field(name).orElseThrow(), column);
        });
        structs.forEach((struct, columns) -> fields.add(field(struct, columns)));
        return fields;
    }

    private static FieldData field(Struct struct, Map<Field, Column> columns) {
        var subs = StructArrayField.newBuilder();
        columns.forEach((field, column) ->
                subs.addFields(ColumnsOut.field(field.withName(struct.subOf(field.name())), column)));
        return FieldData.newBuilder()
                .setType(DataType.ArrayOfStruct)
                .setFieldName(struct.name())
                .setFieldId(struct.id())
                .setStructArrays(subs)
                .build();
    }

    /// Names of fields with those of structs in the place of their parts.
    static List<String> names(Schema schema, List<Field> fields) {
        return fields.stream()
                .map(field -> schema.structOf(field).map(Struct::name).orElse(field.name()))
                .distinct()
                .toList();
    }
}
