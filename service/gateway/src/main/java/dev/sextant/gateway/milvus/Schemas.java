package dev.sextant.gateway.milvus;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.model.External;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Moments;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidSchema;
import dev.sextant.model.Refusal.InvalidSchema.Rule;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.CollectionSchema;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.FieldSchema;
import dev.sextant.wire.milvus.ValueField;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Schemas as they travel. Sizes are parameters in decimal; what a client sets besides is kept and shown as it came.
final class Schemas {
    private static final Set<String> SIZES = Set.of("dim", "max_length", "max_capacity");

    /// What the flag of a schema is called among the properties of its collection.
    static final String NAMESPACES = "namespace.enabled";

    private Schemas() {}

    /// A schema is itself serialised inside of its request.
    static CollectionSchema collection(ByteString bytes) {
        return parse(CollectionSchema.parser(), bytes);
    }

    static FieldSchema field(ByteString bytes) {
        return parse(FieldSchema.parser(), bytes);
    }

    private static <T extends MessageLite> T parse(Parser<T> parser, ByteString bytes) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException malformed) {
            throw new Refused(
                    new Refusal.InvalidParameter("schema", "the schema cannot be read: " + malformed.getMessage()));
        }
    }

    static List<Field> fields(CollectionSchema schema) {
        var fields = new ArrayList<Field>(schema.getFieldsCount());
        for (var field : schema.getFieldsList()) fields.add(field(field));
        for (var struct : schema.getStructArrayFieldsList()) fields.addAll(Structs.fields(struct));
        return fields;
    }

    static Field field(FieldSchema wire) {
        if (wire.getIsDynamic()) throw invalid(wire, Rule.DYNAMIC, "cannot explicitly set a field as a dynamic field");
        var parameters = new HashMap<>(Parameters.map(wire.getTypeParamsList()));
        var type = type(wire, new Parameters(Map.copyOf(parameters)));
        parameters.keySet().removeAll(SIZES);
        wire.getIndexParamsList().forEach(pair -> parameters.put(pair.getKey(), pair.getValue()));
        return new Field(0, wire.getName(), wire.getDescription(), type, traits(wire), defaultValue(wire), parameters);
    }

    private static Set<Trait> traits(FieldSchema wire) {
        var traits = EnumSet.noneOf(Trait.class);
        if (wire.getIsPrimaryKey()) traits.add(Trait.PRIMARY_KEY);
        if (wire.getAutoID()) traits.add(Trait.AUTO_ID);
        if (wire.getIsPartitionKey()) traits.add(Trait.PARTITION_KEY);
        if (wire.getIsClusteringKey()) traits.add(Trait.CLUSTERING_KEY);
        if (wire.getNullable()) traits.add(Trait.NULLABLE);
        return traits;
    }

    private static FieldType type(FieldSchema wire, Parameters sizes) {
        return switch (wire.getDataType()) {
            case VarChar -> new FieldType.Varchar(size(wire, sizes, "max_length", Rule.LENGTH));
            case Array -> new FieldType.Array(element(wire, sizes), size(wire, sizes, "max_capacity", Rule.CAPACITY));
            case JSON -> new FieldType.Json();
            case FloatVector -> vector(wire, sizes, VectorType.FLOAT32);
            case Float16Vector -> vector(wire, sizes, VectorType.FLOAT16);
            case BFloat16Vector -> vector(wire, sizes, VectorType.BFLOAT16);
            case Int8Vector -> vector(wire, sizes, VectorType.INT8);
            case BinaryVector -> vector(wire, sizes, VectorType.BINARY);
            case SparseFloatVector -> sparse(wire, sizes);
            case String ->
                throw invalid(wire, Rule.TYPE, "string data type not supported yet, please use VarChar type instead");
            case None, UNRECOGNIZED -> throw invalid(wire, Rule.TYPE, "data type None is not valid");
            case Bool, Int8, Int16, Int32, Int64, Float, Double -> primitive(wire.getDataType());
            case Geometry -> new FieldType.Geometry();
            case Timestamptz -> Primitive.TIMESTAMPTZ;
            case Text ->
                new FieldType.Text(
                        sizes.has("max_length")
                                ? size(wire, sizes, "max_length", Rule.LENGTH)
                                : FieldType.Text.MOST_BYTES);
            case ArrayOfVector ->
                new FieldType.Array(vectorElement(wire, sizes), size(wire, sizes, "max_capacity", Rule.CAPACITY));
            case Mol, Date, Time, Decimal, ArrayOfStruct, Struct ->
                throw new Refused(new Refusal.Unsupported(
                        "the data type " + wire.getDataType() + " of field '" + wire.getName() + "'"));
        };
    }

    static Primitive primitive(DataType type) {
        return switch (type) {
            case Bool -> Primitive.BOOL;
            case Int8 -> Primitive.INT8;
            case Int16 -> Primitive.INT16;
            case Int32 -> Primitive.INT32;
            case Int64 -> Primitive.INT64;
            case Float -> Primitive.FLOAT;
            case Double -> Primitive.DOUBLE;
            default -> throw new IllegalArgumentException(type + " is no primitive");
        };
    }

    private static FieldType element(FieldSchema wire, Parameters sizes) {
        return switch (wire.getElementType()) {
            case Bool, Int8, Int16, Int32, Int64, Float, Double -> primitive(wire.getElementType());
            case VarChar -> new FieldType.Varchar(size(wire, sizes, "max_length", Rule.LENGTH));
            case Array -> throw invalid(wire, Rule.ELEMENT_TYPE, "nested array is not supported");
            default ->
                throw invalid(wire, Rule.ELEMENT_TYPE, "element type " + wire.getElementType() + " is not supported");
        };
    }

    private static FieldType vectorElement(FieldSchema wire, Parameters sizes) {
        return switch (wire.getElementType()) {
            case FloatVector -> vector(wire, sizes, VectorType.FLOAT32);
            case Float16Vector -> vector(wire, sizes, VectorType.FLOAT16);
            case BFloat16Vector -> vector(wire, sizes, VectorType.BFLOAT16);
            case Int8Vector -> vector(wire, sizes, VectorType.INT8);
            case BinaryVector -> vector(wire, sizes, VectorType.BINARY);
            case SparseFloatVector -> new FieldType.Vector(VectorType.SPARSE, 0);
            default ->
                throw invalid(
                        wire,
                        Rule.ELEMENT_TYPE,
                        "element type " + wire.getElementType() + " is not supported for ArrayOfVector");
        };
    }

    private static FieldType vector(FieldSchema wire, Parameters sizes, VectorType type) {
        if (!sizes.has("dim")) throw invalid(wire, Rule.DIMENSION, "dimension is not defined in field type params");
        return new FieldType.Vector(type, size(wire, sizes, "dim", Rule.DIMENSION));
    }

    private static FieldType sparse(FieldSchema wire, Parameters sizes) {
        if (sizes.has("dim"))
            throw invalid(
                    wire, Rule.DIMENSION, "dim should not be specified for sparse vector field " + wire.getName());
        return new FieldType.Vector(VectorType.SPARSE, 0);
    }

    private static int size(FieldSchema wire, Parameters sizes, String name, Rule rule) {
        if (!sizes.has(name))
            throw new Refused(new Refusal.Missing(
                    name, "type param(" + name + ") should be specified for the field(" + wire.getName() + ")"));
        try {
            return Integer.parseInt(sizes.text(name, "").strip());
        } catch (NumberFormatException noNumber) {
            var what = rule == Rule.DIMENSION ? "invalid dimension: " : "invalid " + name + ": ";
            throw invalid(wire, rule, what + sizes.text(name, ""));
        }
    }

    private static Optional<Value> defaultValue(FieldSchema wire) {
        if (!wire.hasDefaultValue()) return Optional.empty();
        var given = wire.getDefaultValue();
        return switch (given.getDataCase()) {
            case BOOL_DATA -> Optional.of(Value.of(given.getBoolData()));
            case INT_DATA -> Optional.of(Value.of((long) given.getIntData()));
            case LONG_DATA -> Optional.of(Value.of(given.getLongData()));
            case FLOAT_DATA -> Optional.of(Value.of((double) given.getFloatData()));
            case DOUBLE_DATA -> Optional.of(Value.of(given.getDoubleData()));
            case STRING_DATA -> Optional.of(Value.of(given.getStringData()));
            case DATA_NOT_SET -> Optional.empty();
            case TIMESTAMPTZ_DATA -> Optional.of(Value.of(given.getTimestamptzData()));
            case BYTES_DATA, DATE_DATA, TIME_DATA ->
                throw invalid(
                        wire,
                        Rule.DEFAULT_VALUE,
                        "type not support default_value, type:" + wire.getDataType() + ", name:" + wire.getName());
        };
    }

    private static Refused invalid(FieldSchema wire, Rule rule, String detail) {
        return new Refused(new InvalidSchema(wire.getName(), rule, detail));
    }

    /// Without the dynamic field: clients know of it by the flag alone.
    static CollectionSchema wire(
            String name,
            String description,
            String database,
            Schema schema,
            Map<String, String> properties,
            Optional<External> external) {
        var wire = CollectionSchema.newBuilder()
                .setName(name)
                .setDescription(description)
                .setDbName(database)
                .setVersion(schema.version())
                .setEnableDynamicField(schema.dynamic().isPresent())
                .setEnableNamespace(Boolean.parseBoolean(properties.getOrDefault(NAMESPACES, "false")))
                .setAutoID(schema.primaryKey().has(Trait.AUTO_ID))
                .addAllProperties(Parameters.pairs(properties));
        var zone = Moments.zoneOf(properties);
        for (var field : schema.plainFields())
            if (!field.has(Trait.DYNAMIC) && !field.isNamespace())
                wire.addFields(Externals.told(wire(field, zone), external));
        external.ifPresent(from -> wire.setExternalSource(from.source()).setExternalSpec(from.spec()));
        for (var struct : schema.structs()) wire.addStructArrayFields(Structs.wire(struct, schema));
        for (var function : schema.functions()) wire.addFunctions(Functions.wire(function, schema));
        return wire.build();
    }

    /// @param zone in which a default is told that is a moment
    static FieldSchema wire(Field field, ZoneId zone) {
        var wire = FieldSchema.newBuilder()
                .setFieldID(field.id())
                .setName(field.name())
                .setDescription(field.description())
                .setDataType(Types.of(field.type()))
                .setIsPrimaryKey(field.has(Trait.PRIMARY_KEY))
                .setAutoID(field.has(Trait.AUTO_ID))
                .setIsPartitionKey(field.has(Trait.PARTITION_KEY))
                .setIsClusteringKey(field.has(Trait.CLUSTERING_KEY))
                .setIsFunctionOutput(field.has(Trait.FUNCTION_OUTPUT))
                .setNullable(field.isNullable());
        switch (field.type()) {
            case FieldType.Varchar(int maxBytes) -> wire.addTypeParams(Parts.pair("max_length", "" + maxBytes));
            case FieldType.Vector(var type, int dimension) -> {
                if (type.isDense()) wire.addTypeParams(Parts.pair("dim", "" + dimension));
            }
            case FieldType.Array(var element, int maxElements) -> {
                wire.setElementType(Types.of(element)).addTypeParams(Parts.pair("max_capacity", "" + maxElements));
                if (element instanceof FieldType.Varchar(int maxBytes))
                    wire.addTypeParams(Parts.pair("max_length", "" + maxBytes));
                if (element instanceof FieldType.Vector(_, int dimension))
                    wire.addTypeParams(Parts.pair("dim", "" + dimension));
            }
            case FieldType.Text(int maxBytes) -> {
                if (maxBytes != FieldType.Text.MOST_BYTES) wire.addTypeParams(Parts.pair("max_length", "" + maxBytes));
            }
            case Primitive _, FieldType.Geometry _, FieldType.Json _ -> {}
        }
        wire.addAllTypeParams(Parameters.pairs(field.parameters()));
        field.defaultValue().ifPresent(value -> wire.setDefaultValue(wire(field.type(), value, zone)));
        return wire.build();
    }

    private static ValueField wire(FieldType type, Value value, ZoneId zone) {
        var wire = ValueField.newBuilder();
        return switch (value) {
            case Value.Bool(var truth) -> wire.setBoolData(truth).build();
            case Value.Int(var number) ->
                switch (type) {
                    case Primitive.INT64 -> wire.setLongData(number).build();
                    case Primitive.TIMESTAMPTZ ->
                        wire.setStringData(Moments.print(number, zone)).build();
                    case Primitive.FLOAT -> wire.setFloatData(number).build();
                    case Primitive.DOUBLE -> wire.setDoubleData(number).build();
                    default -> wire.setIntData((int) number).build();
                };
            case Value.Real(var number) ->
                type == Primitive.FLOAT
                        ? wire.setFloatData((float) number).build()
                        : wire.setDoubleData(number).build();
            case Value.Text(var text) -> wire.setStringData(text).build();
            case Value.Null _, Value.Items _, Value.Bytes _ -> wire.build();
        };
    }
}
