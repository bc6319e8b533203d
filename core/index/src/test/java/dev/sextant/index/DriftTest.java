package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A graph that went through many merges finds as much as one that was built over the same rows at once.
@Tag("slow")
class DriftTest {
    private static final long SEED = new Random().nextLong();
    private static final int START = 6000;
    private static final int QUERIES = 600;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void halfOfTheRowsReplacedCostNoRecall(boolean quantised) {
        System.out.println("seed " + SEED);
        var parameters = quantised ? QuantisedParameters.DEFAULT : new HnswParameters(16, 200, 42);
        try (var data = new Clusters(SEED, 3 * START / 2, 48, VectorType.FLOAT32);
                var drift = new Drift(data.memory, data.scratch, data.rows, START, parameters, SEED)) {
            for (int round = 0; round < 5; round++) drift.replace(START / 10);
            var queries =
                    IntStream.range(0, QUERIES).mapToObj(_ -> data.vector()).toArray(MemorySegment[]::new);
            var recalls = drift.recalls(q -> queries[q], QUERIES, Effort.ofBeam(16), Effort.ofBeam(48));
            for (int effort = 0; effort < 2; effort++)
                assertThat(recalls[2 * effort])
                        .as("seed %d, recall of the grown graph, of a fresh one %s", SEED, recalls[2 * effort + 1])
                        .isGreaterThan(recalls[2 * effort + 1] - 0.005);
        }
    }
}
