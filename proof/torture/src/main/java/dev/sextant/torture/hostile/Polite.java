package dev.sextant.torture.hostile;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.sextant.wire.milvus.*;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Requests that are right, about collections that are there: what the hostile ones are made from.
final class Polite {
    static final int DIMENSION = 4;
    private static final int ROWS = 12;

    private Polite() {}

    static KeyValuePair pair(String key, String value) {
        return KeyValuePair.newBuilder().setKey(key).setValue(value).build();
    }

    private static FieldSchema.Builder field(String name, DataType type, String... parameters) {
        var field = FieldSchema.newBuilder().setName(name).setDataType(type);
        for (int i = 0; i < parameters.length; i += 2) field.addTypeParams(pair(parameters[i], parameters[i + 1]));
        return field;
    }

    /// Every kind of field that most clients know.
    static CollectionSchema target(String name) {
        return CollectionSchema.newBuilder()
                .setName(name)
                .setEnableDynamicField(true)
                .addFields(field("id", DataType.Int64).setIsPrimaryKey(true))
                .addFields(field("v", DataType.FloatVector, "dim", "4"))
                .addFields(field("h", DataType.Float16Vector, "dim", "4"))
                .addFields(field("bin", DataType.BinaryVector, "dim", "16"))
                .addFields(field("sp", DataType.SparseFloatVector))
                .addFields(field("i8", DataType.Int8Vector, "dim", "4"))
                .addFields(field("name", DataType.VarChar, "max_length", "200").setNullable(true))
                .addFields(field("n", DataType.Int32).setNullable(true))
                .addFields(field("d", DataType.Double))
                .addFields(field("flag", DataType.Bool))
                .addFields(field("json", DataType.JSON).setNullable(true))
                .addFields(field("tags", DataType.Array, "max_capacity", "8", "max_length", "20")
                        .setElementType(DataType.VarChar))
                .build();
    }

    /// Text that is searched by its words, and a partition key.
    static CollectionSchema words(String name) {
        return CollectionSchema.newBuilder()
                .setName(name)
                .addFields(field("id", DataType.VarChar, "max_length", "50").setIsPrimaryKey(true))
                .addFields(field("lang", DataType.VarChar, "max_length", "20").setIsPartitionKey(true))
                .addFields(field(
                        "text",
                        DataType.VarChar,
                        "max_length",
                        "1000",
                        "enable_analyzer",
                        "true",
                        "enable_match",
                        "true"))
                .addFields(field("sparse", DataType.SparseFloatVector))
                .addFunctions(FunctionSchema.newBuilder()
                        .setName("bm25")
                        .setType(FunctionType.BM25)
                        .addInputFieldNames("text")
                        .addOutputFieldNames("sparse"))
                .build();
    }

    static CreateCollectionRequest create(CollectionSchema schema) {
        return CreateCollectionRequest.newBuilder()
                .setCollectionName(schema.getName())
                .setSchema(schema.toByteString())
                .setShardsNum(1)
                .build();
    }

    static CreateIndexRequest index(String collection, String field, String type, String metric, String parameters) {
        return CreateIndexRequest.newBuilder()
                .setCollectionName(collection)
                .setFieldName(field)
                .setIndexName(field + "_index")
                .addExtraParams(pair("index_type", type))
                .addExtraParams(pair("metric_type", metric))
                .addExtraParams(pair("params", parameters))
                .build();
    }

    static List<CreateIndexRequest> indexes() {
        return List.of(
                index("target", "v", "HNSW", "L2", "{\"M\":8,\"efConstruction\":40}"),
                index("target", "h", "IVF_FLAT", "IP", "{\"nlist\":4}"),
                index("target", "bin", "BIN_FLAT", "HAMMING", "{}"),
                index("target", "sp", "SPARSE_INVERTED_INDEX", "IP", "{}"),
                index("target", "i8", "HNSW", "COSINE", "{}"),
                index("target", "name", "INVERTED", "", "{}"),
                index("target", "n", "STL_SORT", "", "{}"),
                index("words", "sparse", "SPARSE_INVERTED_INDEX", "BM25", "{\"bm25_k1\":1.2}"));
    }

