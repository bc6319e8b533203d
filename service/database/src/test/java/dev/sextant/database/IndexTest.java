package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.index;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidIndex.Rule;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndexTest {
    private final Threshold door = new Threshold();

    @BeforeEach
    void create() {
        door.run(new Define.CreateCollection(
                "c",
                "",
                List.of(
                        id(),
                        vector("v", 12),
                        vector("w", 4),
                        Field.of("half", new FieldType.Vector(VectorType.FLOAT16, 4)),
                        Field.of("byte", new FieldType.Vector(VectorType.INT8, 4)),
                        Field.of("bin", new FieldType.Vector(VectorType.BINARY, 16)),
                        Field.of("sparse", new FieldType.Vector(VectorType.SPARSE, 0)),
                        Field.of("flag", Primitive.BOOL),
                        Field.of("n", Primitive.INT32),
                        Field.of("x", Primitive.DOUBLE),
                        Field.of("t", new FieldType.Varchar(10)),
                        Field.of("list", new FieldType.Array(Primitive.INT8, 5)),
                        Field.of("j", new FieldType.Json(), Trait.NULLABLE)),
                true,
                1,
                0,
                ConsistencyLevel.BOUNDED,
                Map.of()));
    }

    @AfterEach
    void close() {
        door.close();
    }

    private static Define.CreateIndex of(String field, String... pairs) {
        return named("", field, pairs);
    }

    private static Define.CreateIndex named(String name, String field, String... pairs) {
        var parameters = new HashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) parameters.put(pairs[i], pairs[i + 1]);
        return new Define.CreateIndex("c", field, name, parameters);
    }

    private List<Watch.IndexInfo> described(String name) {
        return door.run(new Watch.DescribeIndexes("c", Optional.of(name)));
    }

    private void refuses(Rule rule, String phrase, Define.CreateIndex create) {
        assertThat(door.refusal(create)).isInstanceOfSatisfying(Refusal.InvalidIndex.class, invalid -> {
            assertThat(invalid.rule()).isEqualTo(rule);
            assertThat(invalid.detail()).contains(phrase);
        });
    }

    @Test
    void anIndexIsCalledLikeItsFieldAndDescribedAsItWasAskedFor() {
        door.run(of("v", "index_type", "HNSW", "metric_type", "L2", "M", "16"));
        var info = described("v").getFirst();
        assertThat(info.name()).isEqualTo("v");
        assertThat(info.parameters()).isEqualTo(Map.of("index_type", "HNSW", "metric_type", "L2", "M", "16"));
        assertThat(info.state()).isEqualTo(Watch.IndexState.FINISHED);
    }

    @Test
    void noIndexIsARefusal() {
        assertThat(door.refusal(new Watch.DescribeIndexes("c", Optional.empty())))
                .isEqualTo(new Refusal.NotFound(Kind.INDEX, "", "c"));
        assertThat(door.refusal(new Watch.DescribeIndexes("c", Optional.of("v"))))
                .isEqualTo(new Refusal.NotFound(Kind.INDEX, "v", "c"));
    }

    @ParameterizedTest
    @CsvSource({"v,COSINE", "half,COSINE", "byte,COSINE", "bin,HAMMING", "sparse,IP"})
    void anAutomaticIndexHasAMetricAlways(String field, String metric) {
        door.run(of(field));
        assertThat(described(field).getFirst().parameters())
                .isEqualTo(Map.of("index_type", "AUTOINDEX", "metric_type", metric));
    }

    @Test
    void whereAnIndexLiesIsReadWhenItIsMade() {
        assertThat(door.refusal(of("v", "index_type", "HNSW", "metric_type", "L2", "mmap.enabled", "x")))
                .isInstanceOf(Refusal.InvalidSchema.class);
        assertThat(door.refusal(of("n", "index_type", "INVERTED", "warmup", "x")))
                .isInstanceOf(Refusal.InvalidSchema.class);
        door.run(of("n", "index_type", "INVERTED", "mmap.enabled", "true", "warmup", "sync"));
    }

    @Test
    void anAutomaticIndexTakesNothingButAMetric() {
        refuses(
                Rule.PARAMETER,
                "only metric type can be passed when use AutoIndex",
                of("v", "index_type", "AUTOINDEX", "M", "8"));
        refuses(Rule.PARAMETER, "only metric type can be passed when use AutoIndex", of("v", "nlist", "8"));
    }

    @Test
    void anAutomaticIndexTakesWhatTheGuideGivesIt() {
        door.run(of("sparse", "index_type", "AUTOINDEX", "inverted_index_algo", "DAAT_MAXSCORE", "bm25_k1", "1.2"));
        assertThat(described("sparse").getFirst().parameters())
                .containsEntry("index_type", "AUTOINDEX")
                .containsEntry("bm25_k1", "1.2");
        door.run(of("v", "index_type", "AUTOINDEX", "index_params", "{'M': 16, 'efConstruction': 200}"));
        refuses(Rule.PARAMETER, "bm25_k1", named("again", "sparse", "bm25_k1", "9"));
    }

    @Test
    void howMuchOfTheRowsAnAutomaticIndexKeepsInMemoryIsAChoiceOfThree() {
        door.run(of("v", "index_type", "AUTOINDEX", "memory", "compact"));
        assertThat(described("v").getFirst().parameters()).containsEntry("memory", "compact");
        door.run(of("w", "index_type", "DISKANN", "metric_type", "L2", "memory", "balanced"));
        refuses(Rule.PARAMETER, "memory", of("half", "index_type", "AUTOINDEX", "memory", "tiny"));
        refuses(Rule.PARAMETER, "memory", of("half", "index_type", "DISKANN", "metric_type", "L2", "memory", "x"));
    }

    @ParameterizedTest
    @CsvSource({
        "v,FLAT,L2",
        "v,HNSW,IP",
        "v,HNSW_SQ,COSINE",
        "v,HNSW_PQ,L2",
        "v,HNSW_PRQ,L2",
        "v,IVF_FLAT,L2",
        "v,IVF_SQ8,L2",
        "v,IVF_PQ,L2",
        "v,IVF_RABITQ,L2",
        "v,SCANN,L2",
        "v,DISKANN,L2",
        "half,IVF_FLAT,COSINE",
        "byte,HNSW,L2",
        "bin,BIN_FLAT,JACCARD",
        "bin,BIN_IVF_FLAT,HAMMING",
        "bin,HNSW,HAMMING",
        "sparse,SPARSE_INVERTED_INDEX,IP",
        "sparse,SPARSE_WAND,IP"
    })
    void theKnownTypesAreTaken(String field, String type, String metric) {
        var create = type.endsWith("PQ") || type.endsWith("PRQ")
                ? of(field, "index_type", type, "metric_type", metric, "m", "4")
                : of(field, "index_type", type, "metric_type", metric);
        door.run(create);
        assertThat(described(field).getFirst().parameters()).containsEntry("index_type", type);
    }

    @Test
    void aTypeThatDoesNotFitTheVectorIsRefused() {
        refuses(
                Rule.FIELD_TYPE,
                "data type Int8Vector can't build with this index IVF_SQ8",
                of("byte", "index_type", "IVF_SQ8", "metric_type", "L2"));
        refuses(
                Rule.FIELD_TYPE,
                "data type FloatVector can't build with this index BIN_FLAT",
                of("v", "index_type", "BIN_FLAT", "metric_type", "L2"));
        refuses(Rule.UNKNOWN_TYPE, "invalid index type: MAGIC", of("v", "index_type", "MAGIC", "metric_type", "L2"));
        refuses(Rule.FIELD_TYPE, "cannot create index on non-exist field: nowhere", plain("nowhere"));
    }

    /// In a collection without a dynamic field.
    private Define.CreateIndex plain(String field) {
        door.run(Define.CreateCollection.of("plain", id(), vector()));
        return new Define.CreateIndex("plain", field, "", Map.of());
    }

    @Test
    void metricsFitTheVector() {
        refuses(Rule.NO_METRIC, "metric type not set for vector index", of("v", "index_type", "HNSW"));
        refuses(
                Rule.METRIC,
                "float vector index does not support metric type: HAMMING",
                of("v", "index_type", "HNSW", "metric_type", "HAMMING"));
        refuses(
                Rule.METRIC,
                "binary vector index does not support metric type: L2",
                of("bin", "index_type", "BIN_FLAT", "metric_type", "L2"));
        refuses(Rule.METRIC, "sparse vector index does not support metric type: L2", of("sparse", "metric_type", "L2"));
    }

    @Test
    void parametersHaveRanges() {
        refuses(
                Rule.PARAMETER,
                "Out of range in json: param 'nlist' (65537) should be in range [1, 65536]",
                of("v", "index_type", "IVF_FLAT", "metric_type", "L2", "nlist", "65537"));
        refuses(
                Rule.PARAMETER,
                "param 'drop_ratio_build' (1) should be in range [0, 1)",
                of("sparse", "index_type", "SPARSE_WAND", "metric_type", "IP", "drop_ratio_build", "1"));
        refuses(
                Rule.PARAMETER,
                "param 'M' (1) should be in range [2, 2048]",
                of("v", "index_type", "HNSW", "metric_type", "L2", "M", "1"));
        refuses(
                Rule.PARAMETER,
                "invalid integer value, key: 'M', value: 'True': invalid parameter",
                of("v", "index_type", "HNSW", "metric_type", "L2", "M", "True"));
        refuses(
                Rule.PARAMETER,
                "wrong data type in json",
                of("v", "index_type", "HNSW", "metric_type", "L2", "efConstruction", "1.5"));
        refuses(
                Rule.PARAMETER,
                "should be a multiple of the number of subquantizers",
                of("v", "index_type", "IVF_PQ", "metric_type", "L2", "m", "5"));
        refuses(
                Rule.PARAMETER,
                "invalid refine type : INT8, optional types are [sq4u, sq6, sq8, fp16, bf16, fp32, flat]: invalid parameter",
                of("v", "index_type", "HNSW_SQ", "metric_type", "L2", "refine_type", "INT8"));
        refuses(
                Rule.PARAMETER,
                "should be a boolean: invalid parameter",
                of("v", "index_type", "HNSW_SQ", "metric_type", "L2", "refine", "maybe"));
        door.run(of("v", "index_type", "HNSW", "metric_type", "L2", "unknown", "kept"));
    }

    @Test
    void codesAndSignaturesHaveRangesOfTheirOwn() {
        refuses(
                Rule.PARAMETER,
                "Out of range in json: param 'nbits' (25) should be in range [1, 24]",
                of("v", "index_type", "IVF_PQ", "metric_type", "L2", "m", "4", "nbits", "25"));
        refuses(
                Rule.PARAMETER,
                "param 'nbits' (20) is beyond 16",
                of("v", "index_type", "HNSW_PQ", "metric_type", "L2", "m", "4", "nbits", "20"));
        refuses(
                Rule.PARAMETER,
                "param 'n_trees' (0) should be in range [1, 1024]",
                of("v", "index_type", "ANNOY", "metric_type", "L2", "n_trees", "0"));
        refuses(
                Rule.METRIC,
                "metric type JACCARD not found or not supported",
                of("bin", "index_type", "MINHASH_LSH", "metric_type", "JACCARD"));
        refuses(
                Rule.METRIC,
                "metric type MHJACCARD not found or not supported",
                of("bin", "index_type", "BIN_IVF_FLAT", "metric_type", "MHJACCARD"));
        refuses(
                Rule.PARAMETER,
                "param 'mh_element_bit_width' (12) should be a multiple of 8",
                of("bin", "index_type", "MINHASH_LSH", "metric_type", "MHJACCARD", "mh_element_bit_width", "12"));
        for (var type : List.of("GPU_CAGRA", "GPU_IVF_FLAT", "GPU_IVF_PQ", "GPU_BRUTE_FORCE"))
            refuses(Rule.UNKNOWN_TYPE, "invalid index type: " + type, of("v", "index_type", type, "metric_type", "L2"));
        refuses(Rule.PARAMETER, "needs faiss_index_name", of("v", "index_type", "FAISS", "metric_type", "L2"));
        refuses(Rule.PARAMETER, "expects a number", faiss("v", "L2", "IVFmany,Flat"));
        refuses(Rule.PARAMETER, "param 'nlist' (65537) should be in range", faiss("v", "L2", "IVF65537,Flat"));
        refuses(Rule.FIELD_TYPE, "can't build with this index BIN_FLAT", faiss("v", "L2", "BFlat"));
        refuses(Rule.FIELD_TYPE, "can't build with this index IVF_FLAT", faiss("bin", "HAMMING", "IVF64,Flat"));
        door.run(of("bin", "index_type", "MINHASH_LSH", "metric_type", "MHJACCARD", "mh_element_bit_width", "8"));
        door.run(of("v", "index_type", "ANNOY", "metric_type", "L2", "n_trees", "null"));
    }

    private static Define.CreateIndex faiss(String field, String metric, String factory) {
        return of(field, "index_type", "FAISS", "metric_type", metric, "faiss_index_name", factory);
    }

    @Test
    void oneIndexForAFieldAndOneFieldForAName() {
        door.run(named("i", "v", "index_type", "HNSW", "metric_type", "L2"));
        door.run(named("i", "v", "index_type", "HNSW", "metric_type", "L2"));
        refuses(
                Rule.SAME_NAME,
                "at most one distinct index is allowed per field",
                named("i", "v", "index_type", "HNSW", "metric_type", "IP"));
        refuses(
                Rule.SAME_NAME,
                "at most one distinct index is allowed per field",
                named("i", "w", "index_type", "HNSW", "metric_type", "L2"));
        refuses(
                Rule.ANOTHER_EXISTS,
                "creating multiple indexes on same field is not supported",
                named("k", "v", "index_type", "HNSW", "metric_type", "L2"));
        assertThat(door.refusal(named("1i", "w"))).isInstanceOf(Refusal.InvalidName.class);
    }

    @ParameterizedTest
    @CsvSource({
        "flag,INVERTED",
        "n,STL_SORT",
        "x,INVERTED",
        "t,Trie",
        "t,BITMAP",
        "list,INVERTED",
        "n,AUTOINDEX",
        "t,''"
    })
    void scalarsTakeTheIndexesThatFitThem(String field, String type) {
        door.run(of(field, "index_type", type));
        assertThat(described(field).getFirst().parameters().get("index_type"))
                .isEqualTo(type.isEmpty() ? "AUTOINDEX" : type);
    }

    @ParameterizedTest
    @CsvSource({
        "id,BITMAP,primary key", "x,BITMAP,bitmap index are only supported",
                "flag,STL_SORT,STL_SORT are only supported",
        "n,Trie,TRIE are only supported on varchar field", "n,HNSW,can't build with this index HNSW",
                "n,MAGIC,invalid index type: MAGIC"
    })
    void scalarsRefuseTheOthers(String field, String type, String phrase) {
        assertThat(door.refusal(of(field, "index_type", type)).sentence()).contains(phrase);
    }

    @Test
    void anIndexOverJsonSaysWhatItCastsTo() {
        assertThat(door.refusal(of("j", "index_type", "INVERTED")))
                .isEqualTo(new Refusal.Missing("json_cast_type", "json index must specify cast type"));
        door.run(of("j", "index_type", "INVERTED", "json_cast_type", "double", "json_path", "j[\"a\"]"));
        door.run(of("j", "index_type", "INVERTED", "json_cast_type", "varchar", "json_path", "j[\"b\"]"));
        door.run(of("j", "index_type", "INVERTED", "json_cast_type", "bool", "json_path", "j[\"a\"][0]['x']"));
        assertThat(door.run(new Watch.DescribeIndexes("c", Optional.empty())))
                .extracting(Watch.IndexInfo::name)
                .containsExactlyInAnyOrder("j/a", "j/b", "j/a/0/x");
        door.run(new Define.DropIndex("c", "j/a"));
        assertThat(door.run(new Watch.DescribeIndexes("c", Optional.empty()))).hasSize(2);
        for (var wrong : new String[] {"j[", "other[\"a\"]", "j[a]"})
            refuses(
                    Rule.PARAMETER,
                    "cannot parse identifier: " + wrong,
                    of("j", "index_type", "INVERTED", "json_cast_type", "double", "json_path", wrong));
    }

    @Test
    void anIndexOverADynamicKeyNamesTheKey() {
        door.run(of("colour", "index_type", "INVERTED", "json_cast_type", "varchar"));
        assertThat(door.run(new Watch.DescribeIndexes("c", Optional.empty()))
                        .getFirst()
                        .field())
                .isEqualTo("colour");
    }

    @Test
    void onALoadedCollectionVectorsKeepTheirIndexAndScalarsNeedNot() {
        for (var field : List.of("v", "w", "half", "byte", "bin", "sparse")) door.run(of(field));
        door.run(of("n", "index_type", "STL_SORT"));
        door.run(Operate.Load.of("c"));
        assertThat(door.refusal(new Define.DropIndex("c", "v")).sentence())
                .contains("vector index cannot be dropped on loaded collection: ");
        door.run(new Define.DropIndex("c", "n"));
        door.run(new Define.DropIndex("c", "n"));
        assertThat(door.refusal(new Define.AlterIndex("c", "v", Map.of("mmap.enabled", "true"), Set.of()))
                        .sentence())
                .contains("can't alter index on loaded collection");
        door.run(new Operate.Release("c", List.of()));
        door.run(new Define.DropIndex("c", "v"));
    }

    @Test
    void onlyResidencyOfAnIndexIsAltered() {
        door.run(index("c", "v"));
        assertThat(door.refusal(new Define.AlterIndex("c", "v", Map.of("M", "8"), Set.of()))
                        .sentence())
                .contains("M is not a configable index property");
        assertThat(door.refusal(new Define.AlterIndex("c", "", Map.of("mmap.enabled", "true"), Set.of()))
                        .sentence())
                .contains("index name is empty");
        assertThat(door.refusal(new Define.AlterIndex("c", "z", Map.of("mmap.enabled", "true"), Set.of())))
                .isInstanceOf(Refusal.NotFound.class);
        door.run(new Define.AlterIndex("c", "v", Map.of("mmap.enabled", "true"), Set.of()));
        assertThat(described("v").getFirst().parameters()).containsEntry("mmap.enabled", "true");
        door.run(new Define.AlterIndex("c", "v", Map.of(), Set.of("mmap.enabled")));
        assertThat(described("v").getFirst().parameters()).doesNotContainKey("mmap.enabled");
    }

    @Test
    void withoutANameTheOnlyIndexIsDropped() {
        door.run(of("v"));
        door.run(of("w"));
        assertThat(door.refusal(new Define.DropIndex("c", ""))).isInstanceOf(Refusal.AlreadyExists.class);
        door.run(new Define.DropIndex("c", "w"));
        door.run(new Define.DropIndex("c", ""));
        assertThat(door.refusal(new Watch.DescribeIndexes("c", Optional.empty())))
                .isInstanceOf(Refusal.NotFound.class);
    }
}
