package dev.sextant.database;

import dev.sextant.model.Call;
import dev.sextant.model.Link;
import dev.sextant.model.Read;
import dev.sextant.model.Read.Grouping;
import dev.sextant.model.Read.Near;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.query.Shards;
import java.util.List;
import java.util.Optional;

/// How much one read may ask for, whoever asks: a mistaken number must not make one caller's answer everybody's wait.
final class ReadLimits {
    private final DatabaseConfig.Reads most;
    private final Shards shards;

    ReadLimits(DatabaseConfig.Reads most, Shards shards) {
        this.most = most;
        this.shards = shards;
    }

    /// Refuses what goes beyond. Some collections are made for long lists.
    void check(Call call, Read<?> read) {
        boolean large = asked(read) > Math.min(most.maxHits(), most.maxWindow()) && isLarge(call, read.collection());
        (large ? new ReadLimits(most.large(), shards) : this).check(read);
    }

    private static long asked(Read<?> read) {
        return switch (read) {
            case Read.Search search -> (long) search.limit() + search.offset();
            case Read.HybridSearch search ->
                Math.max(
                        (long) search.limit() + search.offset(),
                        search.parts().stream().mapToInt(Read.Part::limit).max().orElse(0));
            case Read.Query query -> (long) query.limit().orElse(0) + query.offset();
            case Read.Explain explain -> asked(explain.read());
            case Read.Aggregate _, Read.Bucketed _, Read.Count _ -> 0;
        };
    }

    private boolean isLarge(Call call, String name) {
        var catalog = shards.catalog();
        return catalog.database(call.database().isEmpty() ? Call.DEFAULT_DATABASE : call.database())
                .flatMap(database -> catalog.resolve(database.id(), name.strip()))
                .filter(collection -> collection.properties().containsKey(Properties.QUERY_MODE))
                .isPresent();
    }

    private void check(Read<?> read) {
        switch (read) {
            case Read.Search search -> {
                between("topk", search.limit(), most.maxHits());
                window(search.offset(), search.limit());
                queries(search.near());
                noFigures(search.outputs());
                group(search.grouping());
                digits(search.roundDecimal());
            }
            case Read.HybridSearch search -> {
                if (search.parts().size() > most.maxSearches())
                    throw outside("requests", search.parts().size(), most.maxSearches());
                for (var part : search.parts()) {
                    between("topk", part.limit(), most.maxHits());
                    queries(part.near());
                }
                between("topk", search.limit(), most.maxHits());
                window(search.offset(), search.limit());
                noFigures(search.outputs());
                group(search.grouping());
                digits(search.roundDecimal());
                scoring(search);
            }
            case Read.Query query ->
                query.limit().ifPresent(limit -> {
                    if (limit < 1) throw new Refused(new Refusal.OutOfRange("rows", Integer.toString(limit), "[1, …]"));
                    window(query.offset(), limit);
                });
            case Read.Aggregate aggregate -> {
                if (aggregate.offset() < 0)
                    throw new Refused(new Refusal.OutOfRange("offset", Integer.toString(aggregate.offset()), "[0, …]"));
                aggregate.limit().ifPresent(limit -> {
                    if (limit < 1) throw new Refused(new Refusal.OutOfRange("rows", Integer.toString(limit), "[1, …]"));
                });
            }
            case Read.Bucketed bucketed -> {
                queries(bucketed.search().near());
                digits(bucketed.search().roundDecimal());
            }
            case Read.Explain explain -> check(explain.read());
            case Read.Count _ -> {}
        }
    }

    /// Hits are not counted, or added up, by a search.
    private static void noFigures(List<String> outputs) {
        for (var name : outputs)
            if (Read.Figure.parse(name).isPresent())
                throw new Refused(new Refusal.InvalidParameter(
                        "output_fields", "output field '" + name + "' is not allowed in a search"));
    }

    private void window(int offset, int limit) {
        if (offset < 0) throw new Refused(new Refusal.OutOfRange("offset", Integer.toString(offset), "[0, …]"));
        long end = (long) offset + limit;
        if (end > most.maxWindow()) throw outside("offset+limit", end, most.maxWindow());
    }

    private void queries(Near near) {
        between("nq", near.target().count(), most.maxQueries());
    }

    private void group(Optional<Grouping> grouping) {
        if (grouping.isPresent() && grouping.get().size() > most.maxGroupSize())
            throw outside("group_size", grouping.get().size(), most.maxGroupSize());
    }

    /// What a score is rounded to.
    private static void digits(int asked) {
        if (asked < -1 || asked > 6)
            throw new Refused(new Refusal.OutOfRange("round_decimal", Integer.toString(asked), "[-1, 6]"));
    }

    /// Each step and each boost goes over all hits once more.
    private void scoring(Read.HybridSearch search) {
        if (search.fusion() instanceof Read.Fusion.Chain(var links)) chain(links);
        long boosts = boosts(search.fusion());
        for (var part : search.parts())
            boosts += part.boosts().map(ReadLimits::boosts).orElse(0);
        if (boosts > most.maxBoosts()) throw outside("boosts", boosts, most.maxBoosts());
    }

    private static int boosts(Read.Fusion fusion) {
        return fusion instanceof Read.Fusion.Boosts boosts ? boosts.functions().size() : 0;
    }

    private void chain(List<Link> links) {
        if (links.size() > most.maxSteps()) throw outside("steps of a chain", links.size(), most.maxSteps());
        for (var link : links) {
            int arguments = link.reads().size();
            if (arguments > most.maxArguments()) throw outside("arguments of a step", arguments, most.maxArguments());
        }
    }

    private static void between(String what, int asked, int most) {
        if (asked < 1 || asked > most) throw outside(what, asked, most);
    }

    private static Refused outside(String what, long asked, int most) {
        return new Refused(new Refusal.OutOfRange(what, Long.toString(asked), "[1, " + most + "]"));
    }
}
