package dev.sextant.query;

import dev.sextant.kernel.Job;
import dev.sextant.kernel.Kernels;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.kernel.Worker;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What searches are planned by: fixed costs, or those that were measured. Measuring begins with searches and not with
/// the start: only kernels that are used are timed, and by then they are compiled. A type of vectors takes rounds, at
/// least [#PAUSE_NANOS] apart, below all searches and in steps that make way for them, until two in a row agree; what
/// does not after [#MOST_ROUNDS], or is not believable, leaves the fixed costs. Any thread.
public final class CostBook {
    static final int MOST_ROUNDS = 12;
    static final long PAUSE_NANOS = 500_000_000;
    /// Components of the rows that kernels are warmed by.
    private static final int WARMED = 256;
    /// So much of the budget must be free, or nothing is measured now.
    private static final int FREE_SHARE = 4;

    private final Optional<Work> work; // absent: nothing is measured
    private final Memory memory;
    private volatile Costs costs;
    private volatile int settled; // types that need no more, a bit each
    // The lock of this guards all below.
    private final Map<VectorType, List<Costs>> rounds = new EnumMap<>(VectorType.class);
    private boolean measuring;
    private long next;

    private CostBook(Optional<Work> work, Memory memory, Costs costs) {
        this.work = work;
        this.memory = memory;
        this.costs = costs;
        next = work.map(Work::nanos).orElse(0L);
    }

    /// Costs that stay as they are.
    static CostBook fixed(Costs costs) {
        return new CostBook(Optional.empty(), new Memory(1), costs);
    }

    /// The usual costs until others were measured.
    static CostBook measured(Work work, Memory memory) {
        return new CostBook(Optional.of(work), memory, Costs.DEFAULT);
    }

    /// Measures at once, on this thread, for whoever only wants to see: kernels are run until they should be compiled,
    /// then rounds until two agree; nothing where they do not, or say what cannot be believed.
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

    Costs costs() {
        return costs;
    }

    /// Whether such vectors are measured as well as they will be.
    boolean isSettled(VectorType type) {
        return (settled >>> type.ordinal() & 1) != 0;
    }

    /// Whether anything was measured.
    boolean isMeasured() {
        return work.isPresent() && costs != Costs.DEFAULT;
    }

    /// A search over such vectors was asked for.
    void searched(VectorType type, Metric metric) {
        if (work.isEmpty() || !type.isDense() || isSettled(type)) return;
        begin(work.get(), type, metric);
    }

    private synchronized void begin(Work workers, VectorType type, Metric metric) {
        if (measuring || workers.nanos() - next < 0) return;
        long free = memory.limitBytes() - memory.inUseBytes();
        if (free < FREE_SHARE * CostSamples.BYTES) return;
        measuring = true;
        try {
            workers.start(new Measuring(workers, type, metric));
        } catch (IllegalStateException closing) {
            measuring = false;
        }
    }

    private synchronized void ended(Work workers) {
        measuring = false;
        next = workers.nanos() + PAUSE_NANOS;
    }

    private synchronized void found(VectorType type, Costs now) {
        var own = rounds.computeIfAbsent(type, _ -> new ArrayList<>());
        boolean agreed = !own.isEmpty() && own.getLast().agrees(now, type);
        own.add(now);
        if (agreed) costs = now;
        if (agreed || own.size() == MOST_ROUNDS) settled |= 1 << type.ordinal();
    }

    private final class Measuring implements Job {
        private final Work workers;
        private final VectorType type;
        private final Metric metric;
        private Optional<CostSamples> samples = Optional.empty();

        Measuring(Work workers, VectorType type, Metric metric) {
            this.workers = workers;
            this.type = type;
            this.metric = metric;
        }

        @Override
        public boolean slice(Worker worker, Stop pause) {
            try {
                if (samples.isEmpty()) samples = Optional.of(new CostSamples(type, metric, workers::nanos, memory));
            } catch (OutOfBudget full) {
                return true; // another time
            }
            while (!pause.stopped())
                if (samples.get().advance()) {
                    found(type, samples.get().found(costs));
                    return true;
                }
            return false;
        }

        @Override
        public void ended(Ending ending) {
            samples.ifPresent(CostSamples::close);
            CostBook.this.ended(workers);
        }
    }
}
