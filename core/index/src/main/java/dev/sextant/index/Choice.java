package dev.sextant.index;

import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// From the names and numbers that a user gives to the structure that is built.
final class Choice {
    private final FieldType.Vector type;
    private final Metric metric;
    private final Map<String, String> parameters;
    private final long seed;

    private Choice(FieldType.Vector type, Metric metric, Map<String, String> parameters, long seed) {
        this.type = type;
        this.metric = metric;
        this.parameters = parameters;
        this.seed = seed;
    }

    static Optional<IndexParameters> of(
            FieldType.Vector type, Metric metric, Map<String, String> parameters, long seed) {
        if (!metric.fits(type.type())) return Optional.empty();
        if (parameters.getOrDefault("index_type", "").equalsIgnoreCase("FAISS"))
            return of(type, metric, translated(parameters), seed);
        var name = parameters.getOrDefault("index_type", "AUTOINDEX").toUpperCase(Locale.ROOT);
        return new Choice(type, metric, parameters, seed).named(name);
    }

    /// The door has read the text once; one that cannot be read any more gets what AUTOINDEX would.
    private static Map<String, String> translated(Map<String, String> parameters) {
        try {
            return FaissFactory.parameters(parameters.getOrDefault(FaissFactory.NAME, ""));
        } catch (IllegalArgumentException unknown) {
            return Map.of();
        }
    }

    private Optional<IndexParameters> named(String name) {
        if (type.type() == VectorType.SPARSE) return Optional.of(sparse(name));
        if (metric == Metric.MHJACCARD)
            return name.equals("MINHASH_LSH") ? Optional.of(signatures()) : Optional.empty();
        return switch (name) {
            case "FLAT", "BIN_FLAT" -> Optional.empty();
            case "HNSW" -> Optional.of(hnsw());
            case "HNSW_SQ", "HNSW_PQ", "HNSW_PRQ" -> Optional.of(coded(name));
            case "IVF_FLAT", "BIN_IVF_FLAT" -> Optional.of(partition(new Coding.Full()));
            case "ANNOY" -> Optional.of(forest());
            case "IVF_SQ8" -> Optional.of(partition(new Coding.Bytes()));
            case "IVF_PQ" -> Optional.of(partition(products()));
            case "IVF_RABITQ" -> Optional.of(partition(new Coding.Signs(truth("refine", false))));
            case "SCANN" ->
                Optional.of(partition(new Coding.Scan(whole("sub_dim", 2, 1, 65_536), truth("with_raw_data", true))));
            case "DISKANN", "AISAQ" -> Optional.of(remembering("compact"));
            default -> Optional.of(remembering("speed"));
        };
    }

    /// How much of the rows the graph of our own keeps in memory.
    private IndexParameters remembering(String otherwise) {
        boolean fits = LeanGraph.fits(type.type(), metric, type.dimension());
        return switch (parameters.getOrDefault("memory", otherwise).strip().toLowerCase(Locale.ROOT)) {
            case "compact" -> fits ? lean(LeanParameters.Keep.SIGNS) : automatic();
            case "balanced" -> fits ? lean(LeanParameters.Keep.BYTES) : automatic();
            default -> automatic();
        };
    }

    private LeanParameters lean(LeanParameters.Keep keep) {
        int degree = whole("max_degree", LeanParameters.DEFAULT.degree(), 1, 256);
        int beam = whole("search_list_size", LeanParameters.DEFAULT.beam(), 8, 4096);
        return new LeanParameters(keep, Math.clamp((degree + 16) / 32 * 32, 32, 256), Math.max(64, beam), seed);
    }

    private IndexParameters automatic() {
        return QuantisedGraph.fits(type.type(), metric, type.dimension())
                ? new QuantisedParameters(
                        QuantisedParameters.DEFAULT.degree(),
                        QuantisedParameters.DEFAULT.beam(),
                        QuantisedParameters.DEFAULT.bitsPerComponent(),
                        seed)
                : hnsw();
    }

    private SparseParameters sparse(String name) {
        return new SparseParameters(
                algorithm(name),
                real("bm25_k1", SparseParameters.DEFAULT.k1(), 0, 3),
                real("bm25_b", SparseParameters.DEFAULT.b(), 0, 1));
    }

