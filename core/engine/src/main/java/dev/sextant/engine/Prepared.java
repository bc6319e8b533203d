package dev.sextant.engine;

import dev.sextant.engine.segment.SegmentFile;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// A segment that is not published yet: its file, open, and what of it is in memory already, its vectors and the
/// indexes over them, which whoever made the file had at hand. So the first search that meets the segment is as quick
/// as any other. One thread at a time; closed by whoever has it, or taken over by the segment ([Shelf#prepared]).
final class Prepared implements AutoCloseable {
    private final SegmentFile file;
    private final Runnable closed;
    private final Map<Integer, SegmentVectors> vectors = new HashMap<>(); // by field
    private final Map<Integer, FarVectors> far = new HashMap<>(); // by field
    private final Map<Integer, Segment.Built> indexes = new HashMap<>(); // by field

    /// @param closed once the file is
    Prepared(SegmentFile file, Runnable closed) {
        this.file = file;
        this.closed = closed;
    }

    SegmentFile file() {
        return file;
    }

    /// The vectors of a field, loaded where they are not here yet.
    SegmentVectors vectors(int field, Supplier<SegmentVectors> loading) {
        return vectors.computeIfAbsent(field, _ -> loading.get());
    }

    Optional<SegmentVectors> vectors(int field) {
        return Optional.ofNullable(vectors.get(field));
    }

    /// Takes vectors that stay on disk over.
    void far(int field, FarVectors stored) {
        far.put(field, stored);
    }

    /// Takes an index over vectors that are here over.
    void index(int field, Segment.Built built) {
        var before = indexes.put(field, built);
        if (before != null) before.frozen().close();
    }

    /// Hands over all but the file: from now on it is the taker's to close, and so is the file.
    void moveTo(
            Map<Integer, SegmentVectors> vectorsThere,
            Map<Integer, FarVectors> farThere,
            Map<Integer, Segment.Built> indexesThere) {
        vectorsThere.putAll(vectors);
        farThere.putAll(far);
        indexesThere.putAll(indexes);
        vectors.clear();
        far.clear();
        indexes.clear();
    }

    /// Gives the memory back.
    void clear() {
        indexes.values().forEach(built -> built.frozen().close());
        indexes.clear();
        vectors.values().forEach(SegmentVectors::close);
        vectors.clear();
        far.values().forEach(FarVectors::close);
        far.clear();
    }

    @Override
    public void close() {
        clear();
        file.close();
        closed.run();
    }
}
