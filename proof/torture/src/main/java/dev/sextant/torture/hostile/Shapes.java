package dev.sextant.torture.hostile;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.*;
import java.util.ArrayList;
import java.util.List;

/// Requests that are right, as [Polite] has them, about what Milvus learnt late: places, moments, texts, arrays of
/// structs, orders, sums, buckets, chains, boosts, snapshots, changed schemas.
final class Shapes {
    static final String NAME = "shapes";
    private static final int ROWS = 6;

    private Shapes() {}

    private static <B extends Message.Builder> B read(B builder, String text) {
        try {
            TextFormat.merge(text, builder);
            return builder;
        } catch (TextFormat.ParseException mistyped) {
            throw new IllegalArgumentException(mistyped.getMessage() + " in " + text, mistyped);
        }
    }

    static CollectionSchema schema(String name) {
        return read(CollectionSchema.newBuilder().setName(name), """
                properties { key: "timezone" value: "Europe/Berlin" }
                fields { name: "id" data_type: Int64 is_primary_key: true }
                fields { name: "v" data_type: FloatVector type_params { key: "dim" value: "4" } }
                fields { name: "place" data_type: Geometry nullable: true }
                fields { name: "at" data_type: Timestamptz nullable: true }
                fields { name: "n" data_type: Int32 nullable: true }
                fields { name: "kind" data_type: VarChar type_params { key: "max_length" value: "20" } }
                fields { name: "body" data_type: Text nullable: true }
                struct_array_fields {
                  name: "clips" nullable: true
                  fields { name: "v" data_type: ArrayOfVector element_type: FloatVector
                    type_params { key: "dim" value: "4" } type_params { key: "max_capacity" value: "8" } }
                  fields { name: "n" data_type: Array element_type: Int64 type_params { key: "max_capacity" value: "8" } }
                  fields { name: "word" data_type: Array element_type: VarChar
                    type_params { key: "max_length" value: "20" } type_params { key: "max_capacity" value: "8" } }
                }
                """).build();
    }

    static List<CreateIndexRequest> indexes() {
        return List.of(
                Polite.index(NAME, "v", "HNSW", "COSINE", "{\"M\":8,\"efConstruction\":40}"),
                Polite.index(NAME, "clips[v]", "HNSW", "MAX_SIM_COSINE", "{\"M\":8,\"efConstruction\":40}"),
                Polite.index(NAME, "place", "RTREE", "", "{}"),
                Polite.index(NAME, "at", "STL_SORT", "", "{}"),
                Polite.index(NAME, "clips[n]", "INVERTED", "", "{}"));
    }

