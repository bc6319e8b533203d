package dev.sextant.index;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.PlaceBits;
import java.util.BitSet;

/// Rows that a filter takes, in the order in which an index reads them: for a filter that comes again, so that its
/// searches neither read lists of rows nor gather bits. Made by [VectorIndex#arranged(Bits)]. Immutable.
public final class Arranged {
    final PlaceBits places;
    private final Cells cells; // whose places these are
    private final Bits rows;
    private final BitSet taken; // cells of which some row is among them

    Arranged(Cells cells, Bits rows) {
        this.cells = cells;
        this.rows = rows;
        taken = new BitSet(cells.count());
        places = PlaceBits.of(rows, cells.lists.rows.address(), cells.lists.slots());
        for (int cell = 0; cell < cells.count(); cell++)
            if (places.any(cells.lists.starts[cell], cells.lists.starts[cell + 1])) taken.set(cell);
    }

    boolean isOf(Cells cells) {
        return this.cells == cells;
    }

    /// Whether any row of a cell is among these.
    boolean takes(int cell) {
        return taken.get(cell);
    }

    /// Whether these are the rows and no more.
    boolean isJust(Bits rows) {
        return this.rows == rows;
    }

    /// Bytes on the heap.
    public long bytes() {
        return PlaceBits.bytes(places.count()) + taken.size() / 8;
    }
}
