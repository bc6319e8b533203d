package dev.sextant.query.filter;

import dev.sextant.model.FieldType;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;

/// Milvus' names of types, as they stand in its messages.
public final class Types {
    private Types() {}

    public static String name(FieldType type) {
        return switch (type) {
            case FieldType.Primitive primitive ->
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
            case FieldType.Array _ -> "Array";
            case FieldType.Vector(var kind, _) -> name(kind);
        };
    }

    static String name(Value value) {
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

    static String print(Value value) {
        return switch (value) {
            case Value.Null _ -> "null";
            case Value.Bool(var truth) -> Boolean.toString(truth);
            case Value.Int(var number) -> Long.toString(number);
            case Value.Real(var number) -> Double.toString(number);
            case Value.Text(var text) -> '"' + text + '"';
            case Value.Items(var items) ->
                items.stream().map(Types::print).toList().toString();
            case Value.Bytes bytes -> bytes.toString();
        };
    }

    private static String name(VectorType type) {
        return switch (type) {
            case FLOAT32 -> "FloatVector";
            case FLOAT16 -> "Float16Vector";
            case BFLOAT16 -> "BFloat16Vector";
            case INT8 -> "Int8Vector";
            case BINARY -> "BinaryVector";
            case SPARSE -> "SparseFloatVector";
        };
    }
}
