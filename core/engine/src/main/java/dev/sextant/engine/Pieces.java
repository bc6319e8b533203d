package dev.sextant.engine;

import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A column that grows at its end, as few pieces. Immutable: adding makes another one that shares the pieces. No piece
/// reaches over a boundary of chunks, and a full chunk is one piece, so reading it costs nothing.
record Pieces(Column[] pieces, int[] ends) {
    static final Pieces EMPTY = new Pieces(new Column[0], new int[0]);

    int rows() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    Pieces add(Column more) {
        var all = new ArrayList<>(Arrays.asList(pieces));
        int rows = rows();
        for (int from = 0; from < more.rows(); ) {
            int to = Math.min(more.rows(), from + Bits.CHUNK_BITS - rows % Bits.CHUNK_BITS);
            all.add(from == 0 && to == more.rows() ? more : more.slice(from, to));
            rows += to - from;
            from = to;
            settle(all, rows % Bits.CHUNK_BITS == 0);
        }
        return of(all);
    }

    /// Joins the last pieces so that each is at least twice as large as its successor: few pieces, and each row is
    /// copied seldom.
    private static void settle(List<Column> all, boolean full) {
        int rows = 0, from = all.size();
        while (from > 0
                && all.get(from - 1).rows() < Bits.CHUNK_BITS
                && (full || rows == 0 || all.get(from - 1).rows() < 2 * rows)) {
            if (rows + all.get(from - 1).rows() > Bits.CHUNK_BITS) break;
            rows += all.get(--from).rows();
        }
        if (all.size() - from < 2) return;
        var tail = all.subList(from, all.size());
        var joined = Column.concat(List.copyOf(tail));
        tail.clear();
        all.add(joined);
    }

    private static Pieces of(List<Column> all) {
        var ends = new int[all.size()];
        int rows = 0;
        for (int i = 0; i < ends.length; i++) ends[i] = rows += all.get(i).rows();
        return new Pieces(all.toArray(Column[]::new), ends);
    }

    int pieceOf(int row) {
        int at = Arrays.binarySearch(ends, row + 1);
        return at >= 0 ? at : -at - 1;
    }

    int start(int piece) {
        return piece == 0 ? 0 : ends[piece - 1];
    }

    /// Rows `[from, to)`, at least one.
    Column slice(int from, int to) {
        var parts = new ArrayList<Column>();
        for (int i = pieceOf(from); i < pieces.length && start(i) < to; i++) {
            int start = Math.max(from, start(i)) - start(i), end = Math.min(to, ends[i]) - start(i);
            parts.add(start == 0 && end == pieces[i].rows() ? pieces[i] : pieces[i].slice(start, end));
        }
        return Column.concat(parts);
    }

    /// Some rows in the order given, at least one.
    Column take(int[] rows) {
        var byPiece = new int[pieces.length];
        for (int row : rows) byPiece[pieceOf(row)]++;
        var parts = new ArrayList<Column>();
        var places = new int[rows.length];
        int placed = 0;
        for (int i = 0; i < pieces.length; i++) {
            if (byPiece[i] == 0) continue;
            var inner = new int[byPiece[i]];
            int n = 0;
            for (int r = 0; r < rows.length; r++) {
                if (rows[r] < start(i) || rows[r] >= ends[i]) continue;
                inner[n++] = rows[r] - start(i);
                places[r] = placed++;
            }
            parts.add(pieces[i].take(inner));
        }
        var found = Column.concat(parts);
        return parts.size() == 1 ? found : found.take(places);
    }
}
