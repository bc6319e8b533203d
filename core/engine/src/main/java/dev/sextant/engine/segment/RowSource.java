package dev.sextant.engine.segment;

import dev.sextant.model.Column;

/// Rows that are to be written, read piece by piece when their turn comes: a chunk of long vectors is never in memory
/// as a whole. Asked for a field more than once when that may be null.
public interface RowSource {
    /// Rows `[from, to)` of a field.
    Column rows(int field, int from, int to);
}
