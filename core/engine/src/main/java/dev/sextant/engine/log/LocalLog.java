package dev.sextant.engine.log;

import dev.sextant.world.World;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A log in files of this machine. Two threads of its own: the writer gathers whatever was proposed while it wrote the
/// last group, writes it with one force, and never waits for more; the deliverer hands durable entries to the receiver
/// while the next group is under way.
///
/// What a failing disk does: no room, and nothing was written — proposals are refused until there is room. A write or a
/// force that fails — the outcome of its entries is unknown; nothing is written to that file again; the entries go into
/// a new file as soon as the disk allows, and then to the receiver. Until then proposals are refused.
public final class LocalLog implements Log {
    /// What may wait in memory, unless it is a single entry.
    private static final long MOST_IN_FLIGHT = 512L << 20;
    private static final long GROUP_BYTES = 8L << 20;
    private static final int GROUP_ENTRIES = 16_384;

    private final Writer writer;
    private final Delivery delivery;
    private final Thread writing;
    private final AtomicBoolean started = new AtomicBoolean();

    private final ReentrantLock lock = new ReentrantLock(); // guards the four below
    private final Condition wake = lock.newCondition();
    private final ArrayList<Entry> queue = new ArrayList<>();
    private Health health = Health.WELL;
    private boolean closing;
    private long inFlightBytes;

    private LocalLog(World world, LogConfig config) {
        delivery = new Delivery(this);
        writer = new Writer(world, config, this, delivery);
        writing = Thread.ofPlatform().name("log-writer").daemon().unstarted(this::write);
    }

    /// Opens the log in a directory, or begins one there. Throws [dev.sextant.engine.file.CorruptFile] when its newest
    /// file is damaged or belongs to somebody else. A disk that takes no writes does not keep it from being read.
    public static LocalLog open(World world, LogConfig config) {
        var log = new LocalLog(world, config);
        try {
            log.writer.open();
            return log;
        } catch (Throwable failed) {
            log.writer.close();
            throw failed;
        }
    }

    /// What each file says of itself, oldest first.
    public List<LogFile> files() {
        return writer.files().list();
    }

    @Override
    public void start(long from, Receiver receiver) {
        if (!started.compareAndSet(false, true)) throw new IllegalStateException("started before");
        try {
            writer.files().replay(from, receiver);
        } catch (Throwable damaged) {
            stop(damaged);
            throw damaged;
        }
        delivery.start(receiver);
        writing.start();
    }

    @Override
    public void propose(List<MemorySegment> pieces, Outcome outcome) {
        long bytes = pieces.stream().mapToLong(MemorySegment::byteSize).sum();
        if (bytes > LogConfig.MAXIMUM_ENTRY) {
            refuse(
                    outcome,
                    new IllegalArgumentException(
                            "an entry of " + bytes + " bytes, at most " + LogConfig.MAXIMUM_ENTRY));
            return;
        }
        var why = reserve(bytes);
        if (why.isPresent()) {
            refuse(outcome, why.get());
            return;
        }
        Entry entry;
        try {
            entry = new Entry(Entry.join(pieces, (int) bytes), Optional.of(outcome));
        } catch (Throwable noMemory) {
            settled(bytes);
            throw noMemory;
        }
        enqueue(entry);
    }

    @Override
    public long end() {
        return writer.files().end();
    }

    @Override
    public long begin() {
        return writer.files().begin();
    }

    @Override
    public void cut(long before) {
        writer.files().cut(before);
    }

    @Override
    public Health health() {
        lock.lock();
        try {
            return health;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closing) return;
            closing = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
        if (writing.getState() != Thread.State.NEW) join(writing);
        writer.close();
        delivery.close();
        stop(closed());
    }

    // What writer and deliverer tell.

    void setHealth(Health now) {
        lock.lock();
        try {
            if (!(health instanceof Health.Stopped)) health = now;
        } finally {
            lock.unlock();
        }
    }

    /// From here on, until the health is better, whatever comes is refused. Answers with what waits: it is refused too,
    /// by the caller, after what was proposed before it.
    List<Entry> trouble(Health now) {
        lock.lock();
        try {
            if (!(health instanceof Health.Stopped)) health = now;
            var waiting = List.copyOf(queue);
            queue.clear();
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    void stop(Throwable why) {
        trouble(new Health.Stopped(why)).forEach(entry -> delivery.refused(entry, why));
    }

    /// The outcome of a proposal of these bytes was told.
    void settled(long bytes) {
        lock.lock();
        try {
            inFlightBytes -= bytes;
        } finally {
            lock.unlock();
        }
    }

    private Optional<Throwable> reserve(long bytes) {
        lock.lock();
        try {
            var no = no();
            if (no.isPresent()) return no;
            if (inFlightBytes > 0 && inFlightBytes + bytes > MOST_IN_FLIGHT)
                return Optional.of(new Overloaded(inFlightBytes, MOST_IN_FLIGHT));
            inFlightBytes += bytes;
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private void enqueue(Entry entry) {
        Optional<Throwable> no;
        lock.lock();
        try {
            no = no();
            if (no.isEmpty()) {
                queue.add(entry);
                wake.signal();
            }
        } finally {
            lock.unlock();
        }
        no.ifPresent(why -> {
            if (!delivery.refused(entry, why)) entry.outcome.ifPresent(outcome -> outcome.refused(why));
        });
    }

    private void refuse(Outcome outcome, Throwable why) {
        if (!delivery.refused(outcome, why)) outcome.refused(why);
    }

    /// Why nothing is taken now; called with the lock.
    private Optional<Throwable> no() {
        if (closing) return Optional.of(closed());
        if (!started.get()) return Optional.of(new IllegalStateException("the log has not started"));
        return health instanceof Health.Well ? Optional.empty() : Optional.of(why(health));
    }

    private static Throwable why(Health health) {
        return switch (health) {
            case Health.Well _ -> throw new AssertionError("nothing is wrong");
            case Health.Refusing(var failure) -> failure;
            case Health.Stopped(var why) -> why;
        };
    }

    private static Throwable closed() {
        return new IllegalStateException("the log is closed");
    }

    private void write() {
        try {
            while (true) {
                var group = nextGroup();
                if (group.isEmpty() && isClosing()) break;
                writer.step(group);
            }
            writer.finish();
        } catch (Throwable error) {
            stop(error);
            writer.abandon(error);
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing && queue.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// Whatever waits, up to a group; nothing when it is time to look after the disk instead.
    private List<Entry> nextGroup() throws InterruptedException {
        lock.lock();
        try {
            long nanos = writer.restNanos();
            while (queue.isEmpty() && !closing && nanos > 0) nanos = wake.awaitNanos(nanos);
            int count = 0;
            long bytes = 0;
            while (count < queue.size() && count < GROUP_ENTRIES) {
                bytes += queue.get(count).recordBytes();
                if (count > 0 && bytes > GROUP_BYTES) break;
                count++;
            }
            var group = List.copyOf(queue.subList(0, count));
            queue.subList(0, count).clear();
            return group;
        } finally {
            lock.unlock();
        }
    }

    static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
