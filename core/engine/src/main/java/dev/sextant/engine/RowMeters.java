package dev.sextant.engine;

import dev.sextant.world.Meters;
import java.util.concurrent.atomic.LongAdder;

/// What searches have read from disk to score rows that are not in memory.
final class RowMeters {
    private final LongAdder rowsRead = new LongAdder();
    private final LongAdder pagesRead = new LongAdder();
    private final Meters.Counter rows;
    private final Meters.Counter pages;
    private final Meters.Counter damaged;

    RowMeters(Meters meters) {
        rows = meters.counter("sextant_rows_reranked_total", "Rows read from disk to be scored exactly");
        pages = meters.counter("sextant_row_pages_read_total", "Pages read for rows that were scored exactly");
        damaged = meters.counter("sextant_row_pages_damaged_total", "Files of row pages that were found damaged");
    }

    void read(int rowsRead, int pagesRead) {
        this.rowsRead.add(rowsRead);
        this.pagesRead.add(pagesRead);
        rows.add(rowsRead);
        pages.add(pagesRead);
    }

    void damaged() {
        damaged.add(1);
    }

    long rowsRead() {
        return rowsRead.sum();
    }

    long pagesRead() {
        return pagesRead.sum();
    }
}
