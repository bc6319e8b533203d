package dev.sextant.engine;

import dev.sextant.engine.entry.Out;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.index.RowFile;
import dev.sextant.index.StoredRows;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// The rows of a field once more, beside their index, so that one read of one page brings one row: pages carry their
/// number and their own checksum, and no row crosses from one to the next. Derived from the segment, whose digest it
/// names, and can be thrown away. Drawn in docs/formats/row-pages.md.
final class RowPages implements RowFile, AutoCloseable {
    static final int PAGE = 4096;
    private static final int TRAILER = 8;
    private static final long MAGIC = 0x31_53_57_4f_52_58_53L; // SXROWS1
    private static final int DIGEST = 64;
    private static final int PIECE = 1 << 20;

    /// So many rows are read one after the other before it is asked whether the disk is slow.
    private static final int FEW = 4;

    private static final long SLOW_NANOS = 150_000;

    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// How rows lie in pages.
    ///
    /// @param rowBytes of a row as the model has it, without padding
    record Shape(int rows, int rowBytes) {
        int pageBytes() {
            return (rowBytes + TRAILER + PAGE - 1) / PAGE * PAGE;
        }

        int perPage() {
            return (pageBytes() - TRAILER) / rowBytes;
        }

        int pages() {
            return (rows + perPage() - 1) / perPage();
        }

        /// Where a page begins: behind the head, which is a page, too.
        long offset(int page) {
            return PAGE + (long) page * pageBytes();
        }

        long fileBytes() {
            return offset(pages());
        }

        static Shape of(StoredRows rows) {
            return new Shape(rows.count(), rows.type().rowBytes(rows.dimension()));
        }
    }

    private final DiskFile file;
    private final String path;
    private final Shape shape;
    private final long stride;
    private final RowReaders readers;

    private RowPages(DiskFile file, String path, Shape shape, long stride, RowReaders readers) {
        this.file = file;
        this.path = path;
        this.shape = shape;
        this.stride = stride;
        this.readers = readers;
    }

    /// Writes all rows, forced, in the place of what has that name. Takes some MiB for a while.
    static void write(Disk disk, String path, String digest, int field, StoredRows rows, Memory memory) {
        var temporary = path + ".new";
        if (disk.exists(temporary)) disk.delete(temporary);
        var shape = Shape.of(rows);
        try (var file = disk.create(temporary)) {
            file.write(0, MemorySegment.ofArray(head(digest, field, shape)));
            writePages(file, shape, rows, memory);
            file.force();
        }
        disk.rename(temporary, path);
        disk.forceDirectory(path.substring(0, path.lastIndexOf('/')));
    }

    private static void writePages(DiskFile file, Shape shape, StoredRows rows, Memory memory) {
        int perPiece = Math.max(1, PIECE / shape.pageBytes()), per = shape.perPage();
        long stride = rows.strideBytes();
        try (var region = memory.allocate("row pages", (long) perPiece * per * stride);
                var piece = memory.allocate("row pages", (long) perPiece * shape.pageBytes())) {
            for (int first = 0; first < shape.pages(); first += perPiece) {
                int pages = Math.min(perPiece, shape.pages() - first);
                int from = first * per, to = Math.min(shape.rows, (first + pages) * per);
                rows.file().read(from, to, region.address());
                Raw.fill(piece.address(), piece.size(), (byte) 0);
                for (int row = from; row < to; row++)
                    Raw.copy(
                            region.address() + (row - from) * stride,
                            piece.address()
                                    + (long) (row / per - first) * shape.pageBytes()
                                    + (long) (row % per) * shape.rowBytes,
                            shape.rowBytes);
                var all = piece.segment().asSlice(0, (long) pages * shape.pageBytes());
                for (int page = 0; page < pages; page++)
                    seal(all.asSlice((long) page * shape.pageBytes(), shape.pageBytes()), first + page);
                file.write(shape.offset(first), all);
            }
        }
    }

    private static void seal(MemorySegment page, int number) {
        page.set(I32, page.byteSize() - TRAILER, number);
        page.set(I32, page.byteSize() - 4, crc(page));
    }

    private static int crc(MemorySegment page) {
        var crc = new CRC32C();
        crc.update(page.asSlice(0, page.byteSize() - 4).asByteBuffer());
        return (int) crc.getValue();
    }

    private static byte[] head(String digest, int field, Shape shape) {
        var out = new Out()
                .i64(MAGIC)
                .i32(1)
                .i32(field)
                .i32(shape.rows)
                .i32(shape.rowBytes)
                .i32(shape.pageBytes())
                .raw(Arrays.copyOf(digest.getBytes(StandardCharsets.US_ASCII), DIGEST), 0, DIGEST);
        var page = Arrays.copyOf(out.toBytes(), PAGE);
        MemorySegment.ofArray(page).set(I32, PAGE - 4, crc(MemorySegment.ofArray(page)));
        return page;
    }

