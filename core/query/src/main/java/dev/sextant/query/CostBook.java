package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.engine.Vectors;
import dev.sextant.index.DenseRows;
import dev.sextant.index.VectorIndex;
import dev.sextant.kernel.Job;
import dev.sextant.kernel.Kernels;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.kernel.Worker;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/// What searches are planned by: fixed costs, and beside them the [Prices] that were measured on parts of each [Shape].
/// Measuring begins after some searches and not with the start: only what is searched is measured, and by then its code
/// is compiled. A shape takes trials of some milliseconds, at least [#PAUSE_NANOS] apart, below all searches and in
/// steps that make way for them, until its [Crossing] is found; where that takes more than [#MOST_ROUNDS] the fixed
/// costs stay. A part is held by its view while it is measured. Any thread.
public final class CostBook implements AutoCloseable {
    static final int MOST_ROUNDS = 12;
    static final long PAUSE_NANOS = 500_000_000;
    /// Searches before anything is measured: what has hardly run is not compiled, and costs what it never will again.
    static final int FIRST_SEARCHES = 300;
    /// Shapes that are measured; others cost the usual.
    static final int MOST_SHAPES = 64;
    private static final long PATIENCE_SECONDS = 10;
    /// Components of the rows that kernels are warmed by.
    private static final int WARMED = 256;

    private final Optional<Work> work; // absent: nothing is measured
    private final QueryConfig config;
    private final Costs costs;
    private final LongSupplier nanos;
    private final Map<Shape, Prices> settled = new ConcurrentHashMap<>();
    private final AtomicReference<Measuring> current = new AtomicReference<>();
    private final Map<Shape, Trials> trials = new HashMap<>(); // of what is current, which is one at a time
    private final AtomicInteger searches = new AtomicInteger();
    private volatile long next;
    private volatile boolean closed;

    /// What was tried so far.
    private record Trials(Crossing crossing, Optional<Weighing.Found> last, int taken) {}

    private CostBook(Optional<Work> work, QueryConfig config, Costs costs, LongSupplier nanos) {
        this.work = work;
        this.config = config;
        this.costs = costs;
        this.nanos = nanos;
        next = work.map(Work::nanos).orElse(0L);
    }

    /// Costs that stay as they are.
    static CostBook fixed(Costs costs) {
        return new CostBook(Optional.empty(), QueryConfig.DEFAULT, costs, () -> 0);
    }

    /// The fixed costs until prices were measured beside them.
    static CostBook measured(Work work, QueryConfig config, Costs costs) {
        return measured(work, config, costs, threadTime(work));
    }

    /// @param nanos what the thread that asks has computed
    static CostBook measured(Work work, QueryConfig config, Costs costs, LongSupplier nanos) {
        return new CostBook(Optional.of(work), config, costs, nanos);
    }

    /// Where nobody counts what a thread has computed, the clock on the wall.
    private static LongSupplier threadTime(Work work) {
        var threads = ManagementFactory.getThreadMXBean();
        return threads.isCurrentThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled()
                ? threads::getCurrentThreadCpuTime
                : work::nanos;
    }

    /// Measures the steps of scans at once, on this thread, for whoever only wants to see: kernels are run until they
    /// should be compiled, then rounds until two agree; nothing where they do not, or say what cannot be believed.
    ///
    /// @param nanos a monotonic clock
    public static Optional<Costs> measureNow(VectorType type, Metric metric, LongSupplier nanos, Memory memory) {
        Kernels.warm(memory, metric, type, WARMED);
        try (var samples = new CostSamples(type, metric, nanos, memory)) {
            var before = round(samples);
            for (int i = 0; i < MOST_ROUNDS; i++) {
                var now = round(samples);
                if (before.agrees(now, type)) return Optional.of(now);
                before = now;
            }
        }
        return Optional.empty();
    }

    private static Costs round(CostSamples samples) {
        while (!samples.advance()) Thread.onSpinWait();
        return samples.found(Costs.DEFAULT);
    }

    /// The fixed costs.
    Costs costs() {
        return costs;
    }

    /// What was measured of such parts; the usual until then.
    Prices prices(Shape shape) {
        return settled.getOrDefault(shape, Prices.USUAL);
    }

    /// Whether such parts are measured as well as they will be.
    boolean isSettled(Shape shape) {
        return settled.containsKey(shape);
    }

