package dev.sextant.engine;

import dev.sextant.model.Column;
import dev.sextant.model.Schema;
import java.util.List;

/// One shard at one moment; never changes. Holds its files and memory until it is closed. Any thread may read it.
public interface View extends AutoCloseable {
    long shard();

    /// Rows inserted at or before this and not deleted at or before it are what this view shows.
    long timestamp();

    Schema schema();

    /// Segments and memtables, in no order that means anything; rows of different parts may have equal keys.
    List<Part> parts();

    /// Where the visible rows with these keys are, in one partition or in all with partition 0; a key may be found more
    /// than once.
    Places find(Column keys, long partition);

    /// Found rows, column-wise: `part[i]` indexes [#parts], `row[i]` the row in it, `key[i]` the key asked for.
    record Places(int[] key, int[] part, int[] row) {
        public int count() {
            return key.length;
        }
    }

    @Override
    void close();
}
