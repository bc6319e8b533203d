package dev.sextant.query;

import dev.sextant.engine.View;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Scanned;
import java.util.List;
import java.util.Optional;

/// One query answered by every matching row in full, a few thousand rows at a time. One thread at a time.
final class ExactSearch implements AutoCloseable {
    private static final int STEP_ROWS = 4_096;

    private final NearSearch search;
    private final Patience patience;
    private final Candidates best;
    private int part;
    private int row;

    ExactSearch(
            View view,
            Reader.Nearest question,
            QueryConfig config,
            FilterCache filters,
            Patience patience,
            Memory memory) {
        this.patience = patience;
        search =
                new NearSearch(view, question, config, CostBook.fixed(Costs.DEFAULT), filters, patience, memory, false);
        if (search.searches().stream().anyMatch(PartSearch::isFar))
            throw new IllegalStateException("rows on disk are not read again for a measurement");
        best = search.fresh(0, new Candidates.Spare());
    }

    /// Whether that was all.
    boolean advance(Scratch scratch) {
        var parts = search.searches();
        if (part == parts.size()) return true;
        var now = parts.get(part);
        int to = Math.min(now.rows(), row + STEP_ROWS);
        now.scanExactly(new Errand(0, best, search.window(), scratch, patience), row, to);
        row = to;
        if (row == now.rows()) {
            part++;
            row = 0;
        }
        return part == parts.size();
    }

    Reader.Found found() {
        var all = best.best();
        return new Reader.Found(
                new int[] {all.scores().length},
                all.keys(),
                all.scores(),
                all.places(),
                List.of(),
                Optional.empty(),
                Scanned.NOTHING);
    }

    /// What the row at a place scores in full; nothing where it does not match.
    Optional<Float> score(long place, Scratch scratch) {
        for (var each : search.searches())
            if (each.at() == (int) (place >>> 32)) return each.score(0, (int) place, scratch);
        return Optional.empty();
    }

    @Override
    public void close() {
        search.close();
    }
}
