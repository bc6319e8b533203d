package dev.sextant.query;

import static dev.sextant.query.Ranked.SEED;
import static dev.sextant.query.Ranked.house;
import static dev.sextant.query.Ranked.hybrid;
import static dev.sextant.query.Ranked.keys;
import static dev.sextant.query.Ranked.nearest;
import static dev.sextant.query.Ranked.search;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Hits;
import dev.sextant.model.Link;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.query.Ranked.Hit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Models that say how good a hit is: of its text, or of its columns.
class ModelsTest {
    /// Says that a text is as good as it is long, and answers from another thread.
    private static final Models LENGTHS = new Models() {
        @Override
        public void check(Map<String, String> parameters) {
            if (parameters.containsKey("wrong")) throw new Refused(new Refusal.Unsupported("this model"));
        }

        @Override
        public void judge(
                Call call,
                Map<String, String> parameters,
                List<String> queries,
                List<List<String>> texts,
                Reply<List<double[]>> reply) {
            Thread.startVirtualThread(() -> {
                if (parameters.containsKey("fails")) reply.fail(new Refused(new Refusal.FunctionFailed("tired")));
                else
                    reply.complete(texts.stream()
                            .map(own -> own.stream().mapToDouble(String::length).toArray())
                            .toList());
            });
        }
    };

    private static Hits judged(House house, Read.HybridSearch search) {
        return judged(house, search, LENGTHS);
    }

    private static Hits judged(House house, Read.HybridSearch search, Models models) {
        var future = new CompletableFuture<Hits>();
        house.queries.run(Call.local(), house.collection, search, models, new Reply<>() {
            @Override
            public void complete(Hits answer) {
                future.complete(answer);
            }

            @Override
            public void fail(Throwable reason) {
                future.completeExceptionally(reason);
            }
        });
        return future.join();
    }

    @Test
    void whatAModelSaysOfTheRowsOfAllListsReplacesTheirScores() {
        try (var house = house(SEED, 300)) {
            var query = house.vector();
            var search = search(query, "", 20, 3, "colour");
            var model = new Read.Fusion.Model("colour", List.of("what"), Map.of());
            var expected = nearest(house, query).subList(0, 23).stream()
                    .sorted(Comparator.<Hit>comparingInt(hit -> -(hit.row().colour() == null
                                    ? 0
                                    : hit.row().colour().length()))
                            .thenComparing(Hit::key, House::compareKeys))
                    .skip(3)
                    .toList();
            for (int lists : new int[] {1, 2}) {
                var hits = judged(house, hybrid(search, model, lists));
                assertThat(keys(hits)).isEqualTo(expected.stream().map(Hit::key).toList());
                var colours = hits.outputs().column("colour").orElseThrow();
                for (int i = 0; i < hits.total(); i++)
                    assertThat(hits.scores()[i])
                            .isEqualTo(
                                    colours.isNull(i)
                                            ? 0
                                            : ((Column.Texts) colours).values().length(i));
            }
        }
    }

