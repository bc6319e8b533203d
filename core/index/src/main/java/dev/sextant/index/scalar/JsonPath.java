package dev.sextant.index.scalar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The way to a place in a JSON value: keys as UTF-8, indexes as numbers.
public record JsonPath(List<Step> steps) {
    public JsonPath {
        steps = List.copyOf(steps);
    }

    /// The value itself.
    public static final JsonPath ROOT = new JsonPath(List.of());

    private static final Pattern NAME = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*");
    private static final Pattern STEP = Pattern.compile("\\[(?:\"([^\"]*)\"|'([^']*)'|(\\d{1,9}))]");

    /// Reads `field["key"][0]`; the name of another field is a key of a dynamic one. Nothing written is the field
    /// itself.
    public static Optional<JsonPath> parse(String written, String field, boolean dynamic) {
        if (written.isEmpty()) return Optional.of(ROOT);
        var name = NAME.matcher(written);
        if (!name.lookingAt()) return Optional.empty();
        var steps = new ArrayList<Step>();
        if (!name.group().equals(field)) {
            if (!dynamic) return Optional.empty();
            steps.add(key(name.group()));
        }
        var step = STEP.matcher(written);
        int at = name.end();
        for (; at < written.length() && step.region(at, written.length()).lookingAt(); at = step.end()) {
            var key = step.group(1) != null ? step.group(1) : step.group(2);
            steps.add(key != null ? key(key) : new Index(Integer.parseInt(step.group(3))));
        }
        return at < written.length() ? Optional.empty() : Optional.of(new JsonPath(steps));
    }

    public sealed interface Step {}

    /// @param utf8 of the key, not escaped
    public record Key(byte[] utf8) implements Step {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key(var that) && java.util.Arrays.equals(utf8, that);
        }

        @Override
        public int hashCode() {
            return java.util.Arrays.hashCode(utf8);
        }
    }

    public record Index(int index) implements Step {}

    public static Step key(String key) {
        return new Key(key.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (var step : steps)
            switch (step) {
                case Key(var utf8) ->
                    text.append("[\"")
                            .append(new String(utf8, StandardCharsets.UTF_8))
                            .append("\"]");
                case Index(var index) -> text.append('[').append(index).append(']');
            }
        return text.toString();
    }
}
