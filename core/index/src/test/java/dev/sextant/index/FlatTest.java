package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlatTest {
    @Test
    void findsTheNearestOfTheAcceptedRowsInWhateverSteps() {
        try (var data = new Clusters(1, 2000, 19, VectorType.FLOAT32)) {
            var random = new Random(1);
            for (int round = 0; round < 20; round++) {
                var bits = Bits.builder(2000);
                int accepted = 0;
                for (int row = 0; row < 2000; row++)
                    if (random.nextInt(20) < round) {
                        bits.set(row);
                        accepted++;
                    }
                var accept = Accept.of(bits.build());
                var query = data.vector();
                int best = -1;
                double nearest = Double.MAX_VALUE;
                for (int row = 0; row < 2000; row++) {
                    double sum = 0;
                    for (int c = 0; c < 19; c++) sum += Math.pow(data.component(row, c) - floats(query, c), 2);
                    if (accept.test(row) && sum < nearest) {
                        nearest = sum;
                        best = row;
                    }
                }
                var found = data.exact(query, Metric.L2, 10, accept);
                assertThat(found.size()).isEqualTo(Math.min(10, accepted));
                assertThat(accept.count(2000)).isEqualTo(accepted);
                if (accepted > 0) assertThat(found.row(0)).isEqualTo(best);
            }
        }
    }

    private static float floats(MemorySegment query, int c) {
        return query.get(java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * c);
    }

    @Test
    void aBoundDropsWhatIsWorseAndKeepsWhatIsEqual() {
        try (var data = new Clusters(2, 500, 8, VectorType.FLOAT32)) {
            for (var metric : new Metric[] {Metric.L2, Metric.IP, Metric.COSINE}) {
                var query = data.vector();
                var best = data.exact(query, metric, 20, Accept.ALL);
                var walk = Flat.walk(data.rows, metric, query, Accept.ALL, data.scratch);
                walk.bound(best.bound());
                int count = 0;
                for (Step step = Step.MORE;
                        step instanceof Step.More;
                        count += walk.hits().count()) step = walk.advance(37);
                assertThat(count).isEqualTo(20);
                assertThat(walk.scored()).isEqualTo(500);
            }
        }
    }

    @Test
    void eachAcceptedRowIsReadOnce() {
        try (var data = new Clusters(3, 700, 19, VectorType.FLOAT32)) {
            var some = Bits.builder(700);
            for (int row = 0; row < 700; row += 7) some.set(row);
            for (var accept : new Accept[] {Accept.ALL, Accept.of(some.build())}) {
                var walk = Flat.walk(data.rows, Metric.L2, data.vector(), accept, data.scratch);
                Clusters.run(walk, Metric.L2, 10);
                assertThat(walk.bytesTouched()).isEqualTo(accept.count(700) * data.rows.stride());
            }
        }
    }

    @Test
    void binaryRowsAreComparedByTheirBits() {
        var memory = new Memory(1 << 20);
        try (var region = memory.allocate("rows", 3 * 64);
                var scratch = new Scratch(memory)) {
            Raw.putByte(region.address(), (byte) 0b1111);
            Raw.putByte(region.address() + 64, (byte) 0b0011);
            var rows = DenseRows.packed(region.address(), 3, 16, VectorType.BINARY);
            var query = MemorySegment.ofArray(new byte[] {0b0111, 0});
            var hamming = Clusters.run(Flat.walk(rows, Metric.HAMMING, query, Accept.ALL, scratch), Metric.HAMMING, 3);
            assertThat(new float[] {hamming.score(0), hamming.score(1), hamming.score(2)})
                    .containsExactly(1, 1, 3);
            var jaccard = Clusters.run(Flat.walk(rows, Metric.JACCARD, query, Accept.ALL, scratch), Metric.JACCARD, 3);
            assertThat(jaccard.row(0)).isZero();
            assertThat(jaccard.score(0)).isEqualTo(0.25f);
            assertThat(jaccard.score(2)).isEqualTo(1f);
        }
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void sparseRowsAreComparedByInnerProduct() {
        var memory = new Memory(1 << 20);
        try (var region = memory.allocate("cells", 1024);
                var scratch = new Scratch(memory)) {
            long offsets = region.address(), cells = region.address() + 512;
            for (int row = 0; row <= 10; row++) Raw.putLong(offsets + 8L * row, 8L * row);
            for (int row = 0; row < 10; row++) {
                Raw.putInt(cells + 8L * row, row % 2);
                Raw.putFloat(cells + 8L * row + 4, row);
            }
            var query = MemorySegment.ofArray(new int[] {1, Float.floatToRawIntBits(2f)});
            var walk = Flat.walk(new SparseRows(offsets, cells, 10), query, Accept.ALL, scratch);
            var found = Clusters.run(walk, Metric.IP, 3);
            assertThat(walk.bytesTouched()).isEqualTo(10 * (8 + 16)); // a cell each, and where it begins and ends
            assertThat(new int[] {found.row(0), found.row(1), found.row(2)}).containsExactly(9, 7, 5);
            assertThat(found.score(0)).isEqualTo(18f);
        }
    }
}