    @Test
    void aModelOfTreesScoresRowsByTheirColumnsAndAnAbsentOneByNoNumber() {
        try (var house = house(SEED, 300)) {
            var query = house.vector();
            var trees = new Models() {
                @Override
                public void check(Map<String, String> parameters) {}

                @Override
                public void judge(
                        Call call,
                        Map<String, String> parameters,
                        List<String> queries,
                        List<List<String>> texts,
                        Reply<List<double[]>> reply) {
                    throw new AssertionError("nobody is asked about texts");
                }

                @Override
                public void scorer(Call call, String name, boolean margin, Reply<Scorer> reply) {
                    if (!name.equals("sum")) reply.fail(new Refused(new Refusal.Unsupported(name)));
                    else
                        Thread.startVirtualThread(() -> reply.complete(new Scorer() {
                            @Override
                            public int columns() {
                                return 2;
                            }

                            @Override
                            public double of(float[] values) {
                                return (margin ? 1 : -1) * (values[0] + values[1]);
                            }
                        }));
                }
            };
            var best = nearest(house, query).subList(0, 20);
            for (boolean margin : new boolean[] {true, false}) {
                var term = new Link.Term.Trees(List.of("number", Link.SCORE), "sum", margin);
                var chain = new Read.Fusion.Chain(List.of(new Link.Put(Link.SCORE, term)));
                var hits = judged(house, hybrid(search(query, "", 20, 0), chain, 1), trees);
                for (int i = 0; i < 20; i++) {
                    double sum = best.get(i).row().number() + best.get(i).score();
                    assertThat((double) hits.scores()[i]).isCloseTo(margin ? sum : -sum, within(1e-2));
                }
            }
            Map<Link.Term.Trees, String> wrong = Map.of(
                    new Link.Term.Trees(List.of("number"), "sum", true), "takes 2 feature columns, got 1",
                    new Link.Term.Trees(List.of(), "sum", true), "at least one feature column",
                    new Link.Term.Trees(List.of("number"), " ", true), "non-empty string",
                    new Link.Term.Trees(List.of("colour", "number"), "sum", true), "unsupported type VarChar",
                    new Link.Term.Trees(List.of("number", "number"), "other", true), "other is not supported");
            wrong.forEach((term, message) -> assertThatThrownBy(() -> judged(
                            house,
                            hybrid(
                                    search(query, "", 20, 0),
                                    new Read.Fusion.Chain(List.of(new Link.Put(Link.SCORE, term))),
                                    1),
                            trees))
                    .hasMessageContaining(message));
        }
    }

    @Test
    void textsThatAModelJudgesAreCountedAsLongAsItDoes() {
        try (var house = house(SEED, 3_000)) {
            var counted = new java.util.concurrent.atomic.AtomicLong();
            var looks = new Models() {
                @Override
                public void check(Map<String, String> parameters) {}

                @Override
                public void judge(
                        Call call,
                        Map<String, String> parameters,
                        List<String> queries,
                        List<List<String>> texts,
                        Reply<List<double[]>> reply) {
                    counted.set(besideScratch(house));
                    LENGTHS.judge(call, parameters, queries, texts, reply);
                }
            };
            var model = new Read.Fusion.Model("colour", List.of("what"), Map.of());
            // What is there without texts. A worker that had nothing to do before may come to its scratch at any time.
            house.run(search(house.vector(), "", 2_500, 0, "colour"));
            long idle = besideScratch(house);
            judged(house, hybrid(search(house.vector(), "", 2_500, 0, "colour"), model, 1), looks);
            assertThat(counted.get() - idle).isGreaterThan((64L + 12) * 2_500);
            assertThat(besideScratch(house)).isEqualTo(idle);
        }
    }

    private static long besideScratch(House house) {
        return house.memory.inUseBytes() - house.memory.byName().getOrDefault("scratch", 0L);
    }

    @Test
    void aModelThatFailsFailsTheSearch() {
        try (var house = house(SEED, 100)) {
            var search = search(house.vector(), "", 5, 0);
            var fails = new Read.Fusion.Model("colour", List.of("what"), Map.of("fails", ""));
            assertThatThrownBy(() -> judged(house, hybrid(search, fails, 1))).hasRootCauseInstanceOf(Refused.class);
            var wrong = new Read.Fusion.Model("colour", List.of("what"), Map.of("wrong", ""));
            assertThatThrownBy(() -> judged(house, hybrid(search, wrong, 1))).hasMessageContaining("this model");
            var many = new Read.Fusion.Model("colour", List.of("a", "b"), Map.of());
            assertThatThrownBy(() -> judged(house, hybrid(search, many, 1))).hasMessageContaining("expected 1, got 2");
            var number = new Read.Fusion.Model("number", List.of("a"), Map.of());
            assertThatThrownBy(() -> judged(house, hybrid(search, number, 1)))
                    .hasMessageContaining("unsupported type Int32");
        }
    }
}
