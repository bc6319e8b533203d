package dev.sextant.query;

import dev.sextant.kernel.Job;
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
/// the start: only kernels that are used are timed, and by then they are compiled. A type of vectors takes rounds of
/// [#ROUND_NANOS], at least [#PAUSE_NANOS] apart, below all searches, until two in a row agree; what does not after
/// [#MOST_ROUNDS], or is not believable, leaves the fixed costs. Any thread.
public final class CostBook {
    static final int MOST_ROUNDS = 8;
    static final long ROUND_NANOS = 5_000_000;
    static final long PAUSE_NANOS = 500_000_000;
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

    /// Measures at once, on this thread: for whoever only wants to see.
    ///
    /// @param nanos a monotonic clock
    public static Costs measureNow(VectorType type, Metric metric, LongSupplier nanos, Memory memory, int times) {
        var found = Costs.DEFAULT;
        try (var samples = new CostSamples(type, metric, nanos, memory)) {
            for (int i = 0; i < times; i++) found = samples.round(found, ROUND_NANOS);
        }
        return found;
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

        Measuring(Work workers, VectorType type, Metric metric) {
            this.workers = workers;
            this.type = type;
            this.metric = metric;
        }

        @Override
        public boolean slice(Worker worker, Stop pause) {
            try (var samples = new CostSamples(type, metric, workers::nanos, memory)) {
                found(type, samples.round(costs, ROUND_NANOS));
            } catch (OutOfBudget full) {
                return true; // another time
            }
            return true;
        }

        @Override
        public void ended(Ending ending) {
            CostBook.this.ended(workers);
        }
    }
}
