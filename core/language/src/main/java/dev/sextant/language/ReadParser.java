package dev.sextant.language;

import dev.sextant.model.Buckets;
import dev.sextant.model.FieldType;
import dev.sextant.model.Filter;
import dev.sextant.model.Link;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// Reads statements that read.
final class ReadParser {
    /// What a group by JSON values as text is cast to.
    private static final int TEXT_BYTES = 65_535;

    private final Scanner words;

    ReadParser(Scanner words) {
        this.words = words;
    }

    Optional<Read<?>> take() {
        return words.nested(() -> {
            if (words.take("explain")) {
                boolean analyze = words.take("analyze");
                return Optional.of(
                        new Read.Explain(take().orElseThrow(() -> words.wrong("a statement that reads")), analyze));
            }
            if (words.take("search")) return Optional.of(search());
            if (words.take("query")) return Optional.of(query());
            if (words.take("aggregate")) return Optional.of(aggregate());
            if (words.take("count"))
                return Optional.of(
                        new Read.Count(words.name(), partitions(), words.takeWhere(), words.take("sealed", "only")));
            return Optional.empty();
        });
    }

    private List<String> partitions() {
        return words.takeNames("partitions");
    }

    private Read<?> query() {
        var collection = words.name();
        var partitions = partitions();
        var filter = words.takeWhere();
        var order = order();
        var limit = limit();
        int offset = offset();
        var outputs = words.takeNames("return");
        return new Read.Query(
                collection, partitions, filter, outputs, limit, offset, words.take("sealed", "only"), order);
    }

    private Read<?> aggregate() {
        var collection = words.name();
        var partitions = partitions();
        var filter = words.takeWhere();
        var groups = words.takeNames("group", "by");
        var order = order();
        var limit = limit();
        int offset = offset();
        var figures = figures("return");
        return new Read.Aggregate(
                collection, partitions, filter, groups, figures, order, limit, offset, words.take("sealed", "only"));
    }

    private Read<?> search() {
        var collection = words.name();
        var partitions = partitions();
        if (words.takeSign('(')) return hybrid(collection, partitions);
        var near = near();
        int limit = needLimit();
        int offset = offset();
        var filter = words.takeWhere();
        var grouping = grouping();
        var order = order();
        var after = words.take("after") ? Optional.of(after()) : Optional.<Read.After>empty();
        var outputs = words.takeNames("return");
        int round = round();
        var search = new Read.Search(
                collection,
                partitions,
                near,
                filter,
                limit,
                offset,
                outputs,
                grouping,
                after,
                round,
                words.take("sealed", "only"),
                order);
        return words.take("buckets") ? new Read.Bucketed(search, level()) : search;
    }

    private Read<?> hybrid(String collection, List<String> partitions) {
        var parts = words.until(')', ';', this::part);
        var fusion = fusion().orElseThrow(() -> words.wrong("how the parts are fused"));
        int limit = needLimit();
        int offset = offset();
        var grouping = grouping();
        var outputs = words.takeNames("return");
        return new Read.HybridSearch(collection, partitions, parts, fusion, limit, offset, outputs, grouping, round());
    }

    private Read.Part part() {
        var near = near();
        int limit = needLimit();
        var filter = words.takeWhere();
        var collapse = words.take("collapsed", "by")
                ? Optional.of(new Read.Collapse(
                        words.needOf(Read.Combination.class),
                        words.take("of") ? OptionalInt.of(words.count()) : OptionalInt.empty()))
                : Optional.<Read.Collapse>empty();
        var boosts = boosts();
        return new Read.Part(near, filter, limit, collapse, boosts, words.take("sealed", "only"));
    }

    private Read.Near near() {
        words.need("near");
        boolean bare = words.take("keys");
        if (bare) return near("", new Read.Target.Keys(Columns.read(words)));
        boolean unnamed = words.take("of");
        if (unnamed) return near("", texts());
        var field = words.takeName();
        if (field.isEmpty() && !isColumn()) field = Optional.of(words.name());
        var name = field.orElse("");
        if (words.take("keys")) return near(name, new Read.Target.Keys(Columns.read(words)));
        if (words.take("of")) return near(name, texts());
        return near(name, new Read.Target.Vectors(Columns.read(words)));
    }

