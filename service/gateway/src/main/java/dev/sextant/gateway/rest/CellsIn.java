package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.gateway.exchange.HalfFloats;
import dev.sextant.gateway.exchange.JsonTexts;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/// A column that grows by the cells of JSON rows: numbers go straight from text into an array.
abstract sealed class CellsIn {
    final String name;
    private final BitSet nulls = new BitSet();
    private int rows;
    private boolean any;

    private CellsIn(String name) {
        this.name = name;
    }

    static CellsIn of(String name, FieldType type) {
        return switch (type) {
            case Primitive primitive ->
                switch (primitive) {
                    case BOOL -> new Truths(name);
                    case INT8, INT16, INT32 -> new Numbers(name, Kind.INT);
                    case INT64 -> new Numbers(name, Kind.LONG);
                    case FLOAT -> new Numbers(name, Kind.FLOAT);
                    case DOUBLE -> new Numbers(name, Kind.DOUBLE);
                    case TIMESTAMPTZ -> new Texts(name, false);
                };
            case FieldType.Varchar _, FieldType.Text _, FieldType.Geometry _ -> new Texts(name, false);
            case FieldType.Json _ -> new Texts(name, true);
            case FieldType.Array(var element, _) -> new Lists(name, of(name, element));
            case FieldType.Vector(var vector, int dimension) ->
                vector.isDense() ? new Dense(name, vector, dimension) : new Sparse(name);
        };
    }

