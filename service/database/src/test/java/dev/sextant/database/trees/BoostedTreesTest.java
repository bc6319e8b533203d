package dev.sextant.database.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Models that XGBoost 3.2.0 and 2.1.4 wrote, and what it said of rows, some of whose values are absent.
class BoostedTreesTest {
    private static byte[] file(String name) {
        try (var in = BoostedTreesTest.class.getResourceAsStream("/trees/" + name)) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static float value(String cell) {
        return cell.isEmpty() ? Float.NaN : Float.parseFloat(cell);
    }

    @ParameterizedTest
    @ValueSource(strings = {"logistic", "squares", "logistic-2.1"})
    void whatXgboostSaysOfARowIsSaidHere(String name) {
        var trees = BoostedTrees.read(file(name + ".ubj"));
        var lines = new String(file(name + ".csv"), StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .toList();
        assertThat(trees.columns()).isEqualTo(3);
        assertThat(lines).hasSize(24).anyMatch(line -> line.contains(",,") || line.startsWith(","));
        for (var line : lines) {
            var cells = line.split(",", -1);
            var row = new float[] {value(cells[0]), value(cells[1]), value(cells[2])};
            assertThat(trees.margin(row)).as(line).isCloseTo(value(cells[3]), within(1e-5f));
            assertThat(trees.predict(row)).as(line).isCloseTo(value(cells[4]), within(1e-5f));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            classes.ubj | a model of several classes
            linear.ubj  | a booster other than gbtree
            ranking.ubj | the objective 'rank:ndcg'
            """)
    void whatIsNoTreeOfOneNumberIsRefused(String name, String why) {
        assertThatThrownBy(() -> BoostedTrees.read(file(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void bytesThatAreNoModelAreRefusedWhereverTheyEnd() {
        var whole = file("squares.ubj");
        for (int length = 0; length < whole.length; length += 13) {
            var cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> BoostedTrees.read(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> BoostedTrees.read("{\"learner\": {}}".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(IllegalArgumentException.class);
        // A trillion nulls in twelve bytes, and lists inside lists.
        assertThatThrownBy(() -> BoostedTrees.read(new byte[] {'[', '$', 'Z', '#', 'L', 0, 0, 1, 0, 0, 0, 0, 0}))
                .hasMessageContaining("is not understood");
        var deep = new byte[100];
        Arrays.fill(deep, (byte) '[');
        assertThatThrownBy(() -> BoostedTrees.read(deep)).hasMessageContaining("nested deeper");
    }

    @Test
    void aModelWithWrongBytesIsRefusedOrAnswersAndNeverRunsOn() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var whole = file("logistic.ubj");
        var row = new float[] {1, Float.NaN, 3};
        for (int i = 0; i < 3_000; i++) {
            var wrong = whole.clone();
            for (int n = random.nextInt(4); n >= 0; n--) wrong[random.nextInt(wrong.length)] = (byte) random.nextInt();
            var thrown = catchThrowable(() -> {
                var trees = BoostedTrees.read(wrong);
                trees.predict(Arrays.copyOf(row, trees.columns()));
            });
            if (thrown != null)
                assertThat(thrown).as("seed %d, %d", seed, i).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
