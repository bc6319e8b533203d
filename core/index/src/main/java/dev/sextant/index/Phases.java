package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import java.util.concurrent.atomic.AtomicInteger;

/// Work as a row of phases, each a number of items that do not touch each other, so that what comes out does not depend
/// on how many work or how fast. Any number of workers call [#work(Scratch, Stop)]; the one that ends the last item of
/// a phase says what follows.
final class Phases {
    static final Phase END = new Phase(0, (_, _) -> {}, _ -> null);

    private volatile Phase now;
    private volatile boolean failed;

    /// A number of items, and what follows them.
    static final class Phase {
        private final int items;
        private final Item item;
        private final Next then;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();

        private Phase(int items, Item item, Next then) {
            this.items = items;
            this.item = item;
            this.then = then;
        }
    }

    @FunctionalInterface
    interface Item {
        void run(int item, Scratch scratch);
    }

    @FunctionalInterface
    interface Next {
        Phase get(Scratch scratch);
    }

    /// A phase of at least one item: one without begins with what follows it.
    static Phase of(int items, Item item, Next then) {
        return items > 0 ? new Phase(items, item, then) : new Phase(1, (_, _) -> {}, then);
    }

    /// Pieces of at most `size` items: `ranges(n, size, …)` has so many.
    static int ranges(int n, int size) {
        return (n + size - 1) / size;
    }

    Phases(Phase first) {
        now = first;
    }

    boolean work(Scratch scratch, Stop stop) {
        try {
            while (!stop.stopped()) {
                var phase = now;
                if (phase == END || failed) return true;
                int at = phase.next.get() < phase.items ? phase.next.getAndIncrement() : phase.items;
                if (at >= phase.items) {
                    Thread.yield(); // others finish the phase; an item takes less than a slice
                    continue;
                }
                phase.item.run(at, scratch);
                if (phase.done.incrementAndGet() == phase.items) now = phase.then.get(scratch);
            }
            return now == END;
        } catch (RuntimeException | Error thrown) {
            failed = true;
            throw thrown;
        }
    }

    void expectEnd() {
        if (failed || now != END)
            throw new IllegalStateException("the index is not built" + (failed ? ": a worker failed" : ""));
    }
}
