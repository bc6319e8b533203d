package dev.sextant.engine;

import dev.sextant.world.Meters;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;

/// Keeps what is counted, by name.
final class CountingMeters implements Meters {
    private final Map<String, AtomicLong> counters = new ConcurrentHashMap<>();

    long of(String name) {
        return counters.get(name).get();
    }

    @Override
    public Counter counter(String name, String help, String... labels) {
        return counters.computeIfAbsent(name, _ -> new AtomicLong())::addAndGet;
    }

    @Override
    public Timer timer(String name, String help, String... labels) {
        return _ -> {};
    }

    @Override
    public void gauge(String name, String help, DoubleSupplier value, String... labels) {}
}
