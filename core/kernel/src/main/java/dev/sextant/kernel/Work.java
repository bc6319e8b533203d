package dev.sextant.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/// A fixed number of workers on named threads. Searches run in order of arrival; jobs run in slices, at most half as
/// many at once as there are workers while searches keep coming.
///
/// Jobs have threads of their own in the [background][Background], so that it is the operating system that lets
/// searches go first, in the middle of a slice. Where it does not, the workers of searches run them as well: a search
/// waits for none but those that run, a slice makes way for a search that waits, and a job that has not run for
/// [#PATIENCE_NANOS] gets a whole one. Nothing that waits may run here. Admission is the caller's: the queue has no
/// bound.
public final class Work implements AutoCloseable {
    /// How long a slice should last.
    public static final long SLICE_NANOS = 2_000_000;
    /// How long a slice lasts before it makes way: beginning again must not cost more than what was done.
    public static final long LEAST_NANOS = 200_000;
    /// For how long a thread of the background computes at most before it lets its core go for a moment, while searches
    /// keep coming.
    static final long BREATH_NANOS = 500_000;
    /// That moment, which the system makes some 50 µs longer: whoever waits for the core has it by then.
    private static final long REST_NANOS = 1_000;
    /// How long searches may keep every job from running.
    public static final long PATIENCE_NANOS = 50_000_000;

    /// A search, or anything else that is short and computes.
    @FunctionalInterface
    public interface Task {
        void run(Worker worker);
    }

    /// For how long each thread may be taken. A variable that is bound anew would be an object or two at each search.
    private static final ThreadLocal<Lent> LENT = ThreadLocal.withInitial(Lent::new);

    private static final class Lent {
        private long nanos; // 0 where it may not be taken
    }

    private final List<Thread> threads = new ArrayList<>();
    // One lock guards the two queues, the free workers, `together`, `slices`, `lastSlice`, `lastSearch` and the states
    // of jobs; held for nanoseconds.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition(); // for workers of searches
    private final Condition jobThere = lock.newCondition(); // for threads of the background
    private final ArrayDeque<Task> searches = new ArrayDeque<>();
    private final ArrayDeque<Running> jobs = new ArrayDeque<>();
    private final ArrayDeque<Worker> free = new ArrayDeque<>(); // the last one used first: its memory is still near
    private final int workers;
    private final LongSupplier clock;
    private volatile int waiting;
    private boolean together; // workers of searches run jobs as well
    private int slices;
    private long lastSlice;
    private volatile long lastSearch; // read without the lock by slices
    private boolean closing;

    public Work(String name, int workers, Memory memory) {
        this(name, workers, memory, System::nanoTime, Background::enter);
    }

    /// What the system is asked for by threads of jobs.
    @FunctionalInterface
    interface Behind {
        /// Whether the thread that calls this is held back behind others from now on.
        boolean enter();

        /// Lets the core go for a moment.
        default void rest() {
            LockSupport.parkNanos(REST_NANOS);
        }
    }

    /// @param clock monotonic, in nanoseconds
    Work(String name, int workers, Memory memory, LongSupplier clock, Behind behind) {
        if (workers < 1) throw new IllegalArgumentException(workers + " workers");
        this.workers = workers;
        this.clock = clock;
        lastSlice = clock.getAsLong();
        lastSearch = lastSlice - PATIENCE_NANOS;
        for (int i = 0; i < workers; i++) {
            free.add(new Worker(i, memory));
            threads.add(Thread.ofPlatform().name(name + "-" + i).daemon().unstarted(this::loop));
            var worker = new Worker(workers + i, memory);
            threads.add(
                    Thread.ofPlatform().name(name + "-jobs-" + i).daemon().unstarted(() -> loopBehind(worker, behind)));
        }
        threads.forEach(Thread::start);
    }

    public int workers() {
        return workers;
    }

    /// The monotonic clock by which slices and deadlines are measured.
    public long nanos() {
        return clock.getAsLong();
    }

    /// Searches that no worker has taken yet.
    public int waiting() {
        return waiting;
    }

    /// Workers that would begin at once, and on cores where no job computes. Tells how it is, not how it will be.
    public int idle() {
        lock.lock();
        try {
            return closing ? 0 : Math.max(0, free.size() - searches.size() - slices);
        } finally {
            lock.unlock();
        }
    }

    /// Does what begins a search and then only waits for it: the search may run on this very thread, in the place of a
    /// worker that is free, which saves handing it over and back. No more searches run at once than there are workers.
    public static void waiting(Runnable begin) {
        lending(begin, Long.MAX_VALUE);
    }

