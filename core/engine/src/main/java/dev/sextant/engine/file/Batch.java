package dev.sextant.engine.file;

import dev.sextant.model.Column;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/// Some rows as they travel inside an entry of the log: columns by field id and each row's partition.
///
/// @param partitions of each row; one entry means all rows are there
public record Batch(int rows, long[] partitions, Map<Integer, Column> columns) {

    public Batch {
        columns = Map.copyOf(columns);
    }

    /// The bytes, in order; dense vectors are not copied, so they must not change before the pieces have been used.
    public List<MemorySegment> encode() {
        return BatchCodec.encode(this);
    }

    /// Reads what [#encode] wrote, from all of `bytes`. Heap bytes may be shared by the result, so they must not change
    /// afterwards.
    ///
    /// @param where for the message of a [CorruptFile]
    public static Batch decode(String where, MemorySegment bytes) {
        return BatchCodec.decode(where, bytes);
    }

    /// One column alone, such as the keys of a removal.
    public static List<MemorySegment> encode(Column column) {
        return BatchCodec.encode(column);
    }

    public static Column decodeColumn(String where, MemorySegment bytes) {
        return BatchCodec.decodeColumn(where, bytes);
    }
}
