package dev.sextant.kernel;

import java.lang.foreign.MemorySegment;

/// Zeroed memory outside the heap at a fixed address, counted in the budget. One owner closes it, after the last
/// reader: kernels work on bare addresses, so nothing but the owner's discipline keeps a reader out of a closed region.
public final class Region implements AutoCloseable {
    private final Reservation account;
    private final String what;
    private final Mapping mapping;
    private final long mostBytes;
    private final boolean lazy;
    private volatile long size;
    private volatile boolean closed;

    private Region(Reservation account, String what, Mapping mapping, long size, long mostBytes, boolean lazy) {
        this.account = account;
        this.what = what;
        this.mapping = mapping;
        this.size = size;
        this.mostBytes = mostBytes;
        this.lazy = lazy;
    }

    static Region allocate(Reservation account, String what, long bytes, long mostBytes) {
        if (bytes < 0 || mostBytes < bytes)
            throw new IllegalArgumentException(what + " asks for " + bytes + " bytes of " + mostBytes);
        var lazy = Mapping.C.LINUX && mostBytes >= Mapping.HUGE;
        var counted = Mapping.up(Math.max(lazy ? bytes : mostBytes, 64), 64);
        account.take(what, counted);
        try {
            var most = Math.max(Mapping.up(mostBytes, 64), counted);
            var mapping = Mapping.of(most);
            mapping.commit(0, counted);
            return new Region(account, what, mapping, counted, most, lazy);
        } catch (Throwable thrown) {
            account.release(what, counted);
            throw thrown;
        }
    }

    public long address() {
        return mapping.address();
    }

    /// Usable bytes: what was asked for, rounded up to 64.
    public long size() {
        return size;
    }

    /// The most that [#growTo(long)] accepts.
    public long mostBytes() {
        return mostBytes;
    }

    /// Makes at least `bytes` usable at the same address. One thread at a time; readers go on. Refused by the budget as
    /// a whole or granted as a whole.
    public void growTo(long bytes) {
        if (bytes > mostBytes)
            throw new IllegalArgumentException(what + " grows to " + bytes + " bytes of at most " + mostBytes);
        var wanted = Mapping.up(bytes, 64);
        var now = size;
        if (wanted <= now) return;
        assert lazy : what;
        account.take(what, wanted - now);
        mapping.commit(now, wanted);
        size = wanted;
    }

    /// A view for cold code, valid until this region is closed.
    public MemorySegment segment() {
        assert !closed : what + " is closed";
        return Raw.view(address(), size);
    }

    public void copyIn(long offset, MemorySegment from, long fromOffset, long bytes) {
        check(offset, bytes);
        Raw.copyIn(from, fromOffset, address() + offset, bytes);
    }

    public void copyOut(long offset, MemorySegment to, long toOffset, long bytes) {
        check(offset, bytes);
        Raw.copyOut(address() + offset, to, toOffset, bytes);
    }

    @Override
    public void close() {
        synchronized (this) { // guards `closed`: a second close must not free twice
            if (closed) return;
            closed = true;
        }
        mapping.free();
        account.release(what, size);
    }

    private void check(long offset, long bytes) {
        assert !closed : what + " is closed";
        if (offset < 0 || bytes < 0 || offset > size - bytes)
            throw new IndexOutOfBoundsException(what + ": " + bytes + " bytes at " + offset + " of " + size);
    }
}
