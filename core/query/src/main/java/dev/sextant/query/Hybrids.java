package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Hits;
import dev.sextant.model.Link;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/// Searches of several fields whose lists become one, and searches whose hits are scored anew.
final class Hybrids {
    private final Reading reading;
    private final Finding finding;
    private final Read.HybridSearch search;
    private final List<Asked> asked;
    private final Fusing fusing;
    private final Outputs outputs;
    private final Optional<GroupFields> grouped;
    private final List<Link> links;

    Hybrids(Reading reading, Finding finding, Read.HybridSearch search) {
        this.reading = reading;
        this.finding = finding;
        this.search = search;
        var schema = reading.collection().schema();
        asked = new Binding(reading).asked(search);
        fusing = new Fusing(search.fusion(), asked.stream().map(Asked::metric).toList());
        outputs = Outputs.of(search.outputs(), reading.collection(), false);
        grouped = search.grouping().map(grouping -> GroupFields.of(grouping, schema));
        links = ChainRules.links(search.fusion());
        boolean boosts = search.fusion() instanceof Read.Fusion.Boosts
                || search.parts().stream().anyMatch(part -> part.boosts().isPresent());
        if (grouped.isPresent() && boosts)
            throw new Refused(new Refusal.InvalidParameter(
                    "reranker", "boost reranker is not supported in a search with groups"));
    }

    void search(Once<Hits> reply) {
        if (links.isEmpty())
            reading.open(reply, (readers, once) -> fused(readers, once, fused -> finish(readers, fused, once)));
        else chained(reply);
    }

    private void fused(List<Reader> readers, Once<?> once, Consumer<Winners> then) {
        lists(
                readers,
                new ArrayList<>(),
                once,
                lists -> new Rescoring(reading, finding)
                        .rescored(readers, search.fusion(), fusing.largerIsBetter(), fusing.fuse(lists), once, then));
    }

    private void finish(List<Reader> readers, Winners fused, Once<Hits> once) {
        if (grouped.isEmpty()) {
            var cut = Merging.cut(fused, search.offset(), search.limit());
            finding.answer(readers, rounded(cut), outputs, once);
            return;
        }
        var fields = new Outputs(grouped.get().columns(), List.of());
        finding.fetch(readers, fused, fields, new Then<>(once, columns -> {
            var values = grouped.get().values(columns);
            finding.answer(readers, rounded(groups(fused, values, true)), outputs, once);
        }));
    }

    private Winners groups(Winners hits, Object[] values, boolean fusedScores) {
        return Merging.group(
                hits.grouped(grouped.orElseThrow().columns(List.of(values))),
                search.grouping().orElseThrow(),
                search.offset(),
                search.limit(),
                fusedScores,
                fusing.largerIsBetter());
    }

    private Winners rounded(Winners winners) {
        if (search.roundDecimal() < 0) return winners;
        var scores = winners.scores().clone();
        for (int i = 0; i < scores.length; i++)
            scores[i] = (float) Chaining.rounded(OptionalDouble.of(scores[i]), search.roundDecimal());
        return winners.scored(scores);
    }

    /// One list after the other: their scratch is the worker's.
    private void lists(List<Reader> readers, List<Winners> done, Once<?> once, Consumer<List<Winners>> then) {
        if (done.size() == asked.size()) {
            then.accept(done);
            return;
        }
        list(readers, done.size(), once, found -> {
            done.add(found);
            NearSearch.refuseTooMany(done.stream().mapToLong(Winners::total).sum(), reading.config());
            // Steps are calls inside calls; a long row of them goes on with an empty stack now and then.
            if (done.size() % 16 > 0) lists(readers, done, once, then);
            else OnWorker.elsewhere(reading.work(), once, _ -> lists(readers, done, once, then));
        });
    }

    private void list(List<Reader> readers, int which, Once<?> once, Consumer<Winners> then) {
        var one = asked.get(which);
        var boosts = search.parts().get(which).boosts();
        if (one.grouping().isPresent())
            new Grouped(reading, finding).groups(readers, one, one.grouping().get(), once, then);
        else
            finding.winners(readers, one, new Then<>(once, found -> {
                var best = Merging.cut(found, 0, one.wanted());
                var cut = one.collapse()
                        .map(how -> Collapsing.rows(best, how, one.metric().largerIsBetter()))
                        .orElse(best);
                if (boosts.isEmpty()) then.accept(cut);
                else
                    new Rescoring(reading, finding)
                            .rescored(readers, boosts.get(), one.metric().largerIsBetter(), cut, once, then);
            }));
    }