    /// Whether data stands where a field might be named: then there is one vector field.
    private boolean isColumn() {
        return words.isNext(
                "bools", "ints", "longs", "floats", "doubles", "texts", "jsons", "shapes", "lists", "vectors",
                "sparse");
    }

    private Read.Target texts() {
        return new Read.Target.Texts(words.listed(words::text), words.take("analyzed", "as") ? words.name() : "");
    }

    private Read.Near near(String field, Read.Target target) {
        var metric = words.take("by") ? Optional.of(words.needOf(Metric.class)) : Optional.<Metric>empty();
        Map<String, String> parameters = words.settings("with");
        var radius = words.take("radius") ? OptionalDouble.of(words.real()) : OptionalDouble.empty();
        var range = words.take("range", "filter") ? OptionalDouble.of(words.real()) : OptionalDouble.empty();
        return new Read.Near(field, target, metric, parameters, radius, range);
    }

    private int needLimit() {
        words.need("limit");
        return words.count();
    }

    private OptionalInt limit() {
        return words.take("limit") ? OptionalInt.of(words.count()) : OptionalInt.empty();
    }

    private int offset() {
        return words.take("offset") ? words.count() : 0;
    }

    private int round() {
        return words.take("round") ? words.count() : -1;
    }

    private Read.After after() {
        words.needSign('(');
        float score = (float) words.real();
        words.needSign(',');
        var key = words.value();
        var element = words.takeSign(',') ? OptionalInt.of(words.count()) : OptionalInt.empty();
        words.needSign(')');
        return new Read.After(score, key, element);
    }

    private Optional<Read.Grouping> grouping() {
        if (!words.take("group", "by")) return Optional.empty();
        var fields = words.takeSign('(') ? words.until(')', words::name) : List.of(words.name());
        var cast = words.take("as") ? Optional.of(cast()) : Optional.<Read.Cast>empty();
        words.need("size");
        int size = words.count();
        boolean strict = words.take("strict");
        var scorer = words.take("worth", "the") ? words.needOf(Read.Combination.class) : Read.Combination.MAX;
        return Optional.of(new Read.Grouping(fields, size, strict, scorer, cast));
    }

    private Read.Cast cast() {
        FieldType type =
                words.take("text") ? new FieldType.Varchar(TEXT_BYTES) : words.needOf(FieldType.Primitive.class);
        return new Read.Cast(type, words.take("strictly"));
    }

    private List<Read.Order> order() {
        return words.take("order", "by") ? orders() : List.of();
    }

    private List<Read.Order> orders() {
        var orders = new ArrayList<Read.Order>();
        do {
            var by = words.name();
            boolean descending = words.take("descending");
            boolean first = words.take("nulls", "first");
            boolean last = !first && words.take("nulls", "last");
            orders.add(new Read.Order(by, descending, first || !last && descending));
        } while (words.takeSign(','));
        return orders;
    }

    private List<Read.Figure> figures(String word) {
        return words.take(word) ? words.listed(this::figure) : List.of();
    }

    private Read.Figure figure() {
        for (var calculation : Read.Calculation.values())
            if (words.take(calculation.word)) {
                words.needSign('(');
                var field = words.name();
                words.needSign(')');
                return new Read.Figure(
                        calculation, field, words.take("as") ? words.name() : calculation.word + "(" + field + ")");
            }
        throw words.wrong("count, sum, avg, min or max");
    }

    private Buckets.Level level() {
        return words.nested(() -> {
            words.need("by");
            var fields = words.names();
            words.need("size");
            int size = words.count();
            int candidates = words.take("of") ? words.count() : size;
            var figures = figures("with");
            var order = order();
            var top = words.take("top")
                    ? Optional.of(new Buckets.Top(words.count(), words.take("by") ? orders() : List.of()))
                    : Optional.<Buckets.Top>empty();
            var inner = words.take("then") ? Optional.of(level()) : Optional.<Buckets.Level>empty();
            return new Buckets.Level(fields, size, candidates, figures, order, top, inner);
        });
    }

