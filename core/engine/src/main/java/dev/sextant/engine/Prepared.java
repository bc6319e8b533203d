package dev.sextant.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// What is in memory already of a segment that is not published yet: its vectors and the indexes over them, which
/// whoever made its file had at hand. So the first search that meets the segment is as quick as any other. One thread
/// at a time; closed by whoever has it, or taken over by the segment ([Shelf#prepared]).
final class Prepared implements AutoCloseable {
    private final Map<Integer, SegmentVectors> vectors = new HashMap<>(); // by field
    private final Map<Integer, Segment.Built> indexes = new HashMap<>(); // by field

    /// The vectors of a field, loaded where they are not here yet.
    SegmentVectors vectors(int field, Supplier<SegmentVectors> loading) {
        return vectors.computeIfAbsent(field, _ -> loading.get());
    }

    /// Takes an index over vectors that are here over.
    void index(int field, Segment.Built built) {
        var before = indexes.put(field, built);
        if (before != null) before.frozen().close();
    }

    Optional<SegmentVectors> vectors(int field) {
        return Optional.ofNullable(vectors.get(field));
    }

    /// Hands everything over: from now on it is the taker's to close.
    void moveTo(Map<Integer, SegmentVectors> vectorsThere, Map<Integer, Segment.Built> indexesThere) {
        vectorsThere.putAll(vectors);
        indexesThere.putAll(indexes);
        vectors.clear();
        indexes.clear();
    }

    @Override
    public void close() {
        indexes.values().forEach(built -> built.frozen().close());
        indexes.clear();
        vectors.values().forEach(SegmentVectors::close);
        vectors.clear();
    }
}
