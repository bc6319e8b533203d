package dev.sextant.database;

import dev.sextant.index.FaissFactory;
import dev.sextant.model.Field;
import dev.sextant.model.Metric;
import dev.sextant.model.Refusal.InvalidIndex.Rule;
import dev.sextant.model.VectorType;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What a vector index may be asked for: types, metrics, parameters and their ranges, as clients of Milvus expect them.
final class IndexRules {
    static final String TYPE = "index_type";
    static final String METRIC = "metric_type";
    static final String AUTO = "AUTOINDEX";

    private static final Set<VectorType> REALS =
            EnumSet.of(VectorType.FLOAT32, VectorType.FLOAT16, VectorType.BFLOAT16);
    private static final Set<VectorType> REALS_AND_INT8 =
            EnumSet.of(VectorType.FLOAT32, VectorType.FLOAT16, VectorType.BFLOAT16, VectorType.INT8);
    private static final Set<VectorType> ALL_DENSE =
            EnumSet.of(VectorType.FLOAT32, VectorType.FLOAT16, VectorType.BFLOAT16, VectorType.INT8, VectorType.BINARY);
    private static final Set<VectorType> BINARY = EnumSet.of(VectorType.BINARY);
    private static final Set<VectorType> SPARSE = EnumSet.of(VectorType.SPARSE);

    private static final Parameter NLIST = new Parameter.Whole("nlist", 1, 65_536);
    private static final Parameter NBITS = new Parameter.Bits("nbits", 24, 16);
    private static final Parameter REFINE = new Parameter.Truth("refine");
    private static final Parameter REFINE_TYPE = new Parameter.Word(
            "refine_type", "refine type", List.of("sq4u", "sq6", "sq8", "fp16", "bf16", "fp32", "flat"));
    private static final Parameter M = new Parameter.Whole("M", 2, 2048);
    private static final Parameter EF = new Parameter.Whole("efConstruction", 1, Integer.MAX_VALUE);
    private static final Parameter CODES = new Parameter.Divisor("m", 1, 65_536);
    private static final Set<Metric> BITS = EnumSet.of(Metric.HAMMING, Metric.JACCARD);
    private static final Set<Metric> SIGNATURES = EnumSet.of(Metric.MHJACCARD);
    private static final String INVERTED = "SPARSE_INVERTED_INDEX";
    private static final String BUNDLE = "index_params";
    private static final String FAISS = "FAISS";
    /// How much of the rows the graph of our own keeps in memory; no parameter of Milvus.
    static final String MEMORY = "memory";

    private static final Parameter KEEPS =
            new Parameter.Word(MEMORY, "memory", List.of("speed", "balanced", "compact"));
    private static final Parameter WITH_RAW = new Parameter.Truth("with_raw_data");