    static InsertRequest rows(int from) {
        var keys = LongArray.newBuilder();
        var places = GeometryWktArray.newBuilder();
        var moments = StringArray.newBuilder();
        var numbers = IntArray.newBuilder();
        var kinds = StringArray.newBuilder();
        var bodies = StringArray.newBuilder();
        var vectors = VectorArray.newBuilder().setDim(4).setElementType(DataType.FloatVector);
        var counts = ArrayArray.newBuilder().setElementType(DataType.Int64);
        var words = ArrayArray.newBuilder().setElementType(DataType.VarChar);
        for (int i = 0; i < ROWS; i++) {
            keys.addData(from + i);
            places.addData(i % 2 == 0 ? "POINT (" + i + " 1)" : "POLYGON ((0 0, 4 0, 4 " + i + ", 0 4, 0 0))");
            moments.addData("2026-0" + (1 + i) + "-01T0" + i + ":00:00+02:00");
            numbers.addData(i);
            kinds.addData("kind " + i % 3);
            bodies.addData("a body of text, number " + i);
            vectors.addData(VectorField.newBuilder()
                    .setDim(4)
                    .setFloatVector(PackedFloats.newBuilder().setData(Polite.floats(1 + i % 3, 4))));
            var some = LongArray.newBuilder();
            var said = StringArray.newBuilder();
            for (int j = 0; j <= i % 3; j++) {
                some.addData(10 * i + j);
                said.addData(j % 2 == 0 ? "red" : "blue");
            }
            counts.addData(ScalarField.newBuilder().setLongData(some));
            words.addData(ScalarField.newBuilder().setStringData(said));
        }
        return InsertRequest.newBuilder()
                .setCollectionName(NAME)
                .setNumRows(ROWS)
                .addFieldsData(Parts.column(
                        "id", DataType.Int64, ScalarField.newBuilder().setLongData(keys)))
                .addFieldsData(Parts.vectors("v", 4, Polite.floats(ROWS, 4)))
                .addFieldsData(Parts.column(
                        "place", DataType.Geometry, ScalarField.newBuilder().setGeometryWktData(places)))
                .addFieldsData(Parts.column(
                        "at", DataType.Timestamptz, ScalarField.newBuilder().setStringData(moments)))
                .addFieldsData(Parts.column(
                        "n", DataType.Int32, ScalarField.newBuilder().setIntData(numbers)))
                .addFieldsData(Parts.column(
                        "kind", DataType.VarChar, ScalarField.newBuilder().setStringData(kinds)))
                .addFieldsData(Parts.column(
                        "body", DataType.Text, ScalarField.newBuilder().setStringData(bodies)))
                .addFieldsData(FieldData.newBuilder()
                        .setFieldName("clips")
                        .setType(DataType.ArrayOfStruct)
                        .setStructArrays(StructArrayField.newBuilder()
                                .addFields(Parts.column(
                                        "v",
                                        DataType.ArrayOfVector,
                                        VectorField.newBuilder().setDim(4).setVectorArray(vectors)))
                                .addFields(Parts.column(
                                        "n",
                                        DataType.Array,
                                        ScalarField.newBuilder().setArrayData(counts)))
                                .addFields(Parts.column(
                                        "word",
                                        DataType.Array,
                                        ScalarField.newBuilder().setArrayData(words)))))
                .build();
    }

    private static SearchRequest search(String field, PlaceholderType type, int vectors, String more) {
        return read(
                        Parts.search(NAME, field, 5, type, Polite.floats(vectors, 4))
                                .setUseDefaultConsistency(true)
                                .addSearchParams(Parts.pair("params", "{}")),
                        more)
                .build();
    }

    private static SearchRequest search(String more) {
        return search("v", PlaceholderType.FloatVector, 1, more);
    }

