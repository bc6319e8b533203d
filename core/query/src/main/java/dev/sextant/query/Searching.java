package dev.sextant.query;

import dev.sextant.index.Bm25;
import dev.sextant.index.TermFigures;
import dev.sextant.model.Column;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Filter;
import dev.sextant.model.Hits;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/// Searches, from names to hits: each shard gives its best, the best of those are cut out, and only then are fields
/// fetched.
final class Searching {
    /// Copies of hits on their way from shards to an answer: as they came, merged, cut.
    private static final int MERGING = 3;

    private final Reading reading;

    Searching(Reading reading) {
        this.reading = reading;
    }

    /// A search bound to the collection, but not yet to the vectors it looks for.
    ///
    /// @param parameters of the search, and those of the index that say how rows are scored
    /// @param wanted hits (or groups) of each query, before any are skipped
    /// @param relevance how terms are scored, for that metric only
    record Asked(
            Field field,
            Metric metric,
            Read.Near near,
            Map<String, String> parameters,
            int wanted,
            Optional<Read.Grouping> grouping,
            Optional<Read.After> after,
            int roundDecimal,
            Optional<Bm25> relevance,
            Reader.Where where) {
        Asked grouped(Read.Grouping other, int limit, Reader.Where rows) {
            return new Asked(
                    field, metric, near, parameters, limit, Optional.of(other), after, roundDecimal, relevance, rows);
        }

        /// Before anything is known of the terms of a text: enough for a plan.
        Reader.Nearest question(Column queries) {
            return question(queries, TermFigures.none(0));
        }

        /// @param figures of the terms of a text, of all shards
        Reader.Nearest question(Column queries, TermFigures figures) {
            return new Reader.Nearest(
                    field.id(),
                    metric,
                    queries,
                    parameters,
                    near.radius(),
                    near.rangeFilter(),
                    wanted,
                    grouping,
                    after,
                    roundDecimal,
                    relevance.map(plain -> new Bm25(plain.k1(), plain.b(), figures.averageLength())),
                    where);
        }
    }

    private Asked asked(
            Read.Near near,
            Optional<Filter> filter,
            List<String> partitions,
            int wanted,
            Optional<Read.Grouping> grouping,
            Optional<Read.After> after,
            int roundDecimal,
            boolean sealedOnly) {
        var collection = reading.collection();
        if (wanted < 1) throw new Refused(new Refusal.OutOfRange("limit", Integer.toString(wanted), "[1, 2147483647]"));
        var field = Names.vector(collection, near.field());
        var metric = Names.metric(collection, field, near.metric());
        Names.range(near, metric);
        Parameters.check(Names.indexType(collection, field), near.parameters(), wanted);
        if (metric == Metric.MHJACCARD && near.radius().isPresent())
            throw new Refused(new Refusal.InvalidParameter("radius", "not support range search for MHJACCARD"));
        Names.checkIsolation(collection, filter);
        after.ifPresent(present -> Names.checkKey(collection.schema(), present.key()));
        grouping.ifPresent(present -> checkGrouping(present, near, field, after));
        var where = new Reader.Where(filter, Names.partitions(collection, partitions, filter), sealedOnly);
        return new Asked(
                field,
                metric,
                near,
                Names.parameters(collection, field, near),
                wanted,
                grouping,
                after,
                roundDecimal,
                metric == Metric.BM25 ? Optional.of(Names.relevance(collection, field)) : Optional.empty(),
                where);
    }

    private void checkGrouping(Read.Grouping grouping, Read.Near near, Field field, Optional<Read.After> after) {
        GroupField.of(grouping.field(), reading.collection().schema());
        if (grouping.size() < 1)
            throw new Refused(
                    new Refusal.InvalidParameter("group_size", "input group size:" + grouping.size() + " is negative"));
        if (near.radius().isPresent())
            throw new Refused(new Refusal.InvalidParameter(
                    "radius", "Not allowed to do range-search when doing search-group-by"));
        if (after.isPresent())
            throw new Refused(
                    new Refusal.InvalidParameter("iterator", "Not allowed to do groupBy when doing iteration"));
        if (field.type() instanceof FieldType.Vector(var type, _) && type == dev.sextant.model.VectorType.BINARY)
            throw new Refused(new Refusal.InvalidParameter(
                    "group_by_field", "not support search_group_by operation based on binary vector"));
    }