    /// Opens what was written for these rows; only the head is read.
    static RowPages open(Disk disk, String path, String digest, int field, StoredRows rows, RowReaders readers) {
        var shape = Shape.of(rows);
        var file = disk.openForReading(path);
        try {
            if (file.size() != shape.fileBytes()) throw new CorruptFile(path, 0, shape.fileBytes(), file.size());
            var found = MemorySegment.ofArray(new byte[PAGE]);
            file.read(0, found);
            long differs = found.mismatch(MemorySegment.ofArray(head(digest, field, shape)));
            if (differs >= 0) throw new CorruptFile(path, differs, "rows of " + digest, "another head");
            return new RowPages(file, path, shape, rows.strideBytes(), readers);
        } catch (Throwable failed) {
            file.close();
            throw failed;
        }
    }

    @Override
    public void read(int from, int to, long address) {
        int per = shape.perPage(), perPiece = Math.max(1, PIECE / shape.pageBytes());
        var bytes = MemorySegment.ofArray(new byte[Math.min(perPiece, to / per - from / per + 1) * shape.pageBytes()]);
        for (int first = from / per; (long) first * per < to; first += perPiece) {
            int pages = Math.min(perPiece, (to + per - 1) / per - first);
            var piece = bytes.asSlice(0, (long) pages * shape.pageBytes());
            file.read(shape.offset(first), piece);
            for (int page = 0; page < pages; page++) {
                var one = piece.asSlice((long) page * shape.pageBytes(), shape.pageBytes());
                check(path, shape, one, first + page);
                int begin = Math.max(from, (first + page) * per), end = Math.min(to, (first + page + 1) * per);
                for (int row = begin; row < end; row++) land(one, row, address + (row - from) * stride);
            }
        }
    }

    private static void check(String path, Shape shape, MemorySegment page, int number) {
        int expected = page.get(I32, page.byteSize() - 4), found = crc(page);
        if (expected != found) throw new CorruptFile(path, shape.offset(number), expected, found);
        int named = page.get(I32, page.byteSize() - TRAILER);
        if (named != number) throw new CorruptFile(path, shape.offset(number), "page " + number, "page " + named);
    }

    private void land(MemorySegment page, int row, long address) {
        Raw.copyIn(page, (long) (row % shape.perPage()) * shape.rowBytes, address, shape.rowBytes);
        Raw.fill(address + shape.rowBytes, stride - shape.rowBytes, (byte) 0);
    }

    @Override
    public int read(int[] rows, int n, long address) {
        var order = new long[n]; // row above, place below: rows of one page come together
        for (int i = 0; i < n; i++) order[i] = (long) rows[i] << 32 | i;
        Arrays.sort(order);
        int at = 0, pages = 0;
        while (at < n) {
            int end = pageEnd(order, Math.min(n, at + FEW));
            long begun = readers.nanos();
            pages += readSome(order, at, end, address);
            at = end;
            if (readers.nanos() - begun > SLOW_NANOS) break; // these come from the disk: the rest at once
        }
        return pages + readAtOnce(order, at, address);
    }

    private int readAtOnce(long[] order, int from, long address) {
        int n = order.length - from;
        if (n == 0) return 0;
        int shares = RowReaders.shares(n);
        var pages = new int[shares];
        readers.run(
                shares,
                number -> pages[number] = readSome(
                        order,
                        pageEnd(order, from + (int) ((long) n * number / shares)),
                        pageEnd(order, from + (int) ((long) n * (number + 1) / shares)),
                        address));
        return Arrays.stream(pages).sum();
    }

    /// Where the page ends that the row before stands in, so that none is read twice.
    private int pageEnd(long[] order, int at) {
        while (at > 0 && at < order.length && page(order[at]) == page(order[at - 1])) at++;
        return at;
    }

    private int page(long rowAndPlace) {
        return (int) (rowAndPlace >>> 32) / shape.perPage();
    }

    private int readSome(long[] order, int from, int to, long address) {
        var bytes = MemorySegment.ofArray(new byte[shape.pageBytes()]);
        int at = -1, pages = 0;
        for (int i = from; i < to; i++) {
            int page = page(order[i]);
            if (page != at) {
                file.read(shape.offset(page), bytes);
                check(path, shape, bytes, page);
                at = page;
                pages++;
            }
            land(bytes, (int) (order[i] >>> 32), address + (int) order[i] * stride);
        }
        return pages;
    }

    /// Every checksum of a file, whatever segment it belongs to; for [Check].
    static void verify(Disk disk, String path) {
        try (var file = disk.openForReading(path)) {
            var head = MemorySegment.ofArray(new byte[PAGE]);
            if (file.size() < PAGE) throw new CorruptFile(path, 0, "at least " + PAGE + " bytes", file.size());
            file.read(0, head);
            int expected = head.get(I32, PAGE - 4), found = crc(head);
            if (expected != found) throw new CorruptFile(path, 0, expected, found);
            var shape = new Shape(head.get(I32, 16), head.get(I32, 20));
            if (shape.rows < 0 || shape.rowBytes < 1 || file.size() != shape.fileBytes())
                throw new CorruptFile(path, 16, "the rows of " + file.size() + " bytes", shape);
            var page = MemorySegment.ofArray(new byte[shape.pageBytes()]);
            for (int number = 0; number < shape.pages(); number++) {
                file.read(shape.offset(number), page);
                check(path, shape, page, number);
            }
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
