package dev.sextant.engine;

import dev.sextant.world.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Shards whose last job failed: they are left alone for a moment, since what a job lacks is not there the next one.
final class Retries {
    static final long NANOS = 1_000_000_000;

    private final Clock clock;
    private final Map<Long, Long> notBefore = new ConcurrentHashMap<>();

    Retries(Clock clock) {
        this.clock = clock;
    }

    void failed(Shard shard) {
        notBefore.put(shard.id(), clock.monotonicNanos() + NANOS);
    }

    boolean isDue(Shard shard) {
        var due = notBefore.get(shard.id());
        return due == null || clock.monotonicNanos() - due >= 0;
    }

    /// Forgets the others.
    void retain(Set<Long> shards) {
        notBefore.keySet().retainAll(shards);
    }
}
