package dev.sextant.engine.log;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Tells the receiver and the proposers what became of entries, in order, on a thread of its own.
final class Delivery {
    private final LocalLog log;
    private final Thread thread =
            Thread.ofPlatform().name("log-delivery").daemon().unstarted(this::run);

    private final ReentrantLock lock = new ReentrantLock(); // guards the two below
    private final Condition wake = lock.newCondition();
    private List<Event> events = new ArrayList<>();
    private boolean closed;

    private Log.Receiver receiver; // set before the thread starts
    private Throwable broken; // this thread only; null as long as the receiver does its part

    Delivery(LocalLog log) {
        this.log = log;
    }

    private sealed interface Event {
        record Durable(Entry entry) implements Event {}

        record Unknown(Entry entry, Throwable why) implements Event {}

        record Refused(Entry entry, Throwable why) implements Event {}

        record RefusedAtOnce(Log.Outcome outcome, Throwable why) implements Event {}
    }

    void start(Log.Receiver to) {
        receiver = to;
        thread.start();
    }

    void durable(List<Entry> entries) {
        add(entries.stream().map(Event.Durable::new).toList());
    }

    void unknown(Entry entry, Throwable why) {
        add(List.of(new Event.Unknown(entry, why)));
    }

    /// Whether it will be told; false once closed.
    boolean refused(Entry entry, Throwable why) {
        return add(List.of(new Event.Refused(entry, why)));
    }

    boolean refused(Log.Outcome outcome, Throwable why) {
        return add(List.of(new Event.RefusedAtOnce(outcome, why)));
    }

    /// Tells everything that is left to tell, then ends.
    void close() {
        lock.lock();
        try {
            closed = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
        if (thread.getState() != Thread.State.NEW) LocalLog.join(thread);
    }

    private boolean add(List<? extends Event> more) {
        lock.lock();
        try {
            if (closed || thread.getState() == Thread.State.NEW) return false;
            events.addAll(more);
            wake.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (true) {
            var some = take();
            if (some.isEmpty()) return;
            for (var event : some) {
                try {
                    tell(event);
                } catch (Throwable thrown) {
                    broken = thrown;
                    log.stop(thrown);
                }
            }
        }
    }

    private List<Event> take() {
        lock.lock();
        try {
            while (events.isEmpty() && !closed) wake.awaitUninterruptibly();
            var some = events;
            events = new ArrayList<>();
            return some;
        } finally {
            lock.unlock();
        }
    }

    private void tell(Event event) {
        switch (event) {
            case Event.Durable(var entry) -> deliver(entry);
            case Event.Unknown(var entry, var why) -> {
                settle(entry);
                entry.outcome.ifPresent(outcome -> outcome.unknown(why));
            }
            case Event.Refused(var entry, var why) -> {
                settle(entry);
                entry.outcome.ifPresent(outcome -> outcome.refused(why));
            }
            case Event.RefusedAtOnce(var outcome, var why) -> outcome.refused(why);
        }
    }

    private void deliver(Entry entry) {
        if (broken == null) {
            try {
                receiver.entry(entry.position, MemorySegment.ofArray(entry.payload));
            } catch (Throwable thrown) {
                broken = thrown;
                log.stop(thrown);
            }
        }
        if (entry.told) return; // its proposer heard "unknown" when the disk failed
        settle(entry);
        var why = broken;
        entry.outcome.ifPresent(outcome -> {
            if (why == null) outcome.durable(entry.position);
            else outcome.unknown(why);
        });
    }

    private void settle(Entry entry) {
        if (entry.outcome.isPresent()) log.settled(entry.payload.length);
    }
}
