package dev.sextant.query;

import dev.sextant.model.Buckets;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Hits;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// Hits in buckets. What is looked at is the answer to a search in groups: by the fields of all levels together, as
/// many groups as the levels look at, each with as many hits as any level shows. Buckets are made of those hits alone.
record Bucketing(Reading reading) {
    private static final int MOST_LEVELS = 4;
    private static final int MOST_HITS = 10_000;

    private static List<Buckets.Level> levels(Buckets.Level level) {
        var levels = new ArrayList<Buckets.Level>();
        for (var at = Optional.of(level); at.isPresent(); at = at.get().inner()) levels.add(at.get());
        return levels;
    }

    static String fields(Buckets.Level level) {
        return String.join(
                ", then ",
                levels(level).stream()
                        .map(one -> String.join(", ", one.fields()))
                        .toList());
    }

    /// The search in groups whose hits are looked at.
    Read.Search pool(Read.Bucketed bucketed) {
        var levels = levels(bucketed.level());
        var search = bucketed.search();
        if (levels.size() > MOST_LEVELS)
            throw wrong("search_aggregation nesting exceeds max " + MOST_LEVELS + " levels");
        if (search.grouping().isPresent()) throw wrong("search_aggregation and group_by_field are mutually exclusive");
        if (search.after().isPresent()
                || search.offset() != 0
                || !search.order().isEmpty())
            throw wrong("search_aggregation goes with no iterator, offset or order_by_fields");
        levels.forEach(this::check);
        long groups = 1;
        int size = 1;
        for (var level : levels) {
            groups = Math.min(Integer.MAX_VALUE, groups * level.candidates());
            size = Math.max(size, level.top().map(Buckets.Top::size).orElse(1));
        }
        int queries = search.near().target().count();
        if (groups * size > MOST_HITS || groups * size * queries > MOST_HITS)
            throw wrong("number of search_aggregation result entries is too large: " + queries + " queries of " + groups
                    + " groups of " + size + " hits are more than " + MOST_HITS);
        var fields = levels.stream().flatMap(level -> level.fields().stream()).toList();
        return search.grouped(
                new Read.Grouping(fields, size, false, Read.Combination.MAX, Optional.empty()), (int) groups);
    }

    private static Refused wrong(String detail) {
        return new Refused(new Refusal.InvalidParameter("search_aggregation", detail));
    }

    private void check(Buckets.Level level) {
        var schema = reading.collection().schema();
        if (level.fields().isEmpty()) throw wrong("search_aggregation needs fields");
        if (level.size() < 1) throw wrong("search_aggregation size must be positive, got " + level.size());
        if (level.candidates() < level.size()) throw wrong("search_size must be at least size");
        for (var name : level.fields()) {
            var field = field(name);
            boolean groupable = switch (field.type()) {
                case Primitive type -> !type.isFloating();
                case FieldType.Varchar _ -> true;
                case FieldType.Text _, FieldType.Geometry _, FieldType.Json _, FieldType.Array _, FieldType.Vector _ ->
                    false;
            };
            if (!groupable)
                throw wrong(
                        field.type() instanceof Primitive
                                ? "FLOAT / DOUBLE fields are not supported with search_aggregation: " + name
                                : "unsupported data type " + field.type().word() + " for group by operator: " + name);
        }
        for (var figure : level.figures()) {
            if (figure.field().equals("*")) {
                if (figure.calculation() != Read.Calculation.COUNT) throw wrong("'*' is only counted");
            } else if (!figure.field().equals(Bucket.SCORE)) Sum.check(figure.calculation(), field(figure.field()));
        }
        for (var by : level.order())
            if (!by.by().equals(Bucket.COUNT)
                    && !by.by().equals(Bucket.KEY)
                    && level.figures().stream()
                            .noneMatch(figure -> figure.name().equals(by.by())))
                throw wrong("order key '" + by.by() + "' is no metric, nor _count or _key");
        level.top().ifPresent(top -> {
            if (top.size() < 1) throw wrong("top_hits size must be positive, got " + top.size());
            OrderField.scalars(sorted(top), schema);
        });
    }

    private static List<Read.Order> sorted(Buckets.Top top) {
        return top.order().stream().filter(by -> !by.by().equals(Bucket.SCORE)).toList();
    }

    private Field field(String name) {
        return reading.collection()
                .schema()
                .field(name)
                .orElseThrow(() -> wrong("field '" + name + "' of search_aggregation is not in the schema"));
    }

    void search(Read.Bucketed bucketed, Once<Buckets.Found> reply) {
        var pool = pool(bucketed);
        var asked = new Binding(reading).asked(pool);
        var outputs = Outputs.of(pool.outputs(), reading.collection(), false);
        var all = new Outputs(ChainRules.together(outputs.fields(), needed(bucketed.level())), List.of());
        var finding = new Finding(reading);
        var grouping = pool.grouping().orElseThrow();
        boolean larger = asked.metric().largerIsBetter();
        reading.open(
                reply,
                (readers, once) -> new Grouped(reading, finding).groups(readers, asked, grouping, once, found -> {
                    var hits = Merging.group(found, grouping, 0, pool.limit(), false, larger);
                    finding.fetch(
                            readers,
                            hits,
                            all,
                            new Then<>(
                                    once,
                                    columns -> once.complete(
                                            found(bucketed, hits, outputs, all, columns, readers, larger))));
                }));
    }

    /// The fields that keys, figures and orders read.
    private List<Field> needed(Buckets.Level outermost) {
        var names = new ArrayList<String>();
        for (var level : levels(outermost)) {
            names.addAll(level.fields());
            level.figures().forEach(figure -> names.add(figure.field()));
            level.top().ifPresent(top -> top.order().forEach(by -> names.add(by.by())));
        }
        return names.stream()
                .filter(name -> !name.equals("*") && !name.equals(Bucket.SCORE))
                .map(this::field)
                .distinct()
                .toList();
    }

    private Buckets.Found found(
            Read.Bucketed bucketed,
            Winners hits,
            Outputs outputs,
            Outputs all,
            List<Column> columns,
            List<Reader> readers,
            boolean larger) {
        var byName = new HashMap<String, Column>();
        for (int i = 0; i < columns.size(); i++) byName.put(all.fields().get(i).name(), columns.get(i));
        var buckets = new Bucket(byName, hits.scores(), hits.keys(), larger, reading.room());
        var ofQueries = new ArrayList<List<Buckets.Bucket>>();
        int from = 0;
        for (int count : hits.counts()) {
            var rows = new ArrayList<Integer>();
            for (int i = from; i < from + count; i++) rows.add(i);
            ofQueries.add(buckets.of(bucketed.level(), rows));
            from += count;
        }
        var shown = columns.subList(0, outputs.fields().size());
        return new Buckets.Found(
                new Hits(
                        hits.counts(),
                        hits.keys(),
                        hits.scores(),
                        outputs.rows(hits.total(), shown),
                        List.of(),
                        true,
                        Reading.timestamp(readers),
                        hits.scanned()),
                ofQueries);
    }
}
