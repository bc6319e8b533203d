package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.lang.foreign.MemorySegment;

/// A structure over dense rows that finds the rows near a query without looking at all of them. Node numbers are row
/// numbers. Any number of threads may walk it at once, each with its own scratch.
public sealed interface VectorIndex permits Graph, Frozen {
    /// A walk towards the rows nearest to `query` (one vector as the model stores it). It keeps the best `beam` rows by
    /// code and leaves at least the best `k` accepted of them, with exact scores, in its last steps. With a filter it
    /// may end with fewer than `k` although more match: [Nearest] then turns to the exact scan.
    Walk walk(MemorySegment query, int k, int beam, Accept accept, Scratch scratch);

    /// How many codes a walk scores, about, when the share `accepted` of the rows passes; [Nearest] compares it with
    /// the scan.
    long cost(int beam, double accepted);

    Rows rows();

    Metric metric();

    /// Nodes in the index: rows from there on are not found through it.
    int count();

    /// Memory held, rows not included.
    long bytes();
}
