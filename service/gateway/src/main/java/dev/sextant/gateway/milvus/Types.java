package dev.sextant.gateway.milvus;

import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.VectorType;
import dev.sextant.wire.milvus.DataType;

/// The numbers by which the protocol knows types.
final class Types {
    private Types() {}

    static DataType of(FieldType type) {
        return switch (type) {
            case Primitive primitive ->
                switch (primitive) {
                    case BOOL -> DataType.Bool;
                    case INT8 -> DataType.Int8;
                    case INT16 -> DataType.Int16;
                    case INT32 -> DataType.Int32;
                    case INT64 -> DataType.Int64;
                    case FLOAT -> DataType.Float;
                    case DOUBLE -> DataType.Double;
                    case TIMESTAMPTZ -> DataType.Timestamptz;
                };
            case FieldType.Text _ -> DataType.Text;
            case FieldType.Geometry _ -> DataType.Geometry;
            case FieldType.Varchar _ -> DataType.VarChar;
            case FieldType.Json _ -> DataType.JSON;
            case FieldType.Array array -> array.isVectors() ? DataType.ArrayOfVector : DataType.Array;
            case FieldType.Vector(var vector, _) -> of(vector);
        };
    }

    static DataType of(VectorType type) {
        return switch (type) {
            case FLOAT32 -> DataType.FloatVector;
            case FLOAT16 -> DataType.Float16Vector;
            case BFLOAT16 -> DataType.BFloat16Vector;
            case INT8 -> DataType.Int8Vector;
            case BINARY -> DataType.BinaryVector;
            case SPARSE -> DataType.SparseFloatVector;
        };
    }
}