    private static List<SearchRequest> searches() {
        return List.of(
                search("clips[v]", PlaceholderType.EmbListFloatVector, 2, "output_fields: 'clips' dsl: 'id >= 0'"),
                search("clips[v]", PlaceholderType.FloatVector, 1, """
                        output_fields: "clips[n]" dsl: "id < 5 and element_filter(clips, $[word] == 'red' and $[n] >= 0)"
                        """),
                search("""
                        dsl: "st_within(place, 'POLYGON ((-1 -1, 9 -1, 9 9, -1 9, -1 -1))') or at > ISO '2026-02-01T00:00:00Z'"
                        output_fields: "place" output_fields: "at"
                        search_params { key: "timezone" value: "America/New_York" }
                        search_params { key: "time_fields" value: "year, month" }
                        """),
                search("""
                        dsl: "at + INTERVAL 'P1D' > ISO '2026-02-01T00:00:00Z' and st_dwithin(place, 'POINT (1 1)', 100000)"
                        search_params { key: "order_by_fields" value: "n:desc,kind:asc" } output_fields: "n"
                        """),
                search("""
                        search_aggregation { fields: "kind" size: 3
                          metrics { key: "most" value { op: "max" field_name: "n" } }
                          order { key: "most" direction: "desc" }
                          top_hits { size: 2 sort { field_name: "n" direction: "asc" } }
                          sub_aggregation { fields: "n" size: 2 } }
                        """),
                search("""
                        function_chains { stage: FunctionChainStageL2Rerank
                          ops { op: "map" outputs: "fresh" expr { name: "decay" args { column { name: "n" } }
                            params { key: "function" value { string_value: "gauss" } }
                            params { key: "origin" value { double_value: 2 } }
                            params { key: "scale" value { double_value: 3 } } } }
                          ops { op: "map" outputs: "$score" expr { name: "num_combine"
                            args { column { name: "$score" } } args { column { name: "fresh" } }
                            params { key: "mode" value { string_value: "weighted" } }
                            params { key: "weights" value { array_value {
                              values { double_value: 2 } values { double_value: 1 } } } } } }
                          ops { op: "map" outputs: "$score" expr { name: "round_decimal"
                            args { column { name: "$score" } } params { key: "decimal" value { int64_value: 3 } } } }
                          ops { op: "sort" params { key: "column" value { string_value: "$score" } }
                            params { key: "desc" value { bool_value: true } }
                            params { key: "tie_break_col" value { string_value: "$id" } } }
                          ops { op: "limit" params { key: "limit" value { int64_value: 3 } }
                            params { key: "offset" value { int64_value: 1 } } } }
                        """),
                search("""
                        function_chains { stage: FunctionChainStageL1Rerank
                          ops { op: "sort" params { key: "column" value { string_value: "n" } } }
                          ops { op: "limit" params { key: "limit" value { int64_value: 4 } } } }
                        function_chains { stage: FunctionChainStageL0Rerank
                          ops { op: "map" outputs: "$score" expr { name: "num_combine"
                            args { column { name: "$score" } } args { column { name: "n" } }
                            params { key: "mode" value { string_value: "max" } } } } }
                        """),
                search("""
                        function_score {
                          functions { name: "b" type: Rerank params { key: "reranker" value: "boost" }
                            params { key: "filter" value: "n > 1" } params { key: "weight" value: "1.5" }
                            params { key: "random_score" value: "{\\"seed\\": 7}" } }
                          functions { name: "d" type: Rerank input_field_names: "n"
                            params { key: "reranker" value: "decay" } params { key: "function" value: "linear" }
                            params { key: "origin" value: "0" } params { key: "scale" value: "10" } }
                          params { key: "boost_mode" value: "sum" } params { key: "function_mode" value: "multiply" } }
                        """));
    }

    private static QueryRequest query(String more) {
        return read(QueryRequest.newBuilder().setCollectionName(NAME).setUseDefaultConsistency(true), more)
                .build();
    }

    /// In an order in which each of them is granted.
    static List<Message> requests() {
        var all = new ArrayList<Message>();
        all.add(Polite.create(schema("forms")));
        all.addAll(indexes());
        all.add(rows(0));
        all.add(UpsertRequest.newBuilder()
                .setCollectionName(NAME)
                .setNumRows(ROWS)
                .addAllFieldsData(rows(2).getFieldsDataList())
                .build());
        all.addAll(searches());
        all.add(read(HybridSearchRequest.newBuilder(), """
                        collection_name: "shapes" output_fields: "kind" use_default_consistency: true
                        rank_params { key: "limit" value: "5" }
                        function_score { functions { name: "w" type: Rerank
                          params { key: "reranker" value: "weighted" } params { key: "weights" value: "[0.3, 0.7]" }
                          params { key: "norm_score" value: "true" } } }
                        """)
                .addRequests(search("dsl: 'n > 0'"))
                .addRequests(search("clips[v]", PlaceholderType.EmbListFloatVector, 2, ""))
                .build());
        all.add(query("""
                expr: "st_intersects(place, 'LINESTRING (0 0, 4 4)') and MATCH_ANY(clips, $[word] == 'blue')"
                output_fields: "*" query_params { key: "limit" value: "5" }
                """));
        all.add(query("""
                expr: "at >= ISO '2026-01-01T00:00:00Z'" output_fields: "n" query_params { key: "limit" value: "4" }
                query_params { key: "order_by_fields" value: "at:desc:nulls_last,n" }
                """));
        all.add(query("""
                expr: "" output_fields: "kind" output_fields: "count(*)" output_fields: "sum(n)" output_fields: "avg(n)"
                query_params { key: "group_by_fields" value: "kind" }
                query_params { key: "order_by_fields" value: "count(*):desc,kind" } query_params { key: "limit" value: "3" }
                """));
        all.addAll(changes());
        all.addAll(snapshots());
        return all;
    }

