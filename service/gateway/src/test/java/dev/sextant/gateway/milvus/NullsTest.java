package dev.sextant.gateway.milvus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.gateway.Running;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.ArrayArray;
import dev.sextant.wire.milvus.CollectionSchema;
import dev.sextant.wire.milvus.CreateCollectionRequest;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.FieldData;
import dev.sextant.wire.milvus.FieldSchema;
import dev.sextant.wire.milvus.InsertRequest;
import dev.sextant.wire.milvus.LongArray;
import dev.sextant.wire.milvus.MutationResult;
import dev.sextant.wire.milvus.PackedFloats;
import dev.sextant.wire.milvus.ScalarField;
import dev.sextant.wire.milvus.StructArrayField;
import dev.sextant.wire.milvus.StructArrayFieldSchema;
import dev.sextant.wire.milvus.UpsertRequest;
import dev.sextant.wire.milvus.ValueField;
import dev.sextant.wire.milvus.VectorField;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Columns in which every row is null: clients say less about them than about any other.
class NullsTest {
    private static final Map<DataType, String> SCALARS = Map.ofEntries(
            Map.entry(DataType.Bool, "truth"),
            Map.entry(DataType.Int8, "tiny"),
            Map.entry(DataType.Int16, "small"),
            Map.entry(DataType.Int32, "whole"),
            Map.entry(DataType.Int64, "large"),
            Map.entry(DataType.Float, "single"),
            Map.entry(DataType.Double, "real"),
            Map.entry(DataType.VarChar, "word"),
            Map.entry(DataType.Text, "text"),
            Map.entry(DataType.JSON, "json"),
            Map.entry(DataType.Geometry, "place"),
            Map.entry(DataType.Timestamptz, "moment"));
    private static final List<DataType> ELEMENTS = List.of(
            DataType.Bool,
            DataType.Int8,
            DataType.Int32,
            DataType.Int64,
            DataType.Float,
            DataType.Double,
            DataType.VarChar);
    private static final List<DataType> VECTORS = List.of(
            DataType.FloatVector,
            DataType.Float16Vector,
            DataType.BFloat16Vector,
            DataType.Int8Vector,
            DataType.BinaryVector,
            DataType.SparseFloatVector);

    @TempDir
    private Path directory;

    @Test
    void aColumnOfNullsIsTakenForEveryTypeWhetherOrNotItsDetailsAreTold() {
        try (var running = new Running(directory)) {
            var milvus = running.milvus();
            assertThat(milvus.createCollection(CreateCollectionRequest.newBuilder()
                                    .setCollectionName("c")
                                    .setSchema(schema().toByteString())
                                    .build())
                            .getReason())
                    .isEmpty();
            done(milvus.insert(insert(List.of(keys(1, 2), vectors(2)))));
            for (var nulls : nulls(2, false)) done(milvus.insert(insert(List.of(keys(3, 4), vectors(2), nulls))));
            for (var nulls : nulls(2, true)) done(milvus.insert(insert(List.of(keys(3, 4), vectors(2), nulls))));
            var all = new ArrayList<>(List.of(keys(5, 6), vectors(2)));
            all.addAll(nulls(2, false));
            done(milvus.insert(insert(all)));
            var upsert = UpsertRequest.newBuilder().setCollectionName("c").setNumRows(2);
            done(milvus.upsert(upsert.addAllFieldsData(all).build()));
            for (var empty : empties(2)) done(milvus.insert(insert(List.of(keys(7, 8), vectors(2), empty))));

            running.rest("indexes/create", """
                    {"collectionName": "c", "indexParams": [{"fieldName": "v", "indexName": "v", "indexType": "FLAT",
                    "metricType": "L2"}]}""");
            assertThat(running.rest("entities/insert", """
                            {"collectionName": "c", "data": [{"id": 9, "v": [1, 2, 3, 4, 5, 6, 7, 8], "array_of_Int64": null,
                            "json": null, "place": null, "moment": null, "structs": null, "FloatVector": null}]}""")).contains("\"insertCount\":1");
        }
    }

    private static InsertRequest insert(List<FieldData> fields) {
        return InsertRequest.newBuilder()
                .setCollectionName("c")
                .setNumRows(2)
                .addAllFieldsData(fields)
                .build();
    }

    private static void done(MutationResult result) {
        assertThat(result.getStatus().getReason()).isEmpty();
        assertThat(result.getSuccIndexCount()).isEqualTo(2);
    }

