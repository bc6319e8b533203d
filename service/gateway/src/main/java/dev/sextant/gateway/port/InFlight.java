package dev.sextant.gateway.port;

import java.util.concurrent.atomic.AtomicLong;

/// The bytes of all requests that have begun to come and are not answered yet, on all connections: they are in memory
/// before anybody knows who asks. Any thread.
final class InFlight {
    /// So many bytes of a request are always taken, so that a search comes through beside a flood of rows.
    static final long FREE_BYTES = 64 << 10;

    private final long mostBytes;
    private final AtomicLong bytes = new AtomicLong();

    InFlight(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /// Counts more of a request, of which `before` bytes have come already; whether it may go on. What may not is
    /// counted too until it is given back.
    boolean take(long before, long more) {
        long all = bytes.addAndGet(more);
        return before + more <= FREE_BYTES || all <= mostBytes;
    }

    void give(long fewer) {
        long left = bytes.addAndGet(-fewer);
        assert left >= 0 : "more was given back than taken: " + left;
    }

    long bytes() {
        return bytes.get();
    }

    String sentence() {
        return "requests under way have " + bytes.get() + " of " + mostBytes
                + " bytes (max-in-flight): send smaller batches, or fewer at a time, and try again later";
    }
}
