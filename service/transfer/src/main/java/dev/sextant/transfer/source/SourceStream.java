package dev.sextant.transfer.source;

import java.io.IOException;
import java.io.InputStream;

/// Part of a [Source], from its beginning to its end, read in blocks. One thread.
public final class SourceStream extends InputStream {
    private final Source source;
    private final long from;
    private final long to;
    private final byte[] block;
    private long position; // in the source, of what comes after the block
    private int at;
    private int filled;

    public SourceStream(Source source, long from, long to, int blockBytes) {
        this.source = source;
        this.from = from;
        this.to = to;
        position = from;
        block = new byte[Math.clamp(to - from, 1, blockBytes)];
    }

    public static SourceStream whole(Source source) {
        return new SourceStream(source, 0, source.size(), source.blockBytes());
    }

    /// Bytes that were taken from it.
    public long taken() {
        return position - from - (filled - at);
    }

    @Override
    public int read() throws IOException {
        return at < filled || fill() ? block[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) return 0;
        if (at == filled && !fill()) return -1;
        int count = Math.min(length, filled - at);
        System.arraycopy(block, at, into, offset, count);
        at += count;
        return count;
    }

    private boolean fill() throws IOException {
        if (position == to) return false;
        int count = (int) Math.min(block.length, to - position);
        source.read(position, block, 0, count);
        position += count;
        at = 0;
        filled = count;
        return true;
    }
}