    // ---- fusion

    private Optional<Read.Fusion> fusion() {
        if (words.take("fused", "by", "rank")) return Optional.of(new Read.Fusion.ReciprocalRank(words.real()));
        if (words.take("fused", "by", "weights"))
            return Optional.of(new Read.Fusion.Weighted(words.listed(words::real), words.take("normalised")));
        if (words.take("fused", "by")) return Optional.of(decay());
        if (words.take("judged", "by", "model", "of")) {
            var field = words.name();
            words.need("for");
            return Optional.of(new Read.Fusion.Model(field, words.listed(words::text), words.settings("with")));
        }
        if (words.take("through")) return Optional.of(new Read.Fusion.Chain(words.listed(this::link)));
        return boosts().map(boosts -> boosts);
    }

    private Read.Fusion decay() {
        var curve = words.needOf(Read.Curve.class);
        words.need("decay", "of");
        var field = words.name();
        double origin = real("from");
        double scale = real("scale");
        double offset = words.take("offset") ? words.real() : 0;
        double kept = words.take("keeping") ? words.real() : ReadText.USUAL_DECAY;
        var combination = words.take("of", "the") ? words.needOf(Read.Combination.class) : Read.Combination.MAX;
        return new Read.Fusion.Decay(field, curve, origin, scale, offset, kept, combination, words.take("normalised"));
    }

    private double real(String word) {
        words.need(word);
        return words.real();
    }

    private Optional<Read.Fusion.Boosts> boosts() {
        if (!words.take("boosted", "by")) return Optional.empty();
        var boosts = new ArrayList<Read.Boost>();
        if (!words.take("nothing")) do boosts.add(boost()); while (words.takeSign(',') && words.take("boosted", "by"));
        boolean functionsAdd = words.take("added", "up");
        return Optional.of(new Read.Fusion.Boosts(boosts, functionsAdd, words.take("added", "to", "scores")));
    }

    private Read.Boost boost() {
        double weight = words.real();
        var chance = words.take("by", "chance")
                ? Optional.of(
                        new Read.Chance(words.whole(), words.take("of") ? Optional.of(words.name()) : Optional.empty()))
                : Optional.<Read.Chance>empty();
        Optional<Filter> filter = words.takeWhere();
        return new Read.Boost(weight, filter, chance);
    }

    private Link link() {
        if (words.take("put")) {
            var column = words.name();
            return new Link.Put(column, term());
        }
        if (words.take("sort", "by")) {
            var by = words.name();
            boolean descending = words.take("descending");
            return new Link.Sort(by, descending, words.take("then") ? Optional.of(words.name()) : Optional.empty());
        }
        return new Link.Limit(needLimit(), offset());
    }

    private Link.Term term() {
        for (var curve : Read.Curve.values())
            if (words.take(Clauses.words(curve), "decay", "of")) {
                var column = words.name();
                double origin = real("from");
                double scale = real("scale");
                double offset = words.take("offset") ? words.real() : 0;
                return new Link.Term.Decay(
                        column,
                        curve,
                        origin,
                        scale,
                        offset,
                        words.take("keeping") ? words.real() : ReadText.USUAL_DECAY);
            }
        if (words.take("judged", "by", "model", "of")) {
            var column = words.name();
            words.need("for");
            return new Link.Term.Judge(column, words.listed(words::text), words.settings("with"));
        }
        if (words.take("scored", "by", "trees")) {
            var model = words.name();
            words.need("of");
            return new Link.Term.Trees(words.names(), model, words.take("margin"));
        }
        for (var mode : Link.Mode.values())
            if (words.take(Clauses.words(mode), "of")) {
                var columns = words.names();
                return new Link.Term.Combine(columns, mode, words.take("by") ? words.listed(words::real) : List.of());
            }
        var column = words.name();
        words.need("round");
        return new Link.Term.Round(column, words.count());
    }
}
