package dev.sextant.language;

import dev.sextant.language.Token.Kind;
import dev.sextant.model.Expression;
import dev.sextant.model.Expression.Step;
import dev.sextant.model.Value;
import java.util.ArrayList;
import java.util.List;

/// What single tokens stand for: numbers, texts, names, paths.
final class Literals {
    private final Source source;
    private final Lexer lexer;
    private final String text;

    Literals(Source source, Lexer lexer) {
        this.source = source;
        this.lexer = lexer;
        this.text = source.text();
    }

    long integer(Token token) {
        long magnitude = magnitude(token);
        if (magnitude < 0) throw outOfRange(token);
        return magnitude;
    }

    double real(Token token) {
        double value = Double.parseDouble(written(token));
        if (Double.isInfinite(value)) throw outOfRange(token);
        return value;
    }

    /// The number behind a minus; so the smallest integer can be written, whose magnitude is none.
    Value negative(Token token) {
        return token.is(Kind.REAL) ? Value.of(-real(token)) : Value.of(-magnitude(token));
    }

    /// At most 2⁶³, which is negative.
    private long magnitude(Token token) {
        int radix = radix(token);
        int from = radix == 16 || radix == 2 ? token.start() + 2 : token.start();
        long most = Long.divideUnsigned(Long.MIN_VALUE, radix);
        long magnitude = 0;
        for (int i = from; i < token.end(); i++) {
            if (Long.compareUnsigned(magnitude, most) > 0) throw outOfRange(token);
            magnitude = magnitude * radix + Character.digit(text.charAt(i), radix);
            if (Long.compareUnsigned(magnitude, Long.MIN_VALUE) > 0) throw outOfRange(token);
        }
        return magnitude;
    }

    private int radix(Token token) {
        if (text.charAt(token.start()) != '0' || token.end() - token.start() == 1) return 10;
        return switch (text.charAt(token.start() + 1)) {
            case 'x', 'X' -> 16;
            case 'b', 'B' -> 2;
            default -> 8;
        };
    }

    private RuntimeException outOfRange(Token token) {
        return source.refuse(
                token.start(), "number " + source.excerpt(token.start(), token.end()) + ": value out of range");
    }

    String string(Token token, Quoted.Reading reading) {
        return token.is(Kind.RAW_TEXT)
                ? text.substring(token.start() + 2, token.end() - 1)
                : Quoted.read(source, token.start(), token.end(), reading);
    }

    String word(Token token) {
        return decoded(written(token));
    }

    /// Whether a word of the language stands here, in one of its two spellings.
    boolean isWord(Token token, String lower, String upper) {
        if (!token.is(Kind.NAME) || token.end() - token.start() != lower.length()) return false;
        return text.startsWith(lower, token.start()) || text.startsWith(upper, token.start());
    }

    /// @param token of a kind that names a column
    Expression column(Token token) {
        if (token.is(Kind.NAME) || token.is(Kind.META)) return new Expression.Name(word(token));
        int bracket = text.indexOf('[', token.start());
        if (token.is(Kind.ELEMENT))
            return new Expression.Element(decoded(text.substring(bracket + 1, token.end() - 1)));
        return new Expression.Path(decoded(text.substring(token.start(), bracket)), steps(bracket, token.end()));
    }

    private List<Step> steps(int firstBracket, int end) {
        var steps = new ArrayList<Step>();
        for (int at = firstBracket + 1; at < end; ) {
            Token key = lexer.keyAt(at);
            steps.add(step(key));
            at = key.end() + 2;
        }
        return steps;
    }

    private Step step(Token key) {
        if (key.is(Kind.NAME)) return new Step.Sub(word(key));
        return key.is(Kind.INTEGER) ? new Step.Index(index(key)) : new Step.Key(string(key, Quoted.Reading.TEXT));
    }

    private int index(Token token) {
        long index = integer(token);
        if (index > Integer.MAX_VALUE) throw outOfRange(token);
        return (int) index;
    }

    private String written(Token token) {
        return text.substring(token.start(), token.end());
    }

    /// A name as it is meant: letters may be written as a backslash, `u` and four hex digits.
    private static String decoded(String word) {
        if (word.indexOf('\\') < 0) return word;
        var decoded = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) != '\\') {
                decoded.append(word.charAt(i));
                continue;
            }
            decoded.append((char) Integer.parseInt(word, i + 2, i + 6, 16));
            i += 5;
        }
        return decoded.toString();
    }
}
