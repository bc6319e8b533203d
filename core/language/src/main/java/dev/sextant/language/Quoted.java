package dev.sextant.language;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// What stands between quotes, in three readings, and back.
final class Quoted {
    enum Reading {
        /// Escapes stand for characters; an unknown one is refused.
        TEXT,
        /// Escapes stand for characters; an unknown one keeps its backslash, which means something to `like`: `\%`.
        LIKE,
        /// Backslashes stay, because they belong to the expression; only escaped quotes and code points are read.
        REGEX
    }

    private final Source source;
    private final String text;
    private final int start;
    private final int end;
    private final Reading reading;
    private final StringBuilder out;
    private int at;

    private Quoted(Source source, int start, int end, Reading reading) {
        this.source = source;
        this.text = source.text();
        this.start = start;
        this.end = end;
        this.reading = reading;
        this.at = start + 1;
        this.out = new StringBuilder(end - start - 2);
    }

    /// @param start of the opening quote
    /// @param end behind the closing quote
    static String read(Source source, int start, int end, Reading reading) {
        return new Quoted(source, start, end, reading).read();
    }

    /// A text between double quotes, which reads as the same text, also as a pattern of `like`.
    static String write(String text) {
        var out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (isVisible(c)) out.append(c);
                    else out.append(escaped(c));
                }
            }
        }
        return out.append('"').toString();
    }

    /// A regular expression, which reads as the same one behind `=~`: between quotes that keep backslashes, or in
    /// brackets as a text.
    static String writeRegex(String regex) {
        var out = new StringBuilder(regex.length() + 2).append('"');
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            if (c == '\\' && i + 1 < regex.length() && isKept(regex.charAt(i + 1)))
                out.append(c).append(regex.charAt(++i));
            else if (c == '"') out.append("\\\"");
            else if (c != '\\' && isVisible(c)) out.append(c);
            else return "(" + write(regex) + ")";
        }
        return out.append('"').toString();
    }

    /// Whether a backslash before it stays in a regular expression.
    private static boolean isKept(char c) {
        return c != '"' && c != '\'' && c != 'u' && c != 'U' && isVisible(c);
    }

    private static boolean isVisible(char c) {
        return c >= ' ' && !(c >= 0x7f && c < 0xa0) && c != 0x2028 && c != 0x2029;
    }

    static String escaped(char c) {
        return "\\u" + HexFormat.of().toHexDigits(c);
    }

    private String read() {
        while (at < end - 1) {
            char c = text.charAt(at++);
            if (c != '\\') out.append(c);
            else if (reading == Reading.REGEX) regexEscape();
            else escape();
        }
        for (int i = 0; i < out.length(); i++) {
            if (!Character.isSurrogate(out.charAt(i))) continue;
            if (i + 1 == out.length() || !Character.isSurrogatePair(out.charAt(i), out.charAt(++i))) throw invalid();
        }
        return out.toString();
    }

    private void regexEscape() {
        char c = text.charAt(at++);
        if (c == '"' || c == '\'') out.append(c);
        else if (c == 'u' && hexAt(at, 4)) out.append((char) hex(4));
        else if (c == 'U' && hexAt(at, 8)) codePoint();
        else out.append('\\').append(c);
    }

    private void escape() {
        char c = text.charAt(at++);
        switch (c) {
            case 'a' -> out.append('\u0007');
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'v' -> out.append('\u000b');
            case '\\', '\'', '"' -> out.append(c);
            case 'u' -> out.append((char) hex(4));
            case 'U' -> codePoint();
            case 'x', '0', '1', '2', '3', '4', '5', '6', '7' -> bytes();
            default -> {
                if (reading == Reading.TEXT) throw invalid();
                out.append('\\').append(c);
            }
        }
    }

    private void codePoint() {
        int codePoint = hex(8);
        if (!Character.isValidCodePoint(codePoint)) throw invalid();
        out.appendCodePoint(codePoint);
    }

    /// `\xHH` and `\ooo` stand for bytes; those in a row must be UTF-8 together.
    private void bytes() {
        var bytes = new ByteArrayOutputStream();
        at--;
        bytes.write(oneByte());
        while (text.charAt(at) == '\\' && (text.charAt(at + 1) == 'x' || isOctal(text.charAt(at + 1)))) {
            at++;
            bytes.write(oneByte());
        }
        try {
            out.append(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())));
        } catch (CharacterCodingException _) {
            throw invalid();
        }
    }

    private byte oneByte() {
        if (text.charAt(at) == 'x') {
            at++;
            return (byte) hex(2);
        }
        int value = 0;
        for (int digits = 0; digits < 3 && isOctal(text.charAt(at)); digits++)
            value = value * 8 + text.charAt(at++) - '0';
        if (value > 255) throw invalid();
        return (byte) value;
    }

    private int hex(int digits) {
        if (!hexAt(at, digits)) throw invalid();
        at += digits;
        return Integer.parseUnsignedInt(text, at - digits, at, 16);
    }

    private boolean hexAt(int from, int digits) {
        if (from + digits > end - 1) return false;
        for (int i = from; i < from + digits; i++) if (!Lexer.isHexDigit(text.charAt(i))) return false;
        return true;
    }

    private RuntimeException invalid() {
        return source.refuse(start, "invalid string literal: " + source.excerpt(start, end));
    }

    private static boolean isOctal(char c) {
        return c >= '0' && c <= '7';
    }
}
