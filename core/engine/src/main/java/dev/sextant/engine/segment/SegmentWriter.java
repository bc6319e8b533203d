package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteOutput;
import dev.sextant.engine.file.ColumnCodec;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFailure;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes one segment file, from the first row to the last. One thread; holds one column of one chunk at a time, of a
/// dense vector field only a slice of it, and every key, and says so to whoever counts. A writer that is closed without
/// [#finish] deletes what it wrote.
public final class SegmentWriter implements AutoCloseable {
    /// A row that is fetched costs the decoding of its page.
    private static final int SCALAR_PAGE_BYTES = 16 << 10;
    private static final int VECTOR_PAGE_BYTES = 64 << 10;

    /// Vectors are read in slices of about this size.
    static final int SLICE_BYTES = 2 << 20;

    /// Vectors of a row that has several, about.
    private static final int LIKELY_ELEMENTS = 16;

    /// Copies of a column while it is written: its pieces, all of it, its nodes or pages.
    private static final int COPIES = 3;

    /// A key in the index of keys: its place in the order, twice while it is sorted, and its share of the filter.
    private static final int KEY_BYTES = 4 + 4 + 2;

    private final Disk disk;
    private final String path;
    private final SegmentHead head;
    private final FileSink sink;
    private final Counting counting;
    private final Map<Integer, List<ChunkEntry>> chunks = new LinkedHashMap<>();
    private final List<Column> keys = new ArrayList<>();
    private final RunsBuilder timestamps = new RunsBuilder();
    private final RunsBuilder partitions = new RunsBuilder();
    /// Rows that do not fill a chunk yet.
    private final List<Piece> waiting = new ArrayList<>();
    private int waitingRows;
    private int rows;
    private boolean finished;

    private record Piece(RowSource source, int from, int to) {
        Column rows(int field) {
            return source.rows(field, from, to);
        }
    }

    private SegmentWriter(Disk disk, String path, SegmentHead head, FileSink sink, Counting counting) {
        this.disk = disk;
        this.path = path;
        this.head = head;
        this.sink = sink;
        this.counting = counting;
        for (var field : head.schema().fields()) chunks.put(field.id(), new ArrayList<>());
    }

    /// Begins `path`, which must not exist; its directory must.
    public static SegmentWriter create(Disk disk, String path, SegmentHead head) {
        return create(disk, path, head, Counting.NONE);
    }

    public static SegmentWriter create(Disk disk, String path, SegmentHead head, Counting counting) {
        if (!Directory.canBeKey(head.key().type()))
            throw new IllegalArgumentException("keys of " + head.key().type());
        var writer = new SegmentWriter(disk, path, head, new FileSink(disk.create(path)), counting);
        writer.sink.write(MemorySegment.ofArray(Footer.head(head.segment())));
        return writer;
    }

    /// Appends rows: a column for every field of the schema, all of equal length. Cheapest in whole chunks of 65,536
    /// rows.
    ///
    /// @param stamps of each row's insertion; one entry means all rows have it
    /// @param placed the partition of each row; one entry means all rows are there
    public void add(Map<Integer, Column> columns, long[] stamps, long[] placed) {
        int count = columns.get(head.key().id()).rows();
        for (var field : head.schema().fields()) {
            var column = columns.get(field.id());
            assert column.rows() == count : field.name() + " has " + column.rows() + " rows of " + count;
        }
        add(count, (field, from, to) -> slice(columns.get(field), from, to), stamps, placed);
    }

    private static Column slice(Column column, int from, int to) {
        return from == 0 && to == column.rows() ? column : column.slice(from, to);
    }

    /// As [#add], of rows that are read when they are written: at the latest by [#finish].
    public void add(int count, RowSource source, long[] stamps, long[] placed) {
        for (int from = 0; from < count; ) {
            int to = Math.min(count, from + SegmentFile.CHUNK_ROWS - waitingRows);
            waiting.add(new Piece(source, from, to));
            waitingRows += to - from;
            from = to;
            if (waitingRows == SegmentFile.CHUNK_ROWS) writeChunk();
        }
        timestamps.add(stamps, count);
        partitions.add(placed, count);
    }

