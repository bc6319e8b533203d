package dev.sextant.engine.segment;

import dev.sextant.engine.file.CorruptFile;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Region;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.VectorType;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFile;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntPredicate;

/// One segment file, open for reading; never changes. Any thread may read. Everything that is read is checked, and
/// damage is a [dev.sextant.engine.file.CorruptFile].
public final class SegmentFile implements AutoCloseable {
    /// Rows of a chunk.
    public static final int CHUNK_ROWS = 65_536;

    static final int HEAD_BYTES = 64;

    private final PageReader pages;
    private final Footer footer;
    private final Directory directory;
    private final KeyIndex keys;
    private final Runs timestamps;
    private final Runs partitions;

    private SegmentFile(PageReader pages, Footer footer, Directory directory) {
        this.pages = pages;
        this.footer = footer;
        this.directory = directory;
        keys = new KeyIndex(pages, directory);
        timestamps = RunsBuilder.decode(directory.rows(), pages.input(directory.timestamps()));
        partitions = RunsBuilder.decode(directory.rows(), pages.input(directory.partitions()));
    }

    /// Checks footer, directory, and the insertion times and partitions of rows, which are always needed; reads no
    /// columns.
    public static SegmentFile open(Disk disk, String path) {
        var file = disk.openForReading(path);
        try {
            return open(file, path);
        } catch (Throwable failed) {
            file.close();
            throw failed;
        }
    }

    private static SegmentFile open(DiskFile file, String path) {
        long size = file.size();
        if (size < HEAD_BYTES + Footer.BYTES)
            throw new CorruptFile(path, 0, "a segment of at least " + (HEAD_BYTES + Footer.BYTES) + " bytes", size);
        var end = MemorySegment.ofArray(new byte[Footer.BYTES]);
        file.read(size - Footer.BYTES, end);
        var footer = Footer.read(path, size, end);
        var pages = new PageReader(file, path);
        var directory = Directory.read(
                pages.input(footer.directory()), footer.directory().offset());
        var head = MemorySegment.ofArray(new byte[HEAD_BYTES]);
        file.read(0, head);
        if (head.mismatch(MemorySegment.ofArray(Footer.head(directory.head().segment()))) >= 0)
            throw new CorruptFile(
                    path, 0, "the head of segment " + directory.head().segment(), "other bytes");
        return new SegmentFile(pages, footer, directory);
    }

    /// Bytes from vector to vector, as kernels want them.
    static long strideBytes(VectorType type, int dimension) {
        return (type.rowBytes(dimension) + 63L) / 64 * 64;
    }

    /// Whose rows these are. Of the schema the fields' ids, names, types and traits.
    public SegmentHead head() {
        return directory.head();
    }

    /// What its writer said when it was finished.
    public Written written() {
        return new Written(
                pages.path(),
                footer.bytes(),
                footer.digest().clone(),
                directory.rows(),
                directory.minTimestamp(),
                directory.maxTimestamp());
    }

    public int rows() {
        return directory.rows();
    }

    public int chunks() {
        return directory.chunkCount();
    }

    public boolean knows(int field) {
        return directory.chunks().containsKey(field);
    }

    /// Rows `[chunk * CHUNK_ROWS, …)` of a field that it [#knows], decoded.
    public Column chunk(int field, int chunk) {
        var entry = entry(field, chunk);
        if (typeOf(field) instanceof FieldType.Vector vector)
            return new VectorReader(pages, vector).chunk(entry, directory.rowsOf(chunk));
        if (typeOf(field).isVectors())
            return new ListReader(pages, typeOf(field).vector()).chunk(entry, directory.rowsOf(chunk));
        var parts = new ArrayList<Column>();
        for (int page = 0; page < entry.pages(); page++) parts.add(page(field, entry, page));
        return Column.concat(parts);
    }

    /// The values of a few rows, in the order given; reads only the pages that hold them.
    public Column fetch(int field, int[] rows) {
        var type = typeOf(field);
        var chunks = directory.chunks().get(field);
        if (type instanceof FieldType.Vector vector)
            return new VectorReader(pages, vector).fetch(chunks, rows, directory);
        if (type.isVectors()) return new ListReader(pages, type.vector()).fetch(chunks, rows, directory);
        return Fetch.fetch(
                type,
                rows,
                row -> {
                    int chunk = row / CHUNK_ROWS;
                    return (long) chunk << 32
                            | row % CHUNK_ROWS >>> chunks.get(chunk).pageShift();
                },
                page -> page(field, chunks.get((int) (page >>> 32)), (int) page),
                row -> {
                    int shift = chunks.get(row / CHUNK_ROWS).pageShift();
                    return row % CHUNK_ROWS & (1 << shift) - 1;
                });
    }

    public Bounds zone(int field, int chunk) {
        return entry(field, chunk).zone();
    }

    /// Rows that have these keys, which are of the key field's kind.
    public Found find(Column asked) {
        return keys.find(asked, _ -> true);
    }

