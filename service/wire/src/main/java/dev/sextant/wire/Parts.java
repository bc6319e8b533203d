package dev.sextant.wire;

import com.google.protobuf.ByteString;
import dev.sextant.wire.milvus.CollectionSchema;
import dev.sextant.wire.milvus.CreateCollectionRequest;
import dev.sextant.wire.milvus.CreateIndexRequest;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.FieldData;
import dev.sextant.wire.milvus.FieldSchema;
import dev.sextant.wire.milvus.InsertRequest;
import dev.sextant.wire.milvus.KeyValuePair;
import dev.sextant.wire.milvus.LoadCollectionRequest;
import dev.sextant.wire.milvus.LongArray;
import dev.sextant.wire.milvus.PackedFloats;
import dev.sextant.wire.milvus.PlaceholderGroup;
import dev.sextant.wire.milvus.PlaceholderType;
import dev.sextant.wire.milvus.PlaceholderValue;
import dev.sextant.wire.milvus.ScalarField;
import dev.sextant.wire.milvus.SearchRequest;
import dev.sextant.wire.milvus.VectorField;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/// What the requests of a client are put together from, for all who ask a server over gRPC: benches, proofs, and a
/// server that rehearses. What is still to be said is left to the caller: requests come as builders.
public final class Parts {
    private Parts() {}

    public static KeyValuePair pair(String key, String value) {
        return KeyValuePair.newBuilder().setKey(key).setValue(value).build();
    }

    /// @param parameters keys, each followed by its value
    private static List<KeyValuePair> pairs(String... parameters) {
        var pairs = new KeyValuePair[parameters.length / 2];
        for (int i = 0; i < pairs.length; i++) pairs[i] = pair(parameters[2 * i], parameters[2 * i + 1]);
        return List.of(pairs);
    }

    /// The primary key, of integers.
    public static FieldSchema.Builder key(String name) {
        return field(name, DataType.Int64).setIsPrimaryKey(true);
    }

    /// Vectors of floats.
    public static FieldSchema.Builder vector(String name, int dimension) {
        return field(name, DataType.FloatVector, "dim", Integer.toString(dimension));
    }

    /// @param parameters of the type: keys, each followed by its value
    public static FieldSchema.Builder field(String name, DataType type, String... parameters) {
        return FieldSchema.newBuilder().setName(name).setDataType(type).addAllTypeParams(pairs(parameters));
    }

    /// A collection of one shard.
    public static CreateCollectionRequest.Builder create(String collection, FieldSchema.Builder... fields) {
        var schema = CollectionSchema.newBuilder().setName(collection);
        for (var field : fields) schema.addFields(field);
        return create(schema.build());
    }

    /// A collection of one shard.
    public static CreateCollectionRequest.Builder create(CollectionSchema schema) {
        return CreateCollectionRequest.newBuilder()
                .setCollectionName(schema.getName())
                .setSchema(schema.toByteString())
                .setShardsNum(1);
    }

    /// @param parameters keys, each followed by its value: `index_type`, `metric_type`, `params`
    public static CreateIndexRequest.Builder index(String collection, String field, String... parameters) {
        return CreateIndexRequest.newBuilder()
                .setCollectionName(collection)
                .setFieldName(field)
                .addAllExtraParams(pairs(parameters));
    }

    public static LoadCollectionRequest load(String collection) {
        return LoadCollectionRequest.newBuilder().setCollectionName(collection).build();
    }

    /// As floats go over the wire: four bytes each, little-endian.
    public static ByteString floats(float... values) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return ByteString.copyFrom(bytes);
    }

    /// A column of integers.
    public static FieldData longs(String field, long... values) {
        var longs = LongArray.newBuilder();
        for (long value : values) longs.addData(value);
        return column(field, DataType.Int64, ScalarField.newBuilder().setLongData(longs));
    }

    /// A column of scalars.
    public static FieldData column(String field, DataType type, ScalarField.Builder values) {
        return FieldData.newBuilder()
                .setFieldName(field)
                .setType(type)
                .setScalars(values)
                .build();
    }

    /// A column of vectors of floats.
    ///
    /// @param floats `dimension` of them a row, one row after the other
    public static FieldData vectors(String field, int dimension, ByteString floats) {
        return column(
                field,
                DataType.FloatVector,
                VectorField.newBuilder()
                        .setDim(dimension)
                        .setFloatVector(PackedFloats.newBuilder().setData(floats)));
    }

    /// A column of vectors.
    public static FieldData column(String field, DataType type, VectorField.Builder values) {
        return FieldData.newBuilder()
                .setFieldName(field)
                .setType(type)
                .setVectors(values)
                .build();
    }

    /// @param columns of as many rows each
    public static InsertRequest.Builder insert(String collection, int rows, FieldData... columns) {
        return InsertRequest.newBuilder()
                .setCollectionName(collection)
                .setNumRows(rows)
                .addAllFieldsData(Arrays.asList(columns));
    }

    /// What is searched for, as a request carries it.
    ///
    /// @param queries each as its type goes over the wire
    public static ByteString queries(PlaceholderType type, ByteString... queries) {
        return PlaceholderGroup.newBuilder()
                .addPlaceholders(
                        PlaceholderValue.newBuilder().setTag("$0").setType(type).addAllValues(Arrays.asList(queries)))
                .build()
                .toByteString();
    }

    /// The rows nearest to each of these vectors of floats.
    public static SearchRequest.Builder search(String collection, String field, int limit, ByteString... queries) {
        return search(collection, field, limit, PlaceholderType.FloatVector, queries);
    }

    /// The rows nearest to each of these.
    public static SearchRequest.Builder search(
            String collection, String field, int limit, PlaceholderType type, ByteString... queries) {
        return SearchRequest.newBuilder()
                .setCollectionName(collection)
                .setPlaceholderGroup(queries(type, queries))
                .setNq(queries.length)
                .addSearchParams(pair("anns_field", field))
                .addSearchParams(pair("topk", Integer.toString(limit)));
    }
}
