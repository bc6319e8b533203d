package dev.sextant.kernel;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The memory budget and what is taken from it. Work reserves before it starts; what does not fit is refused with the
/// numbers. Any thread may call it. It owns nothing: whoever reserved or allocated closes.
public final class Memory {
    private final Reservation root;
    private final Map<String, AtomicLong> meters = new ConcurrentHashMap<>();

    public Memory(long limitBytes) {
        if (limitBytes <= 0) throw new IllegalArgumentException("a memory budget of " + limitBytes + " bytes");
        root = Reservation.root(this, limitBytes);
    }

    /// Takes `bytes` out of the budget under the name `what`, or throws [OutOfBudget].
    public Reservation reserve(String what, long bytes) {
        return root.part(what, bytes);
    }

    public Optional<Reservation> tryReserve(String what, long bytes) {
        try {
            return Optional.of(root.part(what, bytes));
        } catch (OutOfBudget refused) {
            return Optional.empty();
        }
    }

    /// Zeroed memory outside the heap, aligned to 64 bytes; from 2 MiB on in huge pages where the system grants them.
    public Region allocate(String what, long bytes) {
        return Region.allocate(root, what, bytes, bytes);
    }

    /// As [#allocate(String, long)], able to grow in place up to `mostBytes`: the address never changes, and only the
    /// bytes grown to are counted. Where the system has no lazy mappings all of `mostBytes` is taken at once.
    public Region allocate(String what, long bytes, long mostBytes) {
        return Region.allocate(root, what, bytes, mostBytes);
    }

    public long limitBytes() {
        return root.bytes();
    }

    public long inUseBytes() {
        return root.usedBytes();
    }

    public long peakBytes() {
        return root.peakBytes();
    }

    /// Bytes in use by name, sorted by name; their sum is [#inUseBytes()] when nothing moves.
    public Map<String, Long> byName() {
        var names = new TreeMap<String, Long>();
        meters.forEach((name, bytes) -> {
            if (bytes.get() != 0) names.put(name, bytes.get());
        });
        return names;
    }

    void meter(String what, long change) {
        meters.computeIfAbsent(what, _ -> new AtomicLong()).addAndGet(change);
    }
}