    Asked asked(Read.Search search) {
        return asked(
                search.near(),
                search.filter(),
                search.partitions(),
                Math.addExact(search.limit(), search.offset()),
                search.grouping(),
                search.after(),
                search.roundDecimal(),
                search.sealedOnly());
    }

    /// The searches of a hybrid one. They are not rounded: what is rounded is the fused score.
    List<Asked> asked(Read.HybridSearch search) {
        if (search.parts().isEmpty())
            throw new Refused(new Refusal.Missing("requests", "a hybrid search needs at least one"));
        int queries = search.parts().getFirst().near().target().count();
        for (var part : search.parts())
            if (part.near().target().count() != queries)
                throw new Refused(new Refusal.InvalidParameter("nq", "all sub-requests must have the same nq"));
        return search.parts().stream()
                .map(part -> asked(
                        part.near(),
                        part.filter(),
                        search.partitions(),
                        part.limit(),
                        Optional.empty(),
                        Optional.empty(),
                        -1,
                        false))
                .toList();
    }

    void search(Read.Search search, Once<Hits> reply) {
        var asked = asked(search);
        var outputs = Outputs.of(search.outputs(), reading.collection().schema(), false);
        boolean larger = asked.metric().largerIsBetter();
        reading.open(reply, (readers, once) -> {
            if (search.grouping().isEmpty())
                winners(
                        readers,
                        asked,
                        new Then<>(
                                once,
                                found -> answer(
                                        readers, Merging.cut(found, search.offset(), search.limit()), outputs, once)));
            else
                groups(
                        readers,
                        asked,
                        search.grouping().get(),
                        once,
                        found -> answer(
                                readers,
                                Merging.group(
                                        found, search.grouping().get(), search.offset(), search.limit(), false, larger),
                                outputs,
                                once));
        });
    }

    /// The best groups are known by their best hits alone. What else is in them is asked for afterwards, of those
    /// groups only: a group that comes in late would otherwise have lost the hits that came before it was among the
    /// best.
    private void groups(
            List<Reader> readers, Asked asked, Read.Grouping grouping, Once<Hits> once, Consumer<Winners> then) {
        var single = new Read.Grouping(grouping.field(), 1, grouping.strict());
        winners(readers, asked.grouped(single, asked.wanted(), asked.where()), new Then<>(once, heads -> {
            if (grouping.size() == 1 || heads.total() == 0) {
                then.accept(heads);
                return;
            }
            var best = Merging.group(
                    heads, single, 0, asked.wanted(), false, asked.metric().largerIsBetter());
            var values = new LinkedHashSet<>(
                    Arrays.asList(GroupField.read(best.groups().orElseThrow())));
            winners(
                    readers,
                    asked.grouped(grouping, values.size(), among(asked.where(), grouping, values)),
                    new Then<>(once, then));
        }));
    }

    private Reader.Where among(Reader.Where where, Read.Grouping grouping, Collection<Object> groups) {
        boolean inJson = GroupField.of(grouping.field(), reading.collection().schema())
                .place()
                .isPresent();
        var condition = GroupField.among(grouping.field(), inJson, groups);
        var operands = new ArrayList<>(List.of(condition));
        where.filter().ifPresent(filter -> {
            // A sample must stay the last operand of the outermost `and`.
            if (filter.root() instanceof Expression.And(var all)) operands.addAll(all);
            else operands.add(filter.root());
        });
        var text = where.filter().map(filter -> filter.text() + " and ").orElse("") + grouping.field()
                + " among the best groups";
        var values = where.filter().map(Filter::values).orElse(Map.of());
        return new Reader.Where(
                Optional.of(new Filter(text, new Expression.And(operands), values)),
                where.partitions(),
                where.sealedOnly());
    }

