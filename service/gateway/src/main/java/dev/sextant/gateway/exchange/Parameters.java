package dev.sextant.gateway.exchange;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.KeyValuePair;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// Pairs of texts, as clients send all their parameters: numbers in decimal, truth as `True` or `true`, objects as
/// JSON.
public record Parameters(Map<String, String> values) {

    public static Parameters of(List<KeyValuePair> pairs) {
        return new Parameters(map(pairs));
    }

    public static Map<String, String> map(List<KeyValuePair> pairs) {
        var map = LinkedHashMap.<String, String>newLinkedHashMap(pairs.size());
        for (var pair : pairs) map.put(pair.getKey(), pair.getValue());
        return map;
    }

    public static List<KeyValuePair> pairs(Map<String, String> map) {
        return map.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> Parts.pair(e.getKey(), e.getValue()))
                .toList();
    }

    /// These, and those that stand in the JSON object under `params`; what stands outside wins.
    public Parameters flattened() {
        var inner = values.get("params");
        if (inner == null || inner.isBlank()) return this;
        var all = new HashMap<>(JsonTexts.object(inner, "params"));
        all.putAll(values);
        all.remove("params");
        return new Parameters(all);
    }

    public Parameters without(Set<String> names) {
        var rest = new HashMap<>(values);
        rest.keySet().removeAll(names);
        return new Parameters(rest);
    }

    public boolean has(String name) {
        return values.containsKey(name) && !values.get(name).isBlank();
    }

    public String text(String name, String otherwise) {
        return has(name) ? values.get(name) : otherwise;
    }

    public OptionalLong whole(String name) {
        if (!has(name)) return OptionalLong.empty();
        try {
            return OptionalLong.of(Long.parseLong(values.get(name).strip()));
        } catch (NumberFormatException noNumber) {
            throw wrong(name, "an integer");
        }
    }

    public OptionalInt count(String name) {
        var value = whole(name);
        if (value.isEmpty()) return OptionalInt.empty();
        // Beyond an int it is beyond every limit too, and the door says so.
        return OptionalInt.of(Math.clamp(value.getAsLong(), Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    public OptionalDouble real(String name) {
        if (!values.containsKey(name)) return OptionalDouble.empty();
        if (!has(name)) throw new Refused(new Refusal.InvalidParameter(name, "invalid float value: '" + name + "'"));
        try {
            return OptionalDouble.of(Double.parseDouble(values.get(name).strip()));
        } catch (NumberFormatException noNumber) {
            throw wrong(name, "a number");
        }
    }

    public boolean truth(String name, boolean otherwise) {
        if (!has(name)) return otherwise;
        return switch (values.get(name).strip().toLowerCase(java.util.Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                throw new Refused(new Refusal.InvalidParameter(
                        name,
                        "parse " + name.replace('_', ' ') + " field failed: " + values.get(name)
                                + " should be a boolean"));
        };
    }

    private Refused wrong(String name, String expected) {
        return new Refused(new Refusal.InvalidParameter(
                name, "Type conflict in json: param '" + name + "' (" + values.get(name) + ") should be " + expected));
    }
}