    /// Completes the file and forces it and its directory.
    public Written finish() {
        if (waitingRows > 0) writeChunk();
        var keyEntry = writeKeys();
        var stamps = timestamps.build();
        var stampPlace = sink.writePage(RunsBuilder.encode(stamps));
        var partitionPlace = sink.writePage(RunsBuilder.encode(partitions.build()));
        sink.align(64);
        var directory =
                new Directory(head, rows, stamps.least(), stamps.most(), chunks, keyEntry, stampPlace, partitionPlace);
        var out = new ByteOutput(1 << 16);
        directory.write(out);
        var directoryPlace = sink.writePage(out.toBytes());
        long bytes = sink.position() + Footer.BYTES;
        var digest = sink.digest();
        sink.write(MemorySegment.ofArray(new Footer(directoryPlace, bytes, digest).encode()));
        sink.finish();
        int slash = path.lastIndexOf('/');
        disk.forceDirectory(slash < 0 ? "" : path.substring(0, slash));
        finished = true;
        return new Written(path, bytes, digest, rows, stamps.least(), stamps.most());
    }

    @Override
    public void close() {
        sink.close();
        if (finished) return;
        try {
            disk.delete(path);
        } catch (DiskFailure leftLying) {
            // Nothing names it: it is collected later.
        }
    }

    private void writeChunk() {
        for (var field : head.schema().fields()) {
            boolean dense = field.type() instanceof FieldType.Vector(var type, _) && type.isDense();
            chunks.get(field.id())
                    .add(dense ? writeDense(field) : field.type().isVectors() ? writeLists(field) : writeWhole(field));
        }
        rows = Math.addExact(rows, waitingRows);
        waiting.clear();
        waitingRows = 0;
    }

    private ChunkEntry writeWhole(Field field) {
        var parts = new ArrayList<Column>();
        long working = 0;
        try {
            for (var piece : waiting) {
                var part = piece.rows(field.id());
                parts.add(part);
                long bytes = COPIES * weight(part);
                working += bytes;
                counting.take(bytes);
            }
            var column = Column.concat(parts);
            if (field.id() == head.key().id()) {
                keys.add(column);
                // All keys are brought together in the end.
                counting.take(2 * weight(column) + (long) KEY_BYTES * column.rows());
            }
            return writeColumn(column);
        } finally {
            counting.give(working);
        }
    }

    private ChunkEntry writeColumn(Column column) {
        return switch (column) {
            case Column.Dense _ -> throw new IllegalArgumentException("vectors are written in slices");
            case Column.Sparse sparse -> writeSparse(sparse);
            case Column.Bools _,
                    Column.Ints _,
                    Column.Longs _,
                    Column.Floats _,
                    Column.Doubles _,
                    Column.Texts _,
                    Column.Jsons _,
                    Column.Shapes _,
                    Column.Lists _ ->
                writePages(
                        column,
                        shift(weight(column), column.rows(), SCALAR_PAGE_BYTES),
                        column.rows(),
                        Place.NOWHERE,
                        Zones.of(column),
                        PageCodec::encode);
        };
    }

    private interface Encode {
        byte[] encode(Column page);
    }

    private ChunkEntry writePages(Column column, int shift, int items, Place nulls, Bounds zone, Encode encode) {
        int pages = ChunkEntry.pages(items, shift);
        var lengths = new int[pages];
        var crcs = new int[pages];
        long offset = sink.position();
        for (int page = 0; page < pages; page++) {
            int from = page << shift;
            var place = sink.writePage(encode.encode(column.slice(from, Math.min(items, from + (1 << shift)))));
            lengths[page] = place.bytes();
            crcs[page] = place.crc();
        }
        return new ChunkEntry(items, shift, ChunkEntry.starts(offset, lengths), crcs, nulls, zone);
    }

    private ChunkEntry writeSparse(Column.Sparse column) {
        var nulls = writeNulls(column.nulls(), column.rows());
        var nodes = (Column.Sparse) withoutNulls(column);
        return writePages(
                nodes,
                shift(weight(nodes), nodes.rows(), VECTOR_PAGE_BYTES),
                nodes.rows(),
                nulls,
                vectorZone(column),
                page -> {
                    var out = new ByteOutput(VECTOR_PAGE_BYTES);
                    ColumnCodec.writeSlices(((Column.Sparse) page).cells(), out);
                    return out.toBytes();
                });
    }

