package dev.sextant.transfer.read;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import dev.sextant.transfer.cell.Unfit;
import dev.sextant.transfer.source.Source;
import dev.sextant.transfer.source.SourceStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// One field's values in a `.npy` file. One thread; the caller closes it.
final class NumpyColumn implements AutoCloseable {
    final Field field;
    final NumpyHead head;
    private final Source source;
    private final SourceStream stream;
    private final long rowBytes;

    NumpyColumn(Field field, Source source, long mostRowBytes) throws IOException {
        this.field = field;
        this.source = source;
        stream = SourceStream.whole(source);
        head = NumpyHead.read(stream);
        rowBytes = Math.multiplyExact(head.valueBytes(), head.values());
        check(mostRowBytes);
    }

    private void check(long mostRowBytes) {
        if (rowBytes > mostRowBytes) throw new Unfit("a row of the array has " + rowBytes + " bytes");
        if (head.rows() > (source.size() - head.bytes()) / Math.max(1, rowBytes))
            throw new Unfit("the file has " + source.size() + " bytes, its " + head.rows() + " rows need "
                    + (head.bytes() + head.rows() * rowBytes));
        boolean fits = switch (field.type()) {
            case Primitive primitive
            when primitive != Primitive.TIMESTAMPTZ -> head.shape().size() == 1 && fits(primitive);
            // Moments and geometries are told as texts.
            case Primitive _, FieldType.Varchar _, FieldType.Text _, FieldType.Geometry _, FieldType.Json _ ->
                head.shape().size() == 1 && (head.kind() == 'U' || head.kind() == 'S');
            case FieldType.Array _ -> false;
            case FieldType.Vector(var type, var dimension) -> head.shape().size() == 2 && fits(type, dimension);
        };
        if (!fits)
            throw new Unfit("an array of type " + head.type() + " and shape " + head.shape() + " does not fit field '"
                    + field.name() + "' of type " + describe(field.type()));
    }

    private static String describe(FieldType type) {
        return switch (type) {
            case Primitive primitive -> primitive.name();
            case FieldType.Varchar _ -> "VARCHAR";
            case FieldType.Text _ -> "TEXT";
            case FieldType.Geometry _ -> "GEOMETRY";
            case FieldType.Json _ -> "JSON";
            case FieldType.Array _ -> "ARRAY, which NumPy files cannot hold";
            case FieldType.Vector(var vector, var dimension) ->
                vector.isDense() ? vector + " of dimension " + dimension : "SPARSE, which NumPy files cannot hold";
        };
    }

    private boolean fits(Primitive type) {
        return switch (type) {
            case BOOL -> head.kind() == 'b';
            case TIMESTAMPTZ -> false;
            case INT8 -> isInt(1);
            case INT16 -> isInt(2);
            case INT32 -> isInt(4);
            case INT64 -> isInt(8);
            case FLOAT, DOUBLE -> head.kind() == 'f' && head.width() >= 4;
        };
    }

    private boolean isInt(int most) {
        return head.kind() == 'i' && head.width() <= most || head.kind() == 'u' && head.width() < most;
    }

    private boolean fits(VectorType type, int dimension) {
        long values = head.values();
        return switch (type) {
            case FLOAT32 -> isFloat() && values == dimension;
            case FLOAT16 -> isBytes(2L * dimension) || values == dimension && (isFloat() || isHalf());
            case BFLOAT16 -> isBytes(2L * dimension) || values == dimension && isFloat();
            case INT8 -> head.kind() == 'i' && head.width() == 1 && values == dimension;
            case BINARY -> isBytes(dimension / 8);
            case SPARSE -> false;
        };
    }

    private boolean isFloat() {
        return head.kind() == 'f' && head.width() >= 4;
    }

    private boolean isHalf() {
        return head.kind() == 'f' && head.width() == 2 && !head.bigEndian();
    }

    private boolean isBytes(long count) {
        return head.kind() == 'u' && head.width() == 1 && head.values() == count;
    }

    long rowBytes() {
        return rowBytes;
    }

    long bytes() {
        return source.size();
    }

    long bytesRead() {
        return stream.taken();
    }

