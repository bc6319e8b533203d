package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Read;
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

/// One field that hits are grouped by: a scalar field, or a place in a JSON value, which counts as text unless it is
/// cast. Null is a group of its own.
///
/// @param place empty for a scalar field
/// @param cast of what stands at the place
record GroupField(Field field, Optional<JsonPlace> place, Optional<Read.Cast> cast) {
    /// Stands for null among group values.
    static final Object NULL = new Object();

    static GroupField of(String name, Optional<Read.Cast> cast, Schema schema) {
        var field = schema.field(name);
        if (field.isPresent()) return new GroupField(scalar(field.get()), Optional.empty(), Optional.empty());
        var found = JsonPlace.of(name, schema)
                .orElseThrow(() -> new Refused(new Refusal.InvalidParameter(
                        "group_by_field", "groupBy field not found in schema: field not found[field=" + name + "]")));
        return new GroupField(found.field(), Optional.of(found.place()), cast.map(GroupField::checked));
    }

    private static Read.Cast checked(Read.Cast cast) {
        boolean fits = switch (cast.type()) {
            case Primitive type -> !type.isFloating();
            case FieldType.Varchar _ -> true;
            default -> false;
        };
        if (fits) return cast;
        throw new Refused(new Refusal.InvalidParameter(
                "json_type",
                "unsupported json cast type for group by: " + cast.type().word()));
    }

    private static Field scalar(Field field) {
        boolean groupable = switch (field.type()) {
            case Primitive primitive -> !primitive.isFloating();
            case FieldType.Varchar _ -> true;
            default -> false;
        };
        if (groupable) return field;
        throw new Refused(new Refusal.InvalidParameter(
                "group_by_field", "unsupported data type " + field.type().word() + " for group by operator"));
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
            case Column.Jsons(var values, _) -> place(values.bytes(), values.start(row), values.end(row));
            case Column.Floats _, Column.Doubles _, Column.Shapes _, Column.Lists _, Column.Dense _, Column.Sparse _ ->
                throw new AssertionError(column);
        };
    }

    private Object place(byte[] json, int from, int to) {
        if (cast.isEmpty() || cast.get().type() instanceof FieldType.Varchar)
            return place.orElseThrow()
                    .text(json, from, to)
                    .<Object>map(text -> text)
                    .orElse(NULL);
        var value = place.orElseThrow().value(json, from, to);
        var type = (Primitive) cast.get().type();
        if (type == Primitive.BOOL && value instanceof Value.Bool(var truth)) return truth;
        if (type != Primitive.BOOL && value instanceof Value.Int(var number) && fits(type, number))
            return type == Primitive.INT64 ? (Object) number : (Object) (int) number;
        if (!(value instanceof Value.Null) && cast.get().strict())
            throw new Refused(new Refusal.InvalidParameter(
                    "strict_cast",
                    "cannot cast a value at the place to group by to " + type.word() + ": "
                            + place.get().text(json, from, to).orElse("")));
        return NULL;
    }

    private static boolean fits(Primitive type, long number) {
        return switch (type) {
            case INT8 -> number == (byte) number;
            case INT16 -> number == (short) number;
            case INT32 -> number == (int) number;
            default -> true;
        };
    }

    /// What its values are.
    private FieldType type() {
        if (place.isEmpty()) return field.type();
        return cast.map(Read.Cast::type).orElse(new FieldType.Varchar(0));
    }

    /// Values as a column.
    Column column(List<Object> values) {
        int rows = values.size();
        var nulls = new BitSet();
        for (int i = 0; i < rows; i++) if (values.get(i) == NULL) nulls.set(i);
        var absent = Nulls.of(nulls);
        if (type() instanceof FieldType.Varchar)
            return new Column.Texts(
                    Slices.ofTexts(values.stream()
                            .map(v -> v == NULL ? "" : (String) v)
                            .toList()),
                    absent);
        if (type() == Primitive.BOOL) {
            var truths = new boolean[rows];
            for (int i = 0; i < rows; i++) truths[i] = values.get(i) instanceof Boolean truth && truth;
            return new Column.Bools(truths, absent);
        }
        if (type() == Primitive.INT64 || type() == Primitive.TIMESTAMPTZ)
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

    /// A condition that rows of these groups satisfy; of a place in a JSON value, perhaps some others too. None where
    /// none can be told.
    Optional<Expression> among(String name, Collection<Object> values) {
        boolean inJson = place.isPresent();
        int bracket = name.indexOf('[');
        Expression written = inJson && bracket >= 0
                ? new Expression.Path(name.substring(0, bracket), JsonPlace.steps(name.substring(bracket)))
                : new Expression.Name(name);
        // Objects and lists are no constants of a filter, and empty ones count as null there; what cannot be cast is a
        // null that no filter knows: so every row is asked.
        if (inJson && (cast.isPresent() || values.stream().anyMatch(GroupField::isNested))) return Optional.empty();
        var items = new ArrayList<Expression>();
        for (var value : values)
            if (value != NULL) literals(value, inJson).forEach(literal -> items.add(new Expression.Literal(literal)));
        var among = new Expression.In(written, new Expression.Items(items), false);
        if (!values.contains(NULL)) return Optional.of(among);
        return Optional.of(new Expression.Or(List.of(among, new Expression.IsNull(written, false))));
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
