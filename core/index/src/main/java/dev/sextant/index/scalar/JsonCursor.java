package dev.sextant.index.scalar;

import dev.sextant.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Walks over the UTF-8 text of JSON values that were checked when they were stored, and makes no objects: skips to a
/// place, then reads what is there. One thread; used again for the next row. On text that is no JSON it finds nothing,
/// and never reads outside of it.
public final class JsonCursor {
    public enum Kind {
        OBJECT,
        ARRAY,
        TEXT,
        NUMBER,
        TRUTH,
        NULL,
        NOTHING
    }

    private byte[] bytes = new byte[0];
    private int at;
    private int end;

    private byte[] text = new byte[64]; // of a string with escapes
    private byte[] textBytes = bytes;
    private int textFrom;
    private int textTo;
    private long whole;
    private double real;

    /// Stands at the value; false when the path leads nowhere.
    public boolean seek(byte[] json, int from, int to, JsonPath path) {
        bytes = json;
        at = from;
        end = to;
        blanks();
        for (var step : path.steps()) {
            boolean found = switch (step) {
                case JsonPath.Key(var key) -> enterKey(key);
                case JsonPath.Index(var index) -> enterIndex(index);
            };
            if (!found) return false;
        }
        return at < end;
    }

    public Kind kind() {
        if (at >= end) return Kind.NOTHING;
        return switch (bytes[at]) {
            case '{' -> Kind.OBJECT;
            case '[' -> Kind.ARRAY;
            case '"' -> Kind.TEXT;
            case 't', 'f' -> Kind.TRUTH;
            case 'n' -> Kind.NULL;
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> Kind.NUMBER;
            default -> Kind.NOTHING;
        };
    }

    public boolean truth() {
        return bytes[at] == 't';
    }

    /// Reads a number and says whether it is whole; stays where it is.
    public boolean readNumber() {
        int to = at;
        boolean integral = true;
        while (to < end && isNumeric(bytes[to])) {
            byte c = bytes[to++];
            if (c == '.' || c == 'e' || c == 'E') integral = false;
        }
        if (integral && to - at <= 18) {
            whole = digits(at, to);
            return true;
        }
        var token = new String(bytes, at, to - at, StandardCharsets.ISO_8859_1);
        if (integral)
            try {
                whole = Long.parseLong(token);
                return true;
            } catch (NumberFormatException _) {
                // More than 64 bits: a real, then.
            }
        try {
            real = Double.parseDouble(token);
        } catch (NumberFormatException _) {
            real = Double.NaN;
        }
        return false;
    }

    public long whole() {
        return whole;
    }

    public double real() {
        return real;
    }

    /// Reads a string; stays where it is.
    public void readText() {
        int from = at + 1;
        int to = from;
        while (to < end && bytes[to] != '"') {
            if (bytes[to] == '\\') {
                unescape(from);
                return;
            }
            to++;
        }
        textBytes = bytes;
        textFrom = from;
        textTo = to;
    }

    public byte[] textBytes() {
        return textBytes;
    }

    public int textFrom() {
        return textFrom;
    }

    public int textTo() {
        return textTo;
    }

    /// Where the value begins, and, after [#skip], ends.
    public int position() {
        return at;
    }

    /// Steps into an array or object; then [#next] leads from element to element (in an object, from member to member).
    public void enter() {
        at++;
    }

    /// At the next element; false at the end. `first` says that none came yet.
    public boolean next(boolean first) {
        blanks();
        if (at < end && bytes[at] == ',' && !first) {
            at++;
            blanks();
        }
        if (at >= end || bytes[at] == ']' || bytes[at] == '}') {
            if (at < end) at++;
            return false;
        }
        return true;
    }

    /// Steps over a member's key, which can then be read with [#textBytes], to its value.
    public void key() {
        readText();
        skipText();
        blanks();
        if (at < end && bytes[at] == ':') at++;
        blanks();
    }

    /// Steps over the value.
    public void skip() {
        switch (kind()) {
            case OBJECT, ARRAY -> skipNested();
            case TEXT -> skipText();
            case NUMBER, TRUTH, NULL -> {
                while (at < end && !isBorder(bytes[at])) at++;
            }
            case NOTHING -> at = end;
        }
    }

    /// Whether the value is null or has nothing in it; stays where it is.
    public boolean isEmpty() {
        int was = at;
        boolean empty = stepOverEmpty();
        at = was;
        return empty;
    }

    /// How many elements the array has; stays where it is.
    public int length() {
        int was = at;
        int count = 0;
        enter();
        while (next(count == 0)) {
            skip();
            count++;
        }
        at = was;
        return count;
    }

    /// Whether the value is this list; stays where it is.
    public boolean same(Value.Items list) {
        int was = at;
        boolean same = stepOverSame(list);
        at = was;
        return same;
    }

    private boolean stepOverEmpty() {
        switch (kind()) {
            case NULL, NOTHING -> {
                skip();
                return true;
            }
            case OBJECT, ARRAY -> {
                boolean object = bytes[at] == '{';
                boolean empty = true;
                enter();
                for (boolean first = true; next(first); first = false) {
                    if (object) key();
                    if (empty) empty = stepOverEmpty();
                    else skip();
                }
                return empty;
            }
            case TEXT, NUMBER, TRUTH -> {
                skip();
                return false;
            }
        }
        throw new AssertionError();
    }

