package dev.sextant.engine;

import dev.sextant.engine.entry.In;
import dev.sextant.engine.entry.Out;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.index.Damaged;
import dev.sextant.index.Hnsw;
import dev.sextant.index.Rows;
import dev.sextant.kernel.Memory;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// A graph beside its segment: names the segment by digest and the wish that it fulfils, and can be thrown away. Drawn
/// in docs/formats/directory.md.
final class GraphFile {
    private static final long MAGIC = 0x31_48_50_52_47_53L; // SGRPH1
    private static final int VERSION = 1;
    private static final int DIGEST = 64;
    private static final int HEAD = 8 + 4 + 8 + 4 + 8 + DIGEST + 4;

    private GraphFile() {}

    static void write(Disk disk, String path, String digest, GraphWish wish, Hnsw graph) throws IOException {
        var temporary = path + ".new";
        if (disk.exists(temporary)) disk.delete(temporary);
        try (var file = disk.create(temporary)) {
            var place = new Place(file);
            graph.writeTo(place::write);
            var head = head(digest, wish, graph.serializedBytes());
            file.write(0, head.i32(place.crc(head)).segment());
            file.force();
        }
        disk.rename(temporary, path);
        disk.forceDirectory(path.substring(0, path.lastIndexOf('/')));
    }

    /// Where the next piece goes, and the checksum so far.
    private static final class Place {
        private final DiskFile file;
        private final CRC32C crc = new CRC32C();
        private long at = HEAD;

        Place(DiskFile file) {
            this.file = file;
        }

        void write(MemorySegment piece) {
            file.write(at, piece);
            crc.update(piece.asByteBuffer());
            at += piece.byteSize();
        }

        void read(MemorySegment piece) {
            file.read(at, piece);
            crc.update(piece.asByteBuffer());
            at += piece.byteSize();
        }

        int crc(Out head) {
            crc.update(head.toBytes());
            return (int) crc.getValue();
        }
    }

    private static Out head(String digest, GraphWish wish, long bytes) {
        var name = java.util.Arrays.copyOf(digest.getBytes(StandardCharsets.US_ASCII), DIGEST);
        return new Out()
                .i64(MAGIC)
                .i32(VERSION)
                .i64(wish.index())
                .i32(wish.field())
                .i64(bytes)
                .raw(name, 0, DIGEST);
    }

    /// Reads the graph over the vectors of a segment. Anything unexpected is a [CorruptFile].
    static Hnsw read(Disk disk, String path, String digest, GraphWish wish, Rows rows, Memory memory)
            throws IOException {
        try (var file = disk.openForReading(path)) {
            if (file.size() < HEAD) throw new CorruptFile(path, 0, "at least " + HEAD + " bytes", file.size());
            var head = MemorySegment.ofArray(new byte[HEAD]);
            file.read(0, head);
            var in = new In(path, head);
            in.raw(24);
            long bytes = in.i64();
            if (bytes != file.size() - HEAD) throw new CorruptFile(path, 24, file.size() - HEAD, bytes);
            var expected = head(digest, wish, bytes);
            long differs = MemorySegment.mismatch(expected.segment(), 0, expected.size(), head, 0, expected.size());
            if (differs >= 0)
                throw new CorruptFile(
                        path, differs, "the graph of index " + wish.index() + " over " + digest, "another head");
            in.raw(DIGEST);
            int crc = in.i32();
            var place = new Place(file);
            var graph = Hnsw.read(memory, rows, bytes, place::read);
            int found = place.crc(expected);
            if (place.at == file.size() && crc == found) return graph;
            graph.close();
            throw new CorruptFile(path, HEAD - 4, crc, found);
        } catch (Damaged damaged) {
            throw new CorruptFile(path, HEAD + damaged.offset(), "a graph", damaged.getMessage());
        }
    }
}