    private static CollectionSchema schema() {
        var schema = CollectionSchema.newBuilder().setName("c");
        schema.addFields(Parts.key("id"));
        schema.addFields(vector("v", DataType.FloatVector));
        SCALARS.forEach((type, name) ->
                schema.addFields(Parts.field(name, type, "max_length", "9").setNullable(true)));
        schema.addFields(Parts.field("fallback", DataType.Int64)
                .setNullable(true)
                .setDefaultValue(ValueField.newBuilder().setLongData(7)));
        for (var element : ELEMENTS)
            schema.addFields(array("array_of_" + element, element).setNullable(true));
        for (var type : VECTORS) schema.addFields(vector(type.name(), type).setNullable(true));
        schema.addStructArrayFields(StructArrayFieldSchema.newBuilder()
                .setName("structs")
                .setNullable(true)
                .addFields(array("number", DataType.Int64))
                .addFields(vector("piece", DataType.ArrayOfVector)
                        .setElementType(DataType.FloatVector)
                        .addTypeParams(Parts.pair("max_capacity", "4"))));
        return schema.build();
    }

    private static FieldSchema.Builder vector(String name, DataType type) {
        return type == DataType.SparseFloatVector ? Parts.field(name, type) : Parts.field(name, type, "dim", "8");
    }

    private static FieldSchema.Builder array(String name, DataType element) {
        return Parts.field(name, DataType.Array, "max_capacity", "4", "max_length", "9")
                .setElementType(element);
    }

    /// @param bare whether the holder of the values is left out too
    private static List<FieldData> nulls(int rows, boolean bare) {
        var columns = new ArrayList<FieldData>();
        SCALARS.forEach(
                (type, name) -> columns.add(nulls(name, type, rows, bare).build()));
        columns.add(nulls("fallback", DataType.Int64, rows, bare).build());
        for (var element : ELEMENTS) {
            var column = nulls("array_of_" + element, DataType.Array, rows, bare);
            if (!bare) column.setScalars(ScalarField.newBuilder().setArrayData(ArrayArray.getDefaultInstance()));
            columns.add(column.build());
        }
        for (var type : VECTORS)
            columns.add(nulls(type.name(), type, rows, bare).build());
        columns.add(FieldData.newBuilder()
                .setFieldName("structs")
                .setType(DataType.ArrayOfStruct)
                .setStructArrays(StructArrayField.newBuilder()
                        .addFields(nulls("number", DataType.Array, rows, bare))
                        .addFields(nulls("piece", DataType.ArrayOfVector, rows, bare)))
                .build());
        return columns;
    }

    private static FieldData.Builder nulls(String name, DataType type, int rows, boolean bare) {
        var column = FieldData.newBuilder().setFieldName(name).setType(type);
        for (int i = 0; i < rows; i++) column.addValidData(false);
        if (bare) return column;
        return type.name().endsWith("Vector")
                ? column.setVectors(VectorField.getDefaultInstance())
                : column.setScalars(ScalarField.getDefaultInstance());
    }

    /// Arrays without elements: there is nothing to tell their type by.
    private static List<FieldData> empties(int rows) {
        var columns = new ArrayList<FieldData>();
        for (var element : ELEMENTS) {
            var lists = ArrayArray.newBuilder();
            for (int i = 0; i < rows; i++) lists.addData(ScalarField.getDefaultInstance());
            columns.add(FieldData.newBuilder()
                    .setFieldName("array_of_" + element)
                    .setType(DataType.Array)
                    .setScalars(ScalarField.newBuilder().setArrayData(lists))
                    .build());
        }
        return columns;
    }

    private static FieldData keys(long... keys) {
        var values = LongArray.newBuilder();
        for (long key : keys) values.addData(key);
        return FieldData.newBuilder()
                .setFieldName("id")
                .setType(DataType.Int64)
                .setScalars(ScalarField.newBuilder().setLongData(values))
                .build();
    }

    private static FieldData vectors(int rows) {
        return FieldData.newBuilder()
                .setFieldName("v")
                .setType(DataType.FloatVector)
                .setVectors(VectorField.newBuilder()
                        .setDim(8)
                        .setFloatVector(PackedFloats.newBuilder()
                                .setData(com.google.protobuf.ByteString.copyFrom(new byte[32 * rows]))))
                .build();
    }
}
