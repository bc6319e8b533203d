package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Memory as bytes of a file: as it lies, in pieces of some MiB, each with a checksum of 8 bytes behind it.
final class Pieces {
    static final int CHECKSUM = 8;
    static final int HEAD = 128;
    private static final int PIECE = 4 << 20;

    private Pieces() {}

    static long magic(Frozen.Kind kind) {
        long bytes = 0;
        for (byte b : kind.magic().getBytes(StandardCharsets.US_ASCII)) bytes = bytes >>> 8 | (long) b << 56;
        return bytes;
    }

    static long size(long bytes) {
        return bytes + (bytes + PIECE - 1) / PIECE * CHECKSUM;
    }

    static void write(Memory memory, MemorySegment all, Sink sink) throws IOException {
        try (var sum = memory.allocate("index writing", CHECKSUM)) {
            for (long at = 0; at < all.byteSize(); at += PIECE) {
                var piece = all.asSlice(at, Math.min(PIECE, all.byteSize() - at));
                sink.write(piece);
                Raw.putLong(sum.address(), crc(piece));
                sink.write(sum.segment().asSlice(0, CHECKSUM));
            }
        }
    }

    /// Fills `all` and compares checksums; `at` is where it begins. Returns where it ends.
    static long read(Memory memory, MemorySegment all, long at, Source source) throws IOException {
        try (var sum = memory.allocate("index reading", CHECKSUM)) {
            for (long from = 0; from < all.byteSize(); from += PIECE) {
                var piece = all.asSlice(from, Math.min(PIECE, all.byteSize() - from));
                source.read(piece);
                source.read(sum.segment().asSlice(0, CHECKSUM));
                at += piece.byteSize();
                expect("checksum", at, Raw.getLong(sum.address()), crc(piece));
                at += CHECKSUM;
            }
        }
        return at;
    }

    /// A head of [#HEAD] bytes, the last 8 of them its checksum.
    static void writeHead(Memory memory, java.util.function.LongConsumer fields, Sink sink) throws IOException {
        try (var head = memory.allocate("index writing", HEAD)) {
            fields.accept(head.address());
            Raw.putLong(head.address() + HEAD - CHECKSUM, crc(head.segment().asSlice(0, HEAD - CHECKSUM)));
            sink.write(head.segment().asSlice(0, HEAD));
        }
    }

    @FunctionalInterface
    interface HeadReader<T> {
        T read(long head) throws IOException;
    }

    static <T> T readHead(Memory memory, String what, long bytes, Source source, HeadReader<T> reader)
            throws IOException {
        if (bytes < HEAD) throw new Damaged(what, 0, "at least " + HEAD + " bytes", bytes);
        try (var head = memory.allocate("index reading", HEAD)) {
            source.read(head.segment().asSlice(0, HEAD));
            long sum = crc(head.segment().asSlice(0, HEAD - CHECKSUM));
            expect("checksum", HEAD - CHECKSUM, Raw.getLong(head.address() + HEAD - CHECKSUM), sum);
            return reader.read(head.address());
        }
    }

    static long crc(MemorySegment bytes) {
        var crc = new CRC32C();
        crc.update(bytes.asByteBuffer());
        return crc.getValue();
    }

    static void expect(String what, long at, long found, long expected) {
        if (found != expected) throw new Damaged(what, at, expected, found);
    }

    static int within(String what, long at, int found, int low, int high) {
        if (found < low || found > high) throw new Damaged(what, at, low + " … " + high, found);
        return found;
    }
}
