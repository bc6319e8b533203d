package dev.sextant.engine.file;

import dev.sextant.model.Column;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The bytes of a [Batch]: version, rows, partitions, then each field's id and column. Fields ascend, so equal batches
/// have equal bytes.
final class BatchCodec {
    private static final int VERSION = 1;

    private BatchCodec() {}

    static List<MemorySegment> encode(Batch batch) {
        var out = new ByteOutput(1024);
        out.writeInt(VERSION).writeInt(batch.rows());
        out.writeInt(batch.partitions().length).writeLongs(batch.partitions());
        out.writeInt(batch.columns().size());
        for (var column : new TreeMap<>(batch.columns()).entrySet()) {
            assert column.getValue().rows() == batch.rows()
                    : column.getKey() + " has " + column.getValue().rows() + " rows of " + batch.rows();
            out.writeInt(column.getKey());
            ColumnCodec.write(column.getValue(), out);
        }
        return out.pieces();
    }

    static Batch decode(String where, MemorySegment bytes) {
        var in = new ByteInput(where, 0, bytes);
        int version = in.readInt();
        if (version != VERSION) throw in.damage("version " + VERSION, version);
        int rows = in.readInt();
        int partitions = in.readCount(8);
        if (rows < 0 || partitions != 1 && partitions != rows)
            throw in.damage("1 partition or one a row of " + rows, partitions);
        var partitionOf = in.readLongs(partitions);
        var columns = readColumns(in, rows);
        in.mustEnd();
        return new Batch(rows, partitionOf, columns);
    }

    static List<MemorySegment> encode(Column column) {
        var out = new ByteOutput(1024);
        ColumnCodec.write(column, out);
        return out.pieces();
    }

    static Column decodeColumn(String where, MemorySegment bytes) {
        var in = new ByteInput(where, 0, bytes);
        var column = ColumnCodec.read(in);
        in.mustEnd();
        return column;
    }

    private static Map<Integer, Column> readColumns(ByteInput in, int rows) {
        int count = in.readCount(10);
        var columns = new HashMap<Integer, Column>();
        for (int i = 0; i < count; i++) {
            int field = in.readInt();
            var column = ColumnCodec.read(in);
            if (column.rows() != rows) throw in.damage(rows + " rows", column.rows());
            if (columns.put(field, column) != null) throw in.damage("each field once", field);
        }
        return columns;
    }
}
