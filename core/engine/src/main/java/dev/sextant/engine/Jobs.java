package dev.sextant.engine;

import dev.sextant.kernel.Midground;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Watch.JobInfo;
import dev.sextant.model.Watch.JobPhase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// The one registry of long work: what waits, what runs and how far it is, what ended how. Two threads do it, so that
/// writing out never waits for merging. Any thread may start and look.
final class Jobs implements AutoCloseable {
    private static final int REMEMBERED = 200;
    /// So many ids are there for what begins between two starts; those below belong to nobody.
    static final long LIFE = 1_000_000_000;

    /// Which thread: what frees memory and log goes on its own.
    enum Lane {
        WRITE_OUT,
        IMPROVE
    }

    @FunctionalInterface
    interface Task {
        void run(Progress progress, Stop stop) throws Exception;
    }

    private final LongSupplier millis;
    private final AtomicLong lastId;
    private final Map<Lane, LinkedBlockingQueue<Running>> queues = new ConcurrentHashMap<>();
    private final Map<String, Integer> subjects =
            new ConcurrentHashMap<>(); // how many wait or run, by kind and subject
    private final Map<Long, Running> unfinished = new ConcurrentHashMap<>();
    private final Deque<JobInfo> finished = new ArrayDeque<>(); // guarded by itself
    private final Deque<JobInfo> asked = new ArrayDeque<>(); // what was queued and has ended; guarded by `finished`
    private final long before; // the last id of an earlier life
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closing;

    private static final class Running {
        final long id;
        final String kind;
        final String subject;
        final long since;
        final Task task;
        final Merges merges;
        final boolean asked; // for by somebody who has its id
        final Progress progress = new Progress(0);
        volatile JobPhase phase = JobPhase.WAITING;

        Running(long id, String kind, String subject, long since, Task task, Merges merges, boolean asked) {
            this.id = id;
            this.kind = kind;
            this.subject = subject;
            this.since = since;
            this.task = task;
            this.merges = merges;
            this.asked = asked;
        }

        String key() {
            return key(kind, subject);
        }

        static String key(String kind, String subject) {
            return kind + " " + subject;
        }

        JobInfo info(String failure) {
            double share = phase == JobPhase.DONE
                    ? 1
                    : phase == JobPhase.WAITING || progress.total() == 0 ? 0 : progress.share();
            return new JobInfo(id, kind, subject, phase, share, since, failure, merges.list());
        }
    }

    /// @param lastId the first job gets the next one
    Jobs(LongSupplier millis, long lastId) {
        this.millis = millis;
        this.lastId = new AtomicLong(lastId);
        before = lastId;
        for (var lane : Lane.values()) {
            queues.put(lane, new LinkedBlockingQueue<>());
            threads.add(Thread.ofPlatform()
                    .name("sextant-"
                            + lane.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
                    .daemon()
                    .start(() -> work(lane)));
        }
    }

    /// Starts work unless the same is waiting or running; returns its id, or -1.
    long start(Lane lane, String kind, String subject, Task task) {
        return start(lane, kind, subject, new Merges(), task);
    }

    /// @param merges where the task tells what it merges
    long start(Lane lane, String kind, String subject, Merges merges, Task task) {
        return closing || subjects.putIfAbsent(Running.key(kind, subject), 1) != null
                ? -1
                : add(lane, kind, subject, merges, task, false);
    }

    /// Starts work that begins after this was called: behind the same if that is running, as the same if that is
    /// waiting. Returns the id of what begins.
    synchronized long queue(Lane lane, String kind, String subject, Merges merges, Task task) {
        if (closing) return -1;
        var key = Running.key(kind, subject);
        for (var other : unfinished.values())
            if (other.phase == JobPhase.WAITING && other.key().equals(key)) return other.id;
        subjects.merge(key, 1, Integer::sum);
        return add(lane, kind, subject, merges, task, true);
    }

    private long add(Lane lane, String kind, String subject, Merges merges, Task task, boolean asked) {
        var running = new Running(lastId.incrementAndGet(), kind, subject, millis.getAsLong(), task, merges, asked);
        unfinished.put(running.id, running);
        queues.get(lane).add(running);
        return running.id;
    }

    boolean busy(String kind, String subject) {
        return subjects.containsKey(Running.key(kind, subject));
    }

    boolean idle() {
        return unfinished.isEmpty();
    }

    private void work(Lane lane) {
        Midground.enter();
        try {
            while (!closing) run(queues.get(lane).take());
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Running running) {
        running.phase = JobPhase.RUNNING;
        var failure = "";
        try {
            if (!closing) running.task.run(running.progress, () -> closing);
            running.phase = closing ? JobPhase.CANCELLED : JobPhase.DONE;
        } catch (InterruptedException stop) {
            running.phase = JobPhase.CANCELLED;
            Thread.currentThread().interrupt();
        } catch (Throwable why) {
            running.phase = closing ? JobPhase.CANCELLED : JobPhase.FAILED;
            failure = String.valueOf(why.getMessage() == null ? why : why.getMessage());
        }
        synchronized (finished) {
            var those = running.asked ? asked : finished; // what goes by itself must not push out what is asked about
            those.addLast(running.info(failure));
            if (those.size() > REMEMBERED) those.removeFirst();
        }
        unfinished.remove(running.id);
        subjects.computeIfPresent(running.key(), (_, others) -> others == 1 ? null : others - 1);
    }

    /// Newest last.
    List<JobInfo> list() {
        // In the order in which a job moves: one that ends meanwhile is seen twice rather than not at all.
        var running = unfinished.values().stream().map(each -> each.info("")).toList();
        var all = new ArrayList<JobInfo>();
        synchronized (finished) {
            all.addAll(finished);
            all.addAll(asked);
        }
        var seen = new HashSet<Long>();
        all.forEach(job -> seen.add(job.id()));
        running.stream().filter(job -> seen.add(job.id())).forEach(all::add);
        all.sort(Comparator.comparingLong(JobInfo::id));
        return all;
    }

    /// What is known of a job. Of one from before the last start it is not known how it ended: as cancelled.
    Optional<JobInfo> find(long id) {
        var known = list().stream().filter(job -> job.id() == id).findFirst();
        if (known.isPresent() || id > before || id <= LIFE) return known;
        return Optional.of(new JobInfo(
                id, "unknown", "", JobPhase.CANCELLED, 0, 0, "the server was started again since then", List.of()));
    }

    /// Lets what runs come to its next stop, and drops what waits. What went by itself is begun again after a restart;
    /// who asked for the rest can learn that it was cancelled.
    @Override
    public void close() {
        closing = true;
        for (var thread : threads) thread.interrupt();
        for (var thread : threads)
            try {
                thread.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
    }
}
