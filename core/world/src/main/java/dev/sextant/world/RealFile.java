package dev.sextant.world;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// An open file of this machine. Java closes a channel under everybody when one of its threads is interrupted; this
/// opens it again, finishes, and leaves the thread interrupted.
final class RealFile implements DiskFile {
    private static final int DIRECT_PIECE = 1 << 30;
    /// The JDK copies heap bytes through native memory that it keeps per thread, so small pieces.
    private static final int HEAP_PIECE = 256 << 10;

    private final String path;
    private final Path place;
    private final boolean writable;
    private volatile FileChannel channel;
    private volatile boolean closed;

    RealFile(String path, Path place, FileChannel channel, boolean writable) {
        this.path = path;
        this.place = place;
        this.channel = channel;
        this.writable = writable;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public long size() {
        return retrying(FileChannel::size);
    }

    @Override
    public void read(long offset, MemorySegment target) {
        long done = 0;
        while (done < target.byteSize()) {
            var piece = piece(target, done);
            long at = offset + done;
            long count = retrying(channel -> channel.read(piece.duplicate(), at));
            if (count < 0) throw new DiskFailure.Ended(path, offset + target.byteSize(), size());
            done += count;
        }
    }

    @Override
    public void write(long offset, MemorySegment source) {
        long done = 0;
        while (done < source.byteSize()) {
            var piece = piece(source, done);
            long at = offset + done;
            done += retrying(channel -> channel.write(piece.duplicate(), at));
        }
    }

    @Override
    public void force() {
        retrying(channel -> {
            channel.force(false);
            return 0L;
        });
    }

    @Override
    public void truncate(long size) {
        retrying(channel -> {
            channel.truncate(size);
            return 0L;
        });
    }

    @Override
    public void close() {
        synchronized (this) { // guards `channel` against being opened again
            closed = true;
            try {
                channel.close();
            } catch (IOException failure) {
                throw RealDisk.failure(path, failure);
            }
        }
    }

    private static ByteBuffer piece(MemorySegment segment, long from) {
        long most = segment.isNative() ? DIRECT_PIECE : HEAP_PIECE;
        return segment.asSlice(from, Math.min(most, segment.byteSize() - from)).asByteBuffer();
    }

    private interface Act {
        long run(FileChannel channel) throws IOException;
    }

    private long retrying(Act act) {
        boolean interrupted = false;
        try {
            while (true) {
                var now = channel;
                try {
                    return act.run(now);
                } catch (ClosedChannelException stopped) {
                    if (closed) throw new DiskFailure.Other(path, new IOException("the file is closed", stopped));
                    interrupted |= Thread.interrupted();
                    reopen(now);
                }
            }
        } catch (NonWritableChannelException readOnly) {
            throw new DiskFailure.ReadOnly(path, readOnly);
        } catch (IOException failure) {
            throw RealDisk.failure(path, failure);
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private synchronized void reopen(FileChannel dead) throws IOException {
        if (channel != dead || closed) return;
        channel = writable
                ? FileChannel.open(place, StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(place, StandardOpenOption.READ);
    }
}
