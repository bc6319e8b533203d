package dev.sextant.gateway.milvus;

import com.google.protobuf.UnsafeByteOperations;
import dev.sextant.geometry.Shapes;
import dev.sextant.model.Buckets;
import dev.sextant.model.Column;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Value;
import dev.sextant.wire.milvus.AggBucket;
import dev.sextant.wire.milvus.AggHit;
import dev.sextant.wire.milvus.AggHitField;
import dev.sextant.wire.milvus.BucketKeyEntry;
import dev.sextant.wire.milvus.MetricValue;
import dev.sextant.wire.milvus.SearchAggregationSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Buckets of hits: as clients ask for them, and as they read them.
///
/// @param hits that the buckets show
record BucketsInOut(Schema schema, dev.sextant.model.Hits hits) {
    private static final int DEEPEST = 16;

    static Buckets.Level level(SearchAggregationSpec spec) {
        return level(spec, 1);
    }

    private static Buckets.Level level(SearchAggregationSpec spec, int depth) {
        if (depth > DEEPEST) throw wrong("search_aggregation nesting exceeds max 4 levels");
        int size = spec.getSize() == 0 ? 1 : Math.clamp(spec.getSize(), -1, Integer.MAX_VALUE);
        return new Buckets.Level(
                spec.getFieldsList(),
                size,
                spec.getSearchSize() == 0 ? size : Math.clamp(spec.getSearchSize(), -1, Integer.MAX_VALUE),
                spec.getMetricsMap().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(each -> figure(
                                each.getKey(),
                                each.getValue().getOp(),
                                each.getValue().getFieldName()))
                        .toList(),
                spec.getOrderList().stream()
                        .map(order -> order(order.getKey(), order.getDirection(), order.getNullFirst()))
                        .toList(),
                spec.hasTopHits()
                        ? Optional.of(new Buckets.Top(
                                spec.getTopHits().getSize() == 0
                                        ? 1
                                        : Math.clamp(spec.getTopHits().getSize(), -1, Integer.MAX_VALUE),
                                spec.getTopHits().getSortList().stream()
                                        .map(order ->
                                                order(order.getFieldName(), order.getDirection(), order.getNullFirst()))
                                        .toList()))
                        : Optional.empty(),
                spec.hasSubAggregation() ? Optional.of(level(spec.getSubAggregation(), depth + 1)) : Optional.empty());
    }

    static Read.Figure figure(String alias, String op, String field) {
        return new Read.Figure(
                Read.Calculation.of(op)
                        .orElseThrow(() -> wrong("unsupported metric op '" + op + "' of '" + alias + "'")),
                field,
                alias);
    }

    /// Without a direction it is descending.
    static Read.Order order(String by, String direction, boolean nullsFirst) {
        return switch (direction.strip().toLowerCase(Locale.ROOT)) {
            case "desc", "" -> new Read.Order(by, true, nullsFirst);
            case "asc" -> new Read.Order(by, false, nullsFirst);
            default -> throw wrong("invalid order direction '" + direction + "' for '" + by + "'");
        };
    }

    private static Refused wrong(String detail) {
        return new Refused(new Refusal.InvalidParameter("search_aggregation", detail));
    }

    AggBucket bucket(Buckets.Bucket bucket) {
        var wire = AggBucket.newBuilder().setCount(bucket.count());
        bucket.key().forEach((name, value) -> wire.addKey(key(name, value)));
        bucket.figures().forEach((name, value) -> wire.putMetrics(name, metric(value)));
        for (int row : bucket.hits()) wire.addHits(hit(row));
        for (var inner : bucket.inner()) wire.addSubGroups(bucket(inner));
        return wire.build();
    }

    private BucketKeyEntry key(String name, Value value) {
        var entry = BucketKeyEntry.newBuilder().setFieldName(name);
        schema.field(name).ifPresent(field -> entry.setFieldId(field.id()));
        switch (value) {
            case Value.Bool(var truth) -> entry.setBoolVal(truth);
            case Value.Int(var number) -> entry.setIntVal(number);
            case Value.Text(var text) -> entry.setStringVal(text);
            case Value.Null _, Value.Real _, Value.Items _, Value.Bytes _ -> {}
        }
        return entry.build();
    }

    private static MetricValue metric(Value value) {
        var metric = MetricValue.newBuilder();
        switch (value) {
            case Value.Bool(var truth) -> metric.setBoolVal(truth);
            case Value.Int(var number) -> metric.setIntVal(number);
            case Value.Real(var number) -> metric.setDoubleVal(number);
            case Value.Text(var text) -> metric.setStringVal(text);
            case Value.Null _, Value.Items _, Value.Bytes _ -> {}
        }
        return metric.build();
    }

    private AggHit hit(int row) {
        var hit = AggHit.newBuilder().setScore(hits.scores()[row]);
        switch (hits.keys()) {
            case Column.Longs(var keys, _) -> hit.setIntPk(keys[row]);
            case Column.Texts(var keys, _) -> hit.setStrPk(keys.text(row));
            default -> throw new IllegalArgumentException("keys are numbers or texts");
        }
        hits.outputs().columns().forEach((name, column) -> {
            if (!column.isNull(row)) hit.addFields(field(name, column, row));
        });
        return hit.build();
    }

    private AggHitField field(String name, Column column, int row) {
        var wire = AggHitField.newBuilder().setFieldName(name);
        schema.field(name).ifPresent(field -> wire.setFieldId(field.id()));
        switch (column) {
            case Column.Bools(var values, _) -> wire.setBoolVal(values[row]);
            case Column.Ints(var values, _) -> wire.setIntVal(values[row]);
            case Column.Longs(var values, _) -> wire.setIntVal(values[row]);
            case Column.Floats(var values, _) -> wire.setFloatVal(values[row]);
            case Column.Doubles(var values, _) -> wire.setDoubleVal(values[row]);
            case Column.Texts(var values, _) -> wire.setStringVal(values.text(row));
            case Column.Shapes(var values, _) ->
                wire.setStringVal(Shapes.wkt(values.bytes(), values.start(row), values.end(row)));
            case Column.Jsons(var values, _) -> wire.setBytesVal(UnsafeByteOperations.unsafeWrap(values.copy(row)));
            case Column.Sparse(var values, _) -> wire.setBytesVal(UnsafeByteOperations.unsafeWrap(values.copy(row)));
            case Column.Dense dense ->
                wire.setBytesVal(UnsafeByteOperations.unsafeWrap(dense.bytes()
                        .asSlice((long) row * dense.rowBytes(), dense.rowBytes())
                        .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)));
            case Column.Lists _ -> throw wrong("an array cannot be shown in a bucket: " + name);
        }
        return wire.build();
    }

    /// All buckets, query by query.
    List<AggBucket> all(List<List<Buckets.Bucket>> buckets) {
        var all = new ArrayList<AggBucket>();
        for (var own : buckets) for (var bucket : own) all.add(bucket(bucket));
        return all;
    }
}
