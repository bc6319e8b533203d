package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sextant.gateway.exchange.Told;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Moments;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Schemas in JSON: types by the names of the protocol, sizes as `elementTypeParams`.
final class RestSchemas {
    private RestSchemas() {}

    static List<Field> fields(Body schema) {
        var fields = new ArrayList<Field>();
        boolean autoId = schema.truth("autoID", schema.truth("autoId", false));
        for (var each : schema.objects("fields")) fields.add(field(each, autoId));
        for (var each : schema.objects("structFields")) fields.addAll(fieldsOf(each));
        return fields;
    }

    static List<Struct> structs(Body schema) {
        return schema.objects("structFields").stream().map(RestSchemas::struct).toList();
    }

    static Struct struct(Body body) {
        boolean nullable = body.truth("nullable", false);
        for (var sub : body.objects("fields")) nullable |= sub.truth("nullable", false);
        return new Struct(0, name(body), body.text("description"), nullable, body.map("elementTypeParams"));
    }

    private static String name(Body body) {
        return body.has("name") ? body.need("name") : body.need("fieldName");
    }

    /// The fields of a struct, under the names that they have in the collection. What a struct says of its capacity
    /// holds for those that say nothing.
    static List<Field> fieldsOf(Body body) {
        var struct = struct(body);
        return body.objects("fields").stream()
                .map(sub -> field(sub, false, struct.parameters()))
                .map(sub -> sub.withName(struct.nameOf(sub.name())))
                .toList();
    }

    static Field field(Body body, boolean autoId) {
        return field(body, autoId, Map.of());
    }

    private static Field field(Body body, boolean autoId, Map<String, String> otherwise) {
        var sizes = new HashMap<>(body.map("typeParams")); // the name of some pages of the guide
        sizes.putAll(body.map("elementTypeParams"));
        if (otherwise.containsKey("max_capacity")) sizes.putIfAbsent("max_capacity", otherwise.get("max_capacity"));
        var type = type(body, sizes);
        sizes.keySet().removeAll(List.of("dim", "max_length", "max_capacity"));
        var traits = EnumSet.noneOf(Trait.class);
        if (body.truth("isPrimary", false)) {
            traits.add(Trait.PRIMARY_KEY);
            if (autoId || body.truth("autoID", false)) traits.add(Trait.AUTO_ID);
        }
        if (body.truth("isPartitionKey", false)) traits.add(Trait.PARTITION_KEY);
        if (body.truth("isClusteringKey", false)) traits.add(Trait.CLUSTERING_KEY);
        if (body.truth("nullable", body.truth("isNullable", false))) traits.add(Trait.NULLABLE);
        return new Field(
                0, body.need("fieldName"), body.text("description"), type, traits, body.scalar("defaultValue"), sizes);
    }

    private static FieldType type(Body body, Map<String, String> sizes) {
        var name = body.need("dataType");
        return switch (name) {
            case "VarChar" -> new FieldType.Varchar(size(body, sizes, "max_length"));
            case "JSON" -> new FieldType.Json();
            case "Timestamptz" -> Primitive.TIMESTAMPTZ;
            case "Geometry" -> new FieldType.Geometry();
            case "Text" ->
                new FieldType.Text(
                        sizes.containsKey("max_length") ? size(body, sizes, "max_length") : FieldType.Text.MOST_BYTES);
            case "Array" -> new FieldType.Array(element(body, sizes), size(body, sizes, "max_capacity"));
            case "ArrayOfVector" -> new FieldType.Array(vectorElement(body, sizes), size(body, sizes, "max_capacity"));
            case "FloatVector" -> vector(body, sizes, VectorType.FLOAT32);
            case "Float16Vector" -> vector(body, sizes, VectorType.FLOAT16);
            case "BFloat16Vector" -> vector(body, sizes, VectorType.BFLOAT16);
            case "Int8Vector" -> vector(body, sizes, VectorType.INT8);
            case "BinaryVector" -> vector(body, sizes, VectorType.BINARY);
            case "SparseFloatVector" -> new FieldType.Vector(VectorType.SPARSE, 0);
            default -> primitive(name);
        };
    }

    private static FieldType vectorElement(Body body, Map<String, String> sizes) {
        var name = body.need("elementDataType");
        return switch (name) {
            case "FloatVector" -> vector(body, sizes, VectorType.FLOAT32);
            case "Float16Vector" -> vector(body, sizes, VectorType.FLOAT16);
            case "BFloat16Vector" -> vector(body, sizes, VectorType.BFLOAT16);
            case "Int8Vector" -> vector(body, sizes, VectorType.INT8);
            case "BinaryVector" -> vector(body, sizes, VectorType.BINARY);
            case "SparseFloatVector" -> new FieldType.Vector(VectorType.SPARSE, 0);
            default ->
                throw new Refused(
                        new Refusal.InvalidParameter("dataType", "data type " + name + " is invalid(case sensitive)"));
        };
    }

    private static FieldType element(Body body, Map<String, String> sizes) {
        var name = body.need("elementDataType");
        return name.equals("VarChar") ? new FieldType.Varchar(size(body, sizes, "max_length")) : primitive(name);
    }

