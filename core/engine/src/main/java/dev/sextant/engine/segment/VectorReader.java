package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteInput;
import dev.sextant.engine.file.ColumnCodec;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;

/// Reads the chunks of one vector field. Only rows that are not null are stored, as nodes.
record VectorReader(PageReader pages, FieldType.Vector type) {
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static Nulls nulls(PageReader pages, ChunkEntry entry, int rows) {
        if (entry.items() == rows) return Nulls.NONE;
        var in = pages.input(entry.nulls());
        var nulls = ColumnCodec.readNulls(rows, in);
        if (rows - nulls.count() != entry.items()) throw in.damage(rows - entry.items() + " nulls", nulls.count());
        return nulls;
    }

    /// All rows of a chunk; null ones are zeros, or no cells.
    Column chunk(ChunkEntry entry, int rows) {
        var nulls = nulls(pages, entry, rows);
        return type.type().isDense() ? denseChunk(entry, rows, nulls) : sparseChunk(entry, rows, nulls);
    }

    private Column denseChunk(ChunkEntry entry, int rows, Nulls nulls) {
        int size = type.type().rowBytes(type.dimension());
        long stride = SegmentFile.strideBytes(type.type(), type.dimension());
        var bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(rows, size)]);
        int row = -1;
        for (int page = 0; page < entry.pages(); page++) {
            var from = page(entry, page);
            for (int i = 0; i < entry.itemsOf(page); i++) {
                do row++;
                while (nulls.isNull(row));
                MemorySegment.copy(from, i * stride, bytes, (long) row * size, size);
            }
        }
        return new Column.Dense(type.type(), type.dimension(), bytes, nulls);
    }

    private Column sparseChunk(ChunkEntry entry, int rows, Nulls nulls) {
        var cells = new Slices.Builder(rows);
        var none = new byte[0];
        int row = 0;
        for (int page = 0; page < entry.pages(); page++) {
            var from = slices(entry, page);
            for (int i = 0; i < from.count(); i++, row++) {
                for (; nulls.isNull(row); row++) cells.add(none);
                cells.add(from.bytes(), from.start(i), from.length(i));
            }
        }
        for (; row < rows; row++) cells.add(none);
        return new Column.Sparse(cells.build(), nulls);
    }

    /// A few rows, in the order given.
    Column fetch(List<ChunkEntry> chunks, int[] rows, Directory directory) {
        var nullsOf = new HashMap<Integer, NodeOfRow>();
        var nodes = new int[rows.length];
        var missing = new java.util.BitSet();
        for (int i = 0; i < rows.length; i++) {
            int chunk = rows[i] / SegmentFile.CHUNK_ROWS;
            var nodeOf = nullsOf.computeIfAbsent(
                    chunk,
                    at -> NodeOfRow.of(nulls(pages, chunks.get(at), directory.rowsOf(at)), directory.rowsOf(at)));
            nodes[i] = nodeOf.node(rows[i] % SegmentFile.CHUNK_ROWS);
            if (nodes[i] < 0) missing.set(i);
        }
        return type.type().isDense()
                ? fetchDense(chunks, rows, nodes, Nulls.of(missing))
                : fetchSparse(chunks, rows, nodes, Nulls.of(missing));
    }

    private Column fetchDense(List<ChunkEntry> chunks, int[] rows, int[] nodes, Nulls nulls) {
        int size = type.type().rowBytes(type.dimension());
        long stride = SegmentFile.strideBytes(type.type(), type.dimension());
        var bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(rows.length, size)]);
        var read = new HashMap<Long, MemorySegment>();
        for (int i = 0; i < rows.length; i++) {
            if (nodes[i] < 0) continue;
            var entry = chunks.get(rows[i] / SegmentFile.CHUNK_ROWS);
            int page = nodes[i] >>> entry.pageShift();
            var from =
                    read.computeIfAbsent((long) rows[i] / SegmentFile.CHUNK_ROWS << 32 | page, _ -> page(entry, page));
            MemorySegment.copy(
                    from, (nodes[i] - ((long) page << entry.pageShift())) * stride, bytes, (long) i * size, size);
        }
        return new Column.Dense(type.type(), type.dimension(), bytes, nulls);
    }

    private Column fetchSparse(List<ChunkEntry> chunks, int[] rows, int[] nodes, Nulls nulls) {
        var cells = new Slices.Builder(rows.length);
        var read = new HashMap<Long, Slices>();
        for (int i = 0; i < rows.length; i++) {
            if (nodes[i] < 0) {
                cells.add(new byte[0]);
                continue;
            }
            var entry = chunks.get(rows[i] / SegmentFile.CHUNK_ROWS);
            int page = nodes[i] >>> entry.pageShift();
            var from = read.computeIfAbsent(
                    (long) rows[i] / SegmentFile.CHUNK_ROWS << 32 | page, _ -> slices(entry, page));
            int at = nodes[i] - (page << entry.pageShift());
            cells.add(from.bytes(), from.start(at), from.length(at));
        }
        return new Column.Sparse(cells.build(), nulls);
    }

    Region loadDense(List<ChunkEntry> chunks, int nodes, Memory memory) {
        long stride = SegmentFile.strideBytes(type.type(), type.dimension());
        var region = memory.allocate("vectors", nodes * stride);
        try {
            var target = region.segment();
            long at = 0;
            for (var chunk : chunks) {
                var block = target.asSlice(at, chunk.items() * stride);
                pages.read(chunk.offset(), block);
                check(chunk, block);
                at += block.byteSize();
            }
            return region;
        } catch (Throwable failed) {
            region.close();
            throw failed;
        }
    }

    /// Copies nodes `from … to` to `address`, node after node, as they lie in the file; reads only the pages that hold
    /// them, one at a time.
    void readDense(List<ChunkEntry> chunks, int from, int to, long address) {
        long stride = SegmentFile.strideBytes(type.type(), type.dimension());
        int base = 0;
        for (var chunk : chunks) {
            int first = Math.max(from - base, 0), last = Math.min(to - base, chunk.items());
            for (int at = first; at < last; ) {
                int page = at >>> chunk.pageShift(), begin = page << chunk.pageShift();
                int end = (int) Math.min(last, begin + (1L << chunk.pageShift()));
                Raw.copyIn(
                        page(chunk, page),
                        (at - begin) * stride,
                        address + (base + at - from) * stride,
                        (end - at) * stride);
                at = end;
            }
            base += chunk.items();
        }
    }

    /// Copies some nodes, ascending, each to its place from `address` on; returns how many pages were read.
    int readDense(List<ChunkEntry> chunks, long[] nodesAndPlaces, long address) {
        long stride = SegmentFile.strideBytes(type.type(), type.dimension());
        var read = MemorySegment.NULL;
        int base = 0, number = 0, at = -1, pages = 0;
        for (long next : nodesAndPlaces) {
            int node = (int) (next >>> 32);
            while (node >= base + chunks.get(number).items()) {
                base += chunks.get(number++).items();
                at = -1;
            }
            var chunk = chunks.get(number);
            int page = node - base >>> chunk.pageShift();
            if (page != at) {
                read = page(chunk, page);
                at = page;
                pages++;
            }
            long inPage = node - base - ((long) page << chunk.pageShift());
            Raw.copyIn(read, inPage * stride, address + (int) next * stride, stride);
        }
        return pages;
    }

    private void check(ChunkEntry chunk, MemorySegment block) {
        long at = 0;
        for (int page = 0; page < chunk.pages(); page++) {
            var place = chunk.place(page);
            Footer.check(pages.path(), place.offset(), place.crc(), Footer.crc(block.asSlice(at, place.bytes())));
            at += place.bytes();
        }
    }

    Region loadSparse(List<ChunkEntry> chunks, int nodes, Memory memory) {
        long cellBytes = 0;
        for (var chunk : chunks) cellBytes += chunk.bytes() - 4L * chunk.items();
        long base = 8L * (nodes + 1L);
        var region = memory.allocate("sparse vectors", base + cellBytes);
        try {
            var target = region.segment();
            int node = 0;
            long at = 0;
            for (var chunk : chunks)
                for (int page = 0; page < chunk.pages(); page++) {
                    var cells = slices(chunk, page);
                    for (int i = 0; i < cells.count(); i++) target.set(I64, 8L * node++, at + cells.start(i));
                    MemorySegment.copy(
                            MemorySegment.ofArray(cells.bytes()), 0, target, base + at, cells.bytes().length);
                    at += cells.bytes().length;
                }
            target.set(I64, 8L * node, at);
            return region;
        } catch (Throwable failed) {
            region.close();
            throw failed;
        }
    }

    private MemorySegment page(ChunkEntry entry, int page) {
        return pages.bytes(entry.place(page));
    }

    private Slices slices(ChunkEntry entry, int page) {
        ByteInput in = pages.input(entry.place(page));
        var slices = ColumnCodec.readSlices(in, entry.itemsOf(page), 8);
        in.mustEnd();
        return slices;
    }
}
