package dev.sextant.query;

import static dev.sextant.query.PlainSearch.CONDITIONS;
import static dev.sextant.query.PlainSearch.EXACT;
import static dev.sextant.query.PlainSearch.GRAPHS;
import static dev.sextant.query.PlainSearch.SEED;
import static dev.sextant.query.PlainSearch.compare;
import static dev.sextant.query.PlainSearch.expected;
import static dev.sextant.query.PlainSearch.search;
import static dev.sextant.query.PlainSearch.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Hits;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Scanned;
import dev.sextant.query.House.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Requests of several queries, which pass over rows together or walk in turn.
class ManyQueriesTest {
    @Test
    void eachQueryHasItsOwnHits() {
        try (var house = new House(SEED, new Shape(2, 2, 300, 1.2, false, Metric.L2, true), EXACT)) {
            var first = house.vector();
            var second = house.vector();
            var search = Read.Search.of(
                    "c", "vector", House.vectors(Arrays.asList(first, null, second)), 7, "number", "a", "pk");
            var hits = house.run(with(
                    search,
                    new Read.Near(
                            "vector",
                            search.near().target(),
                            Optional.of(Metric.L2),
                            Map.of(),
                            OptionalDouble.empty(),
                            OptionalDouble.empty()),
                    Optional.empty(),
                    Optional.empty(),
                    -1));
            assertThat(hits.counts()).containsExactly(7, 0, 7);
            var expected =
                    new ArrayList<>(expected(house, Metric.L2, first, _ -> true).subList(0, 7));
            expected.addAll(expected(house, Metric.L2, second, _ -> true).subList(0, 7));
            compare(hits, expected);
            var numbers = (Column.Ints) hits.outputs().column("number").orElseThrow();
            var meta = (Column.Jsons) hits.outputs().column("$meta").orElseThrow();
            for (int i = 0; i < expected.size(); i++) {
                assertThat(numbers.values()[i]).isEqualTo(expected.get(i).row().number());
                assertThat(meta.values().text(i))
                        .isEqualTo(expected.get(i).row().meta().replaceAll(",\"b\".*", "}"));
            }
        }
    }

