package dev.sextant.engine.segment;

import dev.sextant.model.Sha256;
import dev.sextant.world.DiskFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.zip.CRC32C;

/// Writes a file from its beginning to its end in large pieces, and digests what passes. One thread.
final class FileSink implements AutoCloseable {
    private static final long BUFFER = 1 << 20;

    private final DiskFile file;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER, 4096);
    private final MessageDigest digest = Sha256.begin();
    private final CRC32C crc = new CRC32C();
    private long written;
    private long filled;

    FileSink(DiskFile file) {
        this.file = file;
    }

    long position() {
        return written + filled;
    }

    void align(int bytes) {
        long padding = -position() & bytes - 1;
        write(MemorySegment.ofArray(new byte[(int) padding]));
    }

    /// Checksum of everything since [#beginPage].
    int endPage() {
        return (int) crc.getValue();
    }

    void beginPage() {
        crc.reset();
    }

    void write(MemorySegment bytes) {
        crc.update(bytes.asByteBuffer());
        append(bytes);
    }

    /// A whole page.
    Place writePage(byte[] page) {
        beginPage();
        long offset = position();
        write(MemorySegment.ofArray(page));
        return new Place(offset, page.length, endPage());
    }

    /// Digest of everything so far.
    byte[] digest() {
        flush();
        return digest.digest();
    }

    void finish() {
        flush();
        file.force();
    }

    private void append(MemorySegment bytes) {
        long done = 0;
        while (done < bytes.byteSize()) {
            long count = Math.min(bytes.byteSize() - done, BUFFER - filled);
            MemorySegment.copy(bytes, done, buffer, filled, count);
            filled += count;
            done += count;
            if (filled == BUFFER) flush();
        }
    }

    private void flush() {
        if (filled == 0) return;
        var piece = buffer.asSlice(0, filled);
        digest.update(piece.asByteBuffer());
        file.write(written, piece);
        written += filled;
        filled = 0;
    }

    @Override
    public void close() {
        arena.close();
        file.close();
    }
}
