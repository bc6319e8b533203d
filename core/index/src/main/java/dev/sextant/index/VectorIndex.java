package dev.sextant.index;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A structure over vectors that finds the rows near a query without looking at all of them. Node numbers are row
/// numbers. Any number of threads may walk it at once, each with its own scratch.
public sealed interface VectorIndex permits Layered, Graph, Frozen {
    /// A walk towards the rows nearest to the query. It looks as far as the effort says and leaves at least the
    /// best `k` accepted rows that it found, with exact scores, in its last steps. With a filter it may end with fewer
    /// than `k` although more match: the caller then turns to the exact scan.
    Walk walk(Target target, Scratch scratch);

    default Walk walk(MemorySegment query, int k, int beam, Accept accept, Scratch scratch) {
        return walk(Target.of(query, k, beam, accept), scratch);
    }

    /// How many codes a walk scores, about, when the share `accepted` of the rows passes: what the caller compares with
    /// a scan.
    long cost(Effort effort, double accepted);

    default long cost(int beam, double accepted) {
        return cost(Effort.ofBeam(beam), accepted);
    }

    /// The scan of all accepted rows from `from` to `to` by the codes that the index keeps, quicker than that of full
    /// rows; empty where it keeps none of that kind. What leaves has exact scores. Where codes are rounded only the
    /// best by code leave, somewhat more than `k`, so a row may be missed that is hardly nearer than they are.
    default Optional<Walk> scan(Target target, int from, int to, Scratch scratch) {
        return Optional.empty();
    }

    /// Bytes that such a scan reads for a row; 0 where there is none.
    default int scanBytes() {
        return 0;
    }

    /// The rows of a filter in the order in which walks read them; empty where they have no order of their own, or
    /// where so many are taken that it would not be used. Takes some nanoseconds for each row of the index.
    default Optional<Arranged> arranged(Bits rows) {
        return Optional.empty();
    }

    /// What a search for the best `k` tries that asks for a recall: where codes alone end short of it, more of the best
    /// by code are scored on their rows.
    default Effort rescored(Effort effort, int k) {
        return effort;
    }

    /// How many walks gain from being advanced in turn on one thread; 1 where none does.
    default int inTurn() {
        return 1;
    }

    VectorRows rows();

    Metric metric();

    /// Nodes in the index: rows from there on are not found through it.
    int count();

    /// Memory held, rows not included.
    long bytes();
}
