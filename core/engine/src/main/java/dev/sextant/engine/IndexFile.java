package dev.sextant.engine;

import dev.sextant.engine.entry.Out;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.index.Damaged;
import dev.sextant.index.Frozen;
import dev.sextant.index.Source;
import dev.sextant.index.Written;
import dev.sextant.index.scalar.ScalarIndex;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// An index beside its segment: names the segment by digest and the wish that it fulfils, and can be thrown away. Drawn
/// in docs/formats/directory.md: a head, blocks of [#BLOCK] bytes (the last one shorter), and a checksum for each
/// block.
final class IndexFile {
    static final int BLOCK = 1 << 20;
    private static final long MAGIC = 0x32_44_4e_49_58_53L; // SXIND2
    private static final int VERSION = 2;
    private static final int DIGEST = 64;
    private static final String UNPLACED = ".new";
    private static final int KIND = 24;
    private static final int HEAD = 8 + 4 + KIND + 8 + 4 + 8 + DIGEST + 4;

    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BYTES_AT = 8 + 4 + KIND + 8 + 4;

    private IndexFile() {}

    /// Which wish an index fulfils.
    record Of(long index, int field) {}

    /// What tells the bytes of one index from those of any other.
    ///
    /// @param bytes of the index behind its head
    /// @param checksum of its head and of the checksums of its blocks
    record Mark(long bytes, int checksum) {}

    /// Reads the index itself; what is not one is [Damaged].
    @FunctionalInterface
    interface Body<T extends Written> {
        T read(String form, long bytes, Source source) throws IOException;
    }

    static void write(Disk disk, String path, String digest, Of of, Written index) throws IOException {
        writeAside(disk, path, digest, of, index);
        place(disk, path);
    }

    /// All of it, forced, under another name.
    static void writeAside(Disk disk, String path, String digest, Of of, Written index) throws IOException {
        var temporary = path + UNPLACED;
        if (disk.exists(temporary)) disk.delete(temporary);
        try (var file = disk.create(temporary)) {
            file.write(
                    0, head(digest, of, index.form(), index.serializedBytes()).segment());
            var blocks = new Blocks(file, index.serializedBytes());
            index.writeTo(blocks::write);
            blocks.end();
            file.force();
        }
    }

    /// Gives what was written aside its name.
    static void place(Disk disk, String path) {
        disk.rename(path + UNPLACED, path);
        disk.forceDirectory(path.substring(0, path.lastIndexOf('/')));
    }

    private static Out head(String digest, Of of, String form, long bytes) {
        var out = new Out()
                .i64(MAGIC)
                .i32(VERSION)
                .raw(padded(form, KIND), 0, KIND)
                .i64(of.index())
                .i32(of.field())
                .i64(bytes)
                .raw(padded(digest, DIGEST), 0, DIGEST);
        var crc = new CRC32C();
        crc.update(out.toBytes());
        return out.i32((int) crc.getValue());
    }