    /// @param takes types of vectors that it can be built over
    private record Kind(Set<VectorType> takes, List<Parameter> parameters) {}

    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("FLAT", new Kind(REALS, List.of())),
            Map.entry("HNSW", new Kind(ALL_DENSE, List.of(M, EF))),
            Map.entry(
                    "HNSW_SQ",
                    new Kind(
                            REALS_AND_INT8,
                            List.of(
                                    M,
                                    EF,
                                    new Parameter.Word(
                                            "sq_type",
                                            "scalar quantizer type",
                                            List.of("sq4u", "sq6", "sq8", "fp16", "bf16")),
                                    REFINE,
                                    REFINE_TYPE))),
            Map.entry("HNSW_PQ", new Kind(REALS_AND_INT8, List.of(M, EF, CODES, NBITS, REFINE, REFINE_TYPE))),
            Map.entry(
                    "HNSW_PRQ",
                    new Kind(
                            REALS_AND_INT8,
                            List.of(M, EF, CODES, NBITS, new Parameter.Whole("nrq", 1, 16), REFINE, REFINE_TYPE))),
            Map.entry("IVF_FLAT", new Kind(REALS_AND_INT8, List.of(NLIST))),
            Map.entry("IVF_SQ8", new Kind(REALS, List.of(NLIST))),
            Map.entry("IVF_PQ", new Kind(REALS, List.of(NLIST, CODES, NBITS))),
            Map.entry("IVF_RABITQ", new Kind(REALS, List.of(NLIST, REFINE, REFINE_TYPE))),
            Map.entry("SCANN", new Kind(REALS, List.of(NLIST, WITH_RAW, new Parameter.Whole("sub_dim", 1, 65_536)))),
            Map.entry("DISKANN", new Kind(REALS, List.of(KEEPS))),
            Map.entry("AISAQ", new Kind(REALS, List.of(KEEPS))),
            Map.entry("ANNOY", new Kind(REALS, List.of(new Parameter.Whole("n_trees", 1, 1024)))),
            Map.entry(
                    "MINHASH_LSH",
                    new Kind(
                            BINARY,
                            List.of(
                                    new Parameter.Whole("mh_lsh_band", 1, Integer.MAX_VALUE),
                                    new Parameter.Bytes("mh_element_bit_width", 8, 256),
                                    WITH_RAW,
                                    new Parameter.Truth("mh_lsh_code_in_mem")))),
            Map.entry("BIN_FLAT", new Kind(BINARY, List.of())),
            Map.entry("BIN_IVF_FLAT", new Kind(BINARY, List.of(NLIST))),
            Map.entry(
                    INVERTED,
                    new Kind(
                            SPARSE,
                            List.of(
                                    new Parameter.Word(
                                            "inverted_index_algo",
                                            "inverted index algo",
                                            List.of(
                                                    "taat_naive",
                                                    "daat_wand",
                                                    "daat_maxscore",
                                                    "block_max_wand",
                                                    "block_max_maxscore",
                                                    "sindi")),
                                    new Parameter.Real("bm25_k1", 0, 3),
                                    new Parameter.Real("bm25_b", 0, 1),
                                    new Parameter.Below("drop_ratio_build", 0, 1)))),
            Map.entry("SPARSE_WAND", new Kind(SPARSE, List.of(new Parameter.Below("drop_ratio_build", 0, 1)))));

    private IndexRules() {}

    /// The parameters to keep: as they came, with the metric named where one is taken for granted.
    static Map<String, String> checked(Field field, Map<String, String> given) {
        if (!field.isVector()) return ScalarIndexRules.checked(field, given);
        var type = field.type().vector().type();
        int dimension = field.type().vector().dimension();
        if (field.type().isVectors()) return lists(field.name(), type, dimension, given);
        boolean ofWords = type == VectorType.SPARSE && field.has(Field.Trait.FUNCTION_OUTPUT);
        var checked = vector(field.name(), type, dimension, ofWords ? byRelevance(given) : given);
        checkRelevance(field.name(), checked.getOrDefault(METRIC, ""), ofWords);
        return checked;
    }

    /// Over the elements of arrays, by how lists of vectors are compared or single ones: one index serves both.
    private static Map<String, String> lists(String field, VectorType type, int dimension, Map<String, String> given) {
        var asked = given.getOrDefault(METRIC, "");
        if (given.getOrDefault(TYPE, "").equals("MINHASH_LSH"))
            throw Indexes.refused(
                    field, Rule.FIELD_TYPE, "data type ArrayOfVector can't build with this index MINHASH_LSH");
        var plain = new HashMap<>(given);
        if (!asked.isEmpty())
            plain.put(METRIC, Metric.named(asked).map(Metric::name).orElse(asked));
        var kept = new HashMap<>(vector(field, type, dimension, plain));
        kept.put(METRIC, asked.isEmpty() ? "MAX_SIM_" + kept.get(METRIC) : asked.toUpperCase(Locale.ROOT));
        return kept;
    }

    /// Frequencies of words are compared by relevance where nothing else is said.
    private static Map<String, String> byRelevance(Map<String, String> given) {
        if (!given.getOrDefault(METRIC, "").isEmpty() || !isAutomatic(given)) return given;
        var named = new HashMap<>(given);
        named.put(METRIC, Metric.BM25.name());
        return named;
    }

    private static void checkRelevance(String field, String metric, boolean ofWords) {
        if (metric.equalsIgnoreCase(Metric.BM25.name()) == ofWords) return;
        throw Indexes.refused(
                field,
                Rule.METRIC,
                ofWords
                        ? "index metric type of BM25 function output field must be BM25, got " + metric
                        : "only BM25 Function output field support BM25 metric type");
    }

    private static boolean isAutomatic(Map<String, String> given) {
        var index = given.getOrDefault(TYPE, "");
        return index.isEmpty() || index.equals(AUTO);
    }

    private static Map<String, String> vector(String field, VectorType type, int dimension, Map<String, String> given) {
        var index = given.getOrDefault(TYPE, "");
        if (isAutomatic(given)) return automatic(field, type, given);
        if (ScalarIndexRules.knows(index))
            throw Indexes.refused(
                    field,
                    Rule.FIELD_TYPE,
                    index + " are only supported on scalar fields: data type " + type.word()
                            + " can't build with this index " + index);
        if (index.equals(FAISS)) return factory(field, type, dimension, given);
        var kind = KINDS.get(index);
        if (kind == null) throw Indexes.refused(field, Rule.UNKNOWN_TYPE, "invalid index type: " + index);
        if (!kind.takes().contains(type))
            throw Indexes.refused(
                    field, Rule.FIELD_TYPE, "data type " + type.word() + " can't build with this index " + index);
        var metric = given.getOrDefault(METRIC, "");
        if (metric.isEmpty()) throw Indexes.refused(field, Rule.NO_METRIC, "metric type not set for vector index");
        checkMetric(field, type, metric);
        checkMetric(field, index, type, metric);
        kind.parameters().forEach(parameter -> parameter.check(field, given, dimension));
        return given;
    }

    /// A text of Faiss' factory is checked as what it asks for, and kept as it came.
    private static Map<String, String> factory(
            String field, VectorType type, int dimension, Map<String, String> given) {
        var text = given.get(FaissFactory.NAME);
        if (text == null) throw Indexes.refused(field, Rule.PARAMETER, FAISS + " needs " + FaissFactory.NAME);
        Map<String, String> asked;
        try {
            asked = new HashMap<>(FaissFactory.parameters(text));
        } catch (IllegalArgumentException wrong) {
            throw Indexes.refused(field, Rule.PARAMETER, wrong.getMessage() + ": invalid parameter");
        }
        asked.put(METRIC, given.getOrDefault(METRIC, ""));
        vector(field, type, dimension, asked);
        return given;
    }

    /// Milvus takes a metric and nothing else, and its guide gives more: what an inverted index of words or weights
    /// takes, which we heed, and parameters under one name, which we do not.
    private static Map<String, String> automatic(String field, VectorType type, Map<String, String> given) {
        var also = type == VectorType.SPARSE ? KINDS.get(INVERTED).parameters() : List.<Parameter>of();
        for (var key : given.keySet())
            if (!key.equals(TYPE)
                    && !key.equals(METRIC)
                    && !key.equals(MEMORY)
                    && !key.equals(BUNDLE)
                    && !Properties.isResidency(key)
                    && also.stream().noneMatch(parameter -> parameter.name().equals(key)))
                throw Indexes.refused(field, Rule.PARAMETER, "only metric type can be passed when use AutoIndex");
        KEEPS.check(field, given, 0);
        also.forEach(parameter -> parameter.check(field, given, 0));
        var metric = given.getOrDefault(METRIC, "");
        if (!metric.isEmpty()) checkMetric(field, type, metric);
        var kept = new HashMap<>(given);
        kept.put(TYPE, AUTO);
        if (metric.isEmpty()) kept.put(METRIC, defaultMetric(type).name());
        return kept;
    }

    static Metric defaultMetric(VectorType type) {
        return switch (type) {
            case FLOAT32, FLOAT16, BFLOAT16, INT8 -> Metric.COSINE;
            case BINARY -> Metric.HAMMING;
            case SPARSE -> Metric.IP;
        };
    }

    /// Signatures have an index of their own, or are scanned.
    private static void checkMetric(String field, String index, VectorType type, String name) {
        if (type != VectorType.BINARY || index.equals("BIN_FLAT")) return;
        var takes = index.equals("MINHASH_LSH") ? SIGNATURES : BITS;
        if (takes.stream().noneMatch(metric -> metric.name().equals(name.toUpperCase(Locale.ROOT))))
            throw Indexes.refused(
                    field,
                    Rule.METRIC,
                    "metric type " + name + " not found or not supported, supported: "
                            + takes.stream().map(Metric::name).sorted().toList());
    }

    private static void checkMetric(String field, VectorType type, String name) {
        for (var metric : Metric.values())
            if (metric.name().equals(name.toUpperCase(Locale.ROOT)) && metric.fits(type)) return;
        var what = switch (type) {
            case FLOAT32, FLOAT16, BFLOAT16 -> "float";
            case INT8 -> "int";
            case BINARY -> "binary";
            case SPARSE -> "sparse";
        };
        throw Indexes.refused(field, Rule.METRIC, what + " vector index does not support metric type: " + name);
    }
}