    Column read(int rows) throws IOException {
        var bytes = stream.readNBytes(Math.toIntExact(rows * rowBytes));
        if (bytes.length < rows * rowBytes) throw new EOFException("the file ended in the middle of its rows");
        var buffer = ByteBuffer.wrap(bytes).order(head.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        return switch (field.type()) {
            case Primitive primitive when primitive != Primitive.TIMESTAMPTZ -> scalars(primitive, rows, buffer);
            case Primitive _, FieldType.Varchar _, FieldType.Text _, FieldType.Geometry _ ->
                new Column.Texts(texts(rows, bytes, buffer), Nulls.NONE);
            case FieldType.Json _ -> new Column.Jsons(texts(rows, bytes, buffer), Nulls.NONE);
            case FieldType.Vector(var type, var dimension) -> vectors(type, dimension, bytes, buffer);
            case FieldType.Array _ -> throw new IllegalStateException("checked when it was opened");
        };
    }

    private Column scalars(Primitive type, int rows, ByteBuffer in) {
        return switch (type) {
            case BOOL -> {
                var values = new boolean[rows];
                for (int i = 0; i < rows; i++) values[i] = in.get() != 0;
                yield new Column.Bools(values, Nulls.NONE);
            }
            case INT8, INT16, INT32 -> {
                var values = new int[rows];
                for (int i = 0; i < rows; i++) values[i] = (int) whole(in);
                yield new Column.Ints(values, Nulls.NONE);
            }
            case INT64, TIMESTAMPTZ -> {
                var values = new long[rows];
                for (int i = 0; i < rows; i++) values[i] = whole(in);
                yield new Column.Longs(values, Nulls.NONE);
            }
            case FLOAT -> {
                var values = new float[rows];
                for (int i = 0; i < rows; i++) values[i] = (float) real(in);
                yield new Column.Floats(values, Nulls.NONE);
            }
            case DOUBLE -> {
                var values = new double[rows];
                for (int i = 0; i < rows; i++) values[i] = real(in);
                yield new Column.Doubles(values, Nulls.NONE);
            }
        };
    }

    private long whole(ByteBuffer in) {
        boolean signed = head.kind() == 'i';
        return switch (head.width()) {
            case 1 -> signed ? in.get() : in.get() & 0xFFL;
            case 2 -> signed ? in.getShort() : in.getShort() & 0xFFFFL;
            case 4 -> signed ? in.getInt() : in.getInt() & 0xFFFF_FFFFL;
            default -> in.getLong();
        };
    }

    private double real(ByteBuffer in) {
        return head.width() == 4 ? in.getFloat() : in.getDouble();
    }

    private Slices texts(int rows, byte[] bytes, ByteBuffer in) {
        var texts = new Slices.Builder(rows);
        int width = (int) rowBytes;
        for (int row = 0; row < rows; row++) {
            if (head.kind() == 'S') {
                int length = width;
                while (length > 0 && bytes[row * width + length - 1] == 0) length--;
                texts.add(bytes, row * width, length);
            } else texts.add(text(in, row * width).getBytes(StandardCharsets.UTF_8));
        }
        return texts.build();
    }

    private String text(ByteBuffer in, int at) {
        var text = new StringBuilder();
        int length = head.width();
        while (length > 0 && in.getInt(at + 4 * (length - 1)) == 0) length--;
        for (int i = 0; i < length; i++) {
            int point = in.getInt(at + 4 * i);
            if (!Character.isValidCodePoint(point)) throw new Unfit("a text holds what is no character: " + point);
            text.appendCodePoint(point);
        }
        return text.toString();
    }

    private Column vectors(VectorType type, int dimension, byte[] bytes, ByteBuffer in) {
        boolean asIs = switch (type) {
            case FLOAT32 -> head.width() == 4 && !head.bigEndian();
            case FLOAT16, BFLOAT16 -> head.kind() == 'u' || isHalf();
            case INT8, BINARY, SPARSE -> true;
        };
        if (asIs) return new Column.Dense(type, dimension, MemorySegment.ofArray(bytes), Nulls.NONE);
        // Numbers of 16 bits come as such of 32: the database makes them fit.
        var floats = new float[bytes.length / head.width()];
        for (int i = 0; i < floats.length; i++) floats[i] = (float) real(in);
        return Column.Dense.of(dimension, floats);
    }

    @Override
    public void close() {
        source.close();
    }
}
