package dev.sextant.language;

import static java.util.stream.Collectors.joining;

import dev.sextant.model.Buckets;
import dev.sextant.model.FieldType;
import dev.sextant.model.Link;
import dev.sextant.model.Read;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Writes reads.
final class ReadText extends Clauses {
    static final double USUAL_DECAY = 0.5;

    ReadText(boolean whole) {
        super(whole);
    }

    String of(Read<?> read) {
        return switch (read) {
            case Read.Search search -> search(search);
            case Read.HybridSearch search -> hybridSearch(search);
            case Read.Bucketed bucketed -> line(search(bucketed.search()), "buckets " + level(bucketed.level()));
            case Read.Query query ->
                line(
                        "query",
                        name(query.collection()),
                        names("partitions", query.partitions()),
                        where(query.filter()),
                        order(query.order()),
                        limit(query.limit(), query.offset()),
                        names("return", query.outputs()),
                        flag("sealed only", query.sealedOnly()));
            case Read.Aggregate aggregate ->
                line(
                        "aggregate",
                        name(aggregate.collection()),
                        names("partitions", aggregate.partitions()),
                        where(aggregate.filter()),
                        names("group by", aggregate.groups()),
                        order(aggregate.order()),
                        limit(aggregate.limit(), aggregate.offset()),
                        figures("return", aggregate.figures()),
                        flag("sealed only", aggregate.sealedOnly()));
            case Read.Count count ->
                line(
                        "count",
                        name(count.collection()),
                        names("partitions", count.partitions()),
                        where(count.filter()),
                        flag("sealed only", count.sealedOnly()));
            case Read.Explain explain -> line("explain", flag("analyze", explain.analyze()), of(explain.read()));
        };
    }

    private String search(Read.Search search) {
        return line(
                "search",
                name(search.collection()),
                names("partitions", search.partitions()),
                near(search.near()),
                limit(OptionalInt.of(search.limit()), search.offset()),
                where(search.filter()),
                grouping(search.grouping()),
                order(search.order()),
                search.after()
                        .map(after -> "after (" + after.score() + ", " + value(after.key())
                                + (after.element().isPresent()
                                        ? ", " + after.element().getAsInt()
                                        : "")
                                + ")")
                        .orElse(""),
                names("return", search.outputs()),
                round(search.roundDecimal()),
                flag("sealed only", search.sealedOnly()));
    }

    private String hybridSearch(Read.HybridSearch search) {
        String parts = search.parts().stream().map(this::part).collect(joining("; ", "(", ")"));
        return line(
                "search",
                name(search.collection()),
                names("partitions", search.partitions()),
                parts,
                fusion(search.fusion()),
                limit(OptionalInt.of(search.limit()), search.offset()),
                grouping(search.grouping()),
                names("return", search.outputs()),
                round(search.roundDecimal()));
    }

    private String part(Read.Part part) {
        return line(
                near(part.near()),
                limit(OptionalInt.of(part.limit()), 0),
                where(part.filter()),
                part.collapse()
                        .map(how -> "collapsed by " + words(how.combination())
                                + (how.most().isPresent() ? " of " + how.most().getAsInt() : ""))
                        .orElse(""),
                part.boosts().map(this::fusion).orElse(""),
                flag("sealed only", part.sealedOnly()));
    }

    private String grouping(Optional<Read.Grouping> grouping) {
        return grouping.map(by -> line(
                        "group by",
                        by.fields().size() == 1 ? name(by.fields().getFirst()) : listed(by.fields()),
                        by.cast()
                                .map(cast -> line("as " + type(cast.type()), flag("strictly", cast.strict())))
                                .orElse(""),
                        "size " + by.size(),
                        flag("strict", by.strict()),
                        by.scorer() == Read.Combination.MAX ? "" : "worth the " + words(by.scorer())))
                .orElse("");
    }

    private String type(FieldType type) {
        return type instanceof FieldType.Primitive primitive ? words(primitive) : "text";
    }

    private String order(List<Read.Order> order) {
        return order.isEmpty() ? "" : "order by " + by(order);
    }

    private String by(List<Read.Order> order) {
        return order.stream()
                .map(one -> line(
                        name(one.by()),
                        flag("descending", one.descending()),
                        one.nullsFirst() == one.descending() ? "" : one.nullsFirst() ? "nulls first" : "nulls last"))
                .collect(joining(", "));
    }

    private String figures(String word, List<Read.Figure> figures) {
        return figures.isEmpty()
                ? ""
                : word + " "
                        + cut(figures.size(), i -> {
                            var figure = figures.get(i);
                            var written = figure.calculation().word + "(" + name(figure.field()) + ")";
                            return written.equals(figure.name()) && !whole
                                    ? written
                                    : written + " as " + name(figure.name());
                        });
    }

