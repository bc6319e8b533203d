package dev.sextant.language;

import dev.sextant.model.Expression;
import dev.sextant.model.Filter;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Goes through the text of a statement word by word. What is asked for by `take…` may be missing, what by `need…` may
/// not. One thread.
final class Scanner {
    private final String text;
    private int at;
    private int depth;

    Scanner(String text) {
        this.text = text;
    }

    // ---- words

    /// Takes all of these words, or nothing.
    boolean take(String... words) {
        int before = at;
        for (var word : words) {
            int start = blanks(at);
            int end = wordEnd(start);
            if (end == start || !text.substring(start, end).equalsIgnoreCase(word)) {
                at = before;
                return false;
            }
            at = end;
        }
        return true;
    }

    /// Whether one of these stands here, and is not taken.
    boolean isNext(String... words) {
        int before = at;
        for (var word : words)
            if (take(word)) {
                at = before;
                return true;
            }
        return false;
    }

    void need(String... words) {
        if (!take(words)) throw wrong("'" + String.join(" ", words) + "'");
    }

    boolean takeSign(char sign) {
        int start = blanks(at);
        if (start >= text.length() || text.charAt(start) != sign) return false;
        at = start + 1;
        return true;
    }

    void needSign(char sign) {
        if (!takeSign(sign)) throw wrong("'" + sign + "'");
    }

    boolean isAtEnd() {
        return blanks(at) >= text.length();
    }

    void needEnd() {
        if (!isAtEnd()) throw wrong("the end");
    }

    // ---- literals

    boolean isText() {
        int start = blanks(at);
        return start < text.length() && (text.charAt(start) == '"' || text.charAt(start) == '\'');
    }

    String text() {
        if (!isText()) throw wrong("a text in quotes");
        int start = blanks(at);
        char quote = text.charAt(start);
        int end = start + 1;
        while (end < text.length() && text.charAt(end) != quote) end += text.charAt(end) == '\\' ? 2 : 1;
        if (end >= text.length()) throw wrong("a text that ends");
        at = end + 1;
        return Quoted.read(new Source(text), start, at, Quoted.Reading.TEXT);
    }

    /// In quotes, or a plain word, or `*`.
    String name() {
        if (isText()) return text();
        if (takeSign('*')) return "*";
        int start = blanks(at);
        int end = wordEnd(start);
        if (end == start) throw wrong("a name");
        at = end;
        return text.substring(start, end);
    }

    /// A name that may be missing; a word of the language is none here.
    Optional<String> takeName() {
        return isText() ? Optional.of(text()) : Optional.empty();
    }

    long whole() {
        var number = number();
        try {
            return Long.parseLong(number);
        } catch (NumberFormatException noInteger) {
            throw wrong("an integer");
        }
    }

    int count() {
        long whole = whole();
        if (whole != (int) whole) throw wrong("an integer of 32 bits");
        return (int) whole;
    }

    double real() {
        var number = number();
        try {
            return Double.parseDouble(number);
        } catch (NumberFormatException noNumber) {
            throw wrong("a number");
        }
    }

    private String number() {
        int start = blanks(at);
        int end = start;
        while (end < text.length() && isOfNumber(text, start, end)) end++;
        if (end == start) throw wrong("a number");
        at = end;
        return text.substring(start, end);
    }

    private static boolean isOfNumber(String text, int start, int at) {
        char c = text.charAt(at);
        if (Character.isLetterOrDigit(c) || c == '.') return true;
        boolean signed = c == '-' || c == '+';
        return signed && (at == start || Character.toLowerCase(text.charAt(at - 1)) == 'e');
    }

    boolean isNumber() {
        int start = blanks(at);
        if (start >= text.length()) return false;
        char c = text.charAt(start);
        return c >= '0' && c <= '9' || c == '-';
    }

    Value value() {
        return nested(() -> {
            if (isText()) return Value.of(text());
            if (take("null")) return Value.NULL;
            if (take("true")) return Value.of(true);
            if (take("false")) return Value.of(false);
            if (takeSign('[')) return new Value.Items(until(']', this::value));
            if (take("x")) return new Value.Bytes(bytes());
            var number = number();
            try {
                return number.matches("-?\\d+")
                        ? Value.of(Long.parseLong(number))
                        : Value.of(Double.parseDouble(number));
            } catch (NumberFormatException noNumber) {
                throw wrong("a value");
            }
        });
    }

