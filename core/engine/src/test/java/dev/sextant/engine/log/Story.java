package dev.sextant.engine.log;

import dev.sextant.world.Chance;
import dev.sextant.world.Disk;
import dev.sextant.world.Meters;
import dev.sextant.world.SimulatedClock;
import dev.sextant.world.World;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

/// A log under test, and what it told.
final class Story implements AutoCloseable {
    static final UUID CLUSTER = new UUID(1, 2);

    final LocalLog log;
    /// What the receiver got, by position.
    final TreeMap<Long, String> received = new TreeMap<>();
    /// Positions in the order they were received.
    final ArrayList<Long> order = new ArrayList<>();
    /// What was acknowledged, by position.
    final TreeMap<Long, String> durable = new TreeMap<>();
    final ArrayList<String> unknown = new ArrayList<>();
    final ArrayList<String> refused = new ArrayList<>();

    Story(Disk disk, LogConfig config) {
        log = LocalLog.open(world(disk), config);
    }

    Story(Disk disk) {
        this(disk, config());
    }

    static World world(Disk disk) {
        return new World(disk, new SimulatedClock(1_000), Chance.seeded(7), Meters.NONE);
    }

    static LogConfig config() {
        return new LogConfig(
                "log",
                CLUSTER,
                1,
                1,
                64 << 10,
                true,
                0,
                Duration.ofMillis(1),
                () -> "note".getBytes(StandardCharsets.UTF_8));
    }

    static LogConfig unforced() {
        return new LogConfig("log", CLUSTER, 1, 1, 64 << 10, false, 0, Duration.ofMillis(1), () -> new byte[0]);
    }

    Story start(long from) {
        try {
            log.start(from, this::receive);
        } catch (Throwable failed) {
            log.close();
            throw failed;
        }
        return this;
    }

    private synchronized void receive(long position, MemorySegment bytes) {
        received.put(position, text(bytes));
        order.add(position);
    }

    /// Proposes; the latch falls when the outcome is known.
    CountDownLatch propose(String text) {
        var done = new CountDownLatch(1);
        log.propose(List.of(MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8))), new Log.Outcome() {
            @Override
            public void durable(long position) {
                synchronized (Story.this) {
                    if (!text.equals(received.get(position)))
                        throw new AssertionError(text + " acknowledged before it was received");
                    durable.put(position, text);
                }
                done.countDown();
            }

            @Override
            public void unknown(Throwable why) {
                synchronized (Story.this) {
                    unknown.add(text);
                }
                done.countDown();
            }

            @Override
            public void refused(Throwable why) {
                synchronized (Story.this) {
                    refused.add(text);
                }
                done.countDown();
            }
        });
        return done;
    }

    /// Proposes and waits.
    void put(String text) {
        await(propose(text));
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    void awaitHealth(Class<? extends Health> kind) {
        while (!kind.isInstance(log.health())) Thread.onSpinWait();
    }

    List<String> replayed() {
        synchronized (this) {
            return List.copyOf(received.values());
        }
    }

    static String text(MemorySegment bytes) {
        return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        log.close();
    }
}
