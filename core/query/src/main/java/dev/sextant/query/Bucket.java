package dev.sextant.query;

import dev.sextant.model.Buckets;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Read;
import dev.sextant.model.Value;
import dev.sextant.query.filter.JsonPlace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Puts hits into buckets, level by level. Pure.
final class Bucket {
    static final String SCORE = "_score";
    static final String COUNT = "_count";
    static final String KEY = "_key";

    private final Map<String, Column> columns;
    private final Column.Floats scores;
    private final Column keys;
    private final boolean larger;
    private final Room room;

    /// @param columns of the hits, by name
    Bucket(Map<String, Column> columns, float[] scores, Column keys, boolean larger, Room room) {
        this.columns = columns;
        this.scores = new Column.Floats(scores, Nulls.NONE);
        this.keys = keys;
        this.larger = larger;
        this.room = room;
    }

    /// A bucket that is not answered with yet.
    ///
    /// @param best the first of its rows by score
    private record Made(
            SequencedMap<String, Value> key, SequencedMap<String, Value> figures, List<Integer> rows, int best) {}

    /// The buckets of some hits.
    List<Buckets.Bucket> of(Buckets.Level level, List<Integer> rows) {
        var members = new LinkedHashMap<List<Value>, List<Integer>>();
        for (int row : rows)
            members.computeIfAbsent(
                            level.fields().stream()
                                    .map(name -> value(columns.get(name), row))
                                    .toList(),
                            _ -> new ArrayList<>())
                    .add(row);
        var made = new ArrayList<Made>();
        members.forEach((key, own) -> made.add(made(level, key, own)));
        made.sort(order(level));
        return made.subList(0, Math.min(level.size(), made.size())).stream()
                .map(one -> bucket(level, one))
                .toList();
    }

    private Made made(Buckets.Level level, List<Value> key, List<Integer> rows) {
        var named = new LinkedHashMap<String, Value>();
        for (int i = 0; i < key.size(); i++) named.put(level.fields().get(i), key.get(i));
        var figures = new LinkedHashMap<String, Value>();
        for (var figure : level.figures()) figures.put(figure.name(), figure(figure, rows));
        int best = rows.stream().min(this::byScore).orElseThrow();
        return new Made(named, figures, rows, best);
    }

    private Value figure(Read.Figure figure, List<Integer> rows) {
        if (figure.field().equals("*")) return Value.of((long) rows.size());
        boolean score = figure.field().equals(SCORE);
        var column = score ? scores : columns.get(figure.field());
        var sum = Sum.of(figure.calculation(), type(column), room);
        sum.grow(1);
        for (int row : rows) if (!column.isNull(row)) sum.add(0, column, row);
        return value(sum.figure(1), 0);
    }

    private static FieldType type(Column column) {
        return switch (column) {
            case Column.Bools _ -> Primitive.BOOL;
            case Column.Ints _ -> Primitive.INT32;
            case Column.Longs _ -> Primitive.INT64;
            case Column.Floats _ -> Primitive.FLOAT;
            case Column.Doubles _ -> Primitive.DOUBLE;
            default -> new FieldType.Varchar(0);
        };
    }

    private Buckets.Bucket bucket(Buckets.Level level, Made made) {
        return new Buckets.Bucket(
                made.key,
                made.rows.size(),
                made.figures,
                level.top().map(top -> top(top, made.rows)).orElse(List.of()),
                level.inner().map(inner -> of(inner, made.rows)).orElse(List.of()));
    }

    private List<Integer> top(Buckets.Top top, List<Integer> rows) {
        Comparator<Integer> order = (_, _) -> 0;
        for (var by : top.order()) {
            if (by.by().equals(SCORE)) {
                var own = OrderField.by(scores, by);
                order = order.thenComparing(own::compare);
            } else {
                var own = OrderField.by(columns.get(by.by()), by);
                order = order.thenComparing(own::compare);
            }
        }
        return rows.stream()
                .sorted(order.thenComparing(this::byScore))
                .limit(top.size())
                .toList();
    }

    private int byScore(int left, int right) {
        int compared = Merging.compare(scores.values()[left], scores.values()[right], larger);
        return compared != 0 ? compared : Sorting.compareKeys(keys, left, keys, right);
    }

    /// As asked, then by the best score.
    private Comparator<Made> order(Buckets.Level level) {
        Comparator<Made> order = (_, _) -> 0;
        for (var by : level.order()) {
            Comparator<Made> own = switch (by.by()) {
                case COUNT -> Comparator.comparingInt(made -> made.rows.size());
                case KEY -> Bucket::byKey;
                default -> (a, b) -> compare(a.figures.get(by.by()), b.figures.get(by.by()));
            };
            boolean figure = !by.by().equals(COUNT) && !by.by().equals(KEY);
            Comparator<Made> directed = by.descending() ? own.reversed() : own;
            order = order.thenComparing(
                    figure
                            ? (a, b) -> {
                                boolean left = a.figures.get(by.by()) instanceof Value.Null;
                                boolean right = b.figures.get(by.by()) instanceof Value.Null;
                                if (!left && !right) return directed.compare(a, b);
                                return by.nullsFirst() ? Boolean.compare(right, left) : Boolean.compare(left, right);
                            }
                            : directed);
        }
        return order.thenComparing((a, b) -> byScore(a.best, b.best));
    }

    private static int byKey(Made left, Made right) {
        for (var name : left.key.sequencedKeySet()) {
            int compared = compare(left.key.get(name), right.key.get(name));
            if (compared != 0) return compared;
        }
        return 0;
    }

    /// Null goes first.
    private static int compare(Value left, Value right) {
        return JsonPlace.compare(left, right);
    }

    static Value value(Column column, int row) {
        if (column.isNull(row)) return Value.NULL;
        return switch (column) {
            case Column.Bools(var values, _) -> Value.of(values[row]);
            case Column.Ints(var values, _) -> Value.of((long) values[row]);
            case Column.Longs(var values, _) -> Value.of(values[row]);
            case Column.Floats(var values, _) -> Value.of((double) values[row]);
            case Column.Doubles(var values, _) -> Value.of(values[row]);
            case Column.Texts(var values, _) -> Value.of(values.text(row));
            default ->
                throw new IllegalArgumentException(
                        "no bucket of " + column.getClass().getSimpleName());
        };
    }
}
