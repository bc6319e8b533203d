package dev.sextant.engine.log;

import dev.sextant.world.DiskFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Gathers small pieces into large writes, in native memory so that the disk takes them as they are. One thread.
final class Staging implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer;
    private DiskFile file;
    private long offset;
    private long filled;

    Staging(long bytes) {
        buffer = arena.allocate(bytes, Format.BLOCK);
    }

    void begin(DiskFile target, long at) {
        file = target;
        offset = at;
        filled = 0;
    }

    void put(MemorySegment bytes) {
        long done = 0;
        while (done < bytes.byteSize()) {
            long count = Math.min(bytes.byteSize() - done, buffer.byteSize() - filled);
            MemorySegment.copy(bytes, done, buffer, filled, count);
            done += count;
            filled += count;
            if (filled == buffer.byteSize()) flush();
        }
    }

    /// Fills up with zeros to a multiple of `block` and writes what is left.
    void finish(int block) {
        long padded = (filled + block - 1) / block * block;
        buffer.asSlice(filled, padded - filled).fill((byte) 0);
        filled = padded;
        flush();
    }

    private void flush() {
        if (filled == 0) return;
        file.write(offset, buffer.asSlice(0, filled));
        offset += filled;
        filled = 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
