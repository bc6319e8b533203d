package dev.sextant.database;

import dev.sextant.geometry.NotAShape;
import dev.sextant.geometry.Shapes;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Refusal.InvalidSchema.Rule;
import dev.sextant.model.Struct;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The rules of one field: its type, its sizes, its default.
final class FieldRules {
    private FieldRules() {}

    static void checkType(Field field) {
        if (field.type() instanceof FieldType.Array(var element, _)) {
            if (element instanceof FieldType.Array)
                throw SchemaRules.refused(
                        field.name(), Rule.ELEMENT_TYPE, "nested array is not supported, field name = " + field.name());
            boolean inStruct = Struct.isPart(field.name()) && element instanceof FieldType.Vector;
            if ((!(element instanceof Primitive) || element == Primitive.TIMESTAMPTZ)
                    && !(element instanceof FieldType.Varchar)
                    && !inStruct)
                throw SchemaRules.refused(
                        field.name(), Rule.ELEMENT_TYPE, "element type " + word(element) + " is not supported");
        }
        field.parameters().forEach((key, value) -> {
            if (Properties.isResidency(key) || key.equals("field.skipLoad")) checkParameter(key, value);
        });
    }

    private static void checkParameter(String key, String value) {
        if (key.equals("field.skipLoad") && !Names.isBoolean(value))
            throw SchemaRules.refused(
                    key, Rule.PROPERTY, "invalid " + key + " value: " + value + ", should be true or false");
        Properties.checkOne(key, value);
    }

    static void checkSizes(Field field, DatabaseConfig config) {
        switch (field.type()) {
            case Primitive _, FieldType.Geometry _, FieldType.Json _ -> {}
            case FieldType.Text(var most) -> checkText(field.name(), most);
            case FieldType.Varchar(var most) -> checkLength(field.name(), most, config);
            case FieldType.Array(var element, var most) -> {
                if (element instanceof FieldType.Varchar(var length)) checkLength(field.name(), length, config);
                if (element instanceof FieldType.Vector(var type, var dimension))
                    checkDimension(field.name(), type, dimension, config);
                checkCapacity(field.name(), most, config);
            }
            case FieldType.Vector(var type, var dimension) -> checkDimension(field.name(), type, dimension, config);
        }
    }

    static void checkLength(String field, int length, DatabaseConfig config) {
        int most = config.fields().maxTextBytes();
        if (length == 0)
            throw SchemaRules.refused(
                    field, Rule.LENGTH, "type param(max_length) should be specified for the field(" + field + ")");
        if (length < 0 || length > most)
            throw SchemaRules.refused(
                    field,
                    Rule.LENGTH,
                    "the maximum length specified for the field(" + field + ") should be in (0, " + most + "], but got "
                            + length + " instead");
    }

    static void checkText(String field, int length) {
        if (length < 1 || length > FieldType.Text.MOST_BYTES)
            throw SchemaRules.refused(
                    field,
                    Rule.LENGTH,
                    "the maximum length specified for the field(" + field + ") should be in (0, "
                            + FieldType.Text.MOST_BYTES + "], but got " + length + " instead");
    }

    static void checkCapacity(String field, int capacity, DatabaseConfig config) {
        int most = config.fields().maxArrayElements();
        if (capacity == 0)
            throw SchemaRules.refused(
                    field, Rule.CAPACITY, "type param(max_capacity) should be specified for array field " + field);
        if (capacity < 0 || capacity > most)
            throw SchemaRules.refused(
                    field,
                    Rule.CAPACITY,
                    "the maximum capacity specified for a Array should be in (0, " + most + "], but got " + capacity
                            + " instead: " + field);
    }

    private static void checkDimension(String field, VectorType type, int dimension, DatabaseConfig config) {
        if (type == VectorType.SPARSE) {
            if (dimension != 0)
                throw SchemaRules.refused(
                        field,
                        Rule.DIMENSION,
                        "dim should not be specified for sparse vector field " + field + "(" + dimension + ")");
            return;
        }
        if (dimension == 0)
            throw SchemaRules.refused(
                    field,
                    Rule.DIMENSION,
                    "dimension is not defined in field type params, check type param `dim` for vector field: " + field);
        int most = config.fields().maxDimension() * (type == VectorType.BINARY ? 8 : 1);
        if (dimension < 2 || dimension > most)
            throw SchemaRules.refused(
                    field,
                    Rule.DIMENSION,
                    "invalid dimension: " + dimension + " of field " + field + ". should be in range 2 ~ " + most);
        if (type == VectorType.BINARY && dimension % 8 != 0)
            throw SchemaRules.refused(
                    field,
                    Rule.DIMENSION,
                    "invalid dimension: " + dimension + " of field " + field
                            + ". binary vector dimension should be multiple of 8.");
    }

