package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.index.SparseParameters.Algorithm;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Metric;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class InvertedTest {
    private static final long SEED = Long.getLong("sextant.seed", new Random().nextLong());

    private final SplittableRandom random = new SplittableRandom(SEED);

    /// How the values of some data are drawn.
    private enum Values {
        POSITIVE,
        SIGNED,
        SMALL_WHOLE
    }

    private float value(Values values) {
        return switch (values) {
            case POSITIVE -> (float) (0.01 + random.nextDouble() * random.nextDouble() * 3);
            case SIGNED -> (float) random.nextGaussian();
            case SMALL_WHOLE -> 1 + random.nextInt(3);
        };
    }

    private SparseData data(int count, int terms, int cells, Values values) {
        return new SparseData(count, () -> cells(terms, random.nextInt(cells + 1), values));
    }

    private TreeMap<Integer, Float> cells(int terms, int count, Values values) {
        var row = SparseData.cells();
        // Spread over all unsigned numbers: order and sign of indexes must not matter.
        for (int i = 0; i < count; i++) row.put(SparseData.zipf(random, terms) * 0x01000193, value(values));
        return row;
    }

    private Accept filter(int count) {
        if (random.nextInt(2) == 0) return Accept.ALL;
        var bits = Bits.builder(count);
        double share = random.nextInt(3) == 0 ? 0.02 : 0.6;
        for (int row = 0; row < count; row++) if (random.nextDouble() < share) bits.set(row);
        return Accept.of(bits.build());
    }

    private static TreeMap<Integer, Float> take(Walk walk) {
        var found = new TreeMap<Integer, Float>();
        while (true) {
            var step = walk.advance(7);
            for (int i = 0; i < walk.hits().count(); i++)
                assertThat(found.put(walk.hits().rows()[i], walk.hits().scores()[i]))
                        .isNull();
            if (step instanceof Step.Done) return found;
        }
    }

    /// All with a score of at least the k-th best.
    private static TreeMap<Integer, Float> best(TreeMap<Integer, Float> all, int k) {
        if (all.size() <= k) return all;
        var scores = all.values().stream()
                .sorted(java.util.Comparator.reverseOrder())
                .toList();
        float worst = scores.get(k - 1);
        var best = new TreeMap<>(all);
        best.values().removeIf(score -> score < worst);
        return best;
    }

    private void checkAll(SparseData data, Metric metric, int terms, Values values, int queries) {
        float average = data.averageLength();
        var parameters = new SparseParameters(Algorithm.TAAT_NAIVE, 1.2f, 0.75f);
        try (var index = data.build(metric, parameters, 1 + random.nextInt(5000), 1)) {
            for (int q = 0; q < queries; q++) {
                var query = SparseData.query(cells(terms, 1 + random.nextInt(q % 3 == 0 ? 60 : 6), values));
                var accept = filter(data.rows.count());
                int k = q % 4 == 0 ? 1 + random.nextInt(200) : 1 + random.nextInt(12);
                var bm25 = metric == Metric.IP
                        ? Optional.<Bm25>empty()
                        : Optional.of(new Bm25(1.2f, 0.75f, average * (float) (0.4 + random.nextDouble() * 1.6)));
                var target = new Target(query, k, Effort.DEFAULT, accept, bm25);
                var all = data.all(query, accept, bm25);
                for (var algorithm : Algorithm.values())
                    check(index.by(algorithm).walk(target, data.scratch), all, k, algorithm);
            }
        }
    }

    private static void check(Walk walk, TreeMap<Integer, Float> all, int k, Algorithm algorithm) {
        var found = take(walk);
        assertThat(found).as("%s, k %d, seed %d", algorithm, k, SEED).isEqualTo(best(all, k));
        while (!walk.isComplete()) {
            if (!walk.widen(Effort.DEFAULT)) break;
            int had = found.size();
            var more = take(walk);
            more.forEach((row, score) -> assertThat(found.put(row, score)).isNull());
            assertThat(found.size()).isGreaterThanOrEqualTo(had);
            if (all.size() < 1000)
                assertThat(found).as("%s, widened, seed %d", algorithm, SEED).isEqualTo(best(all, found.size()));
        }
        assertThat(found).as("%s, all, seed %d", algorithm, SEED).isEqualTo(all);
    }

    @Test
    void everyAlgorithmFindsWhatTheScanFindsBitForBit() {
        for (int round = 0; round < 4; round++)
            for (var values : Values.values()) {
                int terms = round == 0 ? 5 : 300;
                try (var data = data(random.nextInt(1200), terms, 30, values)) {
                    checkAll(data, Metric.IP, terms, values, 6);
                }
            }
    }

    @Test
    void relevanceIsThatOfTheScanAtEveryAverageLength() {
        for (int round = 0; round < 4; round++) {
            int terms = round == 0 ? 5 : 300;
            try (var data = data(random.nextInt(1200), terms, 40, Values.SMALL_WHOLE)) {
                checkAll(data, Metric.BM25, terms, Values.POSITIVE, 8);
            }
        }
    }

    @Test
    @Tag("slow")
    void rowsFarApartAndManyWindowsAreFoundToo() {
        for (var metric : new Metric[] {Metric.IP, Metric.BM25})
            try (var data = data(140_000, 3000, 3, Values.SMALL_WHOLE)) {
                checkAll(data, metric, 3000, Values.SMALL_WHOLE, 2);
            }
    }

    @Test
    void frequenciesThatNoTextHasAreStillScoredExactly() {
        try (var data = data(500, 40, 10, Values.SIGNED)) {
            checkAll(data, Metric.BM25, 40, Values.SIGNED, 6);
        }
    }

    @Test
    void nothingIsFoundWhereThereIsNothing() {
        for (int count : new int[] {0, 1, 5})
            try (var data = new SparseData(count, SparseData::cells)) {
                checkAll(data, Metric.IP, 3, Values.POSITIVE, 2);
                checkAll(data, Metric.BM25, 3, Values.POSITIVE, 2);
            }
    }

    @Test
    void aBoundOnlyKeepsOutWhatIsWorse() {
        try (var data = data(2000, 100, 20, Values.POSITIVE);
                var index = data.build(Metric.IP, SparseParameters.DEFAULT)) {
            for (int q = 0; q < 10; q++) {
                var query = SparseData.query(cells(100, 5, Values.POSITIVE));
                var all = data.all(query, Accept.ALL, Optional.empty());
                if (all.size() < 10) continue;
                var seventh = all.values().stream()
                        .sorted(java.util.Comparator.reverseOrder())
                        .toList()
                        .get(6);
                for (var algorithm : Algorithm.values()) {
                    var walk = index.by(algorithm)
                            .walk(new Target(query, 50, Effort.DEFAULT, Accept.ALL, Optional.empty()), data.scratch);
                    walk.bound(seventh);
                    assertThat(take(walk)).isEqualTo(best(all, 7));
                    assertThat(walk.isComplete()).isTrue();
                }
            }
        }
    }

    @Test
    void droppingSmallQueryValuesKeepsMostOfTheBestWithExactScores() {
        try (var data = data(3000, 200, 40, Values.POSITIVE);
                var index = data.build(Metric.IP, SparseParameters.DEFAULT)) {
            int kept = 0, wanted = 0;
            for (int q = 0; q < 20; q++) {
                var query = SparseData.query(cells(200, 30, Values.POSITIVE));
                var best = best(data.all(query, Accept.ALL, Optional.empty()), 10);
                var effort = new Effort(64, 8, 0, 0, 0.3, 0.9);
                for (var algorithm : Algorithm.values()) {
                    var target = new Target(query, 10, effort, Accept.ALL, Optional.empty());
                    var found = take(index.by(algorithm).walk(target, data.scratch));
                    found.forEach(
                            (row, score) -> assertThat(score).isEqualTo(data.score(query, row, Optional.empty())));
                    found.keySet().retainAll(best.keySet());
                    kept += found.size();
                    wanted += best.size();
                }
            }
            assertThat((double) kept / wanted).as("seed %d", SEED).isGreaterThan(0.8);
        }
    }

    @Test
    void theSameRowsGiveTheSameBytesWhoeverBuildsInWhateverStripes() throws IOException {
        for (var metric : new Metric[] {Metric.IP, Metric.BM25})
            try (var data = data(3000, 500, 30, Values.SMALL_WHOLE);
                    var one = data.build(metric, SparseParameters.DEFAULT);
                    var other = data.build(metric, SparseParameters.DEFAULT, 700, 3)) {
                assertThat(SparseData.written(other)).isEqualTo(SparseData.written(one));
                assertThat((long) SparseData.written(one).length).isEqualTo(one.serializedBytes());
            }
    }

    @Test
    void aBuildThatIsGivenUpLeavesNoMemoryBehind() {
        try (var data = data(3000, 500, 30, Values.POSITIVE)) {
            long before = data.memory.inUseBytes();
            for (int calls = 0; calls < 40; calls++)
                try (var build = new InvertedBuild(
                        data.memory, data.rows, Metric.BM25, SparseParameters.DEFAULT, Accept.ALL, 700)) {
                    for (int call = 0; call < calls; call++) {
                        var asked = new int[1];
                        build.work(data.scratch, () -> ++asked[0] > 4);
                    }
                }
            assertThat(data.memory.inUseBytes()).isEqualTo(before);
        }
    }

    @Test
    void whatIsReadBackAnswersTheSame() throws IOException {
        try (var data = data(2000, 300, 20, Values.SMALL_WHOLE);
                var built = data.build(Metric.BM25, new SparseParameters(Algorithm.SINDI, 0.9f, 0.4f))) {
            var bytes = SparseData.written(built);
            try (var read = data.read(bytes)) {
                assertThat(read.parameters()).isEqualTo(built.parameters());
                assertThat(read.totalLength()).isEqualTo(built.totalLength());
                assertThat(SparseData.written(read)).isEqualTo(bytes);
                var query = SparseData.query(cells(300, 5, Values.POSITIVE));
                var target = new Target(
                        query, 10, Effort.DEFAULT, Accept.ALL, Optional.of(new Bm25(0.9f, 0.4f, data.averageLength())));
                assertThat(take(read.walk(target, data.scratch))).isEqualTo(take(built.walk(target, data.scratch)));
            }
        }
    }

    @Test
    void hostileBytesAreRefusedOrHarmless() throws IOException {
        try (var data = data(700, 60, 12, Values.SMALL_WHOLE);
                var built = data.build(Metric.BM25, SparseParameters.DEFAULT)) {
            var bytes = SparseData.written(built);
            long before = data.memory.inUseBytes();
            for (int cut : new int[] {0, 1, InvertedBytes.HEAD - 1, InvertedBytes.HEAD, bytes.length - 1})
                assertThatThrownBy(() -> data.read(Arrays.copyOf(bytes, cut)))
                        .isInstanceOfAny(Damaged.class, EOFException.class);
            MemorySegment query = SparseData.query(cells(60, 6, Values.POSITIVE));
            var target = new Target(
                    query, 10, Effort.DEFAULT, Accept.ALL, Optional.of(new Bm25(1.2f, 0.75f, data.averageLength())));
            for (int round = 0; round < 800; round++) {
                var broken = bytes.clone();
                int at = round < 128 ? round : random.nextInt(bytes.length);
                broken[at] ^= (byte) (1 << random.nextInt(8));
                try (var read = data.read(broken)) {
                    for (var algorithm : Algorithm.values())
                        take(read.by(algorithm).walk(target, data.scratch));
                } catch (Damaged | dev.sextant.kernel.OutOfBudget refused) {
                    assertThat(data.memory.inUseBytes()).isEqualTo(before);
                }
            }
        }
    }
}