    private ChunkEntry writeDense(Field field) {
        var type = (FieldType.Vector) field.type();
        long stride = SegmentFile.strideBytes(type.type(), type.dimension());
        int sliceRows = (int) Math.max(1, SLICE_BYTES / stride);
        long working = COPIES * stride * Math.min(sliceRows, waitingRows);
        counting.take(working);
        try {
            var nulls = field.isNullable() ? nulls(field.id(), sliceRows) : Nulls.NONE;
            var nullPlace = writeNulls(nulls, waitingRows);
            int items = waitingRows - nulls.count();
            int shift = shift(stride * items, items, VECTOR_PAGE_BYTES);
            sink.align(64);
            long offset = sink.position();
            var pages = new DensePages(items, shift, (int) stride);
            slices(
                    sliceRows,
                    (piece, from, to) ->
                            pages.write((Column.Dense) withoutNulls(piece.source.rows(field.id(), from, to))));
            pages.mustEnd();
            var zone = items == 0 ? new Bounds.AllNull() : Bounds.UNKNOWN;
            return new ChunkEntry(items, shift, ChunkEntry.starts(offset, pages.lengths), pages.crcs, nullPlace, zone);
        } finally {
            counting.give(working);
        }
    }

    /// The elements of all rows, one after the other, and how many each row has.
    private ChunkEntry writeLists(Field field) {
        var type = field.type().vector();
        long stride = SegmentFile.strideBytes(type.type(), type.dimension());
        var lengths = new int[waitingRows];
        var absent = new BitSet();
        long elements = 0;
        int at = 0;
        // How long arrays are is not known beforehand: few rows at a time are looked at first.
        int most = Math.clamp(SLICE_BYTES / stride / LIKELY_ELEMENTS, 1, waitingRows);
        for (var piece : waiting)
            for (int from = piece.from; from < piece.to; from += most) {
                var lists = (Column.Lists) piece.source.rows(field.id(), from, Math.min(piece.to, from + most));
                for (int row = 0; row < lists.rows(); row++, at++) {
                    if (lists.isNull(row)) absent.set(at);
                    else elements += lengths[at] = lists.length(row);
                }
            }
        int items = Math.toIntExact(elements);
        int sliceRows = Math.clamp(SLICE_BYTES / stride * waitingRows / Math.max(1, elements), 1, waitingRows);
        long working = COPIES * stride * Math.min(items, sliceRows * (elements / waitingRows + 1));
        counting.take(working);
        try {
            var out = new ByteOutput(4 * waitingRows + 16);
            ColumnCodec.write(new Column.Ints(lengths, Nulls.of(absent)), out);
            var lengthPlace = sink.writePage(out.toBytes());
            int shift = shift(stride * items, items, VECTOR_PAGE_BYTES);
            sink.align(64);
            long offset = sink.position();
            var pages = new DensePages(items, shift, (int) stride);
            slices(sliceRows, (piece, from, to) -> {
                var lists = (Column.Lists) piece.source.rows(field.id(), from, to);
                pages.write((Column.Dense) elements(lists));
            });
            pages.mustEnd();
            return new ChunkEntry(
                    items, shift, ChunkEntry.starts(offset, pages.lengths), pages.crcs, lengthPlace, Bounds.UNKNOWN);
        } finally {
            counting.give(working);
        }
    }

    /// Elements of rows that are not null.
    private static Column elements(Column.Lists lists) {
        return lists.nulls().none() ? lists.elements() : ((Column.Lists) withoutNulls(lists)).elements();
    }

    private interface Slice {
        void take(Piece piece, int from, int to);
    }

    /// What waits, a few rows at a time.
    private void slices(int most, Slice slice) {
        for (var piece : waiting)
            for (int from = piece.from; from < piece.to; from += most)
                slice.take(piece, from, Math.min(piece.to, from + most));
    }

    private Nulls nulls(int field, int sliceRows) {
        var bits = new BitSet();
        var at = new int[1];
        slices(sliceRows, (piece, from, to) -> {
            var nulls = piece.source.rows(field, from, to).nulls();
            for (int row = nulls.next(0); row >= 0; row = nulls.next(row + 1)) bits.set(at[0] + row);
            at[0] += to - from;
        });
        return Nulls.of(bits);
    }

    /// Pages of vectors, filled as they come.
    private final class DensePages {
        private final int items;
        private final int shift;
        private final int stride;
        private final int[] lengths;
        private final int[] crcs;
        private int written;

        DensePages(int items, int shift, int stride) {
            this.items = items;
            this.shift = shift;
            this.stride = stride;
            lengths = new int[ChunkEntry.pages(items, shift)];
            crcs = new int[lengths.length];
        }

