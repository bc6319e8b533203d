package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Value;
import dev.sextant.query.filter.JsonPlace;
import java.util.List;
import java.util.Optional;

/// What rows are put in order by: a scalar field, or a place in a JSON value, where truths go before numbers, numbers
/// before texts, and all of those before objects and lists, which go by their text.
///
/// @param place empty for a scalar field
record OrderField(Field field, Optional<JsonPlace> place, Read.Order order) {

    /// Fields alone: what a query sorts by.
    static List<OrderField> scalars(List<Read.Order> order, Schema schema) {
        return order.stream()
                .map(by -> {
                    var field = schema.field(by.by()).orElseThrow(() -> unknown(by));
                    return new OrderField(sortable(field), Optional.empty(), by);
                })
                .toList();
    }

    /// Fields, places in JSON, dynamic keys: what hits are sorted by.
    static List<OrderField> of(List<Read.Order> order, Schema schema) {
        return order.isEmpty()
                ? List.of()
                : order.stream().map(by -> of(by, schema)).toList();
    }

    private static OrderField of(Read.Order by, Schema schema) {
        var field = schema.field(by.by());
        if (field.isPresent()) return new OrderField(sortable(field.get()), Optional.empty(), by);
        var path = JsonPlace.of(by.by(), schema).orElseThrow(() -> unknown(by));
        return new OrderField(path.field(), Optional.of(path.place()), by);
    }

    private static Refused unknown(Read.Order by) {
        return new Refused(new Refusal.InvalidParameter(
                "order_by_fields", "order_by field '" + by.by() + "' does not exist in collection schema"));
    }

    private static Field sortable(Field field) {
        boolean sortable = switch (field.type()) {
            case Primitive _, FieldType.Varchar _ -> true;
            case FieldType.Text _, FieldType.Geometry _, FieldType.Json _, FieldType.Array _, FieldType.Vector _ ->
                false;
        };
        if (sortable) return field;
        throw new Refused(new Refusal.InvalidParameter(
                "order_by_fields",
                "order_by field '" + field.name() + "' has type " + field.type().word() + " which is not sortable"));
    }

    /// The order of rows by this alone.
    Sorting.Order over(Column column) {
        if (place.isEmpty()) return by(column, order);
        var values = new Value[column.rows()];
        var texts = ((Column.Jsons) column).values();
        for (int row = 0; row < values.length; row++)
            values[row] = column.isNull(row)
                    ? Value.NULL
                    : place.get().value(texts.bytes(), texts.start(row), texts.end(row));
        return (a, b) -> {
            boolean noLeft = values[a] instanceof Value.Null;
            boolean noRight = values[b] instanceof Value.Null;
            if (noLeft || noRight) return nulls(noLeft, noRight, order);
            int compared = JsonPlace.compare(values[a], values[b]);
            return order.descending() ? -compared : compared;
        };
    }

    /// Rows by the values of a scalar column.
    static Sorting.Order by(Column column, Read.Order order) {
        return (a, b) -> {
            boolean noLeft = column.isNull(a);
            boolean noRight = column.isNull(b);
            if (noLeft || noRight) return nulls(noLeft, noRight, order);
            int compared = Sorting.compareValues(column, a, column, b);
            return order.descending() ? -compared : compared;
        };
    }

    private static int nulls(boolean left, boolean right, Read.Order order) {
        return order.nullsFirst() ? Boolean.compare(right, left) : Boolean.compare(left, right);
    }

    /// By the first of some columns, by the second where that ties, and so on.
    static Sorting.Order all(List<OrderField> fields, List<Column> columns) {
        var orders = new Sorting.Order[fields.size()];
        for (int i = 0; i < orders.length; i++) orders[i] = fields.get(i).over(columns.get(i));
        return Sorting.first(orders);
    }
}