    /// As [#waiting(Runnable)], for a thread that has more to do: a search that is begun so runs on it as long as it
    /// [keeps to][Worker#mayTake] `nanos`, and goes on elsewhere by itself when it will take longer.
    public static void lending(Runnable begin, long nanos) {
        if (Thread.currentThread().isVirtual()) {
            begin.run();
            return;
        }
        var lent = LENT.get();
        long before = lent.nanos;
        lent.nanos = nanos;
        try {
            begin.run();
        } finally {
            lent.nanos = before;
        }
    }

    /// Runs the task on the next free worker. Never blocks, unless the caller is [#waiting(Runnable)] or
    /// [lends][#lending] its thread. What the task throws goes to the thread's handler.
    public void search(Task task) {
        if (!Thread.currentThread().isVirtual() && ranHere(task, LENT.get())) return;
        lock.lock();
        try {
            refuseWhenClosing();
            searches.add(task);
            waiting = searches.size();
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    private boolean ranHere(Task task, Lent lent) {
        long nanos = lent.nanos;
        if (nanos <= 0) return false;
        Worker worker;
        lock.lock();
        try {
            if (closing || !searches.isEmpty() || free.isEmpty()) return false;
            worker = free.pop();
            lastSearch = clock.getAsLong();
        } finally {
            lock.unlock();
        }
        try {
            worker.lent(nanos);
            lent.nanos = 0;
            run(task, worker);
        } finally {
            lent.nanos = nanos;
            worker.lent(Long.MAX_VALUE);
            lock.lock();
            try {
                free.push(worker);
                if (!searches.isEmpty() || together && !jobs.isEmpty()) something.signal();
                if (closing) something.signalAll();
            } finally {
                lock.unlock();
            }
        }
        return true;
    }

    /// Runs the job's slices until it ends. Never blocks.
    public Job.Handle start(Job job) {
        var running = new Running(job);
        lock.lock();
        try {
            refuseWhenClosing();
            jobs.add(running);
            wakeAll();
        } finally {
            lock.unlock();
        }
        return running;
    }

    /// Waiting searches still run, running slices are waited for, jobs are cancelled.
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            for (var job : jobs) job.cancelled = true;
            wakeAll();
        } finally {
            lock.unlock();
        }
        for (var thread : threads) join(thread);
        lock.lock();
        try {
            while (free.size() < workers) something.awaitUninterruptibly(); // a caller still computes with one
            free.forEach(Worker::close);
            free.clear();
        } finally {
            lock.unlock();
        }
    }

    private void refuseWhenClosing() {
        if (closing) throw new IllegalStateException("the workers are closed");
    }