    static ByteString floats(int rows, int dimension) {
        var bytes = ByteBuffer.allocate(4 * rows * dimension).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rows * dimension; i++) bytes.putFloat(i % 7 - 3);
        return ByteString.copyFrom(bytes.array());
    }

    private static ByteString sparse(int... pairs) {
        var bytes = ByteBuffer.allocate(4 * pairs.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < pairs.length; i += 2) bytes.putInt(pairs[i]).putFloat(pairs[i + 1]);
        return ByteString.copyFrom(bytes.array());
    }

    private static FieldData.Builder column(String name, DataType type) {
        return FieldData.newBuilder().setFieldName(name).setType(type);
    }

    private static FieldData vectors(String name, DataType type, VectorField.Builder values) {
        return column(name, type).setVectors(values).build();
    }

    private static FieldData scalars(String name, DataType type, ScalarField.Builder values) {
        return column(name, type).setScalars(values).build();
    }

    static InsertRequest rows(String collection, int from) {
        var keys = LongArray.newBuilder();
        var names = StringArray.newBuilder();
        var numbers = IntArray.newBuilder();
        var reals = DoubleArray.newBuilder();
        var flags = BoolArray.newBuilder();
        var objects = JSONArray.newBuilder();
        var extras = JSONArray.newBuilder();
        var tags = ArrayArray.newBuilder().setElementType(DataType.VarChar);
        var sparse = SparseFloatArray.newBuilder().setDim(100);
        for (int i = 0; i < ROWS; i++) {
            keys.addData(from + i);
            names.addData("name " + i);
            numbers.addData(i);
            reals.addData(i / 3.0);
            flags.addData(i % 2 == 0);
            objects.addData(ByteString.copyFromUtf8("{\"a\":{\"b\":" + i + "}}"));
            extras.addData(ByteString.copyFromUtf8("{\"x\":" + i + "}"));
            tags.addData(ScalarField.newBuilder()
                    .setStringData(StringArray.newBuilder().addData("x").addData("t" + i)));
            sparse.addContents(sparse(i, 1, 50 + i, 2));
        }
        return InsertRequest.newBuilder()
                .setCollectionName(collection)
                .setNumRows(ROWS)
                .addFieldsData(
                        scalars("id", DataType.Int64, ScalarField.newBuilder().setLongData(keys)))
                .addFieldsData(vectors(
                        "v",
                        DataType.FloatVector,
                        VectorField.newBuilder()
                                .setDim(DIMENSION)
                                .setFloatVector(PackedFloats.newBuilder().setData(floats(ROWS, DIMENSION)))))
                .addFieldsData(vectors(
                        "h",
                        DataType.Float16Vector,
                        VectorField.newBuilder()
                                .setDim(DIMENSION)
                                .setFloat16Vector(ByteString.copyFrom(new byte[2 * DIMENSION * ROWS]))))
                .addFieldsData(vectors(
                        "bin",
                        DataType.BinaryVector,
                        VectorField.newBuilder().setDim(16).setBinaryVector(ByteString.copyFrom(new byte[2 * ROWS]))))
                .addFieldsData(vectors(
                        "sp",
                        DataType.SparseFloatVector,
                        VectorField.newBuilder().setDim(100).setSparseFloatVector(sparse)))
                .addFieldsData(vectors(
                        "i8",
                        DataType.Int8Vector,
                        VectorField.newBuilder()
                                .setDim(DIMENSION)
                                .setInt8Vector(ByteString.copyFrom(new byte[DIMENSION * ROWS]))))
                .addFieldsData(scalars(
                        "name", DataType.VarChar, ScalarField.newBuilder().setStringData(names)))
                .addFieldsData(
                        scalars("n", DataType.Int32, ScalarField.newBuilder().setIntData(numbers)))
                .addFieldsData(
                        scalars("d", DataType.Double, ScalarField.newBuilder().setDoubleData(reals)))
                .addFieldsData(
                        scalars("flag", DataType.Bool, ScalarField.newBuilder().setBoolData(flags)))
                .addFieldsData(
                        scalars("json", DataType.JSON, ScalarField.newBuilder().setJsonData(objects)))
                .addFieldsData(
                        scalars("tags", DataType.Array, ScalarField.newBuilder().setArrayData(tags)))
                .addFieldsData(column("", DataType.JSON)
                        .setIsDynamic(true)
                        .setScalars(ScalarField.newBuilder().setJsonData(extras)))
                .build();
    }

    private static InsertRequest texts() {
        var keys = StringArray.newBuilder();
        var langs = StringArray.newBuilder();
        var texts = StringArray.newBuilder();
        for (int i = 0; i < ROWS; i++) {
            keys.addData("k" + i);
            langs.addData(i % 2 == 0 ? "en" : "de");
            texts.addData("some words of a text, number " + i);
        }
        return InsertRequest.newBuilder()
                .setCollectionName("words")
                .setNumRows(ROWS)
                .addFieldsData(
                        scalars("id", DataType.VarChar, ScalarField.newBuilder().setStringData(keys)))
                .addFieldsData(scalars(
                        "lang", DataType.VarChar, ScalarField.newBuilder().setStringData(langs)))
                .addFieldsData(scalars(
                        "text", DataType.VarChar, ScalarField.newBuilder().setStringData(texts)))
                .build();
    }

    private static UpsertRequest upsert(boolean partial) {
        var rows = rows("target", 3);
        return UpsertRequest.newBuilder()
                .setCollectionName("target")
                .setNumRows(ROWS)
                .addAllFieldsData(
                        partial ? List.of(rows.getFieldsData(0), rows.getFieldsData(7)) : rows.getFieldsDataList())
                .setPartialUpdate(partial)
                .build();
    }

    private static ByteString holding(PlaceholderType type, ByteString... values) {
        return PlaceholderGroup.newBuilder()
                .addPlaceholders(
                        PlaceholderValue.newBuilder().setTag("$0").setType(type).addAllValues(List.of(values)))
                .build()
                .toByteString();
    }

    private static SearchRequest.Builder search(String collection, String field, ByteString placeholders) {
        return SearchRequest.newBuilder()
                .setCollectionName(collection)
                .setNq(1)
                .setUseDefaultConsistency(true)
                .setPlaceholderGroup(placeholders)
                .addOutputFields("*")
                .addSearchParams(pair("anns_field", field))
                .addSearchParams(pair("topk", "5"))
                .addSearchParams(pair("params", "{}"));
    }

    private static List<SearchRequest.Builder> searches() {
        return List.of(
                search("target", "v", holding(PlaceholderType.FloatVector, floats(1, 4), floats(1, 4)))
                        .setDsl("id > 1 and name like 'n%'"),
                search("target", "h", holding(PlaceholderType.Float16Vector, ByteString.copyFrom(new byte[8]))),
                search("target", "bin", holding(PlaceholderType.BinaryVector, ByteString.copyFrom(new byte[2]))),
                search("target", "sp", holding(PlaceholderType.SparseFloatVector, sparse(3, 1, 60, 1))),
                search("target", "i8", holding(PlaceholderType.Int8Vector, ByteString.copyFrom(new byte[4])))
                        .addSearchParams(pair("group_by_field", "n"))
                        .addSearchParams(pair("group_size", "2")),
                search("target", "v", holding(PlaceholderType.FloatVector, floats(1, 4)))
                        .addSearchParams(pair("search_iter_v2", "True"))
                        .addSearchParams(pair("search_iter_batch_size", "5")),
                search("target", "v", ByteString.EMPTY)
                        .setIds(IDs.newBuilder().setIntId(LongArray.newBuilder().addData(3))),
                search("words", "sparse", holding(PlaceholderType.VarChar, ByteString.copyFromUtf8("some words")))
                        .setHighlighter(Highlighter.newBuilder()
                                .addParams(pair("pre_tags", "[\"<b>\"]"))
                                .addParams(pair("post_tags", "[\"</b>\"]"))
                                .addParams(pair("highlight_search_text", "true"))),
                search("target", "v", holding(PlaceholderType.FloatVector, floats(1, 4)))
                        .setFunctionScore(FunctionScore.newBuilder()
                                .addFunctions(FunctionSchema.newBuilder()
                                        .setName("decay")
                                        .setType(FunctionType.Rerank)
                                        .addInputFieldNames("n")
                                        .addParams(pair("reranker", "decay"))
                                        .addParams(pair("function", "gauss"))
                                        .addParams(pair("origin", "3"))
                                        .addParams(pair("scale", "2"))))
                        .putExprTemplateValues(
                                "list",
                                TemplateValue.newBuilder()
                                        .setArrayVal(TemplateArrayValue.newBuilder()
                                                .setLongData(LongArray.newBuilder()
                                                        .addData(1)
                                                        .addData(2)))
                                        .build())
                        .setDsl("n in {list}"));
    }

    static List<Message> requests() {
        var all = new ArrayList<Message>();
        all.add(create(target("made")));
        all.add(create(words("tales")));
        all.addAll(indexes());
        all.add(rows("target", 0));
        all.add(rows("target", 5000));
        all.add(texts());
        all.add(upsert(false));
        all.add(upsert(true));
        for (var search : searches()) all.add(search.build());
        all.add(HybridSearchRequest.newBuilder()
                .setCollectionName("target")
                .addRequests(searches().get(3))
                .addRequests(searches()
                        .get(4)
                        .clone()
                        .clearSearchParams()
                        .addAllSearchParams(List.of(pair("anns_field", "i8"), pair("topk", "5"), pair("params", "{}"))))
                .addRankParams(pair("strategy", "rrf"))
                .addRankParams(pair("params", "{\"k\":60}"))
                .addRankParams(pair("limit", "5"))
                .addOutputFields("name")
                .build());
        all.add(QueryRequest.newBuilder()
                .setCollectionName("target")
                .setExpr("id in [1,2,3] or json['a']['b'] > 3")
                .addOutputFields("*")
                .addQueryParams(pair("limit", "10"))
                .addQueryParams(pair("offset", "1"))
                .build());
        all.add(QueryRequest.newBuilder()
                .setCollectionName("target")
                .addOutputFields("count(*)")
                .build());
        all.add(DeleteRequest.newBuilder()
                .setCollectionName("target")
                .setExpr("id in [1, 2]")
                .build());
        all.add(ImportRequest.newBuilder()
                .setCollectionName("target")
                .addFiles("rows.json")
                .build());
        all.add(RunAnalyzerRequest.newBuilder()
                .setAnalyzerParams("{\"type\":\"english\"}")
                .addPlaceholder(ByteString.copyFromUtf8("some words of a text"))
                .setWithDetail(true)
                .build());
        all.add(AddCollectionFieldRequest.newBuilder()
                .setCollectionName("made")
                .setSchema(
                        field("more", DataType.Int64).setNullable(true).build().toByteString())
                .build());
        return all;
    }
}