        void write(Column.Dense nodes) {
            for (int at = 0; at < nodes.rows(); ) {
                int page = written >>> shift;
                int end = (int) Math.min(items, (long) (page + 1) << shift);
                if (written == page << shift) sink.beginPage();
                int count = Math.min(nodes.rows() - at, end - written);
                if (count <= 0) throw new IllegalStateException("more than " + items + " vectors");
                write(nodes, at, at + count);
                at += count;
                written += count;
                if (written < end) continue;
                lengths[page] = Math.multiplyExact(stride, end - (page << shift));
                crcs[page] = sink.endPage();
            }
        }

        private void write(Column.Dense nodes, int from, int to) {
            int size = nodes.rowBytes();
            if (size == stride) {
                sink.write(nodes.bytes().asSlice((long) from * size, (long) (to - from) * size));
                return;
            }
            var padding = MemorySegment.ofArray(new byte[stride - size]);
            for (int node = from; node < to; node++) {
                sink.write(nodes.bytes().asSlice((long) node * size, size));
                sink.write(padding);
            }
        }

        void mustEnd() {
            if (written != items) throw new IllegalStateException(written + " vectors written of " + items);
        }
    }

    private Place writeNulls(Nulls nulls, int count) {
        if (nulls.none()) return Place.NOWHERE;
        var out = new ByteOutput(count / 8 + 1);
        ColumnCodec.writeNulls(nulls, count, out);
        return sink.writePage(out.toBytes());
    }

    private static Column withoutNulls(Column column) {
        if (column.nulls().none()) return column;
        var rows = new int[column.rows() - column.nulls().count()];
        for (int row = 0, at = 0; row < column.rows(); row++) if (!column.isNull(row)) rows[at++] = row;
        return column.take(rows);
    }

    private static Bounds vectorZone(Column column) {
        return column.rows() == column.nulls().count() ? new Bounds.AllNull() : Bounds.UNKNOWN;
    }

    private KeyEntry writeKeys() {
        var all = keys.isEmpty() ? Column.empty(head.key().type()) : Column.concat(keys);
        keys.clear();
        var order = Keys.order(all);
        var filter = KeyFilter.forKeys(rows);
        for (int row = 0; row < rows; row++) filter.add(KeyFilter.hash(all, row));
        int pages = (rows + KeyEntry.PAGE_KEYS - 1) / KeyEntry.PAGE_KEYS;
        var lengths = new int[pages];
        var crcs = new int[pages];
        var firsts = new int[pages];
        long offset = sink.position();
        for (int page = 0; page < pages; page++) {
            int from = page * KeyEntry.PAGE_KEYS;
            var rowsOfPage = java.util.Arrays.copyOfRange(order, from, Math.min(rows, from + KeyEntry.PAGE_KEYS));
            firsts[page] = rowsOfPage[0];
            var place = sink.writePage(KeyPage.encode(all.take(rowsOfPage), rowsOfPage));
            lengths[page] = place.bytes();
            crcs[page] = place.crc();
        }
        sink.align(64);
        var out = new ByteOutput(1 << 16);
        filter.write(out);
        return new KeyEntry(ChunkEntry.starts(offset, lengths), crcs, all.take(firsts), sink.writePage(out.toBytes()));
    }

    /// So many items to a page, as a power of two, that it has at most about `pageBytes`.
    private static int shift(long bytes, int items, int pageBytes) {
        long each = Math.max(1, items == 0 ? 1 : bytes / items);
        long count = Math.clamp(pageBytes / each, 1, SegmentFile.CHUNK_ROWS);
        return 63 - Long.numberOfLeadingZeros(count);
    }

    /// Bytes of a column in memory, about.
    private static long weight(Column column) {
        return switch (column) {
            case Column.Bools bools -> bools.rows();
            case Column.Ints ints -> 4L * ints.rows();
            case Column.Floats floats -> 4L * floats.rows();
            case Column.Longs longs -> 8L * longs.rows();
            case Column.Doubles doubles -> 8L * doubles.rows();
            case Column.Texts texts -> 4L * texts.rows() + texts.values().bytes().length;
            case Column.Jsons jsons -> 4L * jsons.rows() + jsons.values().bytes().length;
            case Column.Shapes shapes -> 4L * shapes.rows() + shapes.values().bytes().length;
            case Column.Sparse sparse -> 4L * sparse.rows() + sparse.cells().bytes().length;
            case Column.Lists lists -> 4L * lists.rows() + weight(lists.elements());
            case Column.Dense dense -> dense.bytes().byteSize();
        };
    }
}
