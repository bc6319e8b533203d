package dev.sextant.kernel;

import java.util.concurrent.atomic.AtomicLong;

/// A share of the memory budget, held until it is closed. Parts and regions are carved out of it; it can grow and
/// shrink. Any thread may use it; one owner closes it, after its parts.
public final class Reservation implements AutoCloseable {
    private final Memory memory;
    private final Reservation parent; // null only in the root, which is the budget itself
    private final String what;
    private final AtomicLong bytes;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong peak = new AtomicLong();

    private Reservation(Memory memory, Reservation parent, String what, long bytes) {
        this.memory = memory;
        this.parent = parent;
        this.what = what;
        this.bytes = new AtomicLong(bytes);
    }

    static Reservation root(Memory memory, long limitBytes) {
        return new Reservation(memory, null, "memory", limitBytes);
    }

    /// A part of this reservation; refused when what is unused here does not suffice.
    public Reservation part(String name, long partBytes) {
        take(name, partBytes);
        return new Reservation(memory, this, name, partBytes);
    }

    /// Zeroed memory outside the heap, counted in this reservation until the region is closed.
    public Region allocate(long regionBytes) {
        return Region.allocate(this, what, regionBytes, regionBytes);
    }

    /// Asks for more. Refused as a whole or granted as a whole.
    public void grow(long moreBytes) {
        parent.take(what, moreBytes);
        bytes.addAndGet(moreBytes);
    }

    public boolean tryGrow(long moreBytes) {
        if (!parent.tryTake(what, moreBytes)) return false;
        bytes.addAndGet(moreBytes);
        return true;
    }

    /// Counts what is held in any case and cannot be refused, even above the budget: whoever asks next is refused then.
    public void count(long moreBytes) {
        parent.force(what, moreBytes);
        bytes.addAndGet(moreBytes);
    }

    /// Gives back what is no longer needed.
    public void shrink(long fewerBytes) {
        var left = bytes.addAndGet(-fewerBytes);
        assert left >= used.get() : what + ": " + used.get() + " in use of " + left;
        parent.release(what, fewerBytes);
    }

    public String what() {
        return what;
    }

    public long bytes() {
        return bytes.get();
    }

    /// How much of it parts and regions hold.
    public long usedBytes() {
        return used.get();
    }

    long peakBytes() {
        return peak.get();
    }

    /// Gives all of it back; again, nothing.
    @Override
    public void close() {
        assert used.get() == 0 : what + " is closed while its parts hold " + used.get() + " bytes";
        parent.release(what, bytes.getAndSet(0));
    }

    void take(String name, long more) {
        if (!tryTake(name, more)) throw new OutOfBudget(name, more, used.get(), bytes.get());
    }

    boolean tryTake(String name, long more) {
        if (more < 0) throw new IllegalArgumentException(name + " asks for " + more + " bytes");
        while (true) {
            var now = used.get();
            if (more > bytes.get() - now) return false;
            if (used.compareAndSet(now, now + more)) {
                peak.accumulateAndGet(now + more, Math::max);
                if (parent == null) memory.meter(name, more);
                return true;
            }
        }
    }

    private void force(String name, long more) {
        peak.accumulateAndGet(used.addAndGet(more), Math::max);
        if (parent == null) memory.meter(name, more);
    }

    void release(String name, long fewer) {
        var left = used.addAndGet(-fewer);
        assert left >= 0 : name + " gave back more than it had: " + left;
        if (parent == null) memory.meter(name, -fewer);
    }
}
