package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Read;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The plan of a read, as lines: the steps from the last to the first, and under them what each shard does.
final class Plans {
    private final Reading reading;

    Plans(Reading reading) {
        this.reading = reading;
    }

    void explain(Read.Explain explain, Once<Read.Explanation> reply) {
        var questions = new ArrayList<Reader.Question>();
        var head = head(explain.read(), questions);
        long begun = reading.work().nanos();
        reading.open(
                reply,
                (readers, once) -> shard(readers, questions, explain.analyze(), 0, new ArrayList<>(), once, lines -> {
                    var all = new ArrayList<>(head);
                    for (var line : lines) all.add("  ".repeat(head.size()) + line);
                    if (explain.analyze())
                        all.add("Took " + Explaining.time(reading.work().nanos() - begun)
                                + " in all, without fetching");
                    once.complete(new Read.Explanation(all));
                }));
    }

    private List<String> head(Read<?> read, List<Reader.Question> questions) {
        return switch (read) {
            case Read.Search search -> {
                var asked = new Binding(reading).asked(search);
                questions.add(asked.question(queries(search.near(), asked)));
                yield List.of(
                        "Fetch " + (search.outputs().isEmpty() ? "keys" : String.join(", ", search.outputs()))
                                + " of the hits",
                        "  Limit " + search.limit() + (search.offset() == 0 ? "" : " from " + search.offset() + " on")
                                + search.grouping()
                                        .map(g -> ", groups by " + String.join(", ", g.fields()) + " of " + g.size())
                                        .orElse(""),
                        "    "
                                + (search.order().isEmpty()
                                        ? ""
                                        : "Order the best by " + Explaining.by(search.order()) + ": ")
                                + "Near " + asked.field().name() + " by " + asked.metric() + ", "
                                + Explaining.count(search.near().target().count(), "vector"));
            }
            case Read.HybridSearch search -> {
                var asked = new Binding(reading).asked(search);
                for (int i = 0; i < asked.size(); i++)
                    questions.add(
                            asked.get(i).question(queries(search.parts().get(i).near(), asked.get(i))));
                yield List.of(
                        "Fetch " + (search.outputs().isEmpty() ? "keys" : String.join(", ", search.outputs()))
                                + " of the hits",
                        "  Limit " + search.limit() + (search.offset() == 0 ? "" : " from " + search.offset() + " on"),
                        "    Fuse " + Explaining.count(asked.size(), "list") + " by " + fusion(search.fusion()));
            }
            case Read.Query query -> {
                questions.add(new Listing(reading).asked(query));
                yield List.of(
                        "Fetch " + (query.outputs().isEmpty() ? "keys" : String.join(", ", query.outputs())),
                        "  Order by " + (query.order().isEmpty() ? "key" : Explaining.by(query.order()))
                                + (query.limit().isPresent()
                                        ? ", limit " + query.limit().getAsInt()
                                        : ""));
            }
            case Read.Aggregate aggregate -> {
                questions.add(new Aggregations(reading).asked(aggregate));
                yield List.of(
                        "Order by "
                                + (aggregate.order().isEmpty() ? "group" : Explaining.by(aggregate.order()))
                                + (aggregate.limit().isPresent()
                                        ? ", limit " + aggregate.limit().getAsInt()
                                        : ""),
                        "  Add up "
                                + aggregate.figures().stream()
                                        .map(Read.Figure::name)
                                        .collect(Collectors.joining(", "))
                                + (aggregate.groups().isEmpty() ? "" : " by " + String.join(", ", aggregate.groups())));
            }
            case Read.Bucketed bucketed -> {
                var pool = new Bucketing(reading).pool(bucketed);
                var lines = new ArrayList<>(List.of("Buckets by " + Bucketing.fields(bucketed.level())));
                for (var line : head(pool, questions)) lines.add("  " + line);
                yield lines;
            }
            case Read.Count count -> {
                questions.add(new Listing(reading).asked(count));
                yield List.of("Count");
            }
            case Read.Explain inner -> head(inner.read(), questions);
        };
    }

    private static String fusion(Read.Fusion fusion) {
        return switch (fusion) {
            case Read.Fusion.ReciprocalRank(var k) -> "reciprocal rank, k = " + k;
            case Read.Fusion.Model model ->
                "what model " + model.parameters().getOrDefault("provider", "") + " says of " + model.field();
            case Read.Fusion.Chain(var chain) -> "chain of " + Explaining.count(chain.size(), "step");
            case Read.Fusion.Boosts boosts -> boosts.functions().size() + " boosts";
            case Read.Fusion.Decay decay ->
                "decay of " + decay.field() + " by " + decay.curve() + " from " + decay.origin() + ", scale "
                        + decay.scale();
            case Read.Fusion.Weighted(var weights, var normalised) ->
                "weights " + weights + (normalised ? ", normalised" : "");
        };
    }

    /// A plan needs no vectors; where only keys are given, zeros stand in for what would be looked up.
    private static Column queries(Read.Near near, Asked asked) {
        return switch (near.target()) {
            case Read.Target.Vectors(var queries) -> Names.queries(queries, asked.field());
            case Read.Target.Texts _ -> throw Names.unmade(asked.field());
            case Read.Target.Keys(var keys) -> {
                var zeros = Column.nulls(asked.field().type(), keys.rows());
                yield switch (zeros) {
                    case Column.Dense dense ->
                        new Column.Dense(dense.type(), dense.dimension(), dense.bytes(), Nulls.NONE);
                    case Column.Sparse(var cells, _) -> new Column.Sparse(cells, Nulls.NONE);
                    default -> throw new AssertionError(zeros);
                };
            }
        };
    }

    private void shard(
            List<Reader> readers,
            List<Reader.Question> questions,
            boolean analyze,
            int done,
            List<String> lines,
            Once<Read.Explanation> once,
            java.util.function.Consumer<List<String>> then) {
        if (done == readers.size() * questions.size()) {
            then.accept(lines);
            return;
        }
        var reader = readers.get(done % readers.size());
        reader.explain(reading.call(), questions.get(done / readers.size()), analyze, new Then<>(once, more -> {
            lines.addAll(more);
            // As with the searches themselves: an empty stack now and then.
            if (done % 16 != 15) shard(readers, questions, analyze, done + 1, lines, once, then);
            else
                OnWorker.elsewhere(
                        reading.work(), once, _ -> shard(readers, questions, analyze, done + 1, lines, once, then));
        }));
    }
}
