package dev.sextant.engine;

import dev.sextant.index.Draft;
import dev.sextant.index.Graph;
import dev.sextant.kernel.Memory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

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
    private volatile Graphs now = Graphs.NONE;

    Growing(Memory memory, Map<Integer, GrowingVectors> vectors) {
        this.memory = memory;
        this.vectors = vectors;
    }

    Graphs now() {
        return now;
    }

    /// The graph over a dense field, begun if there is none yet. Called by the one job that feeds.
    Optional<Draft> draft(int field, GraphWish wish) {
        var drafts = now.drafts;
        if (drafts.containsKey(field)) return Optional.of(drafts.get(field));
        if (!(vectors.get(field) instanceof GrowingVectors.Dense dense)) return Optional.empty();
        var rows = dense.rows(0);
        if (rows.isEmpty()) return Optional.empty();
        var draft = new Draft(memory, rows.get(), wish.metric(), wish.parameters(), dense.mostRows());
        var more = new HashMap<>(drafts);
        more.put(field, draft);
        now = new Graphs(Map.copyOf(more), Math.max(now.mostRows, dense.mostRows()));
        return Optional.of(draft);
    }

    @Override
    public void close() {
        now.drafts.values().forEach(Draft::close);
    }
}
