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
        var name = parameters.getOrDefault("index_type", "AUTOINDEX").toUpperCase(Locale.ROOT);
        return new Choice(type, metric, parameters, seed).named(name);
    }

    private Optional<IndexParameters> named(String name) {
        if (type.type() == VectorType.SPARSE) return Optional.of(sparse(name));
        return switch (name) {
            case "FLAT", "BIN_FLAT" -> Optional.empty();
            case "HNSW" -> Optional.of(hnsw());
            default -> Optional.of(automatic());
        };
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
                : SparseParameters.DEFAULT.algorithm();
    }

    private HnswParameters hnsw() {
        return new HnswParameters(
                whole("M", HnswParameters.DEFAULT.m(), 2, 2048),
                whole("efConstruction", HnswParameters.DEFAULT.efConstruction(), 1, 1 << 20),
                seed);
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