    /// What the steps may look at is fetched beforehand, and the shards are let go before anybody is waited for.
    private record Fetched(Winners hits, List<Column> columns, long timestamp) {}

    private void chained(Once<Hits> reply) {
        var needed = new ChainRules(
                        reading.collection().schema(),
                        reading.models(),
                        search.parts().getFirst().near().target().count())
                .fields(links);
        var fields = ChainRules.together(
                ChainRules.together(outputs.fields(), needed.values()),
                grouped.map(GroupFields::columns).orElse(List.of()));
        var all = new Outputs(fields, List.of());
        var fetched = new Once<Fetched>(
                new Then<>(reply, found -> steps(found, fields, needed.sequencedKeySet(), reply)), () -> {});
        reading.open(
                fetched,
                (readers, once) -> fused(
                        readers,
                        once,
                        hits -> finding.fetch(
                                readers,
                                hits,
                                all,
                                new Then<>(
                                        once,
                                        columns -> once.complete(
                                                new Fetched(hits, columns, Reading.timestamp(readers)))))));
    }

    private void steps(Fetched fetched, List<Field> fields, Iterable<String> needed, Once<Hits> reply) {
        var hits = fetched.hits().inRows();
        var read = new HashMap<String, Column>();
        for (int i = 0; i < fields.size(); i++)
            read.put(fields.get(i).name(), fetched.columns().get(i));
        for (var name : needed) assert read.containsKey(name) : name;
        // The room of the read went back with its shards: a model may take long.
        var room = new Room(reading.memory(), "chains");
        var once = new Once<>(reply, room::close);
        OnWorker.run(reading.work(), once, same -> {
            for (var column : fetched.columns()) room.take(Outputs.bytes(column));
            new Chaining(hits, read, room, new Patience(reading.call(), reading.work()))
                    .run(links, 0, asking(same), left -> same.complete(answer(fetched, fields, left)));
        });
    }

    private Chaining.Judging asking(Once<Hits> reply) {
        return new Chaining.Judging() {
            @Override
            public void judge(Link.Term.Judge judge, List<List<String>> texts, Consumer<List<double[]>> then) {
                reading.models()
                        .judge(reading.call(), judge.parameters(), judge.queries(), texts, onWorker(reply, then));
            }

            @Override
            public void trees(Link.Term.Trees trees, Consumer<Models.Scorer> then) {
                reading.models().scorer(reading.call(), trees.model(), trees.margin(), onWorker(reply, then));
            }
        };
    }

    /// What a model said is worked on where work is done.
    private <T> Reply<T> onWorker(Once<Hits> reply, Consumer<T> then) {
        return new Reply<>() {
            @Override
            public void complete(T said) {
                OnWorker.elsewhere(reading.work(), reply, _ -> then.accept(said));
            }

            @Override
            public void fail(Throwable reason) {
                reply.fail(reason);
            }
        };
    }

    private Hits answer(Fetched fetched, List<Field> fields, Winners left) {
        var cut = grouped.isEmpty()
                ? Merging.cut(left, search.offset(), search.limit())
                : groups(left, values(fetched, fields, left), false);
        var rows = new int[cut.total()];
        for (int i = 0; i < rows.length; i++) rows[i] = (int) cut.place()[i];
        var columns = new ArrayList<Column>();
        for (var field : outputs.fields())
            columns.add(fetched.columns().get(fields.indexOf(field)).take(rows));
        return new Hits(
                cut.counts(),
                cut.keys(),
                rounded(cut).scores(),
                outputs.rows(rows.length, columns),
                cut.groups(),
                cut.elements(),
                true,
                fetched.timestamp(),
                cut.scanned());
    }

    private Object[] values(Fetched fetched, List<Field> fields, Winners left) {
        var rows = new int[left.total()];
        for (int i = 0; i < rows.length; i++) rows[i] = (int) left.place()[i];
        return grouped.orElseThrow()
                .values(grouped.get().columns().stream()
                        .map(field ->
                                fetched.columns().get(fields.indexOf(field)).take(rows))
                        .toList());
    }
}