    /// Reads one cell, with the parser on its first token; leaves it on its last.
    final void read(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) skip();
        else {
            any = true;
            add(parser);
            rows++;
        }
    }

    /// A row without this cell.
    final void skip() {
        nulls.set(rows++);
        addFiller();
    }

    final void fillTo(int row) {
        while (rows < row) skip();
    }

    /// Whether any row had a value.
    final boolean hasAny() {
        return any;
    }

    final int rows() {
        return rows;
    }

    final Column column() {
        return column(Nulls.of((BitSet) nulls.clone()));
    }

    abstract void add(JsonParser parser) throws IOException;

    abstract void addFiller();

    abstract Column column(Nulls nulls);

    final RuntimeException wrong(JsonParser parser, String expected) throws IOException {
        return wrong(expected, parser.getText());
    }

    final RuntimeException wrong(String expected, String received) {
        return Trouble.data("field '" + name + "', row " + rows + ": " + expected + " is expected, got " + received);
    }

    private enum Kind {
        INT,
        LONG,
        FLOAT,
        DOUBLE
    }

    private static final class Truths extends CellsIn {
        private boolean[] values = new boolean[16];
        private int count;

        private Truths(String name) {
            super(name);
        }

        @Override
        void add(JsonParser parser) throws IOException {
            if (!parser.currentToken().isBoolean()) throw wrong(parser, "a boolean");
            if (count == values.length) values = Arrays.copyOf(values, count * 2);
            values[count++] = parser.getBooleanValue();
        }

        @Override
        void addFiller() {
            if (count == values.length) values = Arrays.copyOf(values, count * 2);
            values[count++] = false;
        }

        @Override
        Column column(Nulls nulls) {
            return new Column.Bools(Arrays.copyOf(values, count), nulls);
        }
    }

    private static final class Numbers extends CellsIn {
        private final Kind kind;
        private long[] bits = new long[16]; // of a long, or of a double
        private int count;

        private Numbers(String name, Kind kind) {
            super(name);
            this.kind = kind;
        }

        @Override
        void add(JsonParser parser) throws IOException {
            put(kind == Kind.INT || kind == Kind.LONG ? whole(parser) : Double.doubleToRawLongBits(real(parser)));
        }

        /// A client that knows doubles alone sends large integers as texts.
        private long whole(JsonParser parser) throws IOException {
            var token = parser.currentToken();
            try {
                if (token == JsonToken.VALUE_NUMBER_INT) return parser.getLongValue();
                if (token == JsonToken.VALUE_STRING)
                    return Long.parseLong(parser.getText().strip());
            } catch (NumberFormatException | com.fasterxml.jackson.core.exc.InputCoercionException tooLarge) {
                throw wrong(parser, "an integer of 64 bits");
            }
            throw wrong(parser, "an integer");
        }

        private double real(JsonParser parser) throws IOException {
            if (parser.currentToken().isNumeric()) return parser.getDoubleValue();
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                try {
                    return Double.parseDouble(parser.getText().strip());
                } catch (NumberFormatException noNumber) {
                    throw wrong(parser, "a number");
                }
            }
            throw wrong(parser, "a number");
        }

        private void put(long value) {
            if (count == bits.length) bits = Arrays.copyOf(bits, count * 2);
            bits[count++] = value;
        }

        @Override
        void addFiller() {
            put(0);
        }

        @Override
        Column column(Nulls nulls) {
            return switch (kind) {
                case INT -> new Column.Ints(ints(), nulls);
                case LONG -> new Column.Longs(Arrays.copyOf(bits, count), nulls);
                case FLOAT -> new Column.Floats(floats(), nulls);
                case DOUBLE -> new Column.Doubles(doubles(), nulls);
            };
        }

        private int[] ints() {
            var values = new int[count];
            for (int i = 0; i < count; i++) {
                values[i] = (int) bits[i];
                if (values[i] != bits[i])
                    throw new Refused(new Refusal.InvalidRow(
                            name, i, Refusal.InvalidRow.Fault.OUT_OF_RANGE, "" + bits[i], "[-2147483648, 2147483647]"));
            }
            return values;
        }

        private float[] floats() {
            var values = new float[count];
            for (int i = 0; i < count; i++) values[i] = (float) Double.longBitsToDouble(bits[i]);
            return values;
        }

        private double[] doubles() {
            var values = new double[count];
            for (int i = 0; i < count; i++) values[i] = Double.longBitsToDouble(bits[i]);
            return values;
        }
    }

    private static final class Texts extends CellsIn {
        private static final byte[] NOTHING = {};
        private final boolean json;
        private final Slices.Builder values = new Slices.Builder(16);

        private Texts(String name, boolean json) {
            super(name);
            this.json = json;
        }

        @Override
        void add(JsonParser parser) throws IOException {
            if (json) values.add(copy(parser));
            else if (parser.currentToken() == JsonToken.VALUE_STRING)
                values.add(parser.getText().getBytes(StandardCharsets.UTF_8));
            else throw wrong(parser, "a string");
        }

        @Override
        void addFiller() {
            values.add(NOTHING);
        }

        @Override
        Column column(Nulls nulls) {
            return json ? new Column.Jsons(values.build(), nulls) : new Column.Texts(values.build(), nulls);
        }
    }

    /// The JSON value at hand, as it would be written.
    static byte[] copy(JsonParser parser) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = JsonTexts.JSON.createGenerator(bytes)) {
            generator.copyCurrentStructure(parser);
        }
        return bytes.toByteArray();
    }

    private static final class Lists extends CellsIn {
        private final CellsIn elements;
        private int[] ends = new int[16];
        private int count;

        private Lists(String name, CellsIn elements) {
            super(name);
            this.elements = elements;
        }

        @Override
        void add(JsonParser parser) throws IOException {
            if (parser.currentToken() != JsonToken.START_ARRAY) throw wrong(parser, "a list");
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() == JsonToken.VALUE_NULL) throw wrong(parser, "an element");
                elements.read(parser);
            }
            addFiller();
        }

        @Override
        void addFiller() {
            if (count == ends.length) ends = Arrays.copyOf(ends, count * 2);
            ends[count++] = elements.rows();
        }

        @Override
        Column column(Nulls nulls) {
            return new Column.Lists(Arrays.copyOf(ends, count), elements.column(), nulls);
        }
    }

    private static final class Dense extends CellsIn {
        private final VectorType type;
        private final int dimension;
        private final int rowBytes;
        private ByteBuffer bytes;

        private Dense(String name, VectorType type, int dimension) {
            super(name);
            this.type = type;
            this.dimension = dimension;
            rowBytes = type.rowBytes(dimension);
            bytes = ByteBuffer.allocate(Math.max(rowBytes, 256)).order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        void add(JsonParser parser) throws IOException {
            room();
            int start = bytes.position();
            if (parser.currentToken() == JsonToken.VALUE_STRING && type != VectorType.FLOAT32) base64(parser);
            else if (parser.currentToken() == JsonToken.START_ARRAY) numbers(parser, start);
            else throw wrong(parser, "a list of numbers");
        }

        private void numbers(JsonParser parser, int start) throws IOException {
            int wanted = type == VectorType.BINARY ? rowBytes : dimension;
            int seen = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (!parser.currentToken().isNumeric()) throw wrong(parser, "a number");
                if (seen++ < wanted) put(parser);
            }
            if (seen != wanted) {
                bytes.position(start);
                throw new Refused(
                        new Refusal.WrongDimension(name, dimension, type == VectorType.BINARY ? seen * 8L : seen));
            }
        }

        private void put(JsonParser parser) throws IOException {
            switch (type) {
                case FLOAT32 -> bytes.putFloat(parser.getFloatValue());
                case FLOAT16 -> bytes.putShort(Float.floatToFloat16(parser.getFloatValue()));
                case BFLOAT16 -> bytes.putShort(HalfFloats.bfloat16(parser.getFloatValue()));
                case INT8 -> bytes.put((byte) inRange(parser, -128, 127));
                case BINARY -> bytes.put((byte) inRange(parser, 0, 255));
                case SPARSE -> throw new IllegalStateException("sparse");
            }
        }

        private int inRange(JsonParser parser, int low, int high) throws IOException {
            double value = parser.getDoubleValue();
            if (value != Math.rint(value) || value < low || value > high)
                throw wrong(parser, "an integer in [" + low + ", " + high + "]");
            return (int) value;
        }

        private void base64(JsonParser parser) throws IOException {
            var given = parser.getBinaryValue();
            if (given.length != rowBytes)
                throw new Refused(
                        new Refusal.WrongDimension(name, dimension, (long) given.length * dimension / rowBytes));
            bytes.put(given);
        }

        private void room() {
            if (bytes.remaining() >= rowBytes) return;
            long size = Math.min(
                    Integer.MAX_VALUE - 16, Math.max(bytes.capacity() * 2L, bytes.position() + (long) rowBytes));
            bytes = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), (int) size))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position(bytes.position());
        }

        @Override
        void addFiller() {
            room();
            bytes.position(bytes.position() + rowBytes);
        }

        @Override
        Column column(Nulls nulls) {
            return new Column.Dense(
                    type, dimension, MemorySegment.ofArray(bytes.array()).asSlice(0, bytes.position()), nulls);
        }
    }

    private static final class Sparse extends CellsIn {
        private static final byte[] NOTHING = {};
        private final Slices.Builder cells = new Slices.Builder(16);

        private Sparse(String name) {
            super(name);
        }

        @Override
        void add(JsonParser parser) throws IOException {
            if (parser.currentToken() != JsonToken.START_OBJECT) throw wrong(parser, "an object of indices and values");
            var indices = new java.util.ArrayList<Long>();
            var values = new java.util.ArrayList<Float>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var key = parser.currentName();
                parser.nextToken();
                switch (key) {
                    case "indices" -> {
                        while (parser.nextToken() != JsonToken.END_ARRAY) indices.add(index(parser.getText()));
                    }
                    case "values" -> {
                        while (parser.nextToken() != JsonToken.END_ARRAY) values.add(value(parser));
                    }
                    default -> {
                        indices.add(index(key));
                        values.add(value(parser));
                    }
                }
            }
            if (indices.size() != values.size()) throw wrong(parser, "as many indices as values");
            cells.add(sorted(indices, values));
        }

        private long index(String text) {
            try {
                long index = Long.parseLong(text);
                if (index >= 0 && index < 0xffff_ffffL) return index;
            } catch (NumberFormatException noNumber) {
                throw wrong("an index", text);
            }
            throw wrong("an index in [0, 4294967294]", text);
        }

        private float value(JsonParser parser) throws IOException {
            if (!parser.currentToken().isNumeric()) throw wrong(parser, "a number");
            return parser.getFloatValue();
        }

        private static byte[] sorted(java.util.List<Long> indices, java.util.List<Float> values) {
            var order = new Integer[indices.size()];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, java.util.Comparator.comparing(indices::get));
            var bytes = ByteBuffer.allocate(8 * order.length).order(ByteOrder.LITTLE_ENDIAN);
            for (int each : order) bytes.putInt((int) (long) indices.get(each)).putFloat(values.get(each));
            return bytes.array();
        }

        @Override
        void addFiller() {
            cells.add(NOTHING);
        }

        @Override
        Column column(Nulls nulls) {
            return new Column.Sparse(cells.build(), nulls);
        }
    }
}