    void hybrid(Read.HybridSearch search, Once<Hits> reply) {
        var asked = asked(search);
        var fusing =
                new Fusing(search.fusion(), asked.stream().map(Asked::metric).toList());
        var outputs = Outputs.of(search.outputs(), reading.collection().schema(), false);
        var grouped = search.grouping()
                .map(grouping ->
                        GroupField.of(grouping.field(), reading.collection().schema()));
        reading.open(
                reply,
                (readers, once) -> lists(
                        readers,
                        asked,
                        new ArrayList<>(),
                        once,
                        lists -> rescored(
                                readers,
                                search.fusion(),
                                fusing.largerIsBetter(),
                                fusing.fuse(lists),
                                once,
                                fused -> finish(
                                        readers, search, fused, fusing.largerIsBetter(), grouped, outputs, once))));
    }

    /// Some fusions look at a field of the rows that came out of the lists.
    private void rescored(
            List<Reader> readers,
            Read.Fusion fusion,
            boolean largerIsBetter,
            Winners fused,
            Once<Hits> once,
            Consumer<Winners> then) {
        if (fusion instanceof Read.Fusion.Boosts boosts && fused.total() > 0) {
            boost(readers, boosts, fused, largerIsBetter, new ArrayList<>(), new ArrayList<>(), once, then);
            return;
        }
        if (!(fusion instanceof Read.Fusion.Decay decay)) {
            then.accept(fused);
            return;
        }
        var field = Decaying.field(decay, reading.collection().schema());
        fetch(
                readers,
                fused,
                new Outputs(List.of(field), List.of()),
                new Then<>(once, values -> then.accept(Decaying.decayed(fused, decay, values.getFirst()))));
    }

    /// One boost after the other: which hits meet its condition, and what it gives them.
    private void boost(
            List<Reader> readers,
            Read.Fusion.Boosts boosts,
            Winners fused,
            boolean largerIsBetter,
            List<double[]> given,
            List<BitSet> taken,
            Once<Hits> once,
            Consumer<Winners> then) {
        if (given.size() == boosts.functions().size()) {
            then.accept(Boosting.boosted(fused, boosts, given, taken, largerIsBetter));
            return;
        }
        var boost = boosts.functions().get(given.size());
        Consumer<BitSet> next = rows -> chances(readers, boost, fused, once, values -> {
            taken.add(rows);
            given.add(Boosting.shares(boost, values, fused.total()));
            boost(readers, boosts, fused, largerIsBetter, given, taken, once, then);
        });
        if (boost.filter().isEmpty()) {
            var all = new BitSet();
            all.set(0, fused.total());
            next.accept(all);
            return;
        }
        var key = reading.collection().schema().primaryKey().name();
        var where =
                new Reader.Where(Optional.of(Boosting.among(boost.filter().get(), key, fused.keys())), Set.of(), false);
        var question = new Reader.Matching(where, OptionalInt.empty());
        reading.<Reader.Selected>each(
                readers,
                question,
                (reader, answer) -> reader.scan(reading.call(), question, answer),
                new Then<>(
                        once,
                        found -> next.accept(Boosting.rows(
                                fused.keys(),
                                found.stream().map(Reader.Selected::keys).toList()))));
    }

    /// The values that a boost's chance depends on.
    private void chances(
            List<Reader> readers, Read.Boost boost, Winners fused, Once<Hits> once, Consumer<Column> then) {
        var name = boost.chance().flatMap(Read.Chance::field);
        if (name.isEmpty()) {
            then.accept(fused.keys());
            return;
        }
        var field = reading.collection()
                .schema()
                .field(name.get())
                .orElseThrow(() -> new Refused(new Refusal.NotFound(Refusal.Kind.FIELD, name.get(), "")));
        fetch(
                readers,
                fused,
                new Outputs(List.of(field), List.of()),
                new Then<>(once, values -> then.accept(values.getFirst())));
    }

