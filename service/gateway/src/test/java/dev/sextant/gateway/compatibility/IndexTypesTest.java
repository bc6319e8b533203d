package dev.sextant.gateway.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.gateway.Running;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each index type is created over a field of each kind that it takes, shown as it was asked for, and refused over one
/// that it does not take.
class IndexTypesTest {
    /// @param over fields that it takes
    /// @param not a field that it does not take; empty where it takes all
    /// @param metric of vectors; empty for scalars
    /// @param params in JSON
    /// @param note what of it is ours; the whole is told on the page of indexes
    record Kind(String type, List<String> over, String not, String metric, String params, String state, String note) {}

    private static Kind vector(String type, List<String> over, String not, String metric, String params, String note) {
        return new Kind(type, over, not, metric, params, "works", note);
    }

    private static Kind scalar(String type, List<String> over, String not, String params, String note) {
        return new Kind(type, over, not, "", params, "works", note);
    }

    private static Kind asInMilvus(String type, String not, String metric, String note) {
        return new Kind(type, List.of(), not, metric, "{}", "as in Milvus", note);
    }

    private static final List<String> FLOATS = List.of("f32", "f16", "bf16");
    private static final List<String> DENSE = List.of("f32", "f16", "bf16", "i8");

    static final List<Kind> KINDS = List.of(
            vector("AUTOINDEX", List.of("f32", "f16", "bf16", "i8"), "", "L2", "{}", "also binary and sparse"),
            vector("FLAT", FLOATS, "sparse", "L2", "{}", ""),
            vector("IVF_FLAT", FLOATS, "binary", "L2", "{'nlist':16}", ""),
            vector("IVF_SQ8", FLOATS, "binary", "L2", "{'nlist':16}", ""),
            vector("IVF_PQ", FLOATS, "binary", "L2", "{'nlist':16,'m':4,'nbits':8}", "nbits to 16"),
            vector("IVF_RABITQ", FLOATS, "binary", "L2", "{'nlist':16,'refine':true,'refine_type':'SQ8'}", ""),
            vector("SCANN", FLOATS, "binary", "L2", "{'nlist':16,'with_raw_data':true}", ""),
            vector("HNSW", DENSE, "sparse", "L2", "{'M':16,'efConstruction':100}", "also binary, and lists in structs"),
            vector("HNSW_SQ", DENSE, "sparse", "L2", "{'M':16,'efConstruction':100,'sq_type':'SQ8'}", ""),
            vector("HNSW_PQ", DENSE, "sparse", "L2", "{'M':16,'efConstruction':100,'m':4,'nbits':8}", "nbits to 16"),
            vector(
                    "HNSW_PRQ",
                    DENSE,
                    "sparse",
                    "L2",
                    "{'M':16,'efConstruction':100,'m':4,'nbits':8,'nrq':2}",
                    "nbits to 16"),
            vector("DISKANN", FLOATS, "binary", "L2", "{}", "rows on disk behind a graph in memory"),
            vector("AISAQ", FLOATS, "binary", "L2", "{}", "as DISKANN"),
            vector("BIN_FLAT", List.of("binary"), "f32", "HAMMING", "{}", ""),
            vector("BIN_IVF_FLAT", List.of("binary"), "f32", "JACCARD", "{'nlist':16}", ""),
            vector(
                    "MINHASH_LSH",
                    List.of("binary"),
                    "f32",
                    "MHJACCARD",
                    "{'mh_lsh_band':4,'mh_element_bit_width':32}",
                    ""),
            vector("SPARSE_INVERTED_INDEX", List.of("sparse"), "f32", "IP", "{'inverted_index_algo':'DAAT_WAND'}", ""),
            vector("SPARSE_WAND", List.of("sparse"), "f32", "IP", "{}", "the same, by DAAT_WAND"),
            vector(
                    "FAISS",
                    List.of("f32", "f16", "bf16"),
                    "i8",
                    "L2",
                    "{'faiss_index_name':'OPQ8,IVF16,PQ8x4'}",
                    "`faiss_index_name`: what the text asks for by our own structures; also binary"),
            asInMilvus("GPU_CAGRA", "f32", "L2", "refused by a standalone without a GPU; so are all GPU types"),
            scalar("INVERTED", List.of("b", "i", "d", "s", "a"), "g", "{}", ""),
            scalar("BITMAP", List.of("b", "i", "s", "a"), "d", "{}", ""),
            scalar("STL_SORT", List.of("i", "d", "s", "ts"), "b", "{}", ""),
            scalar("Trie", List.of("s"), "i", "{}", "also TRIE"),
            scalar("NGRAM", List.of("s"), "i", "{'min_gram':2,'max_gram':3}", ""),
            scalar("RTREE", List.of("g"), "i", "{}", ""),
            scalar("AUTOINDEX", List.of("b", "i", "d", "s", "a", "ts", "g"), "", "{}", ""),
            scalar("INVERTED", List.of("j"), "", "{'json_path':'j[\\'k\\']','json_cast_type':'BOOL'}", "JSON as BOOL"),
            scalar(
                    "INVERTED",
                    List.of("j"),
                    "",
                    "{'json_path':'j[\\'k\\']','json_cast_type':'DOUBLE'}",
                    "JSON as DOUBLE"),
            scalar(
                    "INVERTED",
                    List.of("j"),
                    "",
                    "{'json_path':'j[\\'k\\']','json_cast_type':'VARCHAR'}",
                    "JSON as VARCHAR"),
            scalar(
                    "INVERTED",
                    List.of("j"),
                    "",
                    "{'json_path':'j[\\'k\\']','json_cast_type':'ARRAY_BOOL'}",
                    "JSON as ARRAY_BOOL"),
            scalar(
                    "INVERTED",
                    List.of("j"),
                    "",
                    "{'json_path':'j[\\'k\\']','json_cast_type':'ARRAY_DOUBLE'}",
                    "JSON as ARRAY_DOUBLE"),
            scalar(
                    "INVERTED",
                    List.of("j"),
                    "",
                    "{'json_path':'j[\\'k\\']','json_cast_type':'ARRAY_VARCHAR'}",
                    "JSON as ARRAY_VARCHAR"),
            scalar(
                    "INVERTED",
                    List.of("j"),
                    "",
                    "{'json_path':'j[\\'k\\']','json_cast_type':'JSON'}",
                    "JSON as JSON: the column answers"),
            scalar(
                    "INVERTED",
                    List.of("j"),
                    "",
                    "{'json_path':'j[\\'k\\']','json_cast_type':'DOUBLE','json_cast_function':'STRING_TO_DOUBLE'}",
                    "`STRING_TO_DOUBLE`: what is a text counts as absent, as without an index"),
            asInMilvus("HYBRID", "i", "", "chosen by AUTOINDEX alone"));

