package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.model.Column;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.model.Value;
import dev.sextant.query.filter.JsonPlace;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What hits are grouped by: a scalar field, or a place in a JSON value, which counts as text. Null is a group of its
/// own.
///
/// @param place empty for a scalar field
record GroupField(Field field, Optional<JsonPlace> place) {
    /// Stands for null among group values.
    static final Object NULL = new Object();

    static GroupField of(String name, Schema schema) {
        var field = schema.field(name);
        if (field.isPresent()) return new GroupField(scalar(field.get()), Optional.empty());
        int bracket = name.indexOf('[');
        var root = schema.field(bracket < 0 ? "" : name.substring(0, bracket));
        if (root.isPresent() && root.get().type() instanceof FieldType.Json)
            return new GroupField(root.get(), Optional.of(JsonPlace.parse(name.substring(bracket))));
        var dynamic = schema.dynamic()
                .orElseThrow(() -> new Refused(new Refusal.InvalidParameter(
                        "group_by_field", "groupBy field not found in schema: field not found[field=" + name + "]")));
        var path = bracket < 0
                ? JsonPlace.key(name)
                : JsonPlace.parse("[\"" + name.substring(0, bracket) + "\"]" + name.substring(bracket));
        return new GroupField(dynamic, Optional.of(path));
    }

    private static Field scalar(Field field) {
        boolean groupable = switch (field.type()) {
            case Primitive primitive -> !primitive.isFloating();
            case FieldType.Varchar _ -> true;
            default -> false;
        };
        if (groupable) return field;
        throw new Refused(new Refusal.InvalidParameter(
                "group_by_field", "unsupported data type " + field.type() + " for group by operator"));
    }

    /// The values of some rows, equal when they are one group.
    Object[] values(Part part, int[] rows) {
        return values(part.fetch(field.id(), rows));
    }

    Object[] values(Column column) {
        var values = new Object[column.rows()];
        for (int i = 0; i < values.length; i++) values[i] = column.isNull(i) ? NULL : value(column, i);
        return values;
    }

    private Object value(Column column, int row) {
        return switch (column) {
            case Column.Bools(var values, _) -> values[row];
            case Column.Ints(var values, _) -> values[row];
            case Column.Longs(var values, _) -> values[row];
            case Column.Texts(var values, _) -> values.text(row);
            case Column.Jsons(var values, _) ->
                place.orElseThrow()
                        .text(values.bytes(), values.start(row), values.end(row))
                        .<Object>map(text -> text)
                        .orElse(NULL);
            case Column.Floats _, Column.Doubles _, Column.Shapes _, Column.Lists _, Column.Dense _, Column.Sparse _ ->
                throw new AssertionError(column);
        };
    }

    /// Values as a column.
    Column column(List<Object> values) {
        int rows = values.size();
        var nulls = new BitSet();
        for (int i = 0; i < rows; i++) if (values.get(i) == NULL) nulls.set(i);
        var absent = Nulls.of(nulls);
        if (place.isPresent() || field.type() instanceof FieldType.Varchar)
            return new Column.Texts(
                    Slices.ofTexts(values.stream()
                            .map(v -> v == NULL ? "" : (String) v)
                            .toList()),
                    absent);
        if (field.type() == Primitive.BOOL) {
            var truths = new boolean[rows];
            for (int i = 0; i < rows; i++) truths[i] = values.get(i) instanceof Boolean truth && truth;
            return new Column.Bools(truths, absent);
        }
        if (field.type() == Primitive.INT64 || field.type() == Primitive.TIMESTAMPTZ)
            return new Column.Longs(
                    values.stream()
                            .mapToLong(v -> v instanceof Long number ? number : 0)
                            .toArray(),
                    absent);
        return new Column.Ints(
                values.stream()
                        .mapToInt(v -> v instanceof Integer number ? number : 0)
                        .toArray(),
                absent);
    }

    /// A condition that rows of these groups satisfy; of a place in a JSON value, perhaps some others too.
    static Expression among(String name, boolean inJson, Collection<Object> values) {
        int bracket = name.indexOf('[');
        Expression place = inJson && bracket >= 0
                ? new Expression.Path(name.substring(0, bracket), JsonPlace.steps(name.substring(bracket)))
                : new Expression.Name(name);
        // Objects and lists are no constants of a filter, and empty ones count as null there: so every row is asked.
        if (inJson && values.stream().anyMatch(GroupField::isNested))
            return new Expression.Or(List.of(new Expression.IsNull(place, true), new Expression.IsNull(place, false)));
        var items = new ArrayList<Expression>();
        for (var value : values)
            if (value != NULL) literals(value, inJson).forEach(literal -> items.add(new Expression.Literal(literal)));
        var among = new Expression.In(place, new Expression.Items(items), false);
        if (!values.contains(NULL)) return among;
        return new Expression.Or(List.of(among, new Expression.IsNull(place, false)));
    }

    private static boolean isNested(Object value) {
        return value instanceof String text && (text.startsWith("{") || text.startsWith("["));
    }

    /// Text read from JSON may have been written as a string or as what it looks like.
    private static List<Value> literals(Object value, boolean inJson) {
        return switch (value) {
            case Boolean truth -> List.of(Value.of(truth));
            case Integer number -> List.of(Value.of((long) number));
            case Long number -> List.of(Value.of(number));
            case String text
            when inJson && text.matches("-?\\d{1,18}") -> List.of(Value.of(text), Value.of(Long.parseLong(text)));
            // Only what JSON calls a number: a date such as 2024-01-31 begins like one.
            case String text
            when inJson && text.matches("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?") ->
                List.of(Value.of(text), Value.of(Double.parseDouble(text)));
            case String text
            when inJson && (text.equals("true") || text.equals("false")) ->
                List.of(Value.of(text), Value.of(text.equals("true")));
            case String text -> List.of(Value.of(text));
            default -> throw new AssertionError(value);
        };
    }

    /// The values in a column that [#column] made.
    static Object[] read(Column column) {
        var values = new Object[column.rows()];
        for (int i = 0; i < values.length; i++)
            values[i] = column.isNull(i)
                    ? NULL
                    : switch (column) {
                        case Column.Bools(var truths, _) -> truths[i];
                        case Column.Ints(var numbers, _) -> numbers[i];
                        case Column.Longs(var numbers, _) -> numbers[i];
                        case Column.Texts(var texts, _) -> texts.text(i);
                        default -> throw new AssertionError(column);
                    };
        return values;
    }
}
