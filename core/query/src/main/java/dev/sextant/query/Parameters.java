package dev.sextant.query;

import dev.sextant.index.DenseRows;
import dev.sextant.index.Effort;
import dev.sextant.index.FaissFactory;
import dev.sextant.kernel.Distance;
import dev.sextant.model.Metric;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;

/// Search parameters of indexes. They are checked for the kind of index that was asked for, as Milvus does, also where
/// Sextant serves it by another structure; unknown ones mean nothing.
final class Parameters {
    /// So many digits fit into an int in any case.
    private static final int SMALL_DIGITS = 9;

    private static final String EF = "ef";
    private static final String LIST = "search_list_size";
    /// What clients call that; Milvus passes it on under the index's own name, and refuses it under that name.
    private static final String CLIENTS_LIST = "search_list";

    private static final String PROBES = "nprobe";
    private static final String TREES = "search_k";
    private static final String REFINE = "refine_k";
    private static final String REORDER = "reorder_k";
    /// What the breadth of a graph search is called.
    private static final List<String> BEAMS = List.of(EF, LIST, TREES);
    /// What says how hard to try. Each means something to some types of index, and nothing to others.
    private static final List<String> EFFORT = List.of(EF, LIST, PROBES, TREES, REFINE, REORDER);

    private static final int MOST_PROBES = 65_536;
    /// Rows that a search meets in a forest where it says nothing: as many as all trees have in a leaf (what -1 means,
    /// as in Annoy itself) find half of the nearest, these nine in ten.
    private static final String USUAL_IN_TREES = "1000";

    static final String ELEMENT_BITS = "mh_element_bit_width";

    /// Hits of one query that are scored again: whoever names more asks for memory that no search is worth.
    static final int MOST_REFINED = 65_536;

    private Parameters() {}

    /// @param wanted hits that the search asks for
    static void check(String indexType, Map<String, String> given, int wanted) {
        var type = indexType.toUpperCase(Locale.ROOT);
        var parameters = renamed(type, given);
        real("recall", parameters, 0.5, 0.9999);
        switch (type) {
            case "AUTOINDEX" -> {
                range(EF, parameters, Integer.MAX_VALUE);
                range(LIST, parameters, Integer.MAX_VALUE);
                weights(parameters);
            }
            case "HNSW", "HNSW_SQ", "HNSW_PQ", "HNSW_PRQ" -> atLeast(EF, parameters, wanted);
            case "DISKANN" -> {
                atLeast(LIST, parameters, wanted);
                real("beam_width_ratio", parameters, 0, Float.MAX_VALUE);
            }
            case "AISAQ" -> {
                atLeast(LIST, parameters, wanted);
                range("vectors_beamwidth", parameters, Integer.MAX_VALUE);
            }
            case "IVF_FLAT", "IVF_SQ8", "IVF_PQ", "BIN_IVF_FLAT" -> range(PROBES, parameters, MOST_PROBES);
            case "SCANN" -> {
                range(PROBES, parameters, MOST_PROBES);
                atLeast(REORDER, parameters, wanted);
            }
            case "IVF_RABITQ" -> {
                range(PROBES, parameters, MOST_PROBES);
                range("rbq_bits_query", parameters, 0, 8);
            }
            case "FAISS" -> {
                range(PROBES, given, MOST_PROBES);
                range("efSearch", given, Integer.MAX_VALUE);
                real("k_factor", given, 1, Float.MAX_VALUE);
            }
            case "ANNOY" -> forest(parameters, wanted);
            case "MINHASH_LSH" -> {
                truth("mh_search_with_jaccard", parameters);
                truth("mh_lsh_batch_search", parameters);
            }
            case "SPARSE_INVERTED_INDEX", "SPARSE_WAND" -> weights(parameters);
            default -> {} // scanned
        }
        if (knows(type, REFINE)) real(REFINE, parameters, 1, Float.MAX_VALUE);
        refinedAtMost(known(type, parameters), wanted);
    }

    private static void weights(Map<String, String> parameters) {
        below("drop_ratio_search", parameters, 0, 1);
        real("dim_max_score_ratio", parameters, 0.5, 1.3);
    }

    /// Whether an index of this type can be told how hard to try by that name. That of our own and those that keep rows
    /// on disk can be told how many to score again, too.
    private static boolean knows(String type, String name) {
        return switch (type) {
            case "AUTOINDEX" -> name.equals(EF) || name.equals(LIST) || name.equals(REFINE);
            case "HNSW" -> name.equals(EF);
            case "HNSW_SQ", "HNSW_PQ", "HNSW_PRQ" -> name.equals(EF) || name.equals(REFINE);
            case "IVF_FLAT", "IVF_SQ8", "IVF_PQ", "BIN_IVF_FLAT" -> name.equals(PROBES);
            case "IVF_RABITQ" -> name.equals(PROBES) || name.equals(REFINE);
            case "SCANN" -> name.equals(PROBES) || name.equals(REORDER);
            case "DISKANN", "AISAQ" -> name.equals(LIST) || name.equals(REFINE);
            case "ANNOY" -> name.equals(TREES);
            case "MINHASH_LSH" -> name.equals(REFINE);
            case "FAISS" -> name.equals(EF) || name.equals(PROBES) || name.equals(REFINE);
            default -> false;
        };
    }

