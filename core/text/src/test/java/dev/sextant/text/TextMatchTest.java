package dev.sextant.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Refused;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextMatchTest {
    private static final Analyzer STANDARD = Analyzer.of("");

    @ParameterizedTest
    @CsvSource({
        "machine deep, machine learning, 1, true",
        "machine deep, machine learning, 2, false",
        "machine machine, Machine, 1, true",
        "a b c, c x a, 2, true",
        "a b c, c x a, 3, false",
        "nothing, something, 1, false",
        "'', something, 1, false",
        "'...', something, 1, false",
        "a, '', 1, false"
    })
    void atLeastSoManyWordsMustBeThere(String query, String text, int least, boolean expected) {
        assertThat(TextMatch.words(STANDARD, query, least).matches(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "machine learning, machine learning boosts, 0, true",
        "machine learning, learning machine boosts, 0, false",
        "machine learning, learning machine boosts, 1, false",
        "machine learning, learning machine boosts, 2, true",
        "machine learning, machine driven learning, 0, false",
        "machine learning, machine driven learning, 1, true",
        "a b c, a x b x c, 1, false",
        "a b c, a x b x c, 2, true",
        "a b c, a b, 100, false",
        "'', a b, 100, false",
        "a, b a, 0, true"
    })
    void thePlacesOfAPhraseMayMoveBySoMuch(String query, String text, int slop, boolean expected) {
        assertThat(TextMatch.phrase(STANDARD, query, slop).matches(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "machne, the machine, 1, true",
        "machne, machines, 1, false",
        "machne, machines, 2, true",
        "macihne, machine, 1, true",
        "deep machne, some deap sea, 1, true",
        "machine, Machine, 0, true",
        "machine, machin, 0, false",
        "a, '', 1, false",
        "'', a, 1, false",
        "größe, grösse, 2, true",
        "😀😀b, 😀😀c, 1, true"
    })
    void aWordMayDifferByAFewLetters(String query, String text, int edits, boolean expected) {
        assertThat(TextMatch.fuzzy(
                                Analyzer.of("{\"tokenizer\":\"whitespace\",\"filter\":[\"lowercase\"]}"), query, edits)
                        .matches(text))
                .isEqualTo(expected);
    }

    @Test
    void aWordIsNearWhenThePlainTableOfEditsSaysSo() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var chance = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            var a = word(chance);
            var b = word(chance);
            int edits = chance.nextInt(FuzzyWord.MOST_EDITS + 1);
            assertThat(new FuzzyWord(a, edits).isNear(b))
                    .as(a + " and " + b + " within " + edits)
                    .isEqualTo(plainEdits(a, b) <= edits);
        }
    }

    private static String word(Random chance) {
        var word = new StringBuilder();
        for (int i = chance.nextInt(8); i > 0; i--) word.append((char) ('a' + chance.nextInt(3)));
        return word.toString();
    }

    private static int plainEdits(String a, String b) {
        var table = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++)
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    table[i][j] = i + j;
                    continue;
                }
                int other = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                table[i][j] = Math.min(table[i - 1][j - 1] + other, 1 + Math.min(table[i - 1][j], table[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1))
                    table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1);
            }
        return table[a.length()][b.length()];
    }

    @Test
    void theSlopIsTheLeastOfAllChoicesOfPlaces() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var chance = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            var query = letters(chance, 1 + chance.nextInt(3));
            var text = letters(chance, 1 + chance.nextInt(8));
            var needed = TextMatch.slop(STANDARD.tokens(query), STANDARD.tokens(text));
            var plain = plainSlop(query.split(" "), text.split(" "), 0, Integer.MAX_VALUE, Integer.MIN_VALUE);
            assertThat(needed.orElse(Integer.MAX_VALUE))
                    .as(query + " in " + text)
                    .isEqualTo(plain);
        }
    }

    private static String letters(Random chance, int count) {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
            text.append((char) ('a' + chance.nextInt(4))).append(' ');
        return text.toString().strip();
    }

    private static int plainSlop(String[] query, String[] text, int at, int least, int most) {
        if (at == query.length) return most - least;
        int best = Integer.MAX_VALUE;
        for (int i = 0; i < text.length; i++)
            if (text[i].equals(query[at]))
                best = Math.min(best, plainSlop(query, text, at + 1, Math.min(least, i - at), Math.max(most, i - at)));
        return best;
    }

    @Test
    void aPhraseOfOneWordAgainAndAgainIsNotMultipliedWithItsText() {
        var tokens = STANDARD.tokens("a ".repeat(60_000));
        assertThatThrownBy(() -> TextMatch.slop(tokens, tokens))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("places of the words");
    }
}
