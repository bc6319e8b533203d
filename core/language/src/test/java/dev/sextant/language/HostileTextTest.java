package dev.sextant.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sextant.model.Expression;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileTextTest {
    private static final int ROUNDS = 15_000;
    /// Looks at a character, at most, for each character of the text.
    private static final int READS = 40;

    private static final String[] WORDS = {
        "a",
        "j[\"k\"]",
        "s[x]",
        "s[0][x]",
        "$[x]",
        "$meta",
        "$",
        "1",
        "0x1p3",
        "2.5",
        "09",
        "\"t\"",
        "'t'",
        "r'\\'",
        "\"",
        "'",
        "\\",
        "\\u0041",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "=",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "+",
        "-",
        "*",
        "**",
        "/",
        "%",
        "&",
        "|",
        "^",
        "~",
        "<<",
        ">>",
        "and",
        "or",
        "not",
        "!",
        "in",
        "like",
        "=~",
        "!~",
        "exists",
        "is null",
        "is not null",
        "is",
        "iso",
        "interval",
        "ISO '2026'",
        "text_match(",
        "match_least(",
        "threshold",
        "minimum_should_match",
        "true",
        "\n",
        "\t",
        "中",
        "\0",
        "#",
        "f("
    };

    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(SEED);

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    @Test
    void randomBytesAreReadOrRefused() {
        for (int i = 0; i < ROUNDS; i++) {
            var bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) for (int b = 0; b < bytes.length; b++) bytes[b] &= 0x7f;
            readOrRefuse(
                    new String(bytes, random.nextBoolean() ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void randomWordsAreReadOrRefused() {
        for (int i = 0; i < ROUNDS; i++)
            readOrRefuse(IntStream.range(0, 1 + random.nextInt(12))
                    .mapToObj(_ -> WORDS[random.nextInt(WORDS.length)] + (random.nextBoolean() ? " " : ""))
                    .collect(Collectors.joining()));
    }

    @Test
    @Tag("slow")
    void damagedFiltersAreReadOrRefused() {
        for (int i = 0; i < ROUNDS; i++) {
            var text = new StringBuilder(Print.expression(new Grower(random.split()).tree(1 + i % 6)));
            for (int damage = random.nextInt(4); damage >= 0 && !text.isEmpty(); damage--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(4)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, WORDS[random.nextInt(WORDS.length)]);
                    case 2 -> text.setCharAt(at, (char) random.nextInt(128));
                    default -> text.setLength(at);
                }
            }
            readOrRefuse(text.toString());
        }
    }

    private void readOrRefuse(String text) {
        var parser = new Parser(text);
        Throwable thrown = null;
        try {
            var tree = parser.parse();
            assertThat(Filters.parse(Print.expression(tree)))
                    .as("seed %d: %s", SEED, text)
                    .isEqualTo(tree);
        } catch (Throwable any) {
            thrown = any;
        }
        assertThat(parser.reads()).as("seed %d: %s", SEED, text).isLessThanOrEqualTo(READS * (text.length() + 2L));
        if (thrown == null) return;
        if (!(thrown instanceof Refused refused)) throw new AssertionError("seed " + SEED + ": " + text, thrown);
        var refusal = (Refusal.InvalidFilter) refused.refusal();
        assertThat(refusal.position()).as(text).isBetween(0, text.length());
        assertThat(refusal.reason()).as(text).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "[",
                "not ",
                "-",
                "~",
                "exists ",
                "f(",
                "1 ** -",
                "a and (",
                "a or (",
                "json_contains(a, ",
                "element_filter(s, ",
                "a + (",
                "a in [",
                "1 < a < (",
                "{",
                "a[",
                "a[\"",
                "$[",
                "\"\\",
                "'",
                "r'",
                "\\u",
                "0x",
                "ISO '",
                "a + INTERVAL ",
                "a == ",
                "1 + ",
                "1 < a < ",
                "a like ",
                "\\",
                "$meta",
                "a is ",
                "a not in ",
                "f(1, "
            })
    void aFormRepeatedForEverIsRefusedWithoutRecursion(String form) {
        String text = form.repeat(300_000);
        withSmallStack(() -> {
            var parser = new Parser(text);
            Throwable thrown = catchThrowable(parser::parse);
            assertThat(thrown).isInstanceOf(Refused.class);
            assertThat(parser.reads()).isLessThanOrEqualTo(READS * (text.length() + 2L));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 + 1", "a == b", "2 ** 3", "a like \"x\"", "a in b", "1 < a < 2"})
    void aLongChainOfOperatorsCountsAsDepth(String step) {
        String tail = step.substring(1);
        assertThat(Filters.parse(step + tail.repeat(200))).isNotNull();
        assertThatThrownBy(() -> Filters.parse(step + tail.repeat(100_000)))
                .isInstanceOf(Refused.class)
                .hasMessageEndingWith("nested deeper than " + Filters.MAX_DEPTH + " levels");
    }

    @Test
    void depthThatHidesBehindChainsInBracketsIsBoundedToo() {
        var text = new StringBuilder("a");
        for (int i = 0; i < 100; i++) text.insert(0, '(').append(")").append(" + 1".repeat(50));
        assertThatThrownBy(() -> Filters.parse(text.toString())).hasMessageContaining("nested deeper");
    }

    @Test
    void everyTreeOfTheGreatestDepthCanBeWalkedOnASmallStack() {
        int brackets = Filters.MAX_DEPTH / 2 - 2;
        String text = "a == 1 and (".repeat(brackets) + "b" + ")".repeat(brackets);
        withSmallStack(() ->
                assertThat(Filters.parse(Print.expression(Filters.parse(text)))).isEqualTo(Filters.parse(text)));
    }

    @Test
    void chainsOfAndAndOrAreFlatHoweverLong() {
        String text = IntStream.range(0, 10_000).mapToObj(i -> "a == " + i).collect(Collectors.joining(" or "));
        assertThat(((Expression.Or) Filters.parse(text)).operands()).hasSize(10_000);
        String mixed =
                IntStream.range(0, 10_000).mapToObj(i -> "a == " + i).collect(Collectors.joining(" and b < 1 or "));
        assertThat(((Expression.Or) Filters.parse(mixed)).operands()).hasSize(10_000);
    }

    @Test
    void aListMayHaveAHundredThousandItems() {
        String list = IntStream.range(0, 100_000)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", ", "a in [", "]"));
        var tree = Filters.parse(list);
        assertThat(((Expression.Items) ((Expression.In) tree).items()).items()).hasSize(100_000);
        assertThat(Print.expression(tree)).isEqualTo(list);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9",
                "0",
                ".9",
                "1e9",
                "0x9",
                "'",
                "\"a\\n\" ",
                "a",
                "\\u0061",
                "[\"k\"]",
                "\\\\",
                "a == \"\\x41z\" or ",
                "1,",
                " "
            })
    @Tag("slow")
    void memoryStaysInProportionToTheText(String piece) {
        String text = "a in [" + piece.repeat(200_000);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        catchThrowable(() -> Filters.parse(text));
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(200L * text.length() + (1 << 20));
    }

    @Test
    void hugeNumbersAreReadInOnePass() {
        assertThatThrownBy(() -> Filters.parse("9".repeat(1_000_000))).hasMessageEndingWith("value out of range");
        assertThatThrownBy(() -> Filters.parse("9".repeat(1_000_000) + ".0"))
                .hasMessageEndingWith("value out of range");
        assertThat(Filters.parse("0." + "1".repeat(1_000_000))).isInstanceOf(Expression.Literal.class);
        assertThat(Filters.parse("0x" + "1".repeat(1_000_000) + "p-4000000")).isInstanceOf(Expression.Literal.class);
    }

    @Test
    void aTextOverTheLimitIsRefusedUnread() {
        assertThatThrownBy(() -> Filters.parse(" ".repeat(Filters.MAX_LENGTH + 1)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("at most " + Filters.MAX_LENGTH);
    }

    private static void withSmallStack(Runnable test) {
        var failure = new AtomicReference<Throwable>();
        var thread = new Thread(null, test, "small stack", 512 << 10);
        thread.setUncaughtExceptionHandler((_, thrown) -> failure.set(thrown));
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(failure.get()).isNull();
    }
}