    private SparseParameters.Algorithm algorithm(String name) {
        if (name.equals("SPARSE_WAND")) return SparseParameters.Algorithm.DAAT_WAND;
        var named = parameters.getOrDefault("inverted_index_algo", "").strip();
        for (var algorithm : SparseParameters.Algorithm.values())
            if (algorithm.name().equalsIgnoreCase(named)) return algorithm;
        return name.equals("SPARSE_INVERTED_INDEX")
                ? SparseParameters.Algorithm.DAAT_MAXSCORE
                : SparseParameters.best(metric);
    }

    private HnswParameters hnsw() {
        return new HnswParameters(
                whole("M", HnswParameters.DEFAULT.m(), 2, 2048),
                whole("efConstruction", HnswParameters.DEFAULT.efConstruction(), 1, 1 << 20),
                seed);
    }

    private IndexParameters partition(Coding coding) {
        int lists = whole("nlist", PartitionParameters.DEFAULT_LISTS, 1, PartitionParameters.MOST_LISTS);
        return new PartitionParameters(lists, type.type() == VectorType.BINARY ? new Coding.Full() : coding, seed);
    }

    private IndexParameters forest() {
        return type.type() == VectorType.BINARY
                ? hnsw()
                : new AnnoyParameters(
                        whole("n_trees", AnnoyParameters.DEFAULT_TREES, 1, AnnoyParameters.MOST_TREES), seed);
    }

    /// Elements that do not divide the dimension are taken as bytes.
    private IndexParameters signatures() {
        int bits = whole("mh_element_bit_width", 8, 8, 256) / 8 * 8;
        return new MinHashParameters(whole("mh_lsh_band", 1, 1, 65_536), type.dimension() % bits == 0 ? bits : 8, seed);
    }

    /// Binary rows are walked as they are.
    private IndexParameters coded(String name) {
        if (type.type() == VectorType.BINARY) return hnsw();
        int m = whole("m", name.equals("HNSW_PRQ") ? 2 : parts(), 1, 65_536);
        if (type.dimension() % m != 0) m = 1;
        int bits = whole("nbits", 8, 1, Coding.Products.MOST_BITS);
        var coding = switch (name) {
            case "HNSW_SQ" -> scalar();
            case "HNSW_PQ" -> new RowCoding.Parts(m, 1, bits);
            default -> new RowCoding.Parts(m, whole("nrq", 2, 1, 16), bits);
        };
        return new CodedHnswParameters(hnsw(), coding, truth("refine", false));
    }

    private RowCoding scalar() {
        var name = parameters.getOrDefault("sq_type", "SQ8").strip().toUpperCase(Locale.ROOT);
        for (var scalar : RowCoding.Scalar.values()) if (scalar.name().equals(name)) return scalar;
        return RowCoding.Scalar.SQ8;
    }

    /// More bits than a segment has rows for are taken as the most that there can be.
    private Coding products() {
        int m = whole("m", parts(), 1, 65_536);
        return new Coding.Products(
                type.dimension() % m == 0 ? m : parts(), whole("nbits", 8, 1, Coding.Products.MOST_BITS));
    }

    /// Parts where none are asked for: 32, or as many as divide the dimension.
    private int parts() {
        int parts = Math.min(32, type.dimension());
        while (type.dimension() % parts != 0) parts--;
        return parts;
    }

    private boolean truth(String key, boolean otherwise) {
        var text = parameters.get(key);
        return text == null ? otherwise : text.strip().equalsIgnoreCase("true");
    }

    /// The door has checked it; what is kept may be older than its rules, so what cannot be read takes the default.
    private int whole(String key, int otherwise, int least, int most) {
        var text = parameters.get(key);
        if (text == null) return otherwise;
        try {
            return Math.clamp(Long.parseLong(text.strip()), least, most);
        } catch (NumberFormatException notANumber) {
            return otherwise;
        }
    }

    private float real(String key, float otherwise, float least, float most) {
        var text = parameters.get(key);
        if (text == null) return otherwise;
        try {
            float value = Float.parseFloat(text.strip());
            return Float.isNaN(value) ? otherwise : Math.clamp(value, least, most);
        } catch (NumberFormatException notANumber) {
            return otherwise;
        }
    }
}
