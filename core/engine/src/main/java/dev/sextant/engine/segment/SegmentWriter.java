package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteOutput;
import dev.sextant.engine.file.ColumnCodec;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFailure;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes one segment file, from the first row to the last. One thread; holds one chunk of rows, and every key, in
/// memory. A writer that is closed without [#finish] deletes what it wrote.
public final class SegmentWriter implements AutoCloseable {
    /// A row that is fetched costs the decoding of its page.
    private static final int SCALAR_PAGE_BYTES = 16 << 10;
    private static final int VECTOR_PAGE_BYTES = 64 << 10;

    private final Disk disk;
    private final String path;
    private final SegmentHead head;
    private final FileSink sink;
    private final Map<Integer, List<ChunkEntry>> chunks = new LinkedHashMap<>();
    private final List<Column> keys = new ArrayList<>();
    private final RunsBuilder timestamps = new RunsBuilder();
    private final RunsBuilder partitions = new RunsBuilder();
    /// Rows that do not fill a chunk yet, by field.
    private final Map<Integer, List<Column>> waiting = new HashMap<>();
    private int waitingRows;
    private int rows;
    private boolean finished;

    private SegmentWriter(Disk disk, String path, SegmentHead head, FileSink sink) {
        this.disk = disk;
        this.path = path;
        this.head = head;
        this.sink = sink;
        for (var field : head.schema().fields()) {
            chunks.put(field.id(), new ArrayList<>());
            waiting.put(field.id(), new ArrayList<>());
        }
    }

    /// Begins `path`, which must not exist; its directory must.
    public static SegmentWriter create(Disk disk, String path, SegmentHead head) {
        if (!Directory.canBeKey(head.key().type()))
            throw new IllegalArgumentException("keys of " + head.key().type());
        var writer = new SegmentWriter(disk, path, head, new FileSink(disk.create(path)));
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
        for (int from = 0; from < count; ) {
            int to = Math.min(count, from + SegmentFile.CHUNK_ROWS - waitingRows);
            for (var field : head.schema().fields()) {
                var column = columns.get(field.id());
                assert column.rows() == count : field.name() + " has " + column.rows() + " rows of " + count;
                waiting.get(field.id()).add(from == 0 && to == count ? column : column.slice(from, to));
            }
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
            var parts = waiting.get(field.id());
            var column = Column.concat(parts);
            parts.clear();
            if (field.id() == head.key().id()) keys.add(column);
            chunks.get(field.id()).add(writeColumn(field, column));
        }
        rows = Math.addExact(rows, waitingRows);
        waitingRows = 0;
    }

    private ChunkEntry writeColumn(Field field, Column column) {
        return switch (column) {
            case Column.Dense dense -> writeDense(dense);
            case Column.Sparse sparse -> writeSparse(sparse);
            case Column.Bools _,
                    Column.Ints _,
                    Column.Longs _,
                    Column.Floats _,
                    Column.Doubles _,
                    Column.Texts _,
                    Column.Jsons _,
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
        var nulls = writeNulls(column);
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

    private ChunkEntry writeDense(Column.Dense column) {
        var nulls = writeNulls(column);
        var nodes = (Column.Dense) withoutNulls(column);
        long stride = SegmentFile.strideBytes(column.type(), column.dimension());
        int shift = shift(stride * nodes.rows(), nodes.rows(), VECTOR_PAGE_BYTES);
        int pages = ChunkEntry.pages(nodes.rows(), shift);
        var lengths = new int[pages];
        var crcs = new int[pages];
        sink.align(64);
        long offset = sink.position();
        int size = nodes.rowBytes();
        var padding = MemorySegment.ofArray(new byte[(int) stride - size]);
        for (int page = 0; page < pages; page++) {
            int from = page << shift;
            int to = Math.min(nodes.rows(), from + (1 << shift));
            sink.beginPage();
            if (padding.byteSize() == 0)
                sink.write(nodes.bytes().asSlice((long) from * size, (long) (to - from) * size));
            else
                for (int node = from; node < to; node++) {
                    sink.write(nodes.bytes().asSlice((long) node * size, size));
                    sink.write(padding);
                }
            lengths[page] = Math.toIntExact(stride * (to - from));
            crcs[page] = sink.endPage();
        }
        return new ChunkEntry(nodes.rows(), shift, ChunkEntry.starts(offset, lengths), crcs, nulls, vectorZone(column));
    }

    private Place writeNulls(Column column) {
        if (column.nulls().none()) return Place.NOWHERE;
        var out = new ByteOutput(column.rows() / 8 + 1);
        ColumnCodec.writeNulls(column.nulls(), column.rows(), out);
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
            case Column.Sparse sparse -> 4L * sparse.rows() + sparse.cells().bytes().length;
            case Column.Lists lists -> 4L * lists.rows() + weight(lists.elements());
            case Column.Dense dense -> dense.bytes().byteSize();
        };
    }
}
