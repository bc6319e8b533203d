package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteInput;
import dev.sextant.engine.file.ByteOutput;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import java.lang.foreign.MemorySegment;

/// Some keys in ascending order and the row of each.
record KeyPage(Column keys, int[] rows) {

    static byte[] encode(Column keys, int[] rows) {
        var encodedKeys = PageCodec.encode(keys);
        return new ByteOutput(encodedKeys.length + 4 * rows.length)
                .writeInt(encodedKeys.length)
                .writeBytes(MemorySegment.ofArray(encodedKeys))
                .writeBytes(MemorySegment.ofArray(PageCodec.encode(new Column.Ints(rows, Nulls.NONE))))
                .toBytes();
    }

    /// @param count keys that must be in it
    /// @param rowCount rows of the segment
    static KeyPage decode(FieldType type, int count, int rowCount, ByteInput in) {
        var keys = PageCodec.decode(type, count, in.part(in.readCount(1)));
        var rows = ((Column.Ints) PageCodec.decode(FieldType.Primitive.INT32, count, in.part(in.left()))).values();
        for (int row : rows) if (row < 0 || row >= rowCount) throw in.damage("a row below " + rowCount, row);
        return new KeyPage(keys, rows);
    }

    /// The first place at or after which no key is less.
    int lowerBound(Column asked, int key) {
        return lowerBound(keys, asked, key);
    }

    static int lowerBound(Column keys, Column asked, int key) {
        int low = 0;
        int high = keys.rows();
        while (low < high) {
            int middle = low + high >>> 1;
            if (Keys.compare(keys, middle, asked, key) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
