package dev.sextant.engine;

import dev.sextant.catalog.Collection;
import dev.sextant.kernel.Job;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.kernel.Worker;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps the graphs of memtables up with their rows.
final class Feeding {
    /// To insert a row into a graph costs as much as scanning it so often, whatever its dimension. A graph that is of
    /// no use once the index is built begins when searches have paid that much: then it never costs more than twice
    /// what would have been best.
    static final int WORTHWHILE = 1_000;
    /// A memtable that is searched so often gets its graph at this size already: scanning more would take so long that
    /// a search no longer stays on the thread that it came to.
    private static final int SEARCHED_ROWS = 500;

    private final Work work;
    private final int graphRows;
    private final Set<String> busy = ConcurrentHashMap.newKeySet(); // memtable and field
    private volatile boolean closing;

    Feeding(Work work, int graphRows) {
        this.work = work;
        this.graphRows = graphRows;
    }

    /// Begins nothing more, and waits for what runs on the workers.
    void close() {
        closing = true;
        while (!busy.isEmpty()) java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }

    /// Feeds the graphs of a memtable that has become large, on the workers.
    void feed(Memtable memtable, Collection collection) {
        boolean searched = memtable.graphs().timesAsked() >= WORTHWHILE;
        int least = searched ? Math.min(graphRows, SEARCHED_ROWS) : graphRows;
        if (memtable.rows() < least || !collection.load().wanted()) return;
        var wishes = IndexWish.of(collection);
        for (var wish : interims(collection)) {
            if (!wishes.contains(wish) && !searched) continue;
            var key = memtable.id() + "/" + wish.field();
            if (closing || nodes(memtable, wish.field()) < least || !behind(memtable, wish.field()) || !busy.add(key))
                continue;
            if (!memtable.acquire()) {
                busy.remove(key);
                continue;
            }
            work.start(new Feed(memtable, wish, () -> closing, () -> {
                busy.remove(key);
                memtable.release();
            }));
        }
    }

    /// The graphs that lead until what was wished for is built.
    static List<IndexWish> interims(Collection collection) {
        var schema = collection.schema();
        return IndexWish.of(collection).stream()
                .flatMap(wish ->
                        schema.field(wish.field()).stream().flatMap(field -> wish.interim(field.type()).stream()))
                .toList();
    }

    /// Rows of a memtable that have a vector.
    static int nodes(Memtable memtable, int field) {
        var nodes = memtable.edge().nodes().get(field);
        return nodes == null ? 0 : nodes.upTo(memtable.edge().rows());
    }

    /// A field with nulls or with arrays grows no graph: its nodes are not its rows, and filters over rows could not
    /// bound it.
    private static boolean behind(Memtable memtable, int field) {
        var nodes = memtable.edge().nodes().get(field);
        if (nodes == null || !nodes.identity()) return false;
        return memtable.graphs()
                .now()
                .of(field)
                .map(graph -> graph.count() < nodes(memtable, field))
                .orElse(true);
    }

    /// Inserts into a growing graph what is not in it yet.
    private record Feed(Memtable memtable, IndexWish wish, Stop closing, Runnable end) implements Job {
        @Override
        public boolean slice(Worker worker, Stop pause) {
            return memtable.graphs()
                            .feed(
                                    wish.field(),
                                    wish,
                                    nodes(memtable, wish.field()),
                                    worker.scratch(),
                                    pause.or(closing))
                    || closing.stopped();
        }

        @Override
        public void ended(Ending ending) {
            end.run();
        }
    }
}
