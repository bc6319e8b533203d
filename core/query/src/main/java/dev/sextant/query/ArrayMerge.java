package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Write;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/// Arrays of rows that are there, changed by elements that came. An array that is not there is an empty one to append
/// to, and nothing can be removed from it.
final class ArrayMerge {
    private final Column.Lists came;
    private final Column.Lists have;
    private final int[] storedOf;
    private final Column elements; // those that are there, then those that came

    private ArrayMerge(Column.Lists came, Column.Lists have, int[] storedOf) {
        this.came = came;
        this.have = have;
        this.storedOf = storedOf;
        elements = Column.concat(List.of(have.elements(), came.elements()));
    }

    /// @param storedOf for each row its place in `have`; -1 for a row that is not there
    static Column.Lists of(
            Field field, Column.Lists came, Column.Lists have, int[] storedOf, Write.ArrayChange change) {
        return new ArrayMerge(came, have, storedOf).merged(field, change);
    }

    private Column.Lists merged(Field field, Write.ArrayChange change) {
        int most = ((FieldType.Array) field.type()).maxElements();
        var taken = IntStream.builder();
        var ends = new int[storedOf.length];
        var nulls = new BitSet();
        int total = 0;
        for (int row = 0; row < ends.length; row++) {
            var kept = switch (change) {
                case APPEND -> IntStream.concat(stored(row), given(row)).toArray();
                case REMOVE -> without(row);
            };
            if (kept.length > most)
                throw new Refused(new Refusal.InvalidRow(
                        field.name(),
                        row,
                        Refusal.InvalidRow.Fault.TOO_MANY_ELEMENTS,
                        Integer.toString(kept.length),
                        Integer.toString(most)));
            for (int at : kept) taken.add(at);
            total += kept.length;
            ends[row] = total;
            boolean wasNull = storedOf[row] < 0 ? field.isNullable() : have.isNull(storedOf[row]);
            if (wasNull && (change == Write.ArrayChange.REMOVE || came.isNull(row))) nulls.set(row);
        }
        return new Column.Lists(ends, elements.take(taken.build().toArray()), Nulls.of(nulls));
    }

    private IntStream stored(int row) {
        int at = storedOf[row];
        return at < 0 || have.isNull(at) ? IntStream.empty() : IntStream.range(have.start(at), have.ends()[at]);
    }

    private IntStream given(int row) {
        int base = have.elements().rows();
        return came.isNull(row) ? IntStream.empty() : IntStream.range(base + came.start(row), base + came.ends()[row]);
    }

    private int[] without(int row) {
        var gone = new HashSet<Object>();
        given(row).forEach(at -> gone.add(value(at)));
        return stored(row).filter(at -> !gone.contains(value(at))).toArray();
    }

    private Object value(int at) {
        return switch (elements) {
            case Column.Bools(var values, _) -> values[at];
            case Column.Ints(var values, _) -> values[at];
            case Column.Longs(var values, _) -> values[at];
            case Column.Floats(var values, _) -> values[at] + 0f; // zero is zero, whatever its sign
            case Column.Doubles(var values, _) -> values[at] + 0d;
            case Column.Texts(var values, _) -> values.text(at);
            case Column.Jsons _, Column.Shapes _, Column.Lists _, Column.Dense _, Column.Sparse _ ->
                throw new IllegalStateException("elements of arrays are scalars");
        };
    }
}