    /// The digits of `x'0aff'`.
    private byte[] bytes() {
        var digits = text();
        try {
            return HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException noDigits) {
            throw wrong("two hexadecimal digits a byte");
        }
    }

    /// The constant that is called so, whose words stand here; longer names first.
    <E extends Enum<E>> E needOf(Class<E> kind) {
        return takeOf(kind).orElseThrow(() -> wrong("one of " + Arrays.toString(kind.getEnumConstants())));
    }

    <E extends Enum<E>> Optional<E> takeOf(Class<E> kind) {
        return Arrays.stream(kind.getEnumConstants())
                .sorted((a, b) -> b.name().length() - a.name().length())
                .filter(each -> take(each.name().toLowerCase(Locale.ROOT).split("_")))
                .findFirst();
    }

    // ---- lists

    /// What stands between brackets, with commas between.
    <T> List<T> listed(Supplier<T> item) {
        needSign('(');
        return until(')', item);
    }

    <T> List<T> until(char closing, Supplier<T> item) {
        return until(closing, ',', item);
    }

    <T> List<T> until(char closing, char between, Supplier<T> item) {
        var all = new ArrayList<T>();
        if (takeSign(closing)) return all;
        do all.add(item.get());
        while (takeSign(between));
        needSign(closing);
        return all;
    }

    List<String> names() {
        return listed(this::name);
    }

    /// Names behind a word; none where it is missing.
    List<String> takeNames(String... words) {
        return take(words) ? names() : List.of();
    }

    Map<String, String> settings(String... words) {
        var settings = new LinkedHashMap<String, String>();
        if (!take(words)) return settings;
        needSign('{');
        until('}', () -> {
            var key = name();
            needSign(':');
            return settings.put(key, text());
        });
        return settings;
    }

    String described() {
        return take("described") ? text() : "";
    }

    /// Reads something that may hold others of its kind.
    <T> T nested(Supplier<T> inner) {
        if (++depth > Statements.MAX_DEPTH) throw wrong("nothing nested deeper than " + Statements.MAX_DEPTH);
        try {
            return inner.get();
        } finally {
            depth--;
        }
    }

    // ---- filters

    /// A condition of the filter language, up to where it ends.
    Expression condition() {
        int end = conditionEnd();
        try {
            var parser = new Parser(text.substring(at, end));
            var root = parser.prefix();
            at += parser.consumed();
            return root;
        } catch (Refused refused) {
            if (refused.refusal() instanceof Refusal.InvalidFilter filter)
                throw wrong("a condition: " + filter.reason());
            throw refused;
        }
    }

    /// What ends a condition for certain: a bracket that it did not open, or a semicolon.
    private int conditionEnd() {
        int open = 0;
        for (int i = at; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\'') {
                char quote = c;
                for (i++; i < text.length() && text.charAt(i) != quote; i++) if (text.charAt(i) == '\\') i++;
            } else if (c == '(') open++;
            else if (c == ')' && --open < 0 || c == ';' && open == 0) return i;
        }
        return text.length();
    }

    Optional<Filter> takeWhere() {
        if (!take("where")) return Optional.empty();
        var root = condition();
        var values = new LinkedHashMap<String, Value>();
        if (take("given")) {
            needSign('{');
            until('}', () -> {
                var key = name();
                needSign(':');
                return values.put(key, value());
            });
        }
        var filter = new Filter(Print.expression(root), root, values);
        return Optional.of(take("at") ? filter.in(zone()) : filter);
    }

    private java.time.ZoneId zone() {
        var name = name();
        try {
            return java.time.ZoneId.of(name);
        } catch (java.time.DateTimeException unknown) {
            throw wrong("the name of a time zone");
        }
    }

    // ---- where it stands

    Refused wrong(String expected) {
        int start = Math.min(blanks(at), text.length());
        var rest = text.substring(start, Math.min(text.length(), start + 40));
        return new Refused(new Refusal.InvalidParameter(
                "statement",
                "cannot understand the statement at position " + start + ": expected " + expected + ", "
                        + (rest.isEmpty() ? "it ends" : "'" + rest + "' stands")));
    }

    private int blanks(int from) {
        int start = from;
        while (start < text.length() && Character.isWhitespace(text.charAt(start))) start++;
        return start;
    }

    private int wordEnd(int from) {
        int end = from;
        while (end < text.length() && isWordPart(text.charAt(end))) end++;
        return end;
    }

    private static boolean isWordPart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$';
    }
}
