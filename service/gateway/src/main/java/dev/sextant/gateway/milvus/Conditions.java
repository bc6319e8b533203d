package dev.sextant.gateway.milvus;

import dev.sextant.language.Filters;
import dev.sextant.model.Filter;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Value;
import dev.sextant.wire.milvus.TemplateArrayValue;
import dev.sextant.wire.milvus.TemplateValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/// Filters, and the values of their templates.
final class Conditions {
    /// A switch that travels among the values and is none.
    private static final String NOT_A_VARIABLE = "expr_use_json_stats";

    private Conditions() {}

    static Optional<Filter> optional(String text, Map<String, TemplateValue> values) {
        return text.isBlank() ? Optional.empty() : Optional.of(of(text, values));
    }

    static Filter of(String text, Map<String, TemplateValue> values) {
        return Filters.filter(text, values(values));
    }

    private static Map<String, Value> values(Map<String, TemplateValue> wire) {
        if (wire.isEmpty()) return Map.of();
        var values = new HashMap<String, Value>();
        wire.forEach((name, value) -> {
            if (!name.equals(NOT_A_VARIABLE)) values.put(name, value(name, value));
        });
        return values;
    }

    private static Value value(String name, TemplateValue wire) {
        return switch (wire.getValCase()) {
            case BOOL_VAL -> Value.of(wire.getBoolVal());
            case INT64_VAL -> Value.of(wire.getInt64Val());
            case FLOAT_VAL -> Value.of(wire.getFloatVal());
            case STRING_VAL -> Value.of(wire.getStringVal());
            case ARRAY_VAL -> items(name, wire.getArrayVal());
            case BYTES_VAL -> new Value.Bytes(wire.getBytesVal().toByteArray());
            case VAL_NOT_SET ->
                throw new Refused(new Refusal.InvalidParameter(
                        name, "the expression template variable {" + name + "} has no value"));
        };
    }

    private static Value items(String name, TemplateArrayValue wire) {
        return switch (wire.getDataCase()) {
            case BOOL_DATA ->
                items(
                        wire.getBoolData().getDataCount(),
                        i -> Value.of(wire.getBoolData().getData(i)));
            case LONG_DATA ->
                items(
                        wire.getLongData().getDataCount(),
                        i -> Value.of(wire.getLongData().getData(i)));
            case DOUBLE_DATA ->
                items(
                        wire.getDoubleData().getDataCount(),
                        i -> Value.of(wire.getDoubleData().getData(i)));
            case STRING_DATA ->
                items(
                        wire.getStringData().getDataCount(),
                        i -> Value.of(wire.getStringData().getData(i)));
            case ARRAY_DATA ->
                items(
                        wire.getArrayData().getDataCount(),
                        i -> items(name, wire.getArrayData().getData(i)));
            case JSON_DATA ->
                items(
                        wire.getJsonData().getDataCount(),
                        i -> json(name, wire.getJsonData().getData(i).toStringUtf8()));
            case DATA_NOT_SET -> new Value.Items(List.of());
        };
    }

    /// A list of values of several kinds travels as JSON texts.
    private static Value json(String name, String text) {
        var expression = Filters.parse(text);
        if (expression instanceof dev.sextant.model.Expression.Literal(var value)) return value;
        throw new Refused(
                new Refusal.InvalidParameter(name, "the template value {" + name + "} holds no literal: " + text));
    }

    private static Value items(int count, IntFunction<Value> each) {
        var items = new ArrayList<Value>(count);
        for (int i = 0; i < count; i++) items.add(each.apply(i));
        return new Value.Items(items);
    }
}
