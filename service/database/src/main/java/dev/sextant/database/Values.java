package dev.sextant.database;

import static dev.sextant.database.Intake.refused;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/// Whether every value of a column may be kept. A column that is in order is read once, in tight loops over its arrays;
/// which row is at fault is looked for only when there is one.
final class Values {
    private Values() {}

    /// @param names the schema whose fields a key of the dynamic field must not be named after; none for a merge,
    ///     where a field may have been added later
    static void check(Field field, Column column, DatabaseConfig.Rows limits, Optional<Schema> names) {
        var name = field.name();
        switch (column) {
            case Column.Bools _, Column.Longs _ -> {}
            case Column.Ints(var values, _) -> checkRange(name, (Primitive) field.type(), values);
            case Column.Floats(var values, _) -> checkFloats(name, values);
            case Column.Doubles(var values, _) -> checkDoubles(name, values);
            case Column.Texts(var values, _) -> {
                checkUtf8(name, values);
                checkLengths(
                        name,
                        values,
                        field.type() instanceof FieldType.Text(var most)
                                ? most
                                : ((FieldType.Varchar) field.type()).maxBytes());
            }
            case Column.Jsons jsons -> checkJson(field, jsons, limits.maxJsonBytes(), names);
            case Column.Shapes _ -> {} // written by ourselves
            case Column.Lists lists -> checkLists(name, (FieldType.Array) field.type(), lists);
            case Column.Dense dense -> checkDense(name, dense, IntUnaryOperator.identity());
            case Column.Sparse sparse -> SparseValues.check(name, sparse);
        }
    }

    private static void checkRange(String field, Primitive type, int[] values) {
        var range = FieldRules.RANGES.get(type);
        if (type == Primitive.INT32) return;
        int least = range.least();
        int most = range.most();
        int lowest = 0;
        int highest = 0;
        for (int value : values) {
            lowest = Math.min(lowest, value);
            highest = Math.max(highest, value);
        }
        if (lowest >= least && highest <= most) return;
        for (int row = 0; row < values.length; row++)
            if (values[row] < least || values[row] > most)
                throw refused(field, row, Fault.OUT_OF_RANGE, Integer.toString(values[row]), range.toString());
    }

    // ---- numbers: one is not finite exactly when all bits of its exponent are set, and then adding one to the
    // exponent carries into the sign

    private static void checkFloats(String field, float[] values) {
        int seen = 0;
        for (float value : values) seen |= (Float.floatToRawIntBits(value) & 0x7f800000) + 0x00800000;
        if (seen >= 0) return;
        for (int row = 0; row < values.length; row++)
            if (!Float.isFinite(values[row])) throw notFinite(field, row, values[row]);
    }

    private static void checkDoubles(String field, double[] values) {
        long seen = 0;
        for (double value : values)
            seen |= (Double.doubleToRawLongBits(value) & 0x7ff0000000000000L) + 0x0010000000000000L;
        if (seen >= 0) return;
        for (int row = 0; row < values.length; row++)
            if (!Double.isFinite(values[row])) throw notFinite(field, row, values[row]);
    }

    /// @param rowOf the row of a vector
    private static void checkDense(String field, Column.Dense dense, IntUnaryOperator rowOf) {
        switch (dense.type()) {
            case FLOAT32 -> checkFloats(field, dense, rowOf);
            case FLOAT16, BFLOAT16 -> checkHalves(field, dense, rowOf);
            case INT8, BINARY -> {} // every byte is a value
            case SPARSE -> throw new IllegalStateException("a dense column of sparse vectors");
        }
    }

    static void checkFloats(String field, Column.Dense dense, IntUnaryOperator rowOf) {
        var bytes = dense.bytes();
        int numbers = (int) (bytes.byteSize() / Float.BYTES);
        if (allFinite(bytes, numbers)) return;
        for (int i = 0; i < numbers; i++) {
            float value = bytes.get(Column.LITTLE_FLOAT, 4L * i);
            if (!Float.isFinite(value)) throw notFinite(field, rowOf.applyAsInt(i / dense.dimension()), value);
        }
    }

    private static boolean allFinite(MemorySegment bytes, int numbers) {
        int seen = 0;
        for (int i = 0; i < numbers; i++) seen |= (bytes.get(Bytes.INT, 4L * i) & 0x7f800000) + 0x00800000;
        return seen >= 0;
    }

