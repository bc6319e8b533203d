package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sextant.gateway.rest.Rest.Asking;
import dev.sextant.model.Buckets;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Buckets of hits in JSON.
///
/// ```text
///   {"fields": ["brand"], "size": 3, "searchSize": 10, "metrics": {"price": {"op": "avg", "fieldName": "price"}},
///    "order": [{"key": "price", "direction": "desc"}], "topHits": {"size": 2, "sort": [{"fieldName": "_score"}]},
///    "subAggregation": {…}}
/// ```
record RestBuckets(Asking asking, Schema schema, Buckets.Found found) {
    static Buckets.Level level(Body body) {
        int size = body.count("size").orElse(1);
        var figures = new ArrayList<Read.Figure>();
        var metrics = body.object("metrics");
        for (var alias : metrics.map().keySet()) {
            var metric = metrics.object(alias);
            figures.add(new Read.Figure(
                    Read.Calculation.of(metric.text("op"))
                            .orElseThrow(() -> wrong("unsupported metric op '" + metric.text("op") + "'")),
                    metric.text("fieldName"),
                    alias));
        }
        return new Buckets.Level(
                body.texts("fields"),
                size,
                body.count("searchSize").orElse(size),
                figures,
                orders(body, "order", "key"),
                body.has("topHits")
                        ? Optional.of(new Buckets.Top(
                                body.object("topHits").count("size").orElse(1),
                                orders(body.object("topHits"), "sort", "fieldName")))
                        : Optional.empty(),
                body.has("subAggregation") ? Optional.of(level(body.object("subAggregation"))) : Optional.empty());
    }

    private static List<Read.Order> orders(Body body, String name, String by) {
        return body.objects(name).stream()
                .map(order -> new Read.Order(
                        order.need(by), isDescending(order.text("direction")), order.truth("nullFirst", false)))
                .toList();
    }

    /// Without a direction it is.
    private static boolean isDescending(String direction) {
        return switch (direction.strip().toLowerCase(Locale.ROOT)) {
            case "desc", "" -> true;
            case "asc" -> false;
            default -> throw wrong("invalid order direction '" + direction + "'");
        };
    }

    private static Refused wrong(String detail) {
        return new Refused(new Refusal.InvalidParameter("searchAggregation", detail));
    }

    /// All buckets in one list; `aggTopks` tells where each query's begin.
    Said said() {
        return json -> {
            json.writeNumberField("cost", 0);
            json.writeArrayFieldStart("data");
            for (var own : found.buckets()) for (var bucket : own) write(json, bucket);
            json.writeEndArray();
            json.writeArrayFieldStart("aggTopks");
            for (var own : found.buckets()) json.writeNumber(own.size());
            json.writeEndArray();
        };
    }

    private void write(JsonGenerator json, Buckets.Bucket bucket) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("key");
        for (var part : bucket.key().entrySet()) value(json, part.getKey(), part.getValue());
        json.writeEndObject();
        json.writeNumberField("count", bucket.count());
        json.writeObjectFieldStart("metrics");
        for (var figure : bucket.figures().entrySet()) value(json, figure.getKey(), figure.getValue());
        json.writeEndObject();
        json.writeArrayFieldStart("hits");
        for (int row : bucket.hits()) hit(json, row);
        json.writeEndArray();
        json.writeArrayFieldStart("subGroups");
        for (var inner : bucket.inner()) write(json, inner);
        json.writeEndArray();
        json.writeEndObject();
    }

    private void hit(JsonGenerator json, int row) throws IOException {
        var hits = found.hits();
        var out = new RowsOut(asking.textLongs());
        json.writeStartObject();
        json.writeNumberField("distance", hits.scores()[row]);
        var key = schema.primaryKey().name();
        if (hits.outputs().column(key).isEmpty()) {
            json.writeFieldName(key);
            out.cell(json, hits.keys(), row);
        }
        out.members(json, hits.outputs(), row);
        json.writeEndObject();
    }

    private void value(JsonGenerator json, String name, Value value) throws IOException {
        switch (value) {
            case Value.Null _, Value.Items _, Value.Bytes _ -> json.writeNullField(name);
            case Value.Bool(var truth) -> json.writeBooleanField(name, truth);
            case Value.Int(var number) -> {
                if (asking.textLongs()) json.writeStringField(name, Long.toString(number));
                else json.writeNumberField(name, number);
            }
            case Value.Real(var number) -> json.writeNumberField(name, number);
            case Value.Text(var text) -> json.writeStringField(name, text);
        }
    }
}