    static void checkDefault(Field field) {
        if (field.defaultValue().isEmpty()) return;
        var value = field.defaultValue().get();
        var fits = switch (field.type()) {
            case Primitive.BOOL -> value instanceof Value.Bool;
            case Primitive.INT8, Primitive.INT16, Primitive.INT32, Primitive.INT64, Primitive.TIMESTAMPTZ ->
                value instanceof Value.Int;
            case Primitive.FLOAT, Primitive.DOUBLE -> value instanceof Value.Real || value instanceof Value.Int;
            case FieldType.Varchar _, FieldType.Text _, FieldType.Geometry _ -> value instanceof Value.Text;
            case FieldType.Json _, FieldType.Array _, FieldType.Vector _ ->
                throw SchemaRules.refused(
                        field.name(),
                        Rule.DEFAULT_VALUE,
                        "type not support default_value, type:" + word(field.type()) + ", name:" + field.name());
        };
        if (!fits)
            throw SchemaRules.refused(
                    field.name(),
                    Rule.DEFAULT_VALUE,
                    "type (" + word(field.type()) + ") of field (" + field.name()
                            + ") is not equal to the type(DataType_" + word(value) + ") of default_value");
        checkDefaultRange(field, value);
        if (field.type() instanceof FieldType.Geometry) checkGeometry(field, ((Value.Text) value).value());
    }

    private static void checkGeometry(Field field, String text) {
        try {
            Shapes.wkb(text);
        } catch (NotAShape wrong) {
            throw SchemaRules.refused(
                    field.name(),
                    Rule.DEFAULT_VALUE,
                    "invalid Geometry data, transform to wkb failed: the default value of field " + field.name() + ": "
                            + wrong.getMessage());
        }
    }

    private static void checkDefaultRange(Field field, Value value) {
        if (field.type() instanceof Primitive type
                && value instanceof Value.Int(var number)
                && RANGES.containsKey(type)) {
            var range = RANGES.get(type);
            if (number < range.least() || number > range.most())
                throw SchemaRules.refused(
                        field.name(),
                        Rule.DEFAULT_VALUE,
                        "[" + number + "] is out of range for the default value of field " + field.name()
                                + ", expected " + range);
        }
        int most = switch (field.type()) {
            case FieldType.Varchar(var bytes) -> bytes;
            case FieldType.Text(var bytes) -> bytes;
            default -> Integer.MAX_VALUE;
        };
        if (value instanceof Value.Text(var text)) {
            int length = text.getBytes(StandardCharsets.UTF_8).length;
            if (length > most)
                throw SchemaRules.refused(
                        field.name(),
                        Rule.DEFAULT_VALUE,
                        "the length (" + length + ") of string exceeds max length (" + most
                                + ") for the default value of field " + field.name());
        }
    }

    /// The numbers that fit into a type whose column is wider.
    record Range(int least, int most) {
        @Override
        public String toString() {
            return "[" + least + ", " + most + "]";
        }
    }

    static final Map<Primitive, Range> RANGES = Map.of(
            Primitive.INT8, new Range(Byte.MIN_VALUE, Byte.MAX_VALUE),
            Primitive.INT16, new Range(Short.MIN_VALUE, Short.MAX_VALUE),
            Primitive.INT32, new Range(Integer.MIN_VALUE, Integer.MAX_VALUE));

    /// The type as its users call it.
    static String word(FieldType type) {
        return switch (type) {
            case Primitive primitive ->
                switch (primitive) {
                    case BOOL -> "Bool";
                    case INT8 -> "Int8";
                    case INT16 -> "Int16";
                    case INT32 -> "Int32";
                    case INT64 -> "Int64";
                    case FLOAT -> "Float";
                    case DOUBLE -> "Double";
                    case TIMESTAMPTZ -> "Timestamptz";
                };
            case FieldType.Varchar _ -> "VarChar";
            case FieldType.Text _ -> "Text";
            case FieldType.Geometry _ -> "Geometry";
            case FieldType.Json _ -> "JSON";
            case FieldType.Array array -> array.isVectors() ? "ArrayOfVector" : "Array";
            case FieldType.Vector(var vector, _) -> word(vector);
        };
    }

    static String word(VectorType type) {
        return switch (type) {
            case FLOAT32 -> "FloatVector";
            case FLOAT16 -> "Float16Vector";
            case BFLOAT16 -> "BFloat16Vector";
            case INT8 -> "Int8Vector";
            case BINARY -> "BinaryVector";
            case SPARSE -> "SparseFloatVector";
        };
    }

    private static String word(Value value) {
        return switch (value) {
            case Value.Null _ -> "None";
            case Value.Bool _ -> "Bool";
            case Value.Int _ -> "Int64";
            case Value.Real _ -> "Double";
            case Value.Text _ -> "VarChar";
            case Value.Items _ -> "Array";
            case Value.Bytes _ -> "Bytes";
        };
    }
}
