package dev.sextant.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.cli.bench.Filters.Correlation;
import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.model.Metric;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TruthTest {
    private static final Matrix LINE = Matrix.of(6, 1, new float[] {0, 1, 1, 2, 3, 9});
    private static final Matrix ORIGIN = Matrix.of(1, 1, new float[] {0});

    private static Matrix random(Random random, int rows, int dimension) {
        var values = new float[rows * dimension];
        for (int i = 0; i < values.length; i++) values[i] = random.nextFloat() - 0.5f;
        return Matrix.of(rows, dimension, values);
    }

    @Test
    void aTieCountsWhicheverRowTheFileNames() {
        var truth = Truth.of(Matrix.of(1, 2, new long[] {0, 1}), LINE, ORIGIN, Metric.L2, 2);
        assertThat(truth.right(0, new long[] {0, 2}, 0, 2)).isEqualTo(2);
        assertThat(truth.right(0, new long[] {3, 1}, 0, 2)).isEqualTo(1);
    }

    @Test
    void aRowThatComesTwiceCountsOnceAndOneThatIsNotThereNever() {
        var truth = Truth.computed(LINE, ORIGIN, Metric.L2, 3, Filters.NONE);
        assertThat(truth.right(0, new long[] {1, 1, 1}, 0, 3)).isEqualTo(1);
        assertThat(truth.right(0, new long[] {-1, 6, 0}, 0, 3)).isEqualTo(1);
    }

    @Test
    void aTruthOfOtherRowsOrAnotherOrderIsRefused() {
        var random = new Random(5);
        var base = random(random, 300, 8);
        var queries = random(random, 40, 8);
        int k = 5;
        var near = new long[40][];
        for (int q = 0; q < 40; q++) {
            var asked = queries.row(q);
            near[q] = IntStream.range(0, 300)
                    .boxed()
                    .sorted(Comparator.comparingDouble(row -> Exact.score(base.row(row), asked, Metric.L2)))
                    .mapToLong(row -> row)
                    .limit(20)
                    .toArray();
        }
        assertThat(truth(near, base, queries, k).wanted(0)).isEqualTo(k);

        assertRefused(near, row -> (row + 1) % 300, base, queries);
        var backwards = Arrays.stream(near)
                .map(ids -> IntStream.range(0, 20).mapToLong(i -> ids[19 - i]).toArray())
                .toArray(long[][]::new);
        assertRefused(backwards, LongUnaryOperator.identity(), base, queries);
        assertRefused(
                Arrays.asList(near).reversed().toArray(long[][]::new), LongUnaryOperator.identity(), base, queries);
        assertThatThrownBy(() -> Truth.of(ids(near), base, queries, Metric.IP, k))
                .hasMessageContaining("another metric");
        near[7][3] = near[7][1];
        assertThatThrownBy(() -> truth(near, base, queries, k)).hasMessageContaining("twice for query 7");
    }

    private static Matrix ids(long[][] near) {
        return Matrix.of(
                near.length,
                near[0].length,
                Arrays.stream(near).flatMapToLong(Arrays::stream).toArray());
    }

    private static Truth truth(long[][] near, Matrix base, Matrix queries, int k) {
        return Truth.of(ids(near), base, queries, Metric.L2, k);
    }

    private static void assertRefused(long[][] near, LongUnaryOperator other, Matrix base, Matrix queries) {
        var changed = Arrays.stream(near)
                .map(ids -> Arrays.stream(ids).map(other).toArray())
                .toArray(long[][]::new);
        assertThatThrownBy(() -> truth(changed, base, queries, 5))
                .hasMessageContaining("without --truth it is computed");
    }

    @Test
    void underAConditionOnlyRowsThatMatchAreRight() {
        var rows = new BitSet();
        rows.set(3);
        rows.set(5);
        var truth = Truth.computed(LINE, ORIGIN, Metric.L2, 3, new Filters.Written("x", rows));
        assertThat(truth.wanted(0)).isEqualTo(2);
        assertThat(truth.right(0, new long[] {5, 0, 3}, 0, 3)).isEqualTo(2);
    }

    @Test
    void theTruthNamesRowsByTheNamesOfTheFile() {
        var named = LINE.called(new long[] {10, 20, 30, 40, 50, 60});
        assertThat(Truth.of(Matrix.of(1, 2, new long[] {10, 30}), named, ORIGIN, Metric.L2, 2)
                        .worst())
                .containsExactly(1);
        assertThatThrownBy(() -> Truth.of(Matrix.of(1, 1, new long[] {3}), named, ORIGIN, Metric.L2, 1))
                .hasMessageContaining("names row 3");
    }

    @Test
    void theFastWayFindsWhatTheObviousWayFinds() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (var metric : List.of(Metric.L2, Metric.L2, Metric.L2, Metric.IP, Metric.COSINE)) {
            var base = random(random, 300 + random.nextInt(100), 1 + random.nextInt(40));
            var queries = random(random, 1 + random.nextInt(150), base.dimension());
            if (random.nextBoolean()) {
                base = bytes(random, base.rows(), base.dimension());
                queries = bytes(random, queries.rows(), base.dimension());
            }
            check(base, queries, metric, seed);
        }
    }

    private static Matrix bytes(Random random, int rows, int dimension) {
        var values = new byte[rows * dimension];
        random.nextBytes(values);
        return Matrix.of(rows, dimension, values);
    }

    private static void check(Matrix base, Matrix queries, Metric metric, long seed) {
        var scalars = Scalars.of(base, metric);
        var filters = List.of(
                Filters.NONE,
                Filters.share(0.1, Correlation.NONE, scalars, base, queries, metric),
                Filters.share(0.01, Correlation.WITH, scalars, base, queries, metric),
                Filters.share(0.3, Correlation.AGAINST, scalars, base, queries, metric));
        int k = 5;
        for (var truth : Truth.computed(base, queries, metric, k, filters))
            for (int q = 0; q < queries.rows(); q++) {
                int query = q;
                var scores = IntStream.range(0, base.rows())
                        .filter(row -> truth.filters().accepts(query, row))
                        .mapToObj(row -> Exact.score(base.row(row), queries.row(query), metric))
                        .sorted(
                                metric.largerIsBetter()
                                        ? java.util.Comparator.reverseOrder()
                                        : java.util.Comparator.naturalOrder())
                        .toList();
                Float expected = scores.size() < k ? Float.NaN : scores.get(k - 1);
                assertThat(Float.valueOf(truth.worst()[q]))
                        .as("seed %d, %s", seed, metric)
                        .isEqualTo(expected);
            }
    }

    @Test
    void aShareTakesExactlySoManyRowsAndItsFreshWordsTakeTheSame() {
        var random = new Random(1);
        var base = random(random, 4000, 3);
        var queries = random(random, 2, 3);
        var scalars = Scalars.of(base, Metric.L2);
        for (double share : new double[] {0.99, 0.5, 0.1, 0.01, 0.001})
            for (var correlation : Correlation.values()) {
                var filters = Filters.share(share, correlation, scalars, base, queries, Metric.L2);
                assertThat(filters.matching(1, 4000)).isBetween((int) (4000 * share) - 1, (int) (4000 * share) + 1);
            }
        var against = Filters.share(0.01, Correlation.AGAINST, scalars, base, queries, Metric.L2);
        for (var text : List.of(against.text(0), against.freshText(0, 0), against.freshText(0, 300))) {
            var asked = Matches.of(text, scalars);
            assertThat(IntStream.range(0, 4000).filter(row -> asked.accepts(0, row)))
                    .as(text)
                    .containsExactlyElementsOf(IntStream.range(0, 4000)
                            .filter(row -> against.accepts(0, row))
                            .boxed()
                            .toList());
        }
    }

    @Test
    void whatLiesWithAQueryIsNearerThanWhatLiesAgainstIt() {
        var random = new Random(2);
        var base = random(random, 2000, 4);
        var queries = random(random, 20, 4);
        var scalars = Scalars.of(base, Metric.L2);
        var with = Filters.share(0.05, Correlation.WITH, scalars, base, queries, Metric.L2);
        var against = Filters.share(0.05, Correlation.AGAINST, scalars, base, queries, Metric.L2);
        for (int q = 0; q < 20; q++)
            assertThat(mean(base, queries.row(q), with, q)).isLessThan(mean(base, queries.row(q), against, q));
    }

    private static double mean(Matrix base, float[] query, Filters filters, int q) {
        return IntStream.range(0, base.rows())
                .filter(row -> filters.accepts(q, row))
                .mapToDouble(row -> Exact.score(base.row(row), query, Metric.L2))
                .average()
                .orElseThrow();
    }

    @Test
    void scalarsAreTheSameEachTime() {
        var base = random(new Random(3), 100, 2);
        assertThat(Scalars.of(base, Metric.L2).reals().get("u"))
                .isEqualTo(Scalars.of(base, Metric.L2).reals().get("u"));
        assertThat(Arrays.stream(Scalars.of(base, Metric.L2).reals().get("c3")).distinct())
                .hasSize(100);
    }
}
