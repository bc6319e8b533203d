package dev.sextant.query;

import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Figures of rows in groups: each shard makes one over its rows, and one more adds up what the shards have. What it
/// holds grows with the groups, never with the rows, and is counted. One thread.
final class Tally {
    /// What counting rows looks at.
    private static final Column NOTHING = Column.empty(Primitive.INT64);

    private final List<Field> groups;
    private final List<Optional<Field>> fields; // of the figures; none counts rows
    private final Sum[] sums;
    private final GroupTable table;
    private int held; // groups that there is room for

    Tally(Schema schema, List<String> groups, List<Read.Figure> figures, int maxGroups, Room room) {
        this.groups = groups.stream().map(name -> groupable(name, schema)).toList();
        fields = figures.stream().map(figure -> field(figure, schema)).toList();
        sums = new Sum[figures.size()];
        for (int i = 0; i < sums.length; i++)
            sums[i] = Sum.of(
                    figures.get(i).calculation(), fields.get(i).map(Field::type).orElse(Primitive.INT64), room);
        table = new GroupTable(this.groups, maxGroups, room);
        // Without groups there is one, of whatever matches.
        if (groups.isEmpty()) table.group(List.of(), 0);
        grow();
    }

    private static Field groupable(String name, Schema schema) {
        var field = schema.field(name)
                .orElseThrow(() -> new Refused(new Refusal.InvalidParameter(
                        "group_by_fields", "group by field '" + name + "' does not exist in collection schema")));
        boolean fits = switch (field.type()) {
            case Primitive type -> type.isInteger() || type == Primitive.TIMESTAMPTZ;
            case FieldType.Varchar _ -> true;
            case FieldType.Text _, FieldType.Geometry _, FieldType.Json _, FieldType.Array _, FieldType.Vector _ ->
                false;
        };
        if (fits) return field;
        throw new Refused(new Refusal.InvalidParameter(
                "group_by_fields",
                "group by field " + name + " has unsupported data type "
                        + field.type().word()));
    }

    private static Optional<Field> field(Read.Figure figure, Schema schema) {
        if (figure.field().equals("*")) {
            if (figure.calculation() == Read.Calculation.COUNT) return Optional.empty();
            throw new Refused(new Refusal.InvalidParameter(
                    "output_fields", "'*' is only counted: " + figure.calculation().word + "(*) is not supported"));
        }
        var field = schema.field(figure.field())
                .orElseThrow(() -> new Refused(new Refusal.InvalidParameter(
                        "output_fields", "aggregated field '" + figure.field() + "' does not exist")));
        Sum.check(figure.calculation(), field);
        return Optional.of(field);
    }

    private void grow() {
        if (table.count() <= held) return;
        held = Math.max(16, 2 * table.count());
        for (var sum : sums) sum.grow(held);
    }

    void add(PartRows.Selected selected, Patience patience) {
        var part = selected.part();
        for (int chunk = 0; chunk * (long) Bits.CHUNK_BITS < part.rows(); chunk++) {
            patience.run();
            int first = chunk * Bits.CHUNK_BITS;
            int end = Math.min(part.rows(), first + Bits.CHUNK_BITS);
            int row = selected.rows().next(first, end);
            if (row < 0) continue;
            int at = chunk;
            var keys = groups.stream().map(field -> part.chunk(field.id(), at)).toList();
            var values = fields.stream()
                    .map(field -> field.map(present -> part.chunk(present.id(), at)))
                    .toList();
            for (; row >= 0; row = selected.rows().next(row + 1, end)) add(keys, values, row - first);
        }
    }

    private void add(List<Column> keys, List<Optional<Column>> values, int row) {
        int group = keys.isEmpty() ? 0 : table.group(keys, row);
        grow();
        for (int i = 0; i < sums.length; i++) {
            var column = values.get(i);
            if (column.isEmpty()) sums[i].add(group, NOTHING, row);
            else if (!column.get().isNull(row)) sums[i].add(group, column.get(), row);
        }
    }

    void add(Reader.Tallied other) {
        for (int row = 0; row < other.count(); row++) {
            int group = groups.isEmpty() ? 0 : table.group(other.groups(), row);
            grow();
            for (int i = 0; i < sums.length; i++)
                sums[i].add(group, other.sums().get(i), row);
        }
    }

    Reader.Tallied tallied() {
        var all = new ArrayList<List<Column>>();
        for (var sum : sums) all.add(sum.columns(table.count()));
        return new Reader.Tallied(table.count(), table.columns(), all);
    }

    int count() {
        return table.count();
    }

    /// The values of the groups, then the figures.
    List<Column> columns() {
        var all = new ArrayList<>(table.columns());
        for (var sum : sums) all.add(sum.figure(table.count()));
        return all;
    }
}
