package dev.sextant.index;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Texts of Faiss' factory, such as `IVF64,Flat` or `OPQ16,IVF64,PQ16x4`, as what we would be asked for the same by:
/// the name of a type and its parameters. Nothing of Faiss is run. A rotation before product codes changes how well
/// they fit and nothing else, so it is left out; codes without lists or a graph would be slower than the scan that is
/// exact.
public final class FaissFactory {
    /// The parameter that holds such a text.
    public static final String NAME = "faiss_index_name";

    private static final String TYPE = "index_type";
    private static final Pattern ROTATION = Pattern.compile("OPQ(\\w+)");
    private static final Pattern LISTS = Pattern.compile("B?IVF(\\w+)");
    private static final Pattern GRAPH = Pattern.compile("B?HNSW(\\w*)");
    private static final Pattern PRODUCT = Pattern.compile("PQ(\\w+?)(?:x(\\w+?))?(?:fs|fsr)?");

    private FaissFactory() {}

    /// What the text asks for; `index_type` among it. Throws [IllegalArgumentException] with what is wrong.
    public static Map<String, String> parameters(String text) {
        var parts = List.of(text.strip().split(",", -1));
        boolean binary = parts.getFirst().startsWith("B");
        if (matched(ROTATION, parts.getFirst()).isPresent()) {
            number(matched(ROTATION, parts.getFirst()).get().group(1), text);
            parts = parts.subList(1, parts.size());
        }
        if (parts.isEmpty()) throw unknown(text);
        var first = parts.getFirst();
        var rest = parts.subList(1, parts.size());
        boolean refined = !rest.isEmpty() && rest.getLast().equals("RFlat");
        var coded = refined ? rest.subList(0, rest.size() - 1) : rest;
        if (coded.size() > 1) throw unknown(text);
        var code = coded.isEmpty() ? "Flat" : coded.getFirst();
        var lists = matched(LISTS, first);
        var graph = matched(GRAPH, first);
        var asked = new HashMap<String, String>();
        if (lists.isPresent()) {
            asked.putAll(binary ? only("BIN_IVF_FLAT", code, text) : lists(code, text));
            asked.put("nlist", number(lists.get().group(1), text));
        } else if (graph.isPresent()) {
            asked.putAll(binary ? only("HNSW", code, text) : graph(code, text));
            var degree = graph.get().group(1);
            asked.put("M", degree.isEmpty() ? "32" : number(degree, text));
        } else if (rest.isEmpty() || refined && rest.size() == 1) asked.putAll(scanned(first, text));
        else throw unknown(text);
        if (refined) asked.put("refine", "true");
        return Map.copyOf(asked);
    }

    private static Map<String, String> lists(String code, String text) {
        return switch (code) {
            case "Flat" -> Map.of(TYPE, "IVF_FLAT");
            case "SQ8" -> Map.of(TYPE, "IVF_SQ8");
            case "RaBitQ" -> Map.of(TYPE, "IVF_RABITQ");
            default -> product("IVF_PQ", code, text);
        };
    }

    private static Map<String, String> graph(String code, String text) {
        return switch (code) {
            case "Flat" -> Map.of(TYPE, "HNSW");
            case "SQ8", "SQ6" -> Map.of(TYPE, "HNSW_SQ", "sq_type", code);
            case "SQ4" -> Map.of(TYPE, "HNSW_SQ", "sq_type", "SQ4U");
            case "SQfp16" -> Map.of(TYPE, "HNSW_SQ", "sq_type", "FP16");
            case "SQbf16" -> Map.of(TYPE, "HNSW_SQ", "sq_type", "BF16");
            default -> product("HNSW_PQ", code, text);
        };
    }

    private static Map<String, String> scanned(String code, String text) {
        if (code.equals("BFlat")) return Map.of(TYPE, "BIN_FLAT");
        if (code.equals("Flat") || code.matches("SQ(4|6|8|fp16|bf16)")) return Map.of(TYPE, "FLAT");
        product("FLAT", code, text);
        return Map.of(TYPE, "FLAT");
    }

    private static Map<String, String> product(String type, String code, String text) {
        var product = matched(PRODUCT, code).orElseThrow(() -> unknown(text));
        var bits = product.group(2);
        return Map.of(
                TYPE, type, "m", number(product.group(1), text), "nbits", bits == null ? "8" : number(bits, text));
    }

    private static Map<String, String> only(String type, String code, String text) {
        if (!code.equals("Flat")) throw unknown(text);
        return Map.of(TYPE, type);
    }

    private static Optional<Matcher> matched(Pattern pattern, String part) {
        return Optional.of(pattern.matcher(part)).filter(Matcher::matches);
    }

    private static String number(String digits, String text) {
        if (!digits.matches("\\d{1,9}") || digits.matches("0+"))
            throw new IllegalArgumentException(
                    NAME + " '" + text + "' expects a number from 1 on where it says '" + digits + "'");
        return digits;
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException(NAME + " '" + text
                + "' is not understood: [OPQm,] Flat, IVFn or HNSWm, then Flat, SQ8, PQm[xb] or RaBitQ, then RFlat;"
                + " BFlat, BIVFn and BHNSWm for binary vectors");
    }
}
