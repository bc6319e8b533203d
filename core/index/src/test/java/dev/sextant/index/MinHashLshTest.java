package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.kernel.Raw;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MinHashLshTest {
    private static final int ELEMENTS = 32;

    /// Signatures of 32 elements of 32 bits; row `i` shares the share `i % 8 / 8` of its elements with row `i − i % 8`.
    private static Clusters signatures(int count) {
        var data = new Clusters(count, count, 32 * ELEMENTS, VectorType.BINARY);
        var random = new Random(count);
        for (int row = 0; row < count; row++)
            for (int e = 0; e < ELEMENTS; e++) {
                boolean own = row % 8 == 0 || random.nextInt(8) >= row % 8;
                Raw.putInt(
                        data.rows.address(row) + 4L * e,
                        own ? random.nextInt() : Raw.getInt(data.rows.address(row - row % 8) + 4L * e));
            }
        return data;
    }

    private static MemorySegment row(Clusters data, int row) {
        var bytes = MemorySegment.ofArray(new byte[4 * ELEMENTS]);
        Raw.copyOut(data.rows.address(row), bytes, 0, 4L * ELEMENTS);
        return bytes;
    }

    @Test
    void rowsWithABandInCommonAreFoundWithTheirExactScores() {
        try (var data = signatures(800);
                var index = Structures.build(data, new MinHashParameters(16, 32, 1), Metric.MHJACCARD)) {
            int found = 0, near = 0;
            for (int row = 0; row < 800; row += 8) {
                var hits = Structures.search(data, index, row(data, row), 8, Effort.DEFAULT, Accept.ALL);
                assertThat(hits.row(0)).isEqualTo(row);
                assertThat(hits.score(0)).isEqualTo(1);
                for (int i = 1; i < hits.size(); i++) {
                    int equal = 0;
                    for (int e = 0; e < ELEMENTS; e++)
                        if (Raw.getInt(data.rows.address(row) + 4L * e)
                                == Raw.getInt(data.rows.address(hits.row(i)) + 4L * e)) equal++;
                    assertThat(hits.score(i)).isEqualTo((float) equal / ELEMENTS);
                    if (hits.row(i) >= row + 4 && hits.row(i) < row + 8) found++;
                }
                near += 4;
            }
            assertThat((double) found / near).isGreaterThan(0.9);
        }
    }

    @Test
    void oneBandFindsEqualSignaturesOnly() {
        try (var data = signatures(400)) {
            Raw.copy(data.rows.address(16), data.rows.address(333), 4L * ELEMENTS);
            try (var index = Structures.build(data, new MinHashParameters(1, 8, 1), Metric.MHJACCARD)) {
                var hits = Structures.search(data, index, row(data, 16), 10, Effort.DEFAULT, Accept.ALL);
                assertThat(hits.size()).isEqualTo(2);
                assertThat(hits.row(0)).isEqualTo(16);
                assertThat(hits.row(1)).isEqualTo(333);
            }
        }
    }

    @Test
    void itKeepsToWhatEveryStructureKeepsTo() throws Exception {
        var parameters = new MinHashParameters(8, 32, 2);
        try (var data = signatures(600);
                var index = Structures.build(data, parameters, Metric.MHJACCARD)) {
            Structures.kRowsComeBackWhenKMatch(data, index);
            Structures.itIsTheSameHoweverManyBuildIt(data, parameters, Metric.MHJACCARD);
            Structures.aStoppedBuildGivesItsMemoryBack(data, parameters, Metric.MHJACCARD);
            assertThat(index.bytes())
                    .isEqualTo(600
                            * parameters.bytesPerRow(
                                    new FieldType.Vector(VectorType.BINARY, 32 * ELEMENTS), Metric.MHJACCARD));
            var members = Structures.share(5, 600, 0.5);
            try (var some = Structures.build(data, parameters, Metric.MHJACCARD, members)) {
                for (int row = 0; row < 600; row++) {
                    var hits = Structures.search(data, some, row(data, row), 600, Effort.DEFAULT, Accept.ALL);
                    for (int i = 0; i < hits.size(); i++)
                        assertThat(members.test(hits.row(i))).isTrue();
                    assertThat(hits.size() > 0 || !members.test(row)).isTrue();
                }
            }
        }
    }

    @Test
    void itIsWrittenAndReadAndRefusesWhatIsNotIts() throws IOException {
        for (int count : new int[] {0, 1, 100})
            try (var data = signatures(count);
                    var index = Structures.build(data, new MinHashParameters(4, 32, 3), Metric.MHJACCARD)) {
                Structures.readBackItAnswersTheSame(data, index, Effort.DEFAULT);
                if (count < 100) continue;
                Structures.aFlippedBitAndACutAreRefused(data, index);
                Structures.liesUnderRightChecksumsLeadNowhere(data, index, Structures.parts(8L * 4 * 100));
            }
    }

    /// Reading back checks the order of every table.
    @Test
    void manyRowsAreSortedBucketByBucketHoweverManyAreEqual() throws Exception {
        try (var data = signatures(20_000)) {
            for (int row = 1; row < 6_000; row++)
                Raw.copy(data.rows.address(0), data.rows.address(3 * row), 4L * ELEMENTS);
            var parameters = new MinHashParameters(4, 32, 4);
            try (var index = Structures.build(data, parameters, Metric.MHJACCARD)) {
                Structures.readBackItAnswersTheSame(data, index, Effort.DEFAULT);
            }
            Structures.itIsTheSameHoweverManyBuildIt(data, parameters, Metric.MHJACCARD);
        }
    }

    @Test
    void whatIsImpossibleIsRefusedInWords() {
        try (var data = signatures(8)) {
            var uneven = new MinHashParameters(4, 24, 3);
            assertThatThrownBy(() -> uneven.begin(data.memory, data.rows, Metric.MHJACCARD, Accept.ALL))
                    .hasMessageContaining("elements of 24 bits in signatures of 1024");
            assertThatThrownBy(() ->
                            new MinHashParameters(4, 32, 3).begin(data.memory, data.rows, Metric.HAMMING, Accept.ALL))
                    .hasMessageContaining("HAMMING");
        }
    }
}