    private void finish(
            List<Reader> readers,
            Read.HybridSearch search,
            Winners fused,
            boolean largerIsBetter,
            Optional<GroupField> grouped,
            Outputs outputs,
            Once<Hits> once) {
        if (grouped.isEmpty()) {
            var cut = Merging.cut(fused, search.offset(), search.limit());
            answer(readers, rounded(cut, search.roundDecimal()), outputs, once);
            return;
        }
        var field = new Outputs(List.of(grouped.get().field()), List.of());
        fetch(readers, fused, field, new Then<>(once, values -> {
            var groups = grouped.get().column(List.of(grouped.get().values(values.getFirst())));
            var all = new Winners(
                    fused.counts(),
                    fused.keys(),
                    fused.scores(),
                    fused.reader(),
                    fused.place(),
                    Optional.of(groups),
                    fused.rowsScanned());
            var cut =
                    Merging.group(all, search.grouping().get(), search.offset(), search.limit(), true, largerIsBetter);
            answer(readers, rounded(cut, search.roundDecimal()), outputs, once);
        }));
    }

    private static Winners rounded(Winners winners, int digits) {
        if (digits < 0) return winners;
        double unit = Math.pow(10, digits);
        var scores = winners.scores().clone();
        for (int i = 0; i < scores.length; i++)
            scores[i] =
                    (float) (Math.copySign(Math.floor(Math.abs((double) scores[i]) * unit + 0.5), scores[i]) / unit);
        return winners.scored(scores);
    }

    /// One list after the other: their scratch is the worker's.
    private void lists(
            List<Reader> readers,
            List<Asked> asked,
            List<Winners> done,
            Once<Hits> once,
            Consumer<List<Winners>> then) {
        if (done.size() == asked.size()) {
            then.accept(done);
            return;
        }
        winners(readers, asked.get(done.size()), new Then<>(once, found -> {
            done.add(Merging.cut(found, 0, asked.get(done.size()).wanted()));
            NearSearch.refuseTooMany(done.stream().mapToLong(Winners::total).sum(), reading.config());
            // Steps are calls inside calls; a long row of them goes on with an empty stack now and then.
            if (done.size() % 16 > 0) lists(readers, asked, done, once, then);
            else OnWorker.elsewhere(reading.work(), once, _ -> lists(readers, asked, done, once, then));
        }));
    }

    private void winners(List<Reader> readers, Asked asked, Then<Winners> then) {
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
        var everything = new Reader.Matching(Reader.Where.ANY, java.util.OptionalInt.empty());
        reading.<Reader.Selected>each(
                readers,
                everything,
                (reader, reply) ->
                        reader.find(reading.call(), sorted, asked.where().partitions(), reply),
                new Then<>(then.last(), found -> {
                    var all = Ordered.merge(found, Integer.MAX_VALUE);
                    refuseMissing(sorted, all.keys());
                    var field = new Outputs(List.of(asked.field()), List.of());
                    Fetching.fetch(
                            reading.call(),
                            reading.work(),
                            reading.memory(),
                            readers,
                            all.reader(),
                            all.place(),
                            field,
                            Long.MAX_VALUE,
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

    private void answer(List<Reader> readers, Winners winners, Outputs outputs, Once<Hits> once) {
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
                                true,
                                Reading.timestamp(readers),
                                winners.rowsScanned()))));
    }

    private void fetch(List<Reader> readers, Winners winners, Outputs outputs, Reply<List<Column>> reply) {
        Fetching.fetch(
                reading.call(),
                reading.work(),
                reading.memory(),
                readers,
                winners.reader(),
                winners.place(),
                outputs,
                reading.config().maxOutputSize(),
                reply);
    }
}
