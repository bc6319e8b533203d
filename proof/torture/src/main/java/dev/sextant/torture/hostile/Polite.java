package dev.sextant.torture.hostile;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.sextant.wire.Parts;
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

    /// Every kind of field that most clients know.
    static CollectionSchema target(String name) {
        return CollectionSchema.newBuilder()
                .setName(name)
                .setEnableDynamicField(true)
                .addFields(Parts.key("id"))
                .addFields(Parts.vector("v", 4))
                .addFields(Parts.field("h", DataType.Float16Vector, "dim", "4"))
                .addFields(Parts.field("bin", DataType.BinaryVector, "dim", "16"))
                .addFields(Parts.field("sp", DataType.SparseFloatVector))
                .addFields(Parts.field("i8", DataType.Int8Vector, "dim", "4"))
                .addFields(Parts.field("name", DataType.VarChar, "max_length", "200")
                        .setNullable(true))
                .addFields(Parts.field("n", DataType.Int32).setNullable(true))
                .addFields(Parts.field("d", DataType.Double))
                .addFields(Parts.field("flag", DataType.Bool))
                .addFields(Parts.field("json", DataType.JSON).setNullable(true))
                .addFields(Parts.field("tags", DataType.Array, "max_capacity", "8", "max_length", "20")
                        .setElementType(DataType.VarChar))
                .build();
    }

    /// Text that is searched by its words, and a partition key.
    static CollectionSchema words(String name) {
        return CollectionSchema.newBuilder()
                .setName(name)
                .addFields(
                        Parts.field("id", DataType.VarChar, "max_length", "50").setIsPrimaryKey(true))
                .addFields(Parts.field("lang", DataType.VarChar, "max_length", "20")
                        .setIsPartitionKey(true))
                .addFields(Parts.field(
                        "text",
                        DataType.VarChar,
                        "max_length",
                        "1000",
                        "enable_analyzer",
                        "true",
                        "enable_match",
                        "true"))
                .addFields(Parts.field("sparse", DataType.SparseFloatVector))
                .addFunctions(FunctionSchema.newBuilder()
                        .setName("bm25")
                        .setType(FunctionType.BM25)
                        .addInputFieldNames("text")
                        .addOutputFieldNames("sparse"))
                .build();
    }

    static CreateCollectionRequest create(CollectionSchema schema) {
        return Parts.create(schema).build();
    }

    static CreateIndexRequest index(String collection, String field, String type, String metric, String parameters) {
        return Parts.index(collection, field, "index_type", type, "metric_type", metric, "params", parameters)
                .setIndexName(field + "_index")
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
                .addFieldsData(Parts.column(
                        "id", DataType.Int64, ScalarField.newBuilder().setLongData(keys)))
                .addFieldsData(Parts.vectors("v", DIMENSION, floats(ROWS, DIMENSION)))
                .addFieldsData(Parts.column(
                        "h",
                        DataType.Float16Vector,
                        VectorField.newBuilder()
                                .setDim(DIMENSION)
                                .setFloat16Vector(ByteString.copyFrom(new byte[2 * DIMENSION * ROWS]))))
                .addFieldsData(Parts.column(
                        "bin",
                        DataType.BinaryVector,
                        VectorField.newBuilder().setDim(16).setBinaryVector(ByteString.copyFrom(new byte[2 * ROWS]))))
                .addFieldsData(Parts.column(
                        "sp",
                        DataType.SparseFloatVector,
                        VectorField.newBuilder().setDim(100).setSparseFloatVector(sparse)))
                .addFieldsData(Parts.column(
                        "i8",
                        DataType.Int8Vector,
                        VectorField.newBuilder()
                                .setDim(DIMENSION)
                                .setInt8Vector(ByteString.copyFrom(new byte[DIMENSION * ROWS]))))
                .addFieldsData(Parts.column(
                        "name", DataType.VarChar, ScalarField.newBuilder().setStringData(names)))
                .addFieldsData(Parts.column(
                        "n", DataType.Int32, ScalarField.newBuilder().setIntData(numbers)))
                .addFieldsData(Parts.column(
                        "d", DataType.Double, ScalarField.newBuilder().setDoubleData(reals)))
                .addFieldsData(Parts.column(
                        "flag", DataType.Bool, ScalarField.newBuilder().setBoolData(flags)))
                .addFieldsData(Parts.column(
                        "json", DataType.JSON, ScalarField.newBuilder().setJsonData(objects)))
                .addFieldsData(Parts.column(
                        "tags", DataType.Array, ScalarField.newBuilder().setArrayData(tags)))
                .addFieldsData(
                        Parts.column("", DataType.JSON, ScalarField.newBuilder().setJsonData(extras)).toBuilder()
                                .setIsDynamic(true))
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
                .addFieldsData(Parts.column(
                        "id", DataType.VarChar, ScalarField.newBuilder().setStringData(keys)))
                .addFieldsData(Parts.column(
                        "lang", DataType.VarChar, ScalarField.newBuilder().setStringData(langs)))
                .addFieldsData(Parts.column(
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

    private static SearchRequest.Builder search(String collection, String field, ByteString placeholders) {
        return SearchRequest.newBuilder()
                .setCollectionName(collection)
                .setNq(1)
                .setUseDefaultConsistency(true)
                .setPlaceholderGroup(placeholders)
                .addOutputFields("*")
                .addSearchParams(Parts.pair("anns_field", field))
                .addSearchParams(Parts.pair("topk", "5"))
                .addSearchParams(Parts.pair("params", "{}"));
    }

    private static List<SearchRequest.Builder> searches() {
        return List.of(
                search("target", "v", Parts.queries(PlaceholderType.FloatVector, floats(1, 4), floats(1, 4)))
                        .setDsl("id > 1 and name like 'n%'"),
                search("target", "h", Parts.queries(PlaceholderType.Float16Vector, ByteString.copyFrom(new byte[8]))),
                search("target", "bin", Parts.queries(PlaceholderType.BinaryVector, ByteString.copyFrom(new byte[2]))),
                search("target", "sp", Parts.queries(PlaceholderType.SparseFloatVector, sparse(3, 1, 60, 1))),
                search("target", "i8", Parts.queries(PlaceholderType.Int8Vector, ByteString.copyFrom(new byte[4])))
                        .addSearchParams(Parts.pair("group_by_field", "n"))
                        .addSearchParams(Parts.pair("group_size", "2")),
                search("target", "v", Parts.queries(PlaceholderType.FloatVector, floats(1, 4)))
                        .addSearchParams(Parts.pair("search_iter_v2", "True"))
                        .addSearchParams(Parts.pair("search_iter_batch_size", "5")),
                search("target", "v", ByteString.EMPTY)
                        .setIds(IDs.newBuilder().setIntId(LongArray.newBuilder().addData(3))),
                search("words", "sparse", Parts.queries(PlaceholderType.VarChar, ByteString.copyFromUtf8("some words")))
                        .setHighlighter(Highlighter.newBuilder()
                                .addParams(Parts.pair("pre_tags", "[\"<b>\"]"))
                                .addParams(Parts.pair("post_tags", "[\"</b>\"]"))
                                .addParams(Parts.pair("highlight_search_text", "true"))),
                search("target", "v", Parts.queries(PlaceholderType.FloatVector, floats(1, 4)))
                        .setFunctionScore(FunctionScore.newBuilder()
                                .addFunctions(FunctionSchema.newBuilder()
                                        .setName("decay")
                                        .setType(FunctionType.Rerank)
                                        .addInputFieldNames("n")
                                        .addParams(Parts.pair("reranker", "decay"))
                                        .addParams(Parts.pair("function", "gauss"))
                                        .addParams(Parts.pair("origin", "3"))
                                        .addParams(Parts.pair("scale", "2"))))
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
                        .addAllSearchParams(List.of(
                                Parts.pair("anns_field", "i8"), Parts.pair("topk", "5"), Parts.pair("params", "{}"))))
                .addRankParams(Parts.pair("strategy", "rrf"))
                .addRankParams(Parts.pair("params", "{\"k\":60}"))
                .addRankParams(Parts.pair("limit", "5"))
                .addOutputFields("name")
                .build());
        all.add(QueryRequest.newBuilder()
                .setCollectionName("target")
                .setExpr("id in [1,2,3] or json['a']['b'] > 3")
                .addOutputFields("*")
                .addQueryParams(Parts.pair("limit", "10"))
                .addQueryParams(Parts.pair("offset", "1"))
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
                .setSchema(Parts.field("more", DataType.Int64)
                        .setNullable(true)
                        .build()
                        .toByteString())
                .build());
        return all;
    }
}
