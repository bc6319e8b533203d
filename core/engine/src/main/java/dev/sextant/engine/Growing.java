package dev.sextant.engine;

import dev.sextant.index.Draft;
import dev.sextant.index.Graph;
import dev.sextant.index.Hnsw;
import dev.sextant.index.HnswParameters;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// The graphs that grow behind the rows of a memtable. One job feeds them; anyone walks them.
final class Growing implements AutoCloseable {
    /// The graphs that there are at some moment.
    ///
    /// @param mostRows no graph reaches a row at or beyond this
    record Graphs(Map<Integer, Draft> drafts, int mostRows) {
        static final Graphs NONE = new Graphs(Map.of(), 0);

        Optional<Graph> of(int field) {
            return Optional.ofNullable(drafts.get(field));
        }
    }

    private final Memory memory;
    private final Map<Integer, GrowingVectors> vectors;
    private final Map<Integer, IndexWish> wishes = new HashMap<>(); // guarded by this
    private final Map<Integer, Hnsw> frozen = new HashMap<>(); // guarded by this
    private final LongAdder asked = new LongAdder();
    private volatile Graphs now = Graphs.NONE;

    Growing(Memory memory, Map<Integer, GrowingVectors> vectors) {
        this.memory = memory;
        this.vectors = vectors;
    }

    Graphs now() {
        return now;
    }

    /// A search looks for a graph, whether there is one or not.
    void ask() {
        asked.increment();
    }

    /// How many searches looked for a graph so far.
    long timesAsked() {
        return asked.sum();
    }

    /// Inserts rows into the graph over a field, which begins if there is none yet, until it has `nodes` of them
    /// or `pause` says stop; returns whether it has. One thread inserts at a time.
    synchronized boolean feed(int field, IndexWish wish, int nodes, Scratch scratch, Stop pause) {
        var draft = draft(field, wish);
        if (frozen.containsKey(field) || draft.isEmpty()) return true;
        while (draft.get().count() < nodes) {
            if (pause.stopped()) return false;
            draft.get().insert(scratch);
        }
        return true;
    }

    private Optional<Draft> draft(int field, IndexWish wish) {
        var drafts = now.drafts;
        if (drafts.containsKey(field)) return Optional.of(drafts.get(field));
        if (!(vectors.get(field) instanceof GrowingVectors.Dense dense)) return Optional.empty();
        var rows = dense.rows(0);
        if (rows.isEmpty()) return Optional.empty();
        if (!(wish.parameters() instanceof HnswParameters parameters)) return Optional.empty();
        var draft = new Draft(memory, rows.get(), wish.metric(), parameters, dense.mostRows());
        wishes.put(field, wish);
        var more = new HashMap<>(drafts);
        more.put(field, draft);
        now = new Graphs(Map.copyOf(more), Math.max(now.mostRows, dense.mostRows()));
        return Optional.of(draft);
    }

    /// The graph over a field as it stays, if there is one that has all of `nodes` or lacks few; walks go on. Stays
    /// ours.
    synchronized Optional<Hnsw> freeze(IndexWish wish, int nodes, int mostMissing) {
        var draft = now.drafts.get(wish.field());
        if (draft == null || !wish.equals(wishes.get(wish.field())) || nodes - draft.count() > mostMissing)
            return Optional.empty();
        try (var scratch = new Scratch(memory)) {
            feed(wish.field(), wish, nodes, scratch, Stop.NEVER);
        }
        return Optional.of(frozen.computeIfAbsent(wish.field(), _ -> draft.freeze()));
    }

    @Override
    public synchronized void close() {
        now.drafts.forEach((field, draft) -> {
            if (frozen.containsKey(field)) frozen.get(field).close();
            else draft.close();
        });
    }
}
