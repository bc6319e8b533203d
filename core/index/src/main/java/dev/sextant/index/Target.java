package dev.sextant.index;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// What a search is after.
///
/// @param query one vector as the model stores it, in a segment of any kind
/// @param k how many of the best accepted rows are wanted at least
/// @param bm25 how frequencies are scored, for [dev.sextant.model.Metric#BM25] only
public record Target(MemorySegment query, int k, Effort effort, Accept accept, Optional<Bm25> bm25) {
    public static Target of(MemorySegment query, int k, int beam, Accept accept) {
        return new Target(query, k, Effort.ofBeam(beam), accept, Optional.empty());
    }
}
