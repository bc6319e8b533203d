package dev.sextant.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sextant.model.Expression;
import dev.sextant.model.Expression.Literal;
import dev.sextant.model.Filter;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarTest {
    @ParameterizedTest
    @MethodSource("productions")
    void everyFormHasItsTree(String text, String tree) {
        assertThat(Sketch.of(Filters.parse(text))).isEqualTo(tree);
        String printed = Print.expression(Filters.parse(text));
        assertThat(Filters.parse(printed)).as(printed).isEqualTo(Filters.parse(text));
    }

    static Stream<Arguments> productions() {
        return table("""
                a == 1                                      ⇒ (== a 1)
                a != 1                                      ⇒ (!= a 1)
                a < 1                                       ⇒ (< a 1)
                1 <= a                                      ⇒ (<= 1 a)
                a > b                                       ⇒ (> a b)
                a >= 1.5                                    ⇒ (>= a 1.5)
                a<-1                                        ⇒ (< a -1)
                (a == 1)                                    ⇒ (== a 1)
                true                                        ⇒ true
                True                                        ⇒ true
                FALSE                                       ⇒ false
                flag                                        ⇒ flag
                not flag                                    ⇒ (not flag)
                !flag                                       ⇒ (not flag)
                1 < a < 2                                   ⇒ (between() 1 a 2)
                1 <= a < 2                                  ⇒ (between[) 1 a 2)
                2 >= a > 1                                  ⇒ (between(] 1 a 2)
                1 < j["a"][0] <= 2                          ⇒ (between(] 1 j.'a'.0 2)
                1 < s[0][x] < 2                             ⇒ (between() 1 s.0.x 2)
                {low} < a < {high}                          ⇒ (between() {low} a {high})
                1 + 1 < a < 2 * 3                           ⇒ (between() (+ 1 1) a (* 2 3))
                1 < a > 2                                   ⇒ (> (< 1 a) 2)
                (1 < a) < 2                                 ⇒ (< (< 1 a) 2)
                1 < (a) < 2                                 ⇒ (< (< 1 a) 2)
                1 < a + 1 < 2                               ⇒ (< (< 1 (+ a 1)) 2)
                1 < a < 2 < b < 3                           ⇒ (between() (between() 1 a 2) b 3)
                1 < a < 2 == true                           ⇒ (== (between() 1 a 2) true)
                a in [1, 2, 3]                              ⇒ (in a [1 2 3])
                a in [1, 2,]                                ⇒ (in a [1 2])
                a in []                                     ⇒ (in a [])
                a in [ \t ]                                 ⇒ (in a [])
                a in[1]                                     ⇒ (in a [1])
                a not in ["x", 'y']                         ⇒ (not-in a ['x' 'y'])
                a NOT IN {keys}                             ⇒ (not-in a {keys})
                a ! in [1]                                  ⇒ (not-in a [1])
                a in [[1, 2], [3]]                          ⇒ (in a [[1 2] [3]])
                a like "x%"                                 ⇒ (like a 'x%')
                a LIKE {pattern}                            ⇒ (like a {pattern})
                a =~ "^x.*"                                 ⇒ (=~ a '^x.*')
                a !~ "x"                                    ⇒ (!~ a 'x')
                exists j["a"]                               ⇒ (exists j.'a')
                EXISTS $meta["a"]                           ⇒ (exists $meta.'a')
                a is null                                   ⇒ (is-null a)
                a IS NOT NULL                               ⇒ (is-not-null a)
                j["a"] is null                              ⇒ (is-null j.'a')
                is is null                                  ⇒ (is-null is)
                $meta == 1                                  ⇒ (== $meta 1)
                $meta['a'][0]["b"] == 1                     ⇒ (== $meta.'a'.0.'b' 1)
                a[0] == 1                                   ⇒ (== a.0 1)
                s[sub] == 1                                 ⇒ (== s.sub 1)
                s[0][sub] == 1                              ⇒ (== s.0.sub 1)
                s[in] == 1                                  ⇒ (== s.in 1)
                j[r"\\d"] == 1                              ⇒ (== j.'\\d' 1)
                j["a]b"] == 1                               ⇒ (== j.'a]b' 1)
                $[sub] == 1                                 ⇒ (== $.sub 1)
                a + 1 == 2                                  ⇒ (== (+ a 1) 2)
                a & 1 | b ^ 2                               ⇒ (| (& a 1) (^ b 2))
                a << 1 >> 2                                 ⇒ (>> (<< a 1) 2)
                ~a                                          ⇒ (unary~ a)
                +a                                          ⇒ (unary+ a)
                json_contains(j["a"], 1)                    ⇒ (json_contains j.'a' 1)
                JSON_CONTAINS_ALL(j, [1, 2])                ⇒ (json_contains_all j [1 2])
                json_contains_any(j, {x})                   ⇒ (json_contains_any j {x})
                array_contains(s[sub], 1)                   ⇒ (array_contains s.sub 1)
                ARRAY_CONTAINS_ALL(a, [])                   ⇒ (array_contains_all a [])
                array_contains_any(a, ["x"])                ⇒ (array_contains_any a ['x'])
                array_length(a) == 3                        ⇒ (== (array_length a) 3)
                array_length(j["a"]) == 3                   ⇒ (== (array_length j.'a') 3)
                array_length(s[sub]) == 3                   ⇒ (== (array_length s.sub) 3)
                text_match(t, "q r")                        ⇒ (text_match t 'q r')
                TEXT_MATCH(t, {q}, minimum_should_match=2)  ⇒ (text_match t {q} minimum_should_match=2)
                phrase_match(t, "q")                        ⇒ (phrase_match t 'q')
                PHRASE_MATCH(t, "q", 2)                     ⇒ (phrase_match t 'q' 2)
                membership_match(a, {b})                    ⇒ (membership_match a {b})
                MEMBERSHIP_MATCH(j["a"], {b}, TYPE = bloom) ⇒ (membership_match j.'a' {b} type='bloom')
                membership_match(a, {b}, type="roaring")    ⇒ (membership_match a {b} type='roaring')
                random_sample(0.1)                          ⇒ (random_sample 0.1)
                element_filter(s, $[x] > 1 && $[y] < 2)     ⇒ (element_filter s (and (> $.x 1) (< $.y 2)))
                match_all(s, $[x] == 1)                     ⇒ (match_all s (== $.x 1))
                MATCH_ANY(s, $[x] == 1)                     ⇒ (match_any s (== $.x 1))
                match_least(s, $[x] == 1, threshold=2)      ⇒ (match_least s (== $.x 1) threshold=2)
                match_most(s, $[x] == 1, THRESHOLD = 0x10)  ⇒ (match_most s (== $.x 1) threshold=16)
                MATCH_EXACT(s, 1 < $[x] < 3, threshold = 2) ⇒ (match_exact s (between() 1 $.x 3) threshold=2)
                st_equals(g, "POINT(0 0)")                  ⇒ (st_equals g 'POINT(0 0)')
                ST_TOUCHES(g, {w})                          ⇒ (st_touches g {w})
                st_overlaps(g, "w")                         ⇒ (st_overlaps g 'w')
                st_crosses(g, "w")                          ⇒ (st_crosses g 'w')
                st_contains(g, "w")                         ⇒ (st_contains g 'w')
                st_intersects(g, "w")                       ⇒ (st_intersects g 'w')
                st_within(g, "w")                           ⇒ (st_within g 'w')
                st_dwithin(g, "w", 10.5)                    ⇒ (st_dwithin g 'w' 10.5)
                ST_ISVALID(g)                               ⇒ (st_isvalid g)
                empty(f)                                    ⇒ (empty f)
                Starts_With(f, "x",)                        ⇒ (starts_with f 'x')
                f()                                         ⇒ (f)
                Text_Match(f, "x")                          ⇒ (Text_Match f 'x')
                ts > ISO "2026-01-01"                       ⇒ (> ts @2026-01-01)
                ts + INTERVAL 'P1D' <= iso '2026'           ⇒ (<= (+ ts ~P1D) @2026)
                ts - interval 'P1D' != ISO '2026'           ⇒ (!= (- ts ~P1D) @2026)
                ISO '2026' == ts                            ⇒ (== @2026 ts)
                ISO '2026' < ts + INTERVAL 'P1M'            ⇒ (< @2026 (+ ts ~P1M))
                not ts > ISO '2026'                         ⇒ (not (> ts @2026))
                iso == 1                                    ⇒ (== iso 1)
                interval + threshold == 1                   ⇒ (== (+ interval threshold) 1)
                text_match == 1                             ⇒ (== text_match 1)
                \\u0061b == 1                               ⇒ (== ab 1)
                \\u4e2d\\u6587 == 1                         ⇒ (== 中文 1)
                a_1 == _b2                                  ⇒ (== a_1 _b2)
                """);
    }

    @ParameterizedTest
    @MethodSource("precedence")
    void operatorsBindAsTheReferenceSays(String text, String tree) {
        everyFormHasItsTree(text, tree);
    }

    static Stream<Arguments> precedence() {
        return table("""
                not a == 1                      ⇒ (not (== a 1))
                not (a == 1)                    ⇒ (not (== a 1))
                (not a) == 1                    ⇒ (== (not a) 1)
                not a + 1 > 2 and b             ⇒ (and (not (> (+ a 1) 2)) b)
                not 1 < a < 3                   ⇒ (not (between() 1 a 3))
                not a in [1]                    ⇒ (not (in a [1]))
                not (a in [1])                  ⇒ (not (in a [1]))
                not f like "x"                  ⇒ (not (like f 'x'))
                not f =~ "x"                    ⇒ (not (=~ f 'x'))
                not a is null                   ⇒ (not (is-null a))
                not not a                       ⇒ (not (not a))
                exists a like "x"               ⇒ (like (exists a) 'x')
                not exists a                    ⇒ (not (exists a))
                a == 1 or b == 2 and c == 3     ⇒ (or (== a 1) (and (== b 2) (== c 3)))
                a == 1 && b == 2 || c == 3      ⇒ (or (and (== a 1) (== b 2)) (== c 3))
                a or b or c                     ⇒ (or a b c)
                a or (b or c)                   ⇒ (or a (or b c))
                (a and b) AND c                 ⇒ (and (and a b) c)
                a and b or c and d or e         ⇒ (or (and a b) (and c d) e)
                a | b and c                     ⇒ (and (| a b) c)
                a == 1 | b == 2                 ⇒ (| (== a 1) (== b 2))
                a | b ^ c & d == e              ⇒ (| a (^ b (& c (== d e))))
                a == b < c                      ⇒ (== a (< b c))
                a == b == c                     ⇒ (== (== a b) c)
                a < 1 in [2]                    ⇒ (< a (in 1 [2]))
                a << 1 in b                     ⇒ (in (<< a 1) b)
                a + 1 << 2                      ⇒ (<< (+ a 1) 2)
                a + b * c                       ⇒ (+ a (* b c))
                a - b - c                       ⇒ (- (- a b) c)
                a - (b - c)                     ⇒ (- a (- b c))
                a * b % c / d                   ⇒ (/ (% (* a b) c) d)
                -a * b                          ⇒ (* (unary- a) b)
                -a ** b                         ⇒ (unary- (** a b))
                -2 ** 2                         ⇒ (unary- (** 2 2))
                (-2) ** 2                       ⇒ (** -2 2)
                2 ** -1                         ⇒ (** 2 -1)
                2 ** -1 ** 2                    ⇒ (** 2 (unary- (** 1 2)))
                a ** b ** c                     ⇒ (** (** a b) c)
                a * -b                          ⇒ (* a (unary- b))
                a - -5                          ⇒ (- a -5)
                a -5 == 1                       ⇒ (== (- a 5) 1)
                - 5                             ⇒ -5
                -(5)                            ⇒ (unary- 5)
                --5                             ⇒ (unary- -5)
                a == not b                      ⇒ (== a (not b))
                a and not b or c                ⇒ (or (and a (not b)) c)
                1 + ts > ISO '2026'             ⇒ (+ 1 (> ts @2026))
                a == 1 < b < 2                  ⇒ (== a (between() 1 b 2))
                """);
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void numbersAreReadInEveryNotation(String text, Value value) {
        assertThat(Filters.parse(text)).isEqualTo(new Literal(value));
    }

    static Stream<Arguments> numbers() {
        return Stream.of(
                Arguments.of("0", Value.of(0)),
                Arguments.of("00", Value.of(0)),
                Arguments.of("017", Value.of(15)),
                Arguments.of("0xfF", Value.of(255)),
                Arguments.of("0X10", Value.of(16)),
                Arguments.of("0b101", Value.of(5)),
                Arguments.of("0B1", Value.of(1)),
                Arguments.of("9223372036854775807", Value.of(Long.MAX_VALUE)),
                Arguments.of("-9223372036854775808", Value.of(Long.MIN_VALUE)),
                Arguments.of("-0x8000000000000000", Value.of(Long.MIN_VALUE)),
                Arguments.of("0777777777777777777777", Value.of(Long.MAX_VALUE)),
                Arguments.of("0".repeat(1000) + "7", Value.of(7)),
                Arguments.of("1.", Value.of(1.0)),
                Arguments.of(".5", Value.of(0.5)),
                Arguments.of("09.5", Value.of(9.5)),
                Arguments.of("1e3", Value.of(1000.0)),
                Arguments.of("1.5E-3", Value.of(0.0015)),
                Arguments.of("1.e+2", Value.of(100.0)),
                Arguments.of("089e1", Value.of(890.0)),
                Arguments.of("0x1.8p1", Value.of(3.0)),
                Arguments.of("0x.8P+2", Value.of(2.0)),
                Arguments.of("0x1p-1", Value.of(0.5)),
                Arguments.of("-0.0", Value.of(-0.0)),
                Arguments.of("1e-999", Value.of(0.0)));
    }

    @ParameterizedTest
    @MethodSource("strings")
    void escapesStandForCharacters(String text, String value) {
        assertThat(Filters.parse(text)).isEqualTo(new Literal(Value.of(value)));
    }

    static Stream<Arguments> strings() {
        return Stream.of(
                Arguments.of("\"\"", ""),
                Arguments.of("'a \"b\" c'", "a \"b\" c"),
                Arguments.of("\"it's\"", "it's"),
                Arguments.of("'it\\'s'", "it's"),
                Arguments.of("\"a\\\\b\"", "a\\b"),
                Arguments.of("\"\\n\\t\\r\\a\\b\\f\\v\\0\"", "\n\t\r\u0007\b\f\u000b\0"),
                Arguments.of("\"\\x41\\102\\7\"", "AB\u0007"),
                Arguments.of("\"\\xe4\\xb8\\xad\"", "中"),
                Arguments.of("\"\\344\\270\\255x\"", "中x"),
                Arguments.of("\"\\u4e2d\\U0001F600\"", "中😀"),
                Arguments.of("\"\\ud83d\\ude00\"", "😀"),
                Arguments.of("'中文 😀'", "中文 😀"),
                Arguments.of("r\"\\d\\\"\"", "\\d\\\""),
                Arguments.of("R'\\u0041'", "\\u0041"));
    }

    @Test
    void likeKeepsTheEscapesOfItsPattern() {
        assertThat(pattern("a like \"10\\%\"")).isEqualTo("10\\%");
        assertThat(pattern("a like \"10\\\\%\"")).isEqualTo("10\\%");
        assertThat(pattern("a like 'a\\_b\\t'")).isEqualTo("a\\_b\t");
        assertThat(pattern("a like r\"10\\%\"")).isEqualTo("10\\%");
    }

    @Test
    void regularExpressionsKeepTheirBackslashes() {
        assertThat(pattern("a =~ \"\\d+\\.\\\\\"")).isEqualTo("\\d+\\.\\\\");
        assertThat(pattern("a !~ 'it\\'s \\\"'")).isEqualTo("it's \"");
        assertThat(pattern("a =~ \"\\u4e2d\"")).isEqualTo("中");
        assertThat(pattern("a =~ r\"\\x41\"")).isEqualTo("\\x41");
    }

    private static String pattern(String text) {
        Expression pattern = switch (Filters.parse(text)) {
            case Expression.Like like -> like.pattern();
            case Expression.Regex regex -> regex.pattern();
            case Expression other -> other;
        };
        assertThat(Filters.parse(Print.expression(Filters.parse(text)))).isEqualTo(Filters.parse(text));
        return ((Value.Text) ((Literal) pattern).value()).value();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\r\n "})
    void aBlankFilterIsTrue(String text) {
        assertThat(Filters.parse(text)).isEqualTo(new Literal(Value.of(true)));
    }

    @Test
    void blanksAreSkippedBetweenTokens() {
        assertThat(Filters.parse("\r\n a\t==\n1 ")).isEqualTo(Filters.parse("a==1"));
    }

    @Test
    void aFilterKeepsItsTextAndItsValues() {
        var filter = Filters.filter("a == {x}", Map.of("x", Value.of(1)));
        assertThat(filter).isEqualTo(new Filter("a == {x}", Filters.parse("a == {x}"), Map.of("x", Value.of(1))));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void whatCannotBeReadIsRefusedWithItsPlace(String text, String reason, int position) {
        var refused = catchThrowableOfType(Refused.class, () -> Filters.parse(text));
        assertThat(refused).as(text).isNotNull();
        assertThat(refused.refusal()).isEqualTo(new Refusal.InvalidFilter(text, reason, position));
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                error("a =", 2, "line 1:2 invalid expression: extraneous input '=' expecting <EOF>"),
                error("a = 1", 2, "line 1:2 invalid expression: extraneous input '=' expecting <EOF>"),
                error("a ==", 4, "line 1:4 mismatched input '<EOF>' expecting an operand"),
                error("a ==\n  ", 7, "line 2:2 mismatched input '<EOF>' expecting an operand"),
                error("中文", 0, "line 1:0 token recognition error at: '中'"),
                error("'😀' == #", 8, "line 1:7 token recognition error at: '#'"),
                error("== 1", 0, "line 1:0 mismatched input '==' expecting an operand"),
                error("a b", 2, "line 1:2 invalid expression: extraneous input 'b' expecting <EOF>"),
                error("(a == 1", 7, "line 1:7 mismatched input '<EOF>' expecting ')'"),
                error("a == 1)", 6, "line 1:6 invalid expression: extraneous input ')' expecting <EOF>"),
                error("a in [1 2]", 8, "line 1:8 mismatched input '2' expecting ']'"),
                error("a in [,]", 6, "line 1:6 mismatched input ',' expecting an operand"),
                error("a == \"x", 5, "line 1:5 token recognition error at: '\"x'"),
                error("a == \"x\ny\"", 5, "line 1:5 token recognition error at: '\"x\ny\"'"),
                error("a == 'x\\'", 5, "line 1:5 token recognition error at: ''x\\''"),
                error("a == \"\\d\"", 5, "invalid string literal: \"\\d\""),
                error("a == \"\\x4\"", 5, "invalid string literal: \"\\x4\""),
                error("a == \"\\xff\"", 5, "invalid string literal: \"\\xff\""),
                error("a == \"\\777\"", 5, "invalid string literal: \"\\777\""),
                error("a == \"\\ud83d\"", 5, "invalid string literal: \"\\ud83d\""),
                error("a == \"\\U00110000\"", 5, "invalid string literal: \"\\U00110000\""),
                error("j[\"\\d\"] == 1", 2, "invalid string literal: \"\\d\""),
                error("a == 9223372036854775808", 5, "number 9223372036854775808: value out of range"),
                error("a == -9223372036854775809", 6, "number 9223372036854775809: value out of range"),
                error("-9223372036854775808 ** 2", 1, "number 9223372036854775808: value out of range"),
                error("a == 0xffffffffffffffff", 5, "number 0xffffffffffffffff: value out of range"),
                error("a == 1e999", 5, "number 1e999: value out of range"),
                error("a[2147483648] == 1", 2, "number 2147483648: value out of range"),
                error("a == 08", 6, "line 1:6 invalid expression: extraneous input '8' expecting <EOF>"),
                error("a == 0x", 6, "line 1:6 invalid expression: extraneous input 'x' expecting <EOF>"),
                error("a.b == 1", 1, "line 1:1 token recognition error at: '.'"),
                error("a [0] == 1", 2, "line 1:2 invalid expression: extraneous input '[' expecting <EOF>"),
                error("a[ 0] == 1", 1, "line 1:1 invalid expression: extraneous input '[' expecting <EOF>"),
                error("a[-1] == 1", 1, "line 1:1 invalid expression: extraneous input '[' expecting <EOF>"),
                error("a[01] == 1", 1, "line 1:1 invalid expression: extraneous input '[' expecting <EOF>"),
                error("a[\"b\"][c] == 1", 6, "line 1:6 invalid expression: extraneous input '[' expecting <EOF>"),
                error("$meta[c] == 1", 5, "line 1:5 invalid expression: extraneous input '[' expecting <EOF>"),
                error("$ == 1", 0, "line 1:0 token recognition error at: '$'"),
                error("$metadata == 1", 0, "line 1:0 token recognition error at: '$'"),
                error("a is  null", 2, "line 1:2 invalid expression: extraneous input 'is' expecting <EOF>"),
                error("a Is Null", 2, "line 1:2 invalid expression: extraneous input 'Is' expecting <EOF>"),
                error("1 is null", 2, "line 1:2 invalid expression: extraneous input 'is null' expecting <EOF>"),
                error("s[x] is null", 5, "line 1:5 invalid expression: extraneous input 'is null' expecting <EOF>"),
                error("a And b", 2, "line 1:2 invalid expression: extraneous input 'And' expecting <EOF>"),
                error("{}", 1, "line 1:1 mismatched input '}' expecting name"),
                error("{ 1 }", 2, "line 1:2 mismatched input '1' expecting name"),
                error(
                        "text_match(j[\"a\"], \"x\")",
                        11,
                        "line 1:11 mismatched input 'j[\"a\"]' expecting the name of a field"),
                error("text_match(t, \"x\", 2)", 19, "line 1:19 mismatched input '2' expecting minimum_should_match"),
                error(
                        "text_match(t, \"x\", minimum_should_match=-2)",
                        40,
                        "line 1:40 mismatched input '-' expecting integer"),
                error("match_least(s, $[x] == 1)", 24, "line 1:24 mismatched input ')' expecting ','"),
                error("match_any(s, $[x] == 1, threshold=1)", 22, "line 1:22 mismatched input ',' expecting ')'"),
                error("array_length(1)", 13, "line 1:13 mismatched input '1' expecting the name of a field"),
                error("json_contains(j)", 15, "line 1:15 mismatched input ')' expecting ','"),
                error("json_contains(j, 1,)", 18, "line 1:18 mismatched input ',' expecting ')'"),
                error("f(1,,2)", 4, "line 1:4 mismatched input ',' expecting an operand"),
                error("ISO '2026' ts", 11, "line 1:11 mismatched input 'ts' expecting a comparison"),
                error("ISO '2026' < 5", 13, "line 1:13 mismatched input '5' expecting name"),
                error("ts + INTERVAL 'P1D' > 5", 22, "line 1:22 mismatched input '5' expecting ISO"));
    }

    @Test
    void theGuideTellsErrorsAsTheyAre() throws IOException {
        var row = Pattern.compile("\\| `([^`]+)` \\| `([^`]+)` \\|");
        String guide = Files.readString(Path.of("../../docs/language/filters.md"));
        String table = guide.substring(guide.indexOf("## Errors and limits"));
        var rows = row.matcher(table).results().toList();
        assertThat(rows).hasSizeGreaterThan(3);
        for (var found : rows)
            assertThatThrownBy(() -> Filters.parse(found.group(1))).hasMessageEndingWith(": " + found.group(2));
    }

    private static Arguments error(String text, int position, String reason) {
        return Arguments.of(text, reason, position);
    }

    private static Stream<Arguments> table(String lines) {
        return lines.lines()
                .map(line -> line.split("⇒", 2))
                .map(cells -> Arguments.of(cells[0].strip(), cells[1].strip()));
    }
}
