package dev.sextant.engine;

import dev.sextant.catalog.Collection;
import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.index.StoredRows;
import dev.sextant.kernel.Memory;
import dev.sextant.model.FieldType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Which vectors stay on disk, and their row pages: those of fields whose index asks for it. Any thread.
final class FarIndexing {
    /// Building one graph may take this share of the whole memory.
    private static final int SHARE_OF_MEMORY = 2;

    private final Files files;
    private final Replica replica;
    private final Memory memory;

    FarIndexing(Files files, Replica replica, Memory memory) {
        this.files = files;
        this.replica = replica;
        this.memory = memory;
    }

    /// The index that reads the rows of a field from disk; empty where they belong into memory.
    OptionalLong indexOnDisk(long shard, int field) {
        var wish = collection(shard).flatMap(collection -> IndexWish.onDisk(collection, field));
        return wish.isPresent() ? OptionalLong.of(wish.get().index()) : OptionalLong.empty();
    }

    private Optional<Collection> collection(long shard) {
        return Optional.ofNullable(replica.shards().get(shard))
                .flatMap(there -> replica.catalog().collection(there.collection()));
    }

    /// Whether something is in memory that belongs on disk, or the other way round; then it is to be let go.
    boolean isStale(Segment segment) {
        for (var field : segment.schema().vectors()) {
            boolean onDisk = indexOnDisk(segment.shard(), field.id()).isPresent();
            if (onDisk ? segment.isLoaded(field.id()) : segment.far(field.id()).isPresent()) return true;
        }
        return false;
    }

    /// Whether row pages are missing where an index is there, or are known to be damaged.
    boolean lacksPages(Segment segment) {
        for (var field : segment.schema().vectors()) {
            var rows = segment.far(field.id());
            if (rows.isPresent() && lacksPages(segment, field.id(), rows.get())) return true;
        }
        return false;
    }

    private boolean lacksPages(Segment segment, int field, FarRows rows) {
        boolean needed = segment.index(field).isPresent() && !rows.hasPages();
        return needed || !rows.damage().isEmpty();
    }

    /// Writes row pages again that are missing or damaged.
    void mend(Segment segment, Collection collection) {
        for (var wish : IndexWish.of(collection)) {
            var rows = wish.leavesRowsOnDisk() ? segment.far(wish.field()) : Optional.<FarRows>empty();
            if (rows.isEmpty() || !lacksPages(segment, wish.field(), rows.get())) continue;
            writePages(segment.file(), segment.facts(), wish);
            files.openPages(segment.facts(), wish.index(), wish.field(), rows.get());
        }
    }

    /// The rows of a loaded segment that an index reads from disk.
    StoredRows rows(Segment segment, IndexWish wish) {
        var vectors = segment.vectors(wish.field());
        if (vectors instanceof Vectors.Stored(var rows, _)) return rows;
        throw new IllegalStateException("segment " + segment.id() + " has vectors in memory that belong on disk");
    }

    void writePages(Segment segment, IndexWish wish) {
        writePages(segment.file(), segment.facts(), wish);
        segment.far(wish.field()).ifPresent(rows -> files.openPages(segment.facts(), wish.index(), wish.field(), rows));
    }

    /// Writes the row pages of a segment beside it, from the segment itself.
    void writePages(SegmentFile file, SegmentFacts facts, IndexWish wish) {
        try (var rows = new FarRows(file, wish.field(), files.rowMeters())) {
            var path = files.rowsPath(facts.id(), wish.index());
            RowPages.write(files.disk(), path, facts.digest(), wish.field(), rows.rows(), memory);
        }
    }

    /// Merging makes no segment whose graph could not be built in the memory that there is: so many bytes at most.
    long mostSegmentBytes(Shard shard, long configured) {
        var segments = shard.layout().segments();
        long rows = 0, bytes = 0;
        for (var segment : segments) {
            rows += segment.rows();
            bytes += segment.facts().bytes();
        }
        if (rows == 0) return configured;
        long most = configured;
        for (var wish : collection(shard.id()).map(IndexWish::of).orElse(List.of())) {
            var field = shard.layout().schema().field(wish.field());
            if (field.isEmpty() || !(field.get().type() instanceof FieldType.Vector vector)) continue;
            long each = wish.parameters().buildBytesPerRow(vector, wish.metric());
            if (each > 0)
                most = Math.min(most, (long) ((double) memory.limitBytes() / SHARE_OF_MEMORY / each * bytes / rows));
        }
        return most;
    }
}
