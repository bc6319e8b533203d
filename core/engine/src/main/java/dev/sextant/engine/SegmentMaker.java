package dev.sextant.engine;

import dev.sextant.engine.entry.Effect.MergeInput;
import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.engine.segment.RowSource;
import dev.sextant.engine.segment.SegmentHead;
import dev.sextant.engine.segment.SegmentWriter;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Writes the rows of stores, in order and without those that are dropped, as one segment file. Equal rows give equal
/// files, so that a lost file can be made again from what it replaced.
final class SegmentMaker {
    private final Files files;
    private final Memory memory;
    private final Completing completing;

    SegmentMaker(Files files, Memory memory) {
        this(files, memory, Completing.NONE);
    }

    SegmentMaker(Files files, Memory memory, Completing completing) {
        this.files = files;
        this.memory = memory;
        this.completing = completing;
    }

    /// Whether rows of a store become more than they are when they are written by this schema.
    boolean completes(Store store, Schema schema) {
        if (schema.functions().isEmpty()) return false; // asked of every segment, again and again
        return schema.functions().stream()
                .flatMap(function -> function.outputs().stream())
                .flatMap(name -> schema.field(name).stream())
                .anyMatch(field -> completes(store, schema, field));
    }

    private boolean completes(Store store, Schema schema, Field field) {
        return store.schema().field(field.id()).isEmpty() && completing.makes(schema, field);
    }

    /// A store, and ascending rows of it that are left out.
    record Source(Store store, int[] dropped) {
        int kept() {
            return store.rows() - dropped.length;
        }

        MergeInput input() {
            return new MergeInput(store.id(), store.rows(), dropped);
        }
    }

    /// The file, forced; empty when it was stopped before. The stores are held by the caller, who also says
    /// [Files#end].
    Optional<SegmentFacts> make(
            long shard, long id, Schema schema, List<Source> sources, Progress progress, Stop stop) {
        int expected = sources.stream().mapToInt(Source::kept).sum();
        progress.total(expected);
        files.begin(id);
        boolean frees = sources.stream().allMatch(source -> source.store instanceof Memtable);
        var head = new SegmentHead(shard, id, schema);
        try (var room = new WriteRoom(memory, frees ? files.keptForWriting() : 0, frees, stop);
                var writer = SegmentWriter.create(files.disk(), files.segmentPath(id), head, room)) {
            var partitions = new HashSet<Long>();
            for (var source : sources)
                if (!copy(source, schema, writer, partitions, progress, stop)) return Optional.empty();
            var written = writer.finish();
            if (written.rows() != expected)
                throw new IllegalStateException(written.rows() + " rows written of " + expected);
            return Optional.of(Files.facts(id, written, partitions));
        } finally {
            files.written(id);
        }
    }

    private boolean copy(
            Source source, Schema schema, SegmentWriter writer, Set<Long> partitions, Progress progress, Stop stop) {
        var store = source.store;
        var part = store.part(new Moment(Long.MAX_VALUE, Long.MIN_VALUE, Set.of(), schema));
        for (int chunk = 0; chunk * (long) Bits.CHUNK_BITS < store.rows(); chunk++) {
            if (stop.stopped()) return false;
            int from = chunk * Bits.CHUNK_BITS, to = Math.min(store.rows(), from + Bits.CHUNK_BITS);
            var rows = kept(from, to, source.dropped);
            if (rows.length == 0) continue;
            var times = Arrays.stream(rows).mapToLong(store::insertedAt).toArray();
            var where = Arrays.stream(rows).mapToLong(store::partitionOf).toArray();
            for (long partition : where) partitions.add(partition);
            var there = new ChunkRows(part, schema, chunk, to - from, rows);
            writer.add(rows.length, completed(there, store, schema), times, where);
            progress.add(rows.length);
        }
        return true;
    }

    /// With what the rows of the store lack and can be given.
    private RowSource completed(RowSource there, Store store, Schema schema) {
        if (!completes(store, schema)) return there;
        return (id, from, to) -> {
            var field = schema.field(id).orElseThrow();
            return completes(store, schema, field)
                    ? completing.make(schema, field, input -> there.rows(input, from, to))
                    : there.rows(id, from, to);
        };
    }

    /// Rows of one chunk of a store. Vectors are fetched, so that they need not be in memory all at once.
    private record ChunkRows(Part part, Schema schema, int chunk, int all, int[] rows) implements RowSource {
        @Override
        public Column rows(int field, int from, int to) {
            var wanted = from == 0 && to == rows.length ? rows : Arrays.copyOfRange(rows, from, to);
            var type = schema.field(field).orElseThrow().type();
            if (type.isVector() && type.vector().type().isDense()) return part.fetch(field, wanted);
            var column = part.chunk(field, chunk);
            return wanted.length == all ? column : column.take(inside(wanted, chunk * Bits.CHUNK_BITS));
        }
    }

    private static int[] inside(int[] rows, int from) {
        return Arrays.stream(rows).map(row -> row - from).toArray();
    }

    private static int[] kept(int from, int to, int[] dropped) {
        var kept = new int[to - from];
        int count = 0, at = Arrays.binarySearch(dropped, from);
        if (at < 0) at = -at - 1;
        for (int row = from; row < to; row++) {
            if (at < dropped.length && dropped[at] == row) at++;
            else kept[count++] = row;
        }
        return Arrays.copyOf(kept, count);
    }

    /// Rows that no view at or after the horizon shows: ascending.
    static int[] dropped(Segment segment, Moment horizon) {
        var visible = segment.part(horizon).visible();
        var dropped = new ArrayList<int[]>();
        int count = 0;
        var block = new int[4096];
        for (int row = 0; row < segment.rows(); row++) {
            // What was inserted after the horizon is not visible at it, but will be later.
            if (visible.get(row) || segment.insertedAt(row) > horizon.timestamp()) continue;
            if (count == block.length) {
                dropped.add(block);
                block = new int[4096];
                count = 0;
            }
            block[count++] = row;
        }
        dropped.add(Arrays.copyOf(block, count));
        return dropped.stream().flatMapToInt(Arrays::stream).toArray();
    }
}