    @Test
    @Tag("slow")
    void queriesThatShareAPassOverTheRowsFindWhatEachFindsAlone() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        // Blocks of a thousand rows and more, by the filter, and groups of 128 queries: both are crossed.
        try (var house = new House(
                random.nextLong(), new Shape(1, 2, 6_000, 1.2, random.nextBoolean(), Metric.L2, false), EXACT)) {
            var vectors = new ArrayList<float[]>();
            for (int i = 0; i < 150; i++) vectors.add(i % 40 == 7 ? null : house.vector());
            for (var condition : CONDITIONS)
                for (int limit : new int[] {1, 25}) {
                    var together = house.run(search(Metric.L2, vectors, condition.text(), limit, 0));
                    long rows = 0;
                    for (int query = 0, from = 0; query < vectors.size(); from += together.counts()[query++]) {
                        var of = "seed %d, %s, limit %d, query %d".formatted(SEED, condition.text(), limit, query);
                        if (vectors.get(query) == null) {
                            assertThat(together.counts()[query]).as(of).isZero();
                            continue;
                        }
                        if (query % 16 > 0 && query != 127) continue; // to be quick
                        var alone = house.run(search(Metric.L2, vectors.get(query), condition.text(), limit, 0));
                        rows += alone.scanned().rows();
                        assertThat(together.counts()[query]).as(of).isEqualTo(alone.total());
                        for (int i = 0; i < alone.total(); i++) {
                            assertThat(House.key(together.keys(), from + i))
                                    .as(of)
                                    .isEqualTo(House.key(alone.keys(), i));
                            assertThat(together.scores()[from + i]).as(of).isEqualTo(alone.scores()[i]);
                        }
                        if (query % 32 == 0)
                            compare(
                                    alone,
                                    expected(house, Metric.L2, vectors.get(query), condition.holds()).stream()
                                            .limit(limit)
                                            .toList());
                    }
                    assertThat(together.scanned().rows()).isGreaterThanOrEqualTo(rows);
                }
        }
    }

    @Test
    void queriesThatWalkInTurnFindWhatEachFindsAlone() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        try (var house = new House(
                random.nextLong(), new Shape(1, 2, 1_500, 1.2, random.nextBoolean(), Metric.L2, true), GRAPHS)) {
            var vectors = new ArrayList<float[]>();
            for (int i = 0; i < 40; i++) vectors.add(i % 17 == 7 ? null : house.vector());
            for (var condition : CONDITIONS) {
                var together = house.run(search(Metric.L2, vectors, condition.text(), 10, 0));
                for (int query = 0, from = 0; query < vectors.size(); from += together.counts()[query++]) {
                    var of = "seed %d, %s, query %d".formatted(SEED, condition.text(), query);
                    if (vectors.get(query) == null) {
                        assertThat(together.counts()[query]).as(of).isZero();
                        continue;
                    }
                    var alone = house.run(search(Metric.L2, vectors.get(query), condition.text(), 10, 0));
                    assertThat(together.counts()[query]).as(of).isEqualTo(alone.total());
                    for (int i = 0; i < alone.total(); i++) {
                        assertThat(House.key(together.keys(), from + i)).as(of).isEqualTo(House.key(alone.keys(), i));
                        assertThat(together.scores()[from + i]).as(of).isEqualTo(alone.scores()[i]);
                    }
                }
            }
        }
    }

    @Test
    void whereMemoryIsShortWalksGoFewerAtATimeAndFindTheSame() {
        System.out.println("seed " + SEED);
        try (var house = new House(SEED, new Shape(1, 1, 1_500, 0, false, Metric.L2, true), GRAPHS)) {
            var vectors = IntStream.range(0, 30).mapToObj(_ -> house.vector()).toList();
            var alone = vectors.stream()
                    .map(vector -> house.run(search(Metric.L2, vector, "", 10, 0)))
                    .toList();
            int answered = 0;
            // From what is too little for the answer to what is enough for all walks in turn.
            for (long free = 32 << 10; free <= 512 << 10; free += 8 << 10) {
                Hits together;
                // A worker that had no search of many so far keeps more room for itself than before.
                long others = house.memory.limitBytes() - house.memory.inUseBytes() - free;
                try (var _ = house.memory.reserve("others", others)) {
                    together = house.run(search(Metric.L2, vectors, "", 10, 0));
                } catch (Refused refused) {
                    assertThat(refused.refusal()).isInstanceOf(Refusal.OutOfMemory.class);
                    continue;
                }
                answered++;
                for (int query = 0; query < vectors.size(); query++)
                    for (int i = 0; i < 10; i++) {
                        assertThat(together.scores()[10 * query + i])
                                .isEqualTo(alone.get(query).scores()[i]);
                        assertThat(House.key(together.keys(), 10 * query + i))
                                .isEqualTo(House.key(alone.get(query).keys(), i));
                    }
            }
            assertThat(answered).isGreaterThan(10);
        }
    }

    @Test
    @Tag("slow")
    void requestsOfManyQueriesMakeWayForOneThatCameLater() throws Exception {
        System.out.println("seed " + SEED);
        try (var house = new House(SEED, new Shape(1, 1, 1_500, 0, false, Metric.L2, true), GRAPHS)) {
            var many = IntStream.range(0, 3_000).mapToObj(_ -> house.vector()).toList();
            var order = new LinkedBlockingQueue<String>();
            // More than there are workers.
            for (int i = 0; i < 3; i++) submit(house, search(Metric.L2, many, "", 10, 0), "many", order);
            submit(house, search(Metric.L2, house.vector(), "", 10, 0), "one", order);
            assertThat(order.poll(60, TimeUnit.SECONDS)).isEqualTo("one");
            for (int i = 0; i < 3; i++)
                assertThat(order.poll(60, TimeUnit.SECONDS)).isEqualTo("many");
        }
    }

    private static void submit(House house, Read.Search search, String name, Queue<String> order) {
        house.queries.run(Call.local(), house.collection, search, new Reply<Hits>() {
            @Override
            public void complete(Hits answer) {
                order.add(name);
            }

            @Override
            public void fail(Throwable reason) {
                order.add(reason.toString());
            }
        });
    }

    @Test
    void anExactScanTouchesTheBytesOfEachMatchingRowOnceAQuery() {
        System.out.println("seed " + SEED);
        try (var house = new House(SEED, new Shape(2, 2, 1_500, 0, false, Metric.L2, false), EXACT)) {
            for (var condition : CONDITIONS) {
                long matching = house.rows.stream()
                        .filter(row -> row.vector() != null && condition.holds().test(row))
                        .count();
                for (int queries : new int[] {1, 5}) {
                    var vectors = IntStream.range(0, queries)
                            .mapToObj(_ -> house.vector())
                            .toList();
                    var scanned = house.run(search(Metric.L2, vectors, condition.text(), 10, 0))
                            .scanned();
                    assertThat(scanned)
                            .as("seed %d, %s", SEED, condition.text())
                            .isEqualTo(new Scanned(queries * matching, queries * matching * 4 * House.DIMENSION));
                }
            }
        }
    }
}
