package dev.sextant.language;

import dev.sextant.language.Token.Kind;
import java.util.Map;
import java.util.Optional;

/// Cuts a filter into tokens, the longest first, one at a time. Paths such as `a["b"][0]` are one token: no blank may
/// stand in them.
final class Lexer {
    /// Words that are operators or literals everywhere. Other words of the language (`iso`, `interval`, names of
    /// functions) are names unless they stand where they mean something.
    private static final Map<String, Kind> RESERVED = Map.ofEntries(
            Map.entry("and", Kind.AND),
            Map.entry("AND", Kind.AND),
            Map.entry("or", Kind.OR),
            Map.entry("OR", Kind.OR),
            Map.entry("not", Kind.NOT),
            Map.entry("NOT", Kind.NOT),
            Map.entry("in", Kind.IN),
            Map.entry("IN", Kind.IN),
            Map.entry("like", Kind.LIKE),
            Map.entry("LIKE", Kind.LIKE),
            Map.entry("exists", Kind.EXISTS),
            Map.entry("EXISTS", Kind.EXISTS),
            Map.entry("true", Kind.TRUE),
            Map.entry("True", Kind.TRUE),
            Map.entry("TRUE", Kind.TRUE),
            Map.entry("false", Kind.FALSE),
            Map.entry("False", Kind.FALSE),
            Map.entry("FALSE", Kind.FALSE));

    private static final int LONGEST_RESERVED = 6;
    private static final char NOTHING = '\0';

    private final Source source;
    private final String text;
    private int at;
    private long reads;

    Lexer(Source source) {
        this.source = source;
        this.text = source.text();
    }

    static boolean isReserved(String word) {
        return RESERVED.containsKey(word);
    }

    /// How often a character was looked at: at most a small multiple of the text's length, whatever the text.
    long reads() {
        return reads;
    }

    Token next() {
        while (isBlank(charAt(at))) at++;
        if (at >= text.length()) return new Token(Kind.END, text.length(), text.length());
        char first = charAt(at);
        if (wordPart(at) > 0 && !isDigit(first)) return word();
        if (isDigit(first) || first == '.' && isDigit(charAt(at + 1))) return number();
        if (isQuote(first)) return string(Kind.TEXT, at);
        if (first == '$') return dollar();
        Kind sign = sign(first, charAt(at + 1));
        return token(sign, at + sign.sign.length());
    }

    private Token token(Kind kind, int end) {
        var token = new Token(kind, at, end);
        at = end;
        return token;
    }

    private Token word() {
        int end = wordEnd(at);
        if (end - at == 1 && (charAt(at) == 'r' || charAt(at) == 'R') && isQuote(charAt(end)))
            return string(Kind.RAW_TEXT, end);
        if (end - at <= LONGEST_RESERVED) {
            var reserved = Optional.ofNullable(RESERVED.get(text.substring(at, end)));
            if (reserved.isPresent()) return token(reserved.get(), end);
        }
        if (end - at == 2) {
            if (reads("is null") || reads("IS NULL")) return token(Kind.IS_NULL, at + 7);
            if (reads("is not null") || reads("IS NOT NULL")) return token(Kind.IS_NOT_NULL, at + 11);
        }
        return charAt(end) == '[' ? path(end) : token(Kind.NAME, end);
    }

    /// Whether the words stand here, with exactly these blanks.
    private boolean reads(String words) {
        reads++;
        return text.startsWith(words, at) && wordPart(at + words.length()) == 0;
    }

