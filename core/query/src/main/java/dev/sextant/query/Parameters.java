package dev.sextant.query;

import dev.sextant.index.Effort;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// Search parameters of indexes. They are checked for the kind of index that was asked for, as Milvus does, also where
/// Sextant serves it by another structure; unknown ones mean nothing.
final class Parameters {
    private static final Pattern SMALL = Pattern.compile("\\d{1,9}");
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d+");

    private Parameters() {}

    /// @param wanted hits that the search asks for
    static void check(String indexType, Map<String, String> parameters, int wanted) {
        var type = indexType.toUpperCase(Locale.ROOT);
        if (type.startsWith("HNSW")) atLeast("ef", parameters, wanted);
        else if (type.equals("DISKANN")) atLeast("search_list_size", parameters, wanted);
        else if (type.equals("SCANN")) {
            range("nprobe", parameters, 65_536);
            atLeast("reorder_k", parameters, wanted);
        } else if (type.startsWith("IVF") || type.startsWith("BIN_IVF") || type.startsWith("GPU_IVF"))
            range("nprobe", parameters, 65_536);
        else if (type.startsWith("SPARSE")) {
            real("drop_ratio_search", parameters, 0, 1, false);
            real("dim_max_score_ratio", parameters, 0.5, 1.3, true);
        }
    }

    private static void real(
            String name, Map<String, String> parameters, double least, double most, boolean mostIncluded) {
        var text = parameters.get(name);
        if (text == null || text.equals("null")) return;
        double value;
        try {
            value = Double.parseDouble(text.strip());
        } catch (NumberFormatException _) {
            throw new Refused(new Refusal.InvalidParameter(
                    name, "Type conflict in json: param '" + name + "' (" + text + ") should be a number"));
        }
        if (value >= least && (mostIncluded ? value <= most : value < most)) return;
        throw new Refused(new Refusal.InvalidParameter(
                name,
                "param '" + name + "' (" + text.strip() + ") should be in range [" + least + ", " + most
                        + (mostIncluded ? "]" : ")")));
    }

    /// The breadth of a graph search.
    static OptionalInt beam(Map<String, String> parameters) {
        for (var name : new String[] {"ef", "search_list_size"}) {
            var text = parameters.get(name);
            if (text != null && SMALL.matcher(text.strip()).matches())
                return OptionalInt.of(Math.max(1, Integer.parseInt(text.strip())));
        }
        return OptionalInt.empty();
    }

    /// How hard a search tries. What cannot be read was refused before where it matters.
    static Effort effort(Map<String, String> parameters, int limit, int beam) {
        double reorder = number(parameters, "reorder_k", 0) / Math.max(1, limit);
        return new Effort(
                beam(parameters).orElse(beam),
                (int) Math.clamp(number(parameters, "nprobe", Effort.DEFAULT.lists()), 1, 65_536),
                Math.max(number(parameters, "refine_k", 0), reorder),
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

    private static void atLeast(String name, Map<String, String> parameters, int wanted) {
        var value = range(name, parameters, Integer.MAX_VALUE);
        if (value.isPresent() && value.getAsInt() < wanted)
            throw new Refused(new Refusal.InvalidParameter(
                    name, name + "(" + value.getAsInt() + ") should be larger than k(" + wanted + ")"));
    }

    private static OptionalInt range(String name, Map<String, String> parameters, int most) {
        var text = parameters.get(name);
        if (text == null || text.equals("null")) return OptionalInt.empty();
        if (!WHOLE.matcher(text.strip()).matches())
            throw new Refused(new Refusal.InvalidParameter(
                    name, "Type conflict in json: param '" + name + "' (" + text + ") should be integer"));
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= 1 && value <= most) return OptionalInt.of(value);
        } catch (NumberFormatException _) {
            // More digits than an int has: out of range in any case.
        }
        throw new Refused(new Refusal.InvalidParameter(
                name, "param '" + name + "' (" + text.strip() + ") should be in range [1, " + most + "]"));
    }
}
