package dev.sextant.query;

import dev.sextant.index.TermFigures;
import dev.sextant.model.Column;
import dev.sextant.model.Hits;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// The winners of one bound search: each shard gives its best, and the best of those are cut out. Their fields are
/// fetched apart, when it is known who is left.
record Finding(Reading reading) {
    /// Copies of hits on their way from shards to an answer: as they came, merged, cut.
    private static final int MERGING = 3;

    void winners(List<Reader> readers, Asked asked, Then<Winners> then) {
        vectors(readers, asked, new Then<>(then.last(), queries -> {
            if (asked.relevance().isEmpty()) winners(readers, asked, asked.question(queries), then);
            else relevant(readers, asked, (Column.Sparse) queries, then);
        }));
    }

    /// Terms weigh what all shards together know of them, so that scores compare across shards.
    private void relevant(List<Reader> readers, Asked asked, Column.Sparse queries, Then<Winners> then) {
        int[] terms = TermWeights.terms(queries);
        reading.<TermFigures>each(
                readers,
                asked.question(queries),
                (reader, reply) -> reader.terms(reading.call(), asked.field().id(), terms, reply),
                new Then<>(then.last(), found -> {
                    var figures = found.stream().reduce(TermFigures.none(terms.length), TermFigures::plus);
                    var weighted = TermWeights.weighted(queries, terms, figures);
                    winners(readers, asked, asked.question(weighted, figures), then);
                }));
    }

    private void winners(List<Reader> readers, Asked asked, Reader.Nearest question, Then<Winners> then) {
        reading.<Reader.Found>each(
                readers,
                question,
                (reader, reply) -> reader.search(reading.call(), question, reply),
                new Then<>(then.last(), found -> {
                    for (var one : found) reading.room().take(MERGING * Winners.bytes(one));
                    then.complete(Merging.merge(found, asked.metric().largerIsBetter()));
                }));
    }

    /// The vectors to search for: those that came, or those stored under keys.
    private void vectors(List<Reader> readers, Asked asked, Then<Column> then) {
        switch (asked.near().target()) {
            case Read.Target.Vectors(var queries) -> then.complete(Names.queries(queries, asked.field()));
            case Read.Target.Texts _ -> throw Names.unmade(asked.field());
            case Read.Target.Keys(var keys) -> stored(readers, asked, keys, then);
        }
    }

    /// By ascending key, whatever the order in which they were named.
    private void stored(List<Reader> readers, Asked asked, Column keys, Then<Column> then) {
        Names.checkKeys(reading.collection().schema(), keys);
        var sorted = keys.take(Sorting.sorted(keys.rows(), (a, b) -> Sorting.compareKeys(keys, a, keys, b)));
        for (int i = 1; i < sorted.rows(); i++)
            if (Sorting.compareKeys(sorted, i - 1, sorted, i) == 0)
                throw new Refused(new Refusal.InvalidParameter("ids", "duplicate IDs found in search request"));
        var partitions = asked.where().partitions();
        var everything = new Reader.Matching(
                new Reader.Where(
                        Owners.condition(reading.collection().schema(), reading.call(), sorted), partitions, false),
                OptionalInt.empty());
        reading.<Reader.Selected>each(
                readers,
                everything,
                (reader, reply) -> {
                    if (everything.where().filter().isPresent()) reader.scan(reading.call(), everything, reply);
                    else reader.find(reading.call(), sorted, partitions, reply);
                },
                new Then<>(then.last(), found -> {
                    var all = Ordered.merge(found, Integer.MAX_VALUE);
                    refuseMissing(sorted, all.keys());
                    var field = new Outputs(List.of(asked.field()), List.of());
                    Fetching.fetchAll(
                            reading,
                            readers,
                            all,
                            field,
                            new Then<>(then.last(), columns -> then.complete(columns.getFirst())));
                }));
    }

    private static void refuseMissing(Column asked, Column found) {
        if (asked.rows() == found.rows()) return;
        var missing = new ArrayList<String>();
        for (int i = 0, at = 0; i < asked.rows(); i++) {
            if (at < found.rows() && Sorting.compareKeys(asked, i, found, at) == 0) at++;
            else
                missing.add(
                        asked instanceof Column.Texts(var texts, _)
                                ? texts.text(i)
                                : Long.toString(((Column.Longs) asked).values()[i]));
        }
        throw new Refused(new Refusal.InvalidParameter(
                "ids",
                "some of the provided primary key IDs do not exist: missing IDs = [" + String.join(", ", missing)
                        + "]"));
    }

    void fetch(List<Reader> readers, Winners winners, Outputs outputs, Reply<List<Column>> reply) {
        Fetching.fetch(reading, readers, winners, outputs, reply);
    }

    void answer(List<Reader> readers, Winners winners, Outputs outputs, Once<Hits> once) {
        fetch(
                readers,
                winners,
                outputs,
                new Then<>(
                        once,
                        columns -> once.complete(new Hits(
                                winners.counts(),
                                winners.keys(),
                                winners.scores(),
                                outputs.rows(winners.total(), columns),
                                winners.groups(),
                                winners.elements(),
                                true,
                                Reading.timestamp(readers),
                                winners.scanned()))));
    }
}