    /// A search was asked for over what the reader sees. Looks only now and then.
    void searched(LocalReader reader, int field, Metric metric) {
        if (work.isEmpty() || closed) return;
        if (searches.get() < FIRST_SEARCHES && searches.incrementAndGet() < FIRST_SEARCHES) return;
        if (work.get().nanos() - next < 0 || current.get() != null) return;
        next = work.get().nanos() + PAUSE_NANOS;
        for (var part : reader.view().parts()) {
            if (!part.isReady(field)) continue;
            var shape = Shape.of(part, field, metric);
            if (shape.isEmpty() || isSettled(shape.get()) || settled.size() >= MOST_SHAPES) continue;
            reader.kept().ifPresent(kept -> begin(new Measuring(kept, part, field, shape.get())));
            return;
        }
    }

    /// One trial over a part, at once and on this thread: for whoever has no searches to wait for.
    void weigh(Part part, int field, Metric metric, Scratch scratch) {
        var shape = Shape.of(part, field, metric);
        if (shape.isEmpty() || isSettled(shape.get())) return;
        var weighed = new Weighed(part, field, shape.get());
        var weighing = weighed.begin();
        if (weighing.isEmpty()) return;
        while (!weighing.get().advance(scratch)) {}
        weighed.end(weighing.get().found());
    }

    /// The part that stands for its shape.
    private final class Weighed {
        private final Part part;
        private final Shape shape;
        private final VectorIndex index;
        private final DenseRows rows;

        Weighed(Part part, int field, Shape shape) {
            this.part = part;
            this.shape = shape;
            index = part.index(field).orElseThrow();
            rows = ((Vectors.Dense) part.vectors(field)).rows();
        }

        /// The next trial; nothing where there is nothing to choose: then it is settled.
        Optional<Weighing> begin() {
            var so = trials.get(shape);
            if (so == null) {
                var crossing = Weighing.begun(index, rows, config, costs);
                if (crossing.isEmpty()) {
                    settled.put(shape, Prices.USUAL);
                    return Optional.empty();
                }
                so = new Trials(crossing.get(), Optional.empty(), 0);
                trials.put(shape, so);
            }
            double share = so.crossing.next();
            return Optional.of(new Weighing(index, rows, config, costs, share, nanos, part.id() + so.taken));
        }

        void end(Weighing.Found now) {
            var so = trials.get(shape);
            int taken = so.taken + 1;
            // What runs for the first times is not compiled yet.
            boolean warm = so.last.filter(now::agrees).isPresent();
            var crossing = warm ? so.crossing.tried(now.walk(), now.scan()) : so.crossing;
            if (crossing.found()) settled.put(shape, Weighing.prices(index, rows, config, costs, crossing.next(), now));
            else if (taken == MOST_ROUNDS) settled.put(shape, Prices.USUAL);
            if (isSettled(shape)) trials.remove(shape);
            else trials.put(shape, new Trials(crossing, Optional.of(now), taken));
        }
    }

    private void begin(Measuring measuring) {
        if (!current.compareAndSet(null, measuring)) {
            measuring.reader.close();
            return;
        }
        try {
            measuring.handle = Optional.of(work.orElseThrow().start(measuring));
            if (closed) measuring.handle.get().cancel();
        } catch (IllegalStateException closing) {
            measuring.over();
        }
    }

    /// What is being measured ends, and nothing more is.
    @Override
    public void close() {
        closed = true;
        var last = current.get();
        if (last == null) return;
        last.handle.ifPresent(Job.Handle::cancel);
        try {
            if (!last.ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) last.over();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// One round over one part. Its slices come one after the other.
    private final class Measuring implements Job {
        private final LocalReader reader;
        private final Part part;
        private final int field;
        private final Shape shape;
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile Optional<Handle> handle = Optional.empty();
        private Optional<Weighing> weighing = Optional.empty();

        Measuring(LocalReader reader, Part part, int field, Shape shape) {
            this.reader = reader;
            this.part = part;
            this.field = field;
            this.shape = shape;
        }

        @Override
        public boolean slice(Worker worker, Stop pause) {
            try {
                if (weighing.isEmpty()) weighing = weighed().begin();
                if (weighing.isEmpty()) return true;
                while (!pause.stopped())
                    if (weighing.get().advance(worker.scratch())) {
                        weighed().end(weighing.get().found());
                        return true;
                    }
                return false;
            } catch (OutOfBudget full) {
                return true; // another time
            }
        }

        private Weighed weighed() {
            return new Weighed(part, field, shape);
        }

        @Override
        public void ended(Ending ending) {
            if (ending instanceof Ending.Failed) settled.put(shape, Prices.USUAL);
            over();
        }

        private void over() {
            reader.close();
            next = work.orElseThrow().nanos() + PAUSE_NANOS;
            if (current.compareAndSet(this, null)) ended.countDown();
        }
    }
}
