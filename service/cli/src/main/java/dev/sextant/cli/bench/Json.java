package dev.sextant.cli.bench;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// The little JSON that the bench writes.
public final class Json {
    private Json() {}

    /// Numbers stay numbers: servers check the types of parameters.
    public static String object(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> quoted(entry.getKey()) + ":" + value(entry.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String value(String text) {
        return text.matches("-?(0|[1-9]\\d*)(\\.\\d+)?|true|false") ? text : quoted(text);
    }

    public static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (char letter : text.toCharArray())
            if (letter == '"' || letter == '\\') quoted.append('\\').append(letter);
            else if (letter < ' ') quoted.append(String.format("\\u%04x", (int) letter));
            else quoted.append(letter);
        return quoted.append('"').toString();
    }

    /// What cannot be told is null.
    public static String number(double value) {
        if (!Double.isFinite(value)) return "null";
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.6g", value);
    }
}