    private static byte[] padded(String text, int length) {
        return java.util.Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), length);
    }

    /// The blocks in order, written or read, each with its checksum.
    private static final class Blocks {
        private final DiskFile file;
        private final long bytes;
        private final Out checksums = new Out();
        private final CRC32C crc = new CRC32C();
        private long at; // behind the head

        Blocks(DiskFile file, long bytes) {
            this.file = file;
            this.bytes = bytes;
        }

        void write(MemorySegment piece) {
            if (at + piece.byteSize() > bytes)
                throw new IllegalStateException("an index writes more than the " + bytes + " bytes that it said");
            file.write(HEAD + at, piece);
            pass(piece);
        }

        private void pass(MemorySegment piece) {
            for (long done = 0; done < piece.byteSize(); ) {
                long size = Math.min(piece.byteSize() - done, BLOCK - at % BLOCK);
                crc.update(piece.asSlice(done, size).asByteBuffer());
                done += size;
                at += size;
                if (at % BLOCK == 0) close();
            }
        }

        private void close() {
            checksums.i32((int) crc.getValue());
            crc.reset();
        }

        void end() {
            if (at != bytes) throw new IllegalStateException("an index wrote " + at + " of " + bytes + " bytes");
            if (at % BLOCK != 0) close();
            if (checksums.size() > 0) file.write(HEAD + bytes, checksums.segment());
        }
    }

    private static long size(long bytes) {
        return HEAD + bytes + 4 * ((bytes + BLOCK - 1) / BLOCK);
    }

    /// Reads the index over a segment. Anything unexpected is a [CorruptFile].
    static <T extends Written> T read(Disk disk, String path, String digest, Of of, Body<T> body) throws IOException {
        try (var file = disk.openForReading(path)) {
            if (file.size() < HEAD) throw new CorruptFile(path, 0, "at least " + HEAD + " bytes", file.size());
            var head = MemorySegment.ofArray(new byte[HEAD]);
            file.read(0, head);
            var form = form(path, head);
            long bytes = head.get(I64, BYTES_AT);
            if (bytes < 0 || bytes > file.size() || size(bytes) != file.size())
                throw new CorruptFile(path, BYTES_AT, "the bytes of the index", bytes);
            var expected = head(digest, of, form, bytes).segment();
            long differs = MemorySegment.mismatch(expected, 0, HEAD, head, 0, HEAD);
            if (differs >= 0)
                throw new CorruptFile(path, differs, "index " + of.index() + " over " + digest, "another head");
            check(path, file, bytes);
            var place = new long[] {HEAD};
            var index = body.read(form, bytes, into -> {
                if (place[0] - HEAD + into.byteSize() > bytes)
                    throw new CorruptFile(path, place[0], "an index of " + bytes + " bytes", "a longer one");
                file.read(place[0], into);
                place[0] += into.byteSize();
            });
            if (place[0] == HEAD + bytes) return index;
            index.close();
            throw new CorruptFile(path, place[0], "an index of " + bytes + " bytes", "a shorter one");
        } catch (Damaged damaged) {
            throw new CorruptFile(path, HEAD + damaged.offset(), "an index", damaged.getMessage());
        }
    }

    /// Reads the head and the checksums, and no block: the index itself was read or written by whoever asks.
    static Mark mark(Disk disk, String path) {
        try (var file = disk.openForReading(path)) {
            if (file.size() < HEAD) throw new CorruptFile(path, 0, "at least " + HEAD + " bytes", file.size());
            var head = MemorySegment.ofArray(new byte[HEAD]);
            file.read(0, head);
            long bytes = head.get(I64, BYTES_AT);
            if (bytes < 0 || bytes > file.size() || size(bytes) != file.size())
                throw new CorruptFile(path, BYTES_AT, "the bytes of the index", bytes);
            var checksums = MemorySegment.ofArray(new byte[Math.toIntExact(file.size() - HEAD - bytes)]);
            if (checksums.byteSize() > 0) file.read(HEAD + bytes, checksums);
            var crc = new CRC32C();
            crc.update(head.asByteBuffer());
            crc.update(checksums.asByteBuffer());
            return new Mark(bytes, (int) crc.getValue());
        }
    }

    /// The vectors' structure of this form.
    static Frozen.Kind kind(String form) {
        for (var kind : Frozen.Kind.values()) if (kind.name().equals(form)) return kind;
        throw new Damaged("kind", 0, "an index over vectors", form);
    }

    private static String form(String path, MemorySegment head) {
        var name = head.asSlice(12, KIND).toArray(ValueLayout.JAVA_BYTE);
        var text = new String(name, StandardCharsets.US_ASCII).replace("\0", "");
        for (var kind : Frozen.Kind.values()) if (kind.name().equals(text)) return text;
        if (ScalarIndex.knows(text)) return text;
        throw new CorruptFile(path, 12, "a kind of index", text);
    }

    /// Compares each block with its checksum before anything is believed.
    static void check(String path, DiskFile file, long bytes) {
        var crc = new CRC32C();
        var sum = MemorySegment.ofArray(new byte[4]);
        var block = MemorySegment.ofArray(new byte[(int) Math.min(bytes, BLOCK)]);
        for (long at = 0, number = 0; at < bytes; at += BLOCK, number++) {
            var piece = block.asSlice(0, Math.min(BLOCK, bytes - at));
            file.read(HEAD + at, piece);
            file.read(HEAD + bytes + 4 * number, sum);
            crc.reset();
            crc.update(piece.asByteBuffer());
            int expected = sum.get(I32, 0);
            if (expected != (int) crc.getValue())
                throw new CorruptFile(path, HEAD + at, expected, (int) crc.getValue());
        }
    }

    /// Every checksum of a file, whatever segment it belongs to; for [Check]. Returns its bytes.
    static long verify(Disk disk, String path) {
        try (var file = disk.openForReading(path)) {
            if (file.size() < HEAD) throw new CorruptFile(path, 0, "at least " + HEAD + " bytes", file.size());
            var head = MemorySegment.ofArray(new byte[HEAD]);
            file.read(0, head);
            form(path, head);
            var crc = new CRC32C();
            crc.update(head.asSlice(0, HEAD - 4).asByteBuffer());
            int expected = head.get(I32, HEAD - 4);
            if (expected != (int) crc.getValue()) throw new CorruptFile(path, HEAD - 4, expected, (int) crc.getValue());
            long bytes = head.get(I64, BYTES_AT);
            if (bytes < 0 || bytes > file.size() || size(bytes) != file.size())
                throw new CorruptFile(path, BYTES_AT, "the bytes of the index", bytes);
            check(path, file, bytes);
            return file.size();
        }
    }
}