    /// As [#find], of wanted rows alone: a key may have as many versions as there are rows.
    public Found find(Column asked, IntPredicate wanted) {
        return keys.find(asked, wanted);
    }

    /// As [#find], for one thread that never wants a row again that it did not want before: where none is left of a
    /// key's old versions they are not read any more.
    public Found findLeft(Column asked, IntPredicate wanted) {
        return keys.findLeft(asked, wanted);
    }

    /// When rows were inserted.
    public Runs timestamps() {
        return timestamps;
    }

    /// Which partitions rows belong to.
    public Runs partitions() {
        return partitions;
    }

    /// How many rows of a vector field are not null, or how many elements its rows have.
    public int nodes(int field) {
        int nodes = 0;
        for (var chunk : directory.chunks().get(field)) nodes += chunk.items();
        return nodes;
    }

    /// For each node of a field of arrays of vectors its row, ascending; as often as the row has elements.
    public int[] rowOfElement(int field) {
        var rowOf = new int[nodes(field)];
        int node = 0;
        for (int chunk = 0; chunk < chunks(); chunk++) {
            var lengths = ListReader.lengths(pages, entry(field, chunk), directory.rowsOf(chunk));
            for (int row = 0; row < lengths.rows(); row++)
                for (int i = 0; i < lengths.values()[row]; i++) rowOf[node++] = chunk * CHUNK_ROWS + row;
        }
        return rowOf;
    }

    /// For each node of a vector field its row; empty when they are the same.
    public Optional<int[]> rowOfNode(int field) {
        int nodes = nodes(field);
        if (nodes == directory.rows()) return Optional.empty();
        var rowOf = new int[nodes];
        int node = 0;
        for (int chunk = 0; chunk < chunks(); chunk++) {
            var nulls = VectorReader.nulls(pages, entry(field, chunk), directory.rowsOf(chunk));
            for (int row = 0; row < directory.rowsOf(chunk); row++)
                if (!nulls.isNull(row)) rowOf[node++] = chunk * CHUNK_ROWS + row;
        }
        return Optional.of(rowOf);
    }

    /// All vectors of a dense field, or of a field of arrays of them, in the kernels' layout: node `i` at `i` times the
    /// type's stride. The caller closes the region.
    public Region loadVectors(int field, Memory memory) {
        return new VectorReader(pages, typeOf(field).vector())
                .loadDense(directory.chunks().get(field), nodes(field), memory);
    }

    /// Copies vectors `from … to` of a dense field to native memory, in the kernels' layout. Holds a page at a time,
    /// however many there are.
    public void readVectors(int field, int from, int to, long address) {
        var type = (FieldType.Vector) typeOf(field);
        new VectorReader(pages, type).readDense(directory.chunks().get(field), from, to, address);
    }

    /// Copies some vectors of a dense field to native memory, each to its place in the order given; returns how many
    /// pages were read, of 64 KiB.
    public int readVectors(int field, int[] nodes, long address) {
        var type = (FieldType.Vector) typeOf(field);
        var order = new long[nodes.length];
        for (int i = 0; i < nodes.length; i++) order[i] = (long) nodes[i] << 32 | i;
        Arrays.sort(order);
        return new VectorReader(pages, type).readDense(directory.chunks().get(field), order, address);
    }

    /// All vectors of a sparse field: one offset more than there are nodes (int64, counted from the first cell), then
    /// the cells. The caller closes the region.
    public Region loadSparse(int field, Memory memory) {
        return new VectorReader(pages, (FieldType.Vector) typeOf(field))
                .loadSparse(directory.chunks().get(field), nodes(field), memory);
    }

    /// Reads everything and checks every checksum, the digest, and that keys, filter and rows agree.
    public void verify() {
        pages.verifyDigest(footer);
        for (var field : head().schema().fields())
            for (int chunk = 0; chunk < chunks(); chunk++) chunk(field.id(), chunk);
        keys.verify(this);
    }

    /// Bytes of a field's pages in the file.
    public long storedBytes(int field) {
        long bytes = 0;
        for (var chunk : directory.chunks().get(field)) bytes += chunk.bytes();
        return bytes;
    }

    /// Bytes on the heap that an open file keeps, about: directory, and once a key was looked up, the filter.
    public long heapBytes() {
        return 2L * footer.directory().bytes() + directory.keys().filter().bytes();
    }

    @Override
    public void close() {
        pages.close();
    }

    private Column page(int field, ChunkEntry entry, int page) {
        return PageCodec.decode(typeOf(field), entry.itemsOf(page), pages.input(entry.place(page)));
    }

    private ChunkEntry entry(int field, int chunk) {
        return directory.chunks().get(field).get(chunk);
    }

    private FieldType typeOf(int field) {
        return head().schema()
                .field(field)
                .orElseThrow(() -> new IllegalArgumentException("no field " + field))
                .type();
    }
}