    /// `root` ends where the first bracket opens. Takes as many brackets as belong to the path; the others are no part
    /// of the token.
    private Token path(int root) {
        int end = root;
        Kind kind = Kind.NAME;
        for (int brackets = 0; charAt(end) == '['; brackets++) {
            int close = keyEnd(end + 1);
            if (close > 0 && charAt(close) == ']') {
                end = close + 1;
                kind = Kind.PATH;
                continue;
            }
            int subEnd = wordEnd(end + 1);
            boolean sub = subEnd > end + 1 && !isDigit(charAt(end + 1)) && charAt(subEnd) == ']';
            if (sub && brackets == 0) return token(Kind.STRUCT, subEnd + 1);
            if (sub && brackets == 1 && isDigit(charAt(root + 1))) return token(Kind.STRUCT_ITEM, subEnd + 1);
            break;
        }
        return token(kind, end);
    }

    /// Behind the string or the decimal number, or -1.
    private int keyEnd(int from) {
        char first = charAt(from);
        if (isQuote(first)) return stringEnd(from);
        if ((first == 'r' || first == 'R') && isQuote(charAt(from + 1))) return stringEnd(from + 1);
        if (!isDigit(first)) return -1;
        return first == '0' ? from + 1 : digits(from);
    }

    /// The key in a bracket of a path: a string, a number, or the name of a sub-field.
    Token keyAt(int from) {
        char first = charAt(from);
        if (isQuote(first)) return new Token(Kind.TEXT, from, stringEnd(from));
        if (isDigit(first)) return new Token(Kind.INTEGER, from, digits(from));
        boolean raw = (first == 'r' || first == 'R') && isQuote(charAt(from + 1));
        return raw ? new Token(Kind.RAW_TEXT, from, stringEnd(from + 1)) : new Token(Kind.NAME, from, wordEnd(from));
    }

    private Token dollar() {
        if (text.startsWith(Kind.META.sign, at) && wordPart(at + 5) == 0) {
            int end = at + 5;
            while (charAt(end) == '[') {
                int close = keyEnd(end + 1);
                if (close < 0 || charAt(close) != ']') break;
                end = close + 1;
            }
            return token(end == at + 5 ? Kind.META : Kind.PATH, end);
        }
        int end = wordEnd(at + 2);
        boolean element = charAt(at + 1) == '[' && end > at + 2 && !isDigit(charAt(at + 2)) && charAt(end) == ']';
        if (!element) throw unrecognised(at, at + 1);
        return token(Kind.ELEMENT, end + 1);
    }

    private Token string(Kind kind, int quote) {
        int end = stringEnd(quote);
        if (end < 0) throw unrecognised(at, text.length());
        return token(kind, end);
    }

    /// Behind the closing quote, or -1. A backslash keeps the next character from closing; a line never ends inside a
    /// string.
    private int stringEnd(int quote) {
        char closing = charAt(quote);
        for (int i = quote + 1; i < text.length(); i++) {
            char c = charAt(i);
            if (c == closing) return i + 1;
            if (c == '\\') c = charAt(++i);
            if (c == '\n' || c == '\r') return -1;
        }
        return -1;
    }

    private Token number() {
        boolean prefixed =
                charAt(at) == '0' && (isHexMark(charAt(at + 1)) || charAt(at + 1) == 'b' || charAt(at + 1) == 'B');
        if (prefixed && isHexMark(charAt(at + 1))) {
            int real = hexRealEnd();
            if (real > 0) return token(Kind.REAL, real);
            if (isHexDigit(charAt(at + 2))) return token(Kind.INTEGER, hexDigits(at + 2));
        }
        if (prefixed && isBinaryDigit(charAt(at + 2))) {
            int end = at + 2;
            while (isBinaryDigit(charAt(end))) end++;
            return token(Kind.INTEGER, end);
        }
        int whole = digits(at);
        int end = charAt(whole) == '.' ? digits(whole + 1) : whole;
        int exponent = exponentEnd(end, 'e', 'E');
        if (exponent > end || end > whole) return token(Kind.REAL, exponent);
        if (charAt(at) != '0') return token(Kind.INTEGER, whole);
        int octal = at + 1;
        while (isOctalDigit(charAt(octal))) octal++;
        return token(Kind.INTEGER, octal);
    }