    private static List<Message> changes() {
        return List.of(
                read(AlterCollectionSchemaRequest.newBuilder(), """
                        collection_name: "grown" action { add_request {
                          field_infos { field_schema { name: "words" data_type: SparseFloatVector is_function_output: true }
                            index_name: "words_index" extra_params { key: "index_type" value: "SPARSE_INVERTED_INDEX" }
                            extra_params { key: "metric_type" value: "BM25" } }
                          func_schema { name: "bm25" type: BM25 input_field_names: "text" output_field_names: "words" }
                          do_physical_backfill: true } }
                        """).build(),
                read(AlterCollectionSchemaRequest.newBuilder(), """
                        collection_name: "grown" action { drop_request { function_name: "bm25" drop_function_output_fields: true } }
                        """).build(),
                read(AlterCollectionSchemaRequest.newBuilder(), """
                        collection_name: "grown" action { drop_request { field_name: "spare" } }
                        """).build(),
                read(AddCollectionStructFieldRequest.newBuilder(), """
                        collection_name: "grown" struct_array_field_schema { name: "parts" nullable: true
                          fields { name: "n" data_type: Array element_type: Int32 nullable: true
                            type_params { key: "max_capacity" value: "4" } } }
                        """).build(),
                read(AlterCollectionFieldRequest.newBuilder(), """
                        collection_name: "shapes" field_name: "kind" properties { key: "max_length" value: "40" }
                        """).build(),
                read(ManualCompactionRequest.newBuilder(), "collection_name: 'shapes' target_size: 1024")
                        .build(),
                read(ImportRequest.newBuilder(), """
                        collection_name: "shapes" files: "shapes.json"
                        options { key: "timeout" value: "30s" } options { key: "auto_commit" value: "false" }
                        """).build());
    }

    private static List<Message> snapshots() {
        return List.of(
                read(CreateSnapshotRequest.newBuilder(), """
                        collection_name: "shapes" name: "then" description: "as it was" compaction_protection_seconds: 5
                        """).build(),
                read(ListSnapshotsRequest.newBuilder(), "collection_name: 'shapes'")
                        .build(),
                read(DescribeSnapshotRequest.newBuilder(), "collection_name: 'shapes' name: 'then'")
                        .build(),
                read(RestoreSnapshotRequest.newBuilder(), """
                        collection_name: "shapes" name: "then" target_collection_name: "sacrifice"
                        """).build(),
                read(ListRestoreSnapshotJobsRequest.newBuilder(), "collection_name: 'shapes'")
                        .build(),
                read(DropSnapshotRequest.newBuilder(), "collection_name: 'shapes' name: 'then'")
                        .build(),
                read(CreateSnapshotRequest.newBuilder(), "collection_name: 'shapes' name: 'held'")
                        .build(),
                read(PinSnapshotDataRequest.newBuilder(), "collection_name: 'shapes' name: 'held' ttl_seconds: 1")
                        .build());
    }

    /// What schemas are changed of, made anew each time.
    static CollectionSchema grown() {
        return read(CollectionSchema.newBuilder().setName("grown"), """
                fields { name: "id" data_type: Int64 is_primary_key: true }
                fields { name: "v" data_type: FloatVector type_params { key: "dim" value: "4" } }
                fields { name: "spare" data_type: Int64 nullable: true }
                fields { name: "text" data_type: VarChar type_params { key: "max_length" value: "200" }
                  type_params { key: "enable_analyzer" value: "true" } }
                """).build();
    }
}