    static Table table() {
        return new Table(
                "Index types: "
                        + KINDS.stream()
                                .filter(kind -> kind.state().equals("works"))
                                .count() + " of " + KINDS.size(),
                "What is built for each, with its parameters and their ranges: [indexes](indexes.md). **as in Milvus**: a standalone refuses it too.",
                List.of("Type", "Over", "State", "Note"),
                KINDS.stream()
                        .map(kind -> List.of(
                                kind.type(),
                                String.join(
                                        ", ",
                                        kind.over().stream()
                                                .map(IndexTypesTest::word)
                                                .toList()),
                                kind.state(),
                                kind.note()))
                        .toList());
    }

    private static String word(String field) {
        return switch (field) {
            case "f32" -> "FloatVector";
            case "f16" -> "Float16Vector";
            case "bf16" -> "BFloat16Vector";
            case "i8" -> "Int8Vector";
            case "binary" -> "BinaryVector";
            case "sparse" -> "SparseFloatVector";
            case "b" -> "Bool";
            case "i" -> "Int64";
            case "d" -> "Double";
            case "s" -> "VarChar";
            case "a" -> "Array";
            case "j" -> "JSON";
            case "ts" -> "Timestamptz";
            default -> "Geometry";
        };
    }

    @TempDir
    static Path directory;

    static Wire wire;

    @BeforeAll
    static void open() {
        wire = new Wire(new Running(directory));
        wire.good(
                "collections/create",
                "{'collectionName':'c','schema':{'fields':["
                        + "{'fieldName':'id','dataType':'Int64','isPrimary':true},"
                        + "{'fieldName':'f32','dataType':'FloatVector','elementTypeParams':{'dim':32}},"
                        + "{'fieldName':'f16','dataType':'Float16Vector','elementTypeParams':{'dim':32}},"
                        + "{'fieldName':'bf16','dataType':'BFloat16Vector','elementTypeParams':{'dim':32}},"
                        + "{'fieldName':'i8','dataType':'Int8Vector','elementTypeParams':{'dim':32}},"
                        + "{'fieldName':'binary','dataType':'BinaryVector','elementTypeParams':{'dim':128}},"
                        + "{'fieldName':'sparse','dataType':'SparseFloatVector'},"
                        + "{'fieldName':'b','dataType':'Bool'},{'fieldName':'i','dataType':'Int64'},"
                        + "{'fieldName':'d','dataType':'Double'},"
                        + "{'fieldName':'s','dataType':'VarChar','elementTypeParams':{'max_length':100}},"
                        + "{'fieldName':'a','dataType':'Array','elementDataType':'Int64','elementTypeParams':{'max_capacity':8}},"
                        + "{'fieldName':'j','dataType':'JSON'},{'fieldName':'ts','dataType':'Timestamptz'},"
                        + "{'fieldName':'g','dataType':'Geometry'}]}}");
    }

    @AfterAll
    static void close() {
        wire.running().close();
    }

    @Test
    void eachTypeIsTakenWhereItFitsAndRefusedWhereItDoesNot() {
        for (var kind : KINDS) {
            for (var field : kind.over()) {
                assertThat(create(kind, field))
                        .as("%s on %s", kind.type(), field)
                        .startsWith("{\"code\":0");
                assertThat(wire.ask("indexes/describe", "{'collectionName':'c','indexName':'x'}"))
                        .as("%s on %s", kind.type(), field)
                        .contains("\"indexType\":\"" + kind.type() + "\"");
                wire.good("indexes/drop", "{'collectionName':'c','indexName':'x'}");
            }
            if (!kind.not().isEmpty())
                assertThat(Wire.code(create(kind, kind.not())))
                        .as("%s on %s", kind.type(), kind.not())
                        .isEqualTo(1100);
        }
    }

    private static String create(Kind kind, String field) {
        var parts = new ArrayList<String>();
        parts.add("'fieldName':'" + field + "'");
        parts.add("'indexName':'x'");
        parts.add("'indexType':'" + kind.type() + "'");
        if (!kind.metric().isEmpty()) parts.add("'metricType':'" + metric(kind, field) + "'");
        parts.add("'params':" + kind.params());
        var body = ("{'collectionName':'c','indexParams':[{" + String.join(",", parts) + "}]}");
        return wire.running()
                .rest(
                        "indexes/create",
                        body.replace("\\'", "\u0001").replace('\'', '"').replace("\u0001", "\\\""));
    }

    /// A refusal shall be about the type, so the metric is one of the field's own.
    private static String metric(Kind kind, String field) {
        if (kind.over().contains(field)) return kind.metric();
        return switch (field) {
            case "binary" -> "HAMMING";
            case "sparse" -> "IP";
            default -> "L2";
        };
    }
}
