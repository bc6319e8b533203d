package dev.sextant.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PrintParseTest {
    private static final int TREES = 50_000;

    @Test
    @Tag("slow")
    void whatIsPrintedReadsAsTheSameTree() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed);
        var random = new SplittableRandom(seed);
        for (int i = 0; i < TREES; i++) {
            var tree = new Grower(random.split()).tree(1 + i % 7);
            String text = Print.expression(tree);
            assertThat(Filters.parse(text))
                    .as("seed %d tree %d: %s", seed, i, text)
                    .isEqualTo(tree);
            assertThat(text.lines().count()).as("one line: %s", text).isLessThanOrEqualTo(1);
        }
    }
}