    private static void checkHalves(String field, Column.Dense dense, IntUnaryOperator rowOf) {
        var bytes = dense.bytes();
        int numbers = (int) (bytes.byteSize() / Short.BYTES);
        int exponent = dense.type() == VectorType.FLOAT16 ? 0x7c00 : 0x7f80;
        int one = exponent & -exponent;
        int seen = 0;
        for (int i = 0; i < numbers; i++) seen |= (bytes.get(Bytes.SHORT, 2L * i) & exponent) + one;
        if ((seen & 0x8000) == 0) return;
        for (int i = 0; i < numbers; i++) {
            short half = bytes.get(Bytes.SHORT, 2L * i);
            if ((half & exponent) != exponent) continue;
            float value =
                    dense.type() == VectorType.FLOAT16 ? Float.float16ToFloat(half) : Float.intBitsToFloat(half << 16);
            throw notFinite(field, rowOf.applyAsInt(i / dense.dimension()), value);
        }
    }

    static RuntimeException notFinite(String field, int row, double value) {
        var text = Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        return refused(field, row, Fault.NOT_A_NUMBER, text, "a finite number");
    }

    // ---- text

    private static void checkUtf8(String field, Slices values) {
        int wrong = Utf8.firstInvalid(values);
        if (wrong >= 0)
            throw refused(field, wrong, Fault.NOT_UTF8, values.length(wrong) + " bytes that are no text", "UTF-8");
    }

    private static void checkLengths(String field, Slices values, int most) {
        int row = firstLonger(values, most);
        if (row >= 0)
            throw refused(field, row, Fault.TOO_LONG, Integer.toString(values.length(row)), Integer.toString(most));
    }

    private static int firstLonger(Slices values, int most) {
        int start = 0;
        for (int row = 0; row < values.count(); row++) {
            int end = values.end(row);
            if (end - start > most) return row;
            start = end;
        }
        return -1;
    }

    private static void checkJson(Field field, Column.Jsons column, int most, Optional<Schema> names) {
        var dynamic = field.has(Trait.DYNAMIC);
        var values = column.values();
        int longer = firstLonger(values, most);
        if (longer >= 0)
            throw refused(
                    field.name(),
                    longer,
                    Fault.JSON_TOO_LONG,
                    Integer.toString(values.length(longer)),
                    Integer.toString(most));
        checkUtf8(field.name(), values);
        for (int row = 0; row < values.count(); row++) {
            if (column.isNull(row)) continue;
            if (dynamic) JsonText.checkObject(field.name(), row, values, names);
            else JsonText.check(field.name(), row, values);
        }
    }

    // ---- arrays

    private static void checkLists(String field, FieldType.Array type, Column.Lists lists) {
        for (int row = 0; row < lists.rows(); row++) {
            int length = lists.ends()[row] - lists.start(row);
            if (length > type.maxElements())
                throw refused(
                        field,
                        row,
                        Fault.TOO_MANY_ELEMENTS,
                        Integer.toString(length),
                        Integer.toString(type.maxElements()));
        }
        var elements = lists.elements();
        if (!elements.nulls().none())
            throw refused(
                    field,
                    rowOf(lists, elements.nulls().next(0)),
                    Fault.NULL_NOT_ALLOWED,
                    "null",
                    "elements that are not null");
        switch (elements) {
            case Column.Ints(var values, _) -> checkRange(field, (Primitive) type.element(), values);
            case Column.Floats(var values, _) -> checkFloats(field, values);
            case Column.Doubles(var values, _) -> checkDoubles(field, values);
            case Column.Texts(var values, _) ->
                checkElements(field, lists, values, ((FieldType.Varchar) type.element()).maxBytes());
            case Column.Dense dense -> checkDense(field, dense, element -> rowOf(lists, element));
            case Column.Bools _, Column.Longs _ -> {}
            case Column.Jsons _, Column.Shapes _, Column.Lists _, Column.Sparse _ ->
                throw new IllegalStateException(
                        "an array of " + elements.getClass().getSimpleName());
        }
    }

    private static void checkElements(String field, Column.Lists lists, Slices values, int most) {
        int wrong = Utf8.firstInvalid(values);
        if (wrong >= 0)
            throw refused(
                    field,
                    rowOf(lists, wrong),
                    Fault.NOT_UTF8,
                    values.length(wrong) + " bytes that are no text",
                    "UTF-8");
        int longer = firstLonger(values, most);
        if (longer >= 0)
            throw refused(
                    field,
                    rowOf(lists, longer),
                    Fault.ELEMENT_TOO_LONG,
                    Integer.toString(values.length(longer)),
                    Integer.toString(most));
    }

    /// The row that holds an element: the first that ends behind it.
    static int rowOf(Column.Lists lists, int element) {
        var ends = lists.ends();
        int at = Arrays.binarySearch(ends, element + 1);
        if (at < 0) return -at - 1;
        while (at > 0 && ends[at - 1] == element + 1) at--; // empty rows end where their predecessor does
        return at;
    }
}