    private boolean stepOverSame(Value value) {
        boolean same = switch (value) {
            case Value.Items(var items) -> {
                if (kind() != Kind.ARRAY) yield false;
                enter();
                for (int i = 0; i < items.size(); i++) if (!next(i == 0) || !stepOverSame(items.get(i))) yield false;
                yield !next(items.isEmpty());
            }
            case Value.Int(var number) -> kind() == Kind.NUMBER && (readNumber() ? whole == number : real == number);
            case Value.Real(var number) -> kind() == Kind.NUMBER && (readNumber() ? whole == number : real == number);
            case Value.Bool(var truth) -> kind() == Kind.TRUTH && truth() == truth;
            case Value.Text(var wanted) -> {
                if (kind() != Kind.TEXT) yield false;
                readText();
                var utf8 = wanted.getBytes(StandardCharsets.UTF_8);
                yield Arrays.equals(utf8, 0, utf8.length, textBytes, textFrom, textTo);
            }
            case Value.Null _ -> kind() == Kind.NULL;
            case Value.Bytes _ -> false;
        };
        if (same && !(value instanceof Value.Items)) skip();
        return same;
    }

    private boolean enterKey(byte[] key) {
        if (kind() != Kind.OBJECT) return false;
        enter();
        for (boolean first = true; next(first); first = false) {
            key();
            if (Arrays.equals(textBytes, textFrom, textTo, key, 0, key.length)) return true;
            skip();
        }
        return false;
    }

    private boolean enterIndex(int index) {
        if (kind() != Kind.ARRAY || index < 0) return false;
        enter();
        for (int i = 0; next(i == 0); i++) {
            if (i == index) return true;
            skip();
        }
        return false;
    }

    private void skipNested() {
        int depth = 0;
        while (at < end) {
            switch (bytes[at]) {
                case '{', '[' -> depth++;
                case '}', ']' -> {
                    if (--depth == 0) {
                        at++;
                        return;
                    }
                }
                case '"' -> {
                    skipText();
                    continue;
                }
                default -> {}
            }
            at++;
        }
    }

    private void skipText() {
        for (at++; at < end && bytes[at] != '"'; at++) if (bytes[at] == '\\') at++;
        at = Math.min(at + 1, end);
    }

    private void blanks() {
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\t' || bytes[at] == '\r')) at++;
    }

    private long digits(int from, int to) {
        boolean negative = from < to && bytes[from] == '-';
        long value = 0;
        for (int i = negative ? from + 1 : from; i < to; i++) value = value * 10 + (bytes[i] - '0');
        return negative ? -value : value;
    }

    private static boolean isNumeric(byte c) {
        return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    }

    private static boolean isBorder(byte c) {
        return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\t' || c == '\r';
    }

    private void unescape(int from) {
        if (text.length < end - from) text = new byte[Math.max(end - from, 2 * text.length)];
        int size = 0;
        for (int i = from; i < end && bytes[i] != '"'; i++) {
            if (bytes[i] != '\\' || i + 1 >= end) {
                text[size++] = bytes[i];
                continue;
            }
            byte c = bytes[++i];
            if (c != 'u') {
                text[size++] = switch (c) {
                    case 'n' -> '\n';
                    case 't' -> '\t';
                    case 'r' -> '\r';
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    default -> c;
                };
                continue;
            }
            int unit = hex(i + 1);
            i += 4;
            if (Character.isHighSurrogate((char) unit) && i + 6 < end && bytes[i + 1] == '\\' && bytes[i + 2] == 'u') {
                int low = hex(i + 3);
                if (Character.isLowSurrogate((char) low)) {
                    unit = Character.toCodePoint((char) unit, (char) low);
                    i += 6;
                }
            }
            size = utf8(unit, size);
        }
        textBytes = text;
        textFrom = 0;
        textTo = size;
    }

    private int hex(int from) {
        int value = 0;
        for (int i = from; i < from + 4 && i < end; i++)
            value = value << 4 | Math.max(0, Character.digit(bytes[i], 16));
        return value;
    }

    /// Six characters of an escape become at most four bytes, so there is always room.
    private int utf8(int point, int size) {
        if (point < 0x80) text[size++] = (byte) point;
        else if (point < 0x800) {
            text[size++] = (byte) (0xc0 | point >> 6);
            text[size++] = (byte) (0x80 | point & 0x3f);
        } else if (point < 0x10000) {
            text[size++] = (byte) (0xe0 | point >> 12);
            text[size++] = (byte) (0x80 | point >> 6 & 0x3f);
            text[size++] = (byte) (0x80 | point & 0x3f);
        } else {
            text[size++] = (byte) (0xf0 | point >> 18);
            text[size++] = (byte) (0x80 | point >> 12 & 0x3f);
            text[size++] = (byte) (0x80 | point >> 6 & 0x3f);
            text[size++] = (byte) (0x80 | point & 0x3f);
        }
        return size;
    }
}
