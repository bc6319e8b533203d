package dev.sextant.transfer.source;

import java.io.IOException;

/// A file, wherever it lies. Any thread may read; the caller closes it.
public interface Source extends AutoCloseable {
    /// As its caller named it.
    String name();

    long size();

    /// Reads exactly `length` bytes from `offset` on; fails when there are fewer.
    void read(long offset, byte[] into, int at, int length) throws IOException;

    /// How many bytes are well read at once.
    int blockBytes();

    /// Whoever reads waits no longer, now and later: reading fails. Any thread may say so.
    default void cancel() {
        // A disk of this machine keeps nobody waiting.
    }

    @Override
    void close();
}