    private static FieldType primitive(String name) {
        return switch (name) {
            case "Bool" -> Primitive.BOOL;
            case "Int8" -> Primitive.INT8;
            case "Int16" -> Primitive.INT16;
            case "Int32" -> Primitive.INT32;
            case "Int64" -> Primitive.INT64;
            case "Float" -> Primitive.FLOAT;
            case "Double" -> Primitive.DOUBLE;
            default ->
                throw new Refused(
                        new Refusal.InvalidParameter("dataType", "data type " + name + " is invalid(case sensitive)"));
        };
    }

    private static FieldType vector(Body body, Map<String, String> sizes, VectorType type) {
        return new FieldType.Vector(type, size(body, sizes, "dim"));
    }

    private static int size(Body body, Map<String, String> sizes, String name) {
        var text = sizes.get(name);
        if (text == null)
            throw new Refused(new Refusal.Missing(
                    name,
                    "type param(" + name + ") should be specified for the field(" + body.text("fieldName") + ")"));
        return whole(name, text);
    }

    static int whole(String name, String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException noNumber) {
            throw notWhole(name, text);
        }
    }

    static long longer(String name, String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException noNumber) {
            throw notWhole(name, text);
        }
    }

    private static Told notWhole(String name, String text) {
        return Trouble.notJson(name + " must be an integer, got " + text);
    }

    /// A struct with its fields, whose names stand alone there.
    static void write(JsonGenerator json, Struct struct, Schema schema) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", struct.name());
        json.writeStringField("type", "ArrayOfStruct");
        json.writeNumberField("id", struct.id());
        json.writeBooleanField("nullable", struct.nullable());
        json.writeStringField("description", struct.description());
        json.writeArrayFieldStart("fields");
        for (var field : schema.fieldsOf(struct))
            write(json, field.withName(struct.subOf(field.name())), ZoneOffset.UTC, Optional.empty());
        json.writeEndArray();
        if (!struct.parameters().isEmpty()) {
            json.writeFieldName("params");
            pairs(json, struct.parameters());
        }
        json.writeEndObject();
    }

    /// @param zone in which a default is told that is a moment
    /// @param column that it is called in files of somebody else
    static void write(JsonGenerator json, Field field, ZoneId zone, Optional<String> column) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", field.name());
        json.writeStringField("type", field.type().word());
        json.writeNumberField("id", field.id());
        json.writeBooleanField("primaryKey", field.has(Trait.PRIMARY_KEY));
        json.writeBooleanField("partitionKey", field.has(Trait.PARTITION_KEY));
        json.writeBooleanField("clusteringKey", field.has(Trait.CLUSTERING_KEY));
        json.writeBooleanField("autoId", field.has(Trait.AUTO_ID));
        json.writeBooleanField("nullable", field.isNullable());
        if (column.isPresent()) json.writeStringField("externalField", column.get());
        if (field.has(Trait.FUNCTION_OUTPUT)) json.writeBooleanField("isFunctionOutput", true);
        json.writeStringField("description", field.description());
        if (field.type() instanceof FieldType.Array(var element, _))
            json.writeStringField("elementType", element.word());
        if (field.defaultValue().isPresent()) {
            json.writeFieldName("defaultValue");
            if (field.type() == Primitive.TIMESTAMPTZ && field.defaultValue().get() instanceof Value.Int(var micros))
                json.writeString(Moments.print(micros, zone));
            else writeValue(json, field.defaultValue().get());
        }
        var sizes = sizes(field.type());
        sizes.putAll(field.parameters());
        if (!sizes.isEmpty()) {
            json.writeFieldName("params");
            pairs(json, sizes);
        }
        json.writeEndObject();
    }

    private static Map<String, String> sizes(FieldType type) {
        var sizes = new java.util.TreeMap<String, String>();
        switch (type) {
            case FieldType.Varchar(int maxBytes) -> sizes.put("max_length", "" + maxBytes);
            case FieldType.Array(var element, int maxElements) -> {
                sizes.putAll(sizes(element));
                sizes.put("max_capacity", "" + maxElements);
            }
            case FieldType.Vector(var vector, int dimension) -> {
                if (vector.isDense()) sizes.put("dim", "" + dimension);
            }
            case FieldType.Text(int maxBytes) -> {
                if (maxBytes != FieldType.Text.MOST_BYTES) sizes.put("max_length", "" + maxBytes);
            }
            case Primitive _, FieldType.Geometry _, FieldType.Json _ -> {}
        }
        return sizes;
    }

    private static void writeValue(JsonGenerator json, Value value) throws IOException {
        switch (value) {
            case Value.Null _ -> json.writeNull();
            case Value.Bool(var truth) -> json.writeBoolean(truth);
            case Value.Int(var number) -> json.writeNumber(number);
            case Value.Real(var number) -> json.writeNumber(number);
            case Value.Text(var text) -> json.writeString(text);
            case Value.Items(var items) -> {
                json.writeStartArray();
                for (var item : items) writeValue(json, item);
                json.writeEndArray();
            }
            case Value.Bytes(var bytes) -> json.writeBinary(bytes);
        }
    }

    static void pairs(JsonGenerator json, Map<String, String> map) throws IOException {
        json.writeStartArray();
        for (var each : new java.util.TreeMap<>(map).entrySet()) {
            json.writeStartObject();
            json.writeStringField("key", each.getKey());
            json.writeStringField("value", each.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
