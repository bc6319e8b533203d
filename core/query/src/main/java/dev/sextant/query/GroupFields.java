package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.model.Column;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What hits are grouped by: one field or several together. The value of a group is the field's own, or a list of them.
record GroupFields(List<GroupField> fields) {
    static GroupFields of(Read.Grouping grouping, Schema schema) {
        var fields = grouping.fields().stream()
                .map(name -> GroupField.of(name, grouping.cast(), schema))
                .toList();
        if (fields.isEmpty())
            throw new Refused(new Refusal.Missing("group_by_field", "at least one field to group by"));
        if (fields.stream().distinct().count() < fields.size())
            throw new Refused(new Refusal.InvalidParameter(
                    "group_by_fields", "a field is named twice: " + String.join(", ", grouping.fields())));
        return new GroupFields(fields);
    }

    List<Field> columns() {
        return fields.stream().map(GroupField::field).toList();
    }

    /// The values of some rows, equal when they are one group.
    Object[] values(Part part, int[] rows) {
        return values(
                columns().stream().map(field -> part.fetch(field.id(), rows)).toList());
    }

    /// @param columns of [#columns]
    Object[] values(List<Column> columns) {
        var each = new ArrayList<Object[]>();
        for (int i = 0; i < fields.size(); i++) each.add(fields.get(i).values(columns.get(i)));
        return together(each);
    }

    private static Object[] together(List<Object[]> each) {
        if (each.size() == 1) return each.getFirst();
        var all = new Object[each.getFirst().length];
        for (int row = 0; row < all.length; row++) {
            var values = new Object[each.size()];
            for (int i = 0; i < values.length; i++) values[i] = each.get(i)[row];
            all[row] = Arrays.asList(values);
        }
        return all;
    }

    /// Values of groups as a column for each field.
    List<Column> columns(List<Object> values) {
        if (fields.size() == 1) return List.of(fields.getFirst().column(values));
        var columns = new ArrayList<Column>();
        for (int i = 0; i < fields.size(); i++) {
            int which = i;
            columns.add(fields.get(i)
                    .column(values.stream()
                            .map(value -> (Object) ((List<?>) value).get(which))
                            .toList()));
        }
        return columns;
    }

    /// The values in columns that [#columns(List)] made.
    static Object[] read(List<Column> columns) {
        return together(columns.stream().map(GroupField::read).toList());
    }

    /// A condition that all rows of these groups satisfy, perhaps some others too; none where none can be told.
    Optional<Expression> among(Read.Grouping grouping, Collection<Object> values) {
        var conditions = new ArrayList<Expression>();
        for (int i = 0; i < fields.size(); i++) {
            int which = i;
            var own = fields.size() == 1
                    ? values
                    : values.stream()
                            .map(value -> (Object) ((List<?>) value).get(which))
                            .distinct()
                            .toList();
            fields.get(i).among(grouping.fields().get(i), own).ifPresent(conditions::add);
        }
        if (conditions.isEmpty()) return Optional.empty();
        return Optional.of(conditions.size() == 1 ? conditions.getFirst() : new Expression.And(conditions));
    }
}