    private String level(Buckets.Level level) {
        return line(
                "by",
                listed(level.fields()),
                "size " + level.size(),
                level.candidates() == level.size() ? "" : "of " + level.candidates(),
                figures("with", level.figures()),
                order(level.order()),
                level.top()
                        .map(top -> line("top " + top.size(), top.order().isEmpty() ? "" : "by " + by(top.order())))
                        .orElse(""),
                level.inner().map(inner -> "then " + level(inner)).orElse(""));
    }

    private String fusion(Read.Fusion fusion) {
        return switch (fusion) {
            case Read.Fusion.ReciprocalRank(var k) -> "fused by rank " + k;
            case Read.Fusion.Boosts boosts -> boosts(boosts);
            case Read.Fusion.Decay decay ->
                line(
                        "fused by " + words(decay.curve()) + " decay of " + name(decay.field()) + " from "
                                + decay.origin() + " scale " + decay.scale(),
                        kept(decay.offset(), decay.decay()),
                        decay.combination() == Read.Combination.MAX ? "" : "of the " + words(decay.combination()),
                        flag("normalised", decay.normalised()));
            case Read.Fusion.Weighted(var weights, var normalised) ->
                line(
                        "fused by weights "
                                + cut(weights.size(), i -> weights.get(i).toString()),
                        flag("normalised", normalised));
            case Read.Fusion.Model(var field, var queries, var parameters) ->
                judged(field, queries, settings("with", parameters));
            case Read.Fusion.Chain(var links) ->
                links.stream().map(this::link).collect(joining(", ", "through (", ")"));
        };
    }

    /// What several boosts give is multiplied, and so is what they give a score, unless it says otherwise.
    private String boosts(Read.Fusion.Boosts boosts) {
        return line(
                boosts.functions().isEmpty()
                        ? "boosted by nothing"
                        : boosts.functions().stream().map(this::boost).collect(joining(", ")),
                flag("added up", boosts.functionsAdd()),
                flag("added to scores", boosts.scoresAdd()));
    }

    private String boost(Read.Boost boost) {
        return line(
                "boosted by " + boost.weight(),
                boost.chance()
                        .map(chance -> line(
                                "by chance " + chance.seed(),
                                chance.field().map(field -> "of " + name(field)).orElse("")))
                        .orElse(""),
                where(boost.filter()));
    }

    /// The usual decay keeps half of the score at its scale, and begins at its origin.
    private static String kept(double offset, double decay) {
        return line(offset == 0 ? "" : "offset " + offset, decay == USUAL_DECAY ? "" : "keeping " + decay);
    }

    private String judged(String column, List<String> queries, String with) {
        return line(
                "judged by model of",
                name(column),
                "for",
                whole ? texts(queries) : queries.size() + (queries.size() == 1 ? " query" : " queries"),
                with);
    }

    private String link(Link link) {
        return switch (link) {
            case Link.Put(var column, var term) -> "put " + column(column) + " " + term(term);
            case Link.Sort(var by, var descending, var tie) ->
                line(
                        "sort by",
                        column(by),
                        flag("descending", descending),
                        tie.map(other -> "then " + column(other)).orElse(""));
            case Link.Limit(var limit, var offset) -> limit(OptionalInt.of(limit), offset);
        };
    }

    private String term(Link.Term term) {
        return switch (term) {
            case Link.Term.Decay decay ->
                line(
                        words(decay.curve()) + " decay of " + column(decay.column()) + " from " + decay.origin()
                                + " scale " + decay.scale(),
                        kept(decay.offset(), decay.decay()));
            case Link.Term.Combine(var columns, var mode, var weights) ->
                line(
                        words(mode),
                        columns.stream().map(this::column).collect(joining(", ", "of (", ")")),
                        weights.isEmpty()
                                ? ""
                                : "by "
                                        + cut(
                                                weights.size(),
                                                i -> weights.get(i).toString()));
            case Link.Term.Round(var column, var digits) -> column(column) + " round " + digits;
            case Link.Term.Judge(var column, var queries, var parameters) ->
                judged(column, queries, settings("with", parameters));
            case Link.Term.Trees(var columns, var model, var margin) ->
                line(
                        "scored by trees",
                        name(model),
                        columns.stream().map(this::column).collect(joining(", ", "of (", ")")),
                        flag("margin", margin));
        };
    }

    private String column(String name) {
        return !whole && (name.equals(Link.SCORE) || name.equals(Link.KEY)) ? name : name(name);
    }
}