    /// Without what an index of this type does not know but the structure that serves it might.
    static Map<String, String> known(String indexType, Map<String, String> parameters) {
        var type = indexType.toUpperCase(Locale.ROOT);
        var named = renamed(type, parameters);
        boolean usual = type.equals("ANNOY") && isUnsaid(TREES, named) && isUnsaid("recall", named);
        if (!usual && !namesStrange(type, named)) return named;
        var known = new HashMap<>(named);
        for (var name : EFFORT) if (!knows(type, name)) known.remove(name);
        if (usual) known.put(TREES, USUAL_IN_TREES);
        return known;
    }

    private static boolean namesStrange(String type, Map<String, String> parameters) {
        if (parameters.isEmpty()) return false;
        for (var name : EFFORT) if (parameters.containsKey(name) && !knows(type, name)) return true;
        return false;
    }

    /// The same, without what an index that was asked for like this does not do: scoring again is asked for when it is
    /// built.
    static Map<String, String> known(String indexType, Map<String, String> built, Map<String, String> parameters) {
        var known = known(indexType, parameters);
        if (scoresAgain(indexType.toUpperCase(Locale.ROOT), built)) return known;
        known = new HashMap<>(known);
        known.keySet().removeAll(List.of(REFINE, REORDER));
        return known;
    }

    private static boolean isUnsaid(String name, Map<String, String> parameters) {
        var text = parameters.get(name);
        return text == null || text.equals("null");
    }

    private static boolean scoresAgain(String type, Map<String, String> built) {
        return switch (type) {
            case "HNSW_SQ", "HNSW_PQ", "HNSW_PRQ", "IVF_RABITQ" -> says("true", built.get("refine"));
            case "SCANN" -> !says("false", built.get("with_raw_data"));
            case "FAISS" -> built.getOrDefault(FaissFactory.NAME, "").endsWith("RFlat");
            default -> true;
        };
    }

    private static boolean says(String word, String text) {
        return text != null && text.strip().equalsIgnoreCase(word);
    }

    /// By our names for what Faiss, and clients of indexes on disk, call otherwise.
    private static Map<String, String> renamed(String type, Map<String, String> parameters) {
        return switch (type) {
            case "FAISS" -> renamed(Map.of("efSearch", EF, "k_factor", REFINE), parameters);
            case "DISKANN", "AISAQ" -> renamed(Map.of(CLIENTS_LIST, LIST), parameters);
            default -> parameters;
        };
    }

    private static Map<String, String> renamed(Map<String, String> owns, Map<String, String> parameters) {
        var ours = new HashMap<>(parameters);
        owns.forEach((theirs, own) -> {
            if (parameters.containsKey(theirs)) ours.put(own, parameters.get(theirs));
        });
        return ours;
    }

    private static void refinedAtMost(Map<String, String> parameters, int wanted) {
        double again = Math.max(wanted * number(parameters, REFINE, 0), number(parameters, REORDER, 0));
        if (again > MOST_REFINED)
            throw new Refused(new Refusal.LimitExceeded(
                    "hits that a query scores again (refine_k times its limit, or reorder_k)",
                    (long) again,
                    MOST_REFINED,
                    ""));
    }

    /// As many rows as all trees have in their leaves, where -1 says so.
    private static void forest(Map<String, String> parameters, int wanted) {
        var text = parameters.get(TREES);
        if (text == null || !text.strip().equals("-1")) atLeast(TREES, parameters, wanted);
    }

    private static void real(String name, Map<String, String> parameters, double least, double most) {
        var text = parameters.get(name);
        if (text == null || text.equals("null")) return;
        if (text.isBlank())
            throw new Refused(new Refusal.InvalidParameter(name, "invalid float value: '" + name + "'"));
        double value;
        try {
            value = Double.parseDouble(text.strip());
        } catch (NumberFormatException _) {
            throw new Refused(new Refusal.InvalidParameter(
                    name, "Type conflict in json: param '" + name + "' (" + text + ") should be a number"));
        }
        if (!(value >= least && value <= most))
            throw new Refused(new Refusal.InvalidParameter(
                    name,
                    String.format(
                            Locale.ROOT,
                            "param '%s' (%s) should be in range [%f, %f]",
                            name,
                            text.strip(),
                            least,
                            most)));
    }

    /// As [#real], `most` itself being too much.
    private static void below(String name, Map<String, String> parameters, double least, double most) {
        real(name, parameters, least, most);
        var text = parameters.get(name);
        if (text != null && !text.equals("null") && Double.parseDouble(text.strip()) >= most)
            throw new Refused(new Refusal.InvalidParameter(
                    name,
                    "param '" + name + "' (" + text.strip() + ") should be in range [" + least + ", " + most + ")"));
    }