    private static void join(Thread thread) {
        var interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private void loop() {
        Foreground.enter();
        for (var next = take(Optional.empty()); next.isPresent(); next = take(next))
            run(next.get().task, next.get().worker);
    }

    private record Turn(Task task, Worker worker) {}

    private static void run(Task task, Worker worker) {
        try {
            task.run(worker);
        } catch (Throwable thrown) {
            var thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        }
    }

    /// What a thread does next, and with which worker, after it gives the one of its last turn back; empty when the
    /// room closes.
    private Optional<Turn> take(Optional<Turn> last) {
        lock.lock();
        try {
            last.ifPresent(turn -> free.push(turn.worker));
            while (true) {
                if (free.isEmpty()) {
                    something.awaitUninterruptibly();
                    continue;
                }
                var now = clock.getAsLong();
                var job = together && mayRunJob(now) ? nextJob(now) : null;
                boolean owed = !searches.isEmpty();
                if (job != null)
                    return Optional.of(new Turn(
                            worker -> slice(job, begun -> isOver(begun, owed), worker), free.pop()));
                var search = searches.poll();
                if (search != null) {
                    waiting = searches.size();
                    lastSearch = now;
                    return Optional.of(new Turn(search, free.pop()));
                }
                if (closing && jobs.isEmpty()) {
                    wakeAll();
                    return Optional.empty();
                }
                if (jobs.isEmpty() || !together) something.awaitUninterruptibly();
                else awaitBriefly(something, SLICE_NANOS);
            }
        } finally {
            lock.unlock();
        }
    }

    /// What a thread of the background does, unless it is not held back: then jobs are run by the workers.
    private void loopBehind(Worker worker, Behind behind) {
        try {
            if (behind.enter())
                for (var next = takeJob(); next.isPresent(); next = takeJob()) {
                    var job = next.get();
                    slice(job, new Breaths(behind), worker);
                }
            else runTogether();
        } finally {
            worker.close();
        }
    }

    /// When a slice in the background is over; on the way it rests. A search whose thread wakes on a core goes before
    /// the job there at once, unless it has just had more of that core than the job: then the system lets the job go
    /// on, and looks again when the timer ticks, which is up to 4 ms later.
    private final class Breaths implements LongPredicate {
        private final Behind behind;
        private long since = clock.getAsLong();

        private Breaths(Behind behind) {
            this.behind = behind;
        }

        @Override
        public boolean test(long begun) {
            long now = clock.getAsLong();
            if (now - since >= BREATH_NANOS && !isQuiet(now)) {
                behind.rest();
                since = clock.getAsLong();
            }
            return now - begun >= SLICE_NANOS;
        }
    }

    private void runTogether() {
        lock.lock();
        try {
            together = true;
            something.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The job that a thread of the background runs a slice of next; empty when the room closes.
    private Optional<Running> takeJob() {
        lock.lock();
        try {
            while (true) {
                var now = clock.getAsLong();
                boolean may = closing || slices < (isQuiet(now) ? workers : mostBeside());
                var job = may ? nextJob(now) : null;
                if (job != null) return Optional.of(job);
                if (closing && jobs.isEmpty()) {
                    wakeAll();
                    return Optional.empty();
                }
                if (jobs.isEmpty()) jobThere.awaitUninterruptibly();
                else awaitBriefly(jobThere, PATIENCE_NANOS);
            }
        } finally {
            lock.unlock();
        }
    }

    private void wakeAll() {
        something.signalAll();
        jobThere.signalAll();
    }

    private static void awaitBriefly(Condition condition, long nanos) {
        try {
            condition.awaitNanos(nanos);
        } catch (InterruptedException _) {
            // Workers have no use for interruption: tasks are stopped through Stop.
        }
    }

    /// A job that may have a slice now, or null. Called under the lock.
    private Running nextJob(long now) {
        for (int i = jobs.size(); i > 0; i--) {
            var job = jobs.poll();
            jobs.add(job); // round robin
            var ends = job.cancelled || job.over;
            if (ends ? job.active == 0 : job.active < Math.max(1, job.job.width())) {
                job.active++;
                slices++;
                lastSlice = now;
                return job;
            }
        }
        return null;
    }

    private boolean mayRunJob(long now) {
        if (closing) return true;
        if (!searches.isEmpty()) return slices == 0 && now - lastSlice > PATIENCE_NANOS;
        return isQuiet(now) || slices < mostBeside();
    }

    private boolean isQuiet(long now) {
        return now - lastSearch > PATIENCE_NANOS;
    }

    /// How many slices at once while searches keep coming.
    private int mostBeside() {
        return Math.max(1, workers / 2);
    }

    /// @param isOver whether a slice that began then should end
    private void slice(Running running, LongPredicate isOver, Worker worker) {
        long begun = clock.getAsLong();
        var trouble = Optional.<Throwable>empty();
        var done = running.cancelled || running.over;
        if (!done)
            try {
                done = running.job.slice(worker, () -> running.cancelled || isOver.test(begun));
            } catch (Throwable thrown) {
                trouble = Optional.of(thrown);
            }
        boolean last;
        lock.lock();
        try {
            slices--;
            running.active--;
            if (trouble.isPresent() && running.trouble.isEmpty()) running.trouble = trouble;
            running.finished |= done && !running.cancelled;
            running.over |= done || trouble.isPresent();
            last = (running.over || running.cancelled) && running.active == 0 && jobs.remove(running);
            if (together) something.signal();
            if (!jobs.isEmpty() || closing) jobThere.signal();
        } finally {
            lock.unlock();
        }
        if (last) running.end();
    }

    /// @param owed given although searches wait, since they have kept all jobs waiting: it makes way for none
    private boolean isOver(long begun, boolean owed) {
        long taken = clock.getAsLong() - begun;
        return taken >= SLICE_NANOS || !owed && waiting > 0 && (crowded() || taken >= LEAST_NANOS);
    }

    /// More than half of the workers run jobs: read without the lock, a stale answer costs one slice.
    private boolean crowded() {
        return slices > workers / 2;
    }

    private static final class Running implements Job.Handle {
        private final Job job;
        private int active;
        private boolean finished;
        private volatile boolean over;
        private volatile boolean cancelled;
        private Optional<Throwable> trouble = Optional.empty();
        private volatile Optional<Job.Ending> ending = Optional.empty();

        private Running(Job job) {
            this.job = job;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public Optional<Job.Ending> ending() {
            return ending;
        }

        private void end() {
            Job.Ending how = trouble.isPresent()
                    ? new Job.Ending.Failed(trouble.get())
                    : finished ? new Job.Ending.Finished() : new Job.Ending.Cancelled();
            ending = Optional.of(how);
            job.ended(how);
        }
    }
}
