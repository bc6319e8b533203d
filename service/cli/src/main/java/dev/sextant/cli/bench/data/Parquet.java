package dev.sextant.cli.bench.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/// A column of lists of equal length as a matrix, and the column `id`, where there is one, as the names of its rows:
/// the layout of VectorDBBench. Columns are read without an object a value; nothing here is loaded before such a file
/// is named.
final class Parquet {
    private static final byte[] MAGIC = {'P', 'A', 'R', '1'};

    private Parquet() {}

    /// @param orOnly takes the only column of lists where none is called so
    static Matrix read(Path file, List<String> columns, boolean orOnly, int mostRows) throws IOException {
        checkEnd(file);
        var options =
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build();
        try (var reader = ParquetFileReader.open(new LocalInputFile(file), options)) {
            var schema = reader.getFileMetaData().getSchema();
            var vectors = lists(schema, columns, orOnly);
            var names = schema.getColumns().stream()
                    .filter(column -> column.getPath().length == 1
                            && column.getPath()[0].equals("id")
                            && column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT64)
                    .findFirst();
            long promised = Math.min(mostRows, reader.getRecordCount());
            var values = new Growing(vectors, Math.clamp(promised, 0, Integer.MAX_VALUE));
            var ids = new long[names.isPresent() ? values.most : 0];
            for (var group = reader.readNextRowGroup();
                    group != null && values.rows < values.most;
                    group = reader.readNextRowGroup()) {
                int before = values.rows;
                values.add(column(group, schema, vectors), group.getRowCount());
                if (names.isPresent()) {
                    var named = column(group, schema, names.get());
                    for (int row = before; row < values.rows; row++, named.consume()) ids[row] = named.getLong();
                }
            }
            return values.matrix().called(Arrays.copyOf(ids, names.isPresent() ? values.rows : 0));
        } catch (RuntimeException damaged) {
            throw new IOException("not a Parquet file that can be read: " + damaged.getMessage(), damaged);
        }
    }

    private static ColumnDescriptor lists(MessageType schema, List<String> columns, boolean orOnly) throws IOException {
        var lists = schema.getColumns().stream()
                .filter(column -> column.getMaxRepetitionLevel() == 1)
                .toList();
        for (var wanted : columns) for (var list : lists) if (list.getPath()[0].equals(wanted)) return list;
        if (orOnly && lists.size() == 1) return lists.getFirst();
        throw new IOException("expected a column of lists called " + String.join(" or ", columns) + ", the columns are "
                + schema.getFields().stream().map(Type::getName).toList() + "; choose one as FILE#NAME");
    }

    /// The library would say it with the name of an object of its own.
    private static void checkEnd(Path file) throws IOException {
        try (var bytes = FileChannel.open(file)) {
            var end = ByteBuffer.allocate(MAGIC.length);
            long size = bytes.size();
            if (size < 3L * MAGIC.length
                    || bytes.read(end, size - MAGIC.length) != MAGIC.length
                    || !Arrays.equals(end.array(), MAGIC))
                throw new IOException("not a Parquet file, or cut short: it does not end with PAR1");
        }
    }

    private static ColumnReader column(PageReadStore group, MessageType schema, ColumnDescriptor column) {
        return new ColumnReadStoreImpl(group, new Ignored(), schema, "").getColumnReader(column);
    }

    /// The rows so far. The first tells how long they all are.
    private static final class Growing {
        private final PrimitiveTypeName kind;
        private final int fullLevel;
        private final int most;
        private final boolean whole;
        private float[] floats = {};
        private long[] longs = {};
        private int dimension;
        private int rows;

        Growing(ColumnDescriptor column, int most) throws IOException {
            this.most = most;
            kind = column.getPrimitiveType().getPrimitiveTypeName();
            fullLevel = column.getMaxDefinitionLevel();
            whole = kind == PrimitiveTypeName.INT32 || kind == PrimitiveTypeName.INT64;
            if (!whole && kind != PrimitiveTypeName.FLOAT && kind != PrimitiveTypeName.DOUBLE)
                throw new IOException("a column of " + kind + ", expected numbers");
        }

        void add(ColumnReader column, long rowsOfGroup) throws IOException {
            for (long row = 0; row < rowsOfGroup && rows < most; row++) {
                int at = 0;
                do {
                    if (column.getCurrentDefinitionLevel() < fullLevel)
                        throw new IOException("row " + rows + " is empty or holds nulls");
                    put(column, at++);
                    column.consume();
                } while (column.getCurrentRepetitionLevel() > 0); // 0 at the end of the group, too
                if (rows == 0) dimension = at;
                if (at != dimension)
                    throw new IOException(
                            "row " + rows + " has " + at + " components, expected " + dimension + " as before");
                rows++;
            }
        }

        private void put(ColumnReader column, int at) throws IOException {
            if (rows > 0 && at >= dimension) throw new IOException("row " + rows + " is longer than " + dimension);
            int place = rows == 0 ? at : rows * dimension + at;
            makeRoom(place);
            switch (kind) {
                case INT32 -> longs[place] = column.getInteger();
                case INT64 -> longs[place] = column.getLong();
                case FLOAT -> floats[place] = column.getFloat();
                default -> floats[place] = (float) column.getDouble();
            }
        }

        private void makeRoom(int place) throws IOException {
            int length = whole ? longs.length : floats.length;
            if (place < length) return;
            // The rows that the file promises are made room for as they come, in case it promises too much.
            int all = rows == 0 ? Integer.MAX_VALUE - 16 : Numbers.count(most, dimension);
            int longer = Math.clamp(Math.max(2L * length, place + 1), 0, Math.max(place + 1, all));
            if (whole) longs = Arrays.copyOf(longs, longer);
            else floats = Arrays.copyOf(floats, longer);
        }

        Matrix matrix() throws IOException {
            if (rows == 0) throw new EOFException("it holds no rows");
            int count = Numbers.count(rows, dimension);
            return whole
                    ? Matrix.of(rows, dimension, longs.length == count ? longs : Arrays.copyOf(longs, count))
                    : Matrix.of(rows, dimension, floats.length == count ? floats : Arrays.copyOf(floats, count));
        }
    }

    /// Values are asked for one by one, so there is nothing to convert into: one converter for every depth.
    private static final class Ignored extends GroupConverter {
        private static final PrimitiveConverter VALUE = new PrimitiveConverter() {};

        @Override
        public Converter getConverter(int field) {
            return this;
        }

        @Override
        public PrimitiveConverter asPrimitiveConverter() {
            return VALUE;
        }

        @Override
        public void start() {}

        @Override
        public void end() {}
    }
}