    /// Behind a number such as `0x1.8p3`, whose exponent is never missing, or -1.
    private int hexRealEnd() {
        int whole = hexDigits(at + 2);
        int end = charAt(whole) == '.' ? hexDigits(whole + 1) : whole;
        boolean hasDigit = isHexDigit(charAt(at + 2)) || isHexDigit(charAt(end - 1));
        int exponent = exponentEnd(end, 'p', 'P');
        return hasDigit && exponent > end ? exponent : -1;
    }

    private int exponentEnd(int from, char mark, char otherMark) {
        if (charAt(from) != mark && charAt(from) != otherMark) return from;
        int digits = charAt(from + 1) == '+' || charAt(from + 1) == '-' ? from + 2 : from + 1;
        return isDigit(charAt(digits)) ? digits(digits) : from;
    }

    private Kind sign(char first, char second) {
        return switch (first) {
            case '(' -> Kind.OPEN;
            case ')' -> Kind.CLOSE;
            case '[' -> Kind.OPEN_LIST;
            case ']' -> Kind.CLOSE_LIST;
            case '{' -> Kind.OPEN_TEMPLATE;
            case '}' -> Kind.CLOSE_TEMPLATE;
            case ',' -> Kind.COMMA;
            case '+' -> Kind.PLUS;
            case '-' -> Kind.MINUS;
            case '/' -> Kind.DIVIDE;
            case '%' -> Kind.MODULO;
            case '^' -> Kind.BIT_XOR;
            case '~' -> Kind.TILDE;
            case '*' -> second == '*' ? Kind.POWER : Kind.TIMES;
            case '&' -> second == '&' ? Kind.AND : Kind.BIT_AND;
            case '|' -> second == '|' ? Kind.OR : Kind.BIT_OR;
            case '=' -> second == '=' ? Kind.EQUAL : second == '~' ? Kind.MATCHES : Kind.ASSIGN;
            case '!' -> second == '=' ? Kind.NOT_EQUAL : second == '~' ? Kind.MATCHES_NOT : Kind.NOT;
            case '<' -> second == '=' ? Kind.LESS_OR_EQUAL : second == '<' ? Kind.SHIFT_LEFT : Kind.LESS;
            case '>' -> second == '=' ? Kind.GREATER_OR_EQUAL : second == '>' ? Kind.SHIFT_RIGHT : Kind.GREATER;
            default -> throw unrecognised(at, at + Character.charCount(text.codePointAt(at)));
        };
    }

    private RuntimeException unrecognised(int start, int end) {
        return source.syntax(start, "token recognition error at: '" + source.excerpt(start, end) + "'");
    }

    private int wordEnd(int from) {
        int end = from;
        for (int part = wordPart(end); part > 0; part = wordPart(end)) end += part;
        return end;
    }

    /// How many characters of a word stand here: 0 or 1, or 6 for one that is written as a backslash, `u` and four hex
    /// digits.
    private int wordPart(int i) {
        char c = charAt(i);
        if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || isDigit(c)) return 1;
        if (c != '\\' || charAt(i + 1) != 'u') return 0;
        for (int digit = i + 2; digit < i + 6; digit++) if (!isHexDigit(charAt(digit))) return 0;
        return 6;
    }

    private int digits(int from) {
        int end = from;
        while (isDigit(charAt(end))) end++;
        return end;
    }

    private int hexDigits(int from) {
        int end = from;
        while (isHexDigit(charAt(end))) end++;
        return end;
    }

    private char charAt(int i) {
        reads++;
        return i < text.length() ? text.charAt(i) : NOTHING;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isOctalDigit(char c) {
        return c >= '0' && c <= '7';
    }

    private static boolean isBinaryDigit(char c) {
        return c == '0' || c == '1';
    }

    private static boolean isHexMark(char c) {
        return c == 'x' || c == 'X';
    }

    static boolean isHexDigit(char c) {
        return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }
}
