package dev.sextant.index.scalar;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// The way to a place in a JSON value: keys as UTF-8, indexes as numbers.
public record JsonPath(List<Step> steps) {
    public JsonPath {
        steps = List.copyOf(steps);
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
