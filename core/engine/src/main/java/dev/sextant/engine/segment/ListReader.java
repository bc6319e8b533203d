package dev.sextant.engine.segment;

import dev.sextant.engine.file.ColumnCodec;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/// Reads the chunks of one field of arrays of vectors: its nodes are the elements of its rows, one row after the other,
/// stored as those of a vector field; beside them stands how many each row has.
record ListReader(PageReader pages, FieldType.Vector type) {
    /// How many elements the rows of a chunk have; null rows have none.
    static Column.Ints lengths(PageReader pages, ChunkEntry entry, int rows) {
        var in = pages.input(entry.nulls());
        if (!(ColumnCodec.read(in) instanceof Column.Ints lengths) || lengths.rows() != rows)
            throw in.damage("lengths of " + rows + " arrays", "another column");
        in.mustEnd();
        long sum = 0;
        for (int row = 0; row < rows; row++) {
            int length = lengths.values()[row];
            if (length < 0 || length > 0 && lengths.isNull(row)) throw in.damage("the length of an array", length);
            sum += length;
        }
        if (sum != entry.items()) throw in.damage(entry.items() + " elements", sum);
        return lengths;
    }

    private static int[] ends(Column.Ints lengths) {
        var ends = new int[lengths.rows()];
        for (int row = 0, end = 0; row < ends.length; row++) ends[row] = end += lengths.values()[row];
        return ends;
    }

    /// All rows of a chunk.
    Column chunk(ChunkEntry entry, int rows) {
        var lengths = lengths(pages, entry, rows);
        var elements = new Elements(entry);
        var all = new int[entry.items()];
        for (int i = 0; i < all.length; i++) all[i] = i;
        return new Column.Lists(ends(lengths), elements.take(all), lengths.nulls());
    }

    /// A few rows, in the order given.
    Column fetch(List<ChunkEntry> chunks, int[] rows, Directory directory) {
        record Chunk(Column.Lists shape, Elements elements) {}
        var read = new HashMap<Integer, Chunk>();
        var found = new ArrayList<Column>();
        for (int from = 0, to; from < rows.length; from = to) {
            int at = rows[from] / SegmentFile.CHUNK_ROWS;
            for (to = from; to < rows.length && rows[to] / SegmentFile.CHUNK_ROWS == at; ) to++;
            var chunk = read.computeIfAbsent(at, number -> {
                var entry = chunks.get(number);
                var lengths = lengths(pages, entry, directory.rowsOf(number));
                var places = new int[entry.items()];
                for (int i = 0; i < places.length; i++) places[i] = i;
                var shape = new Column.Lists(ends(lengths), new Column.Ints(places, Nulls.NONE), lengths.nulls());
                return new Chunk(shape, new Elements(entry));
            });
            var inside = new int[to - from];
            for (int i = 0; i < inside.length; i++) inside[i] = rows[from + i] - at * SegmentFile.CHUNK_ROWS;
            var taken = chunk.shape.take(inside);
            var places = ((Column.Ints) taken.elements()).values();
            found.add(new Column.Lists(taken.ends(), chunk.elements.take(places), taken.nulls()));
        }
        return found.isEmpty() ? new Column.Lists(new int[0], noElements(), Nulls.NONE) : Column.concat(found);
    }

    private Column.Dense noElements() {
        return new Column.Dense(type.type(), type.dimension(), MemorySegment.ofArray(new byte[0]), Nulls.NONE);
    }

    /// The vectors of one chunk, by their places in it; each page is read once.
    private final class Elements {
        private final ChunkEntry entry;
        private final HashMap<Integer, MemorySegment> read = new HashMap<>();

        Elements(ChunkEntry entry) {
            this.entry = entry;
        }

        Column.Dense take(int[] places) {
            int size = type.type().rowBytes(type.dimension());
            long stride = SegmentFile.strideBytes(type.type(), type.dimension());
            var bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(places.length, size)]);
            for (int i = 0; i < places.length; i++) {
                int page = places[i] >>> entry.pageShift();
                var from = read.computeIfAbsent(page, at -> pages.bytes(entry.place(at)));
                long offset = (places[i] - ((long) page << entry.pageShift())) * stride;
                MemorySegment.copy(from, offset, bytes, (long) i * size, size);
            }
            return new Column.Dense(type.type(), type.dimension(), bytes, Nulls.NONE);
        }
    }
}
