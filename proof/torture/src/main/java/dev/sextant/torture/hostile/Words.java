package dev.sextant.torture.hostile;

import static dev.sextant.torture.hostile.Vocabulary.COLLECTIONS;
import static dev.sextant.torture.hostile.Vocabulary.CONDITIONS;
import static dev.sextant.torture.hostile.Vocabulary.FIELDS;
import static dev.sextant.torture.hostile.Vocabulary.KEYS;
import static dev.sextant.torture.hostile.Vocabulary.NAMES;
import static dev.sextant.torture.hostile.Vocabulary.NUMBERS;
import static dev.sextant.torture.hostile.Vocabulary.PAIRS;
import static dev.sextant.torture.hostile.Vocabulary.REALS;
import static dev.sextant.torture.hostile.Vocabulary.VALUES;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/// Draws what clients put into requests from the [Vocabulary], and puts together conditions and JSON of it, so that
/// most of what a generator makes gets far enough to do harm.
final class Words {
    private final SplittableRandom random;

    Words(SplittableRandom random) {
        this.random = random;
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    boolean oneIn(int many) {
        return random.nextInt(many) == 0;
    }

    long number() {
        return oneIn(8) ? random.nextLong() : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    double real() {
        return oneIn(8) ? Double.longBitsToDouble(random.nextLong()) : REALS[random.nextInt(REALS.length)];
    }

    byte[] noise(int most) {
        var bytes = new byte[random.nextInt(most + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    /// A text for a place of this name, as a client might write it.
    String text(String place) {
        var name = place.toLowerCase(Locale.ROOT);
        if (oneIn(12)) return odd();
        if (name.contains("db")) return oneIn(8) ? pick(List.of("default", "elsewhere", "nowhere")) : "";
        if (name.equals("key") || name.contains("keys")) return pick(KEYS);
        if (name.equals("value")) return oneIn(6) ? json(4) : pick(VALUES);
        if (name.contains("expr") || name.contains("dsl") || name.contains("filter")) return condition();
        if (name.contains("collection")
                || name.contains("alias")
                || name.contains("oldname")
                || name.contains("newname")) return pick(COLLECTIONS);
        if (name.contains("field") || name.contains("anns")) return pick(FIELDS);
        if (name.contains("param")) return oneIn(2) ? json(4) : pick(VALUES);
        if (name.contains("text") || name.contains("data")) return pick(List.of("some words", "", "x", "1", "{}"));
        return oneIn(4) ? pick(FIELDS) : pick(NAMES);
    }

    Map.Entry<String, String> parameter() {
        if (oneIn(2)) return pick(PAIRS);
        return Map.entry(oneIn(20) ? odd() : pick(KEYS), oneIn(8) ? json(5) : oneIn(20) ? odd() : pick(VALUES));
    }

    String odd() {
        return switch (random.nextInt(8)) {
            case 0 -> "";
            case 1 -> "x".repeat(1 + random.nextInt(70_000));
            case 2 -> new String(noise(40), StandardCharsets.ISO_8859_1);
            case 3 -> "\ud83d\ude00".repeat(1 + random.nextInt(300));
            case 4 -> Long.toString(number());
            case 5 -> Double.toString(real());
            case 6 -> json(6);
            default -> pick(NAMES);
        };
    }

    /// A condition: known ones, put together, damaged, or nested far too deep.
    String condition() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> pick(CONDITIONS);
            case 4, 5 ->
                "(" + pick(CONDITIONS) + ") " + pick(List.of("and", "or", "&&", "||", "==", "+", ",")) + " ("
                        + pick(CONDITIONS) + ")";
            case 6 -> cut(pick(CONDITIONS));
            case 7 -> deep();
            case 8 -> operand() + pick(List.of(" < ", " == ", " != ", " in ", " like ", " + 1 > ", " % ")) + operand();
            default -> "not " + pick(CONDITIONS);
        };
    }

    private String operand() {
        return switch (random.nextInt(6)) {
            case 0 -> pick(FIELDS);
            case 1 -> Long.toString(number());
            case 2 -> Double.toString(real());
            case 3 -> "'" + pick(NAMES) + "'";
            case 4 -> json(3);
            default -> pick(FIELDS) + "[" + pick(List.of("0", "'a'", "-1", "id", "1.5", "")) + "]";
        };
    }

    private String cut(String text) {
        if (text.isEmpty()) return text;
        int at = random.nextInt(text.length());
        return switch (random.nextInt(3)) {
            case 0 -> text.substring(0, at);
            case 1 -> text.substring(0, at) + (char) random.nextInt(0x300) + text.substring(at);
            default -> text.substring(at) + text.substring(0, at);
        };
    }

    private String deep() {
        int depth = 1 << random.nextInt(17);
        return switch (random.nextInt(6)) {
            case 0 -> "(".repeat(depth) + "id > 1" + ")".repeat(depth);
            case 1 -> "not ".repeat(depth) + "flag";
            case 2 -> "-".repeat(depth) + "1 < id";
            case 3 -> "id > 1" + " and id > 1".repeat(depth >> 3);
            case 4 -> "json" + "['a']".repeat(depth >> 2) + " == 1";
            default -> "id in " + "[".repeat(depth) + "]".repeat(depth);
        };
    }

    /// JSON, mostly.
    String json(int depth) {
        if (oneIn(60)) return "[".repeat(1 << random.nextInt(16));
        if (oneIn(60)) return "{\"a\":".repeat(1 << random.nextInt(15)) + "1";
        return switch (random.nextInt(depth <= 0 ? 5 : 8)) {
            case 0 -> Long.toString(number());
            case 1 -> oneIn(24) ? "null" : pick(List.of("1", "-5", "1e999", "0.1", "NaN"));
            case 2 -> quoted(pick(NAMES));
            case 3 -> pick(List.of("true", "false", "null", "\"\"", "[]", "{}"));
            case 4 -> quoted(pick(VALUES));
            case 5, 6 -> {
                var text = new StringBuilder("{");
                for (int i = random.nextInt(4); i >= 0; i--)
                    text.append(quoted(oneIn(2) ? pick(KEYS) : pick(FIELDS)))
                            .append(':')
                            .append(json(depth - 1))
                            .append(i > 0 ? "," : "");
                yield text.append('}').toString();
            }
            default -> {
                var text = new StringBuilder("[");
                for (int i = random.nextInt(5); i > 0; i--)
                    text.append(json(depth - 1)).append(i > 1 ? "," : "");
                yield text.append(']').toString();
            }
        };
    }

    static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') quoted.append('\\').append(c);
            else if (c < 0x20) quoted.append("\\u%04x".formatted((int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }
}