    private static void truth(String name, Map<String, String> parameters) {
        var text = parameters.get(name);
        if (text == null || text.equals("null")) return;
        if (!text.strip().equalsIgnoreCase("true") && !text.strip().equalsIgnoreCase("false"))
            throw new Refused(new Refusal.InvalidParameter(
                    name, "Type conflict in json: param '" + name + "' (" + text + ") should be a boolean"));
    }

    /// The breadth of a graph search.
    static OptionalInt beam(Map<String, String> parameters) {
        for (var name : BEAMS) {
            var text = parameters.get(name);
            if (text != null && isSmall(text.strip()))
                return OptionalInt.of(Math.max(1, Integer.parseInt(text.strip())));
        }
        return OptionalInt.empty();
    }

    /// How rows are scored: by their metric, and signatures by the width of their elements.
    static Distance distance(Metric metric, DenseRows rows, Map<String, String> parameters) {
        int bits = (int) number(parameters, ELEMENT_BITS, 0);
        return metric == Metric.MHJACCARD && bits > 0 && bits % 8 == 0 && rows.dimension() % bits == 0
                ? Distance.ofSignatures(rows.dimension(), bits)
                : Distance.of(metric, rows.type(), rows.dimension());
    }

    /// The recall that a search asks for instead of saying how hard to try.
    static OptionalDouble recall(Map<String, String> parameters) {
        double recall = number(parameters, "recall", 0);
        return recall > 0 ? OptionalDouble.of(recall) : OptionalDouble.empty();
    }

    /// Whether that decides: what else a search says of how hard to try counts before it.
    static boolean goesByRecall(Map<String, String> parameters) {
        return recall(parameters).isPresent() && beam(parameters).isEmpty() && !parameters.containsKey(PROBES);
    }

    /// How hard a search tries in a part: as it says, or what finds as much there as it asks for, as far as that was
    /// measured. Where it was not, much.
    static Effort effort(
            Map<String, String> parameters, int limit, int beam, Supplier<Optional<Recalls.Known>> measured) {
        var said = effort(parameters, limit, beam);
        if (!goesByRecall(parameters)) return said;
        double recall = recall(parameters).getAsDouble();
        var found = measured.get()
                .flatMap(known -> known.calibration()
                        .effort(recall, limit)
                        .map(effort -> known.itself() ? effort : effort.doubled()));
        return found.map(effort -> said.withBeam(effort.beam()).withLists(effort.lists()))
                .orElse(said.withBeam(Math.max(8 * beam, 4 * limit)).withLists(8 * said.lists()));
    }

    /// How hard a search tries. What cannot be read was refused before where it matters.
    static Effort effort(Map<String, String> parameters, int limit, int beam) {
        double reorder = number(parameters, REORDER, 0) / Math.max(1, limit);
        return new Effort(
                beam(parameters).orElse(beam),
                (int) Math.clamp(number(parameters, PROBES, Effort.DEFAULT.lists()), 1, MOST_PROBES),
                Math.max(number(parameters, REFINE, 0), reorder),
                (int) Math.clamp(number(parameters, "rbq_bits_query", 0), 0, 8),
                Math.clamp(number(parameters, "drop_ratio_search", 0), 0, 0.999),
                Math.clamp(number(parameters, "dim_max_score_ratio", 1), 0.5, 1.3));
    }

    private static double number(Map<String, String> parameters, String name, double otherwise) {
        var text = parameters.get(name);
        if (text == null) return otherwise;
        try {
            double value = Double.parseDouble(text.strip());
            return value >= 0 ? value : otherwise;
        } catch (NumberFormatException _) {
            return otherwise;
        }
    }

    private static boolean isSmall(String text) {
        return text.length() <= SMALL_DIGITS && isDigits(text, 0);
    }

    private static boolean isWhole(String text) {
        boolean signed = text.startsWith("+") || text.startsWith("-");
        return isDigits(text, signed ? 1 : 0);
    }

    private static boolean isDigits(String text, int from) {
        for (int i = from; i < text.length(); i++) if (text.charAt(i) < '0' || text.charAt(i) > '9') return false;
        return text.length() > from;
    }

    private static void atLeast(String name, Map<String, String> parameters, int wanted) {
        var value = range(name, parameters, Integer.MAX_VALUE);
        if (value.isPresent() && value.getAsInt() < wanted)
            throw new Refused(new Refusal.InvalidParameter(
                    name, name + "(" + value.getAsInt() + ") should be larger than k(" + wanted + ")"));
    }

    private static OptionalInt range(String name, Map<String, String> parameters, int most) {
        return range(name, parameters, 1, most);
    }

    private static OptionalInt range(String name, Map<String, String> parameters, int least, int most) {
        var text = parameters.get(name);
        if (text == null || text.equals("null")) return OptionalInt.empty();
        if (!isWhole(text.strip()))
            throw new Refused(new Refusal.InvalidParameter(
                    name, "Type conflict in json: param '" + name + "' (" + text + ") should be integer"));
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= least && value <= most) return OptionalInt.of(value);
        } catch (NumberFormatException _) {
            // More digits than an int has: out of range in any case.
        }
        throw new Refused(new Refusal.InvalidParameter(
                name, "param '" + name + "' (" + text.strip() + ") should be in range [" + least + ", " + most + "]"));
    }
}
