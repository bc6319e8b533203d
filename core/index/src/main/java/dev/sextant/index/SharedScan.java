package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Scratch;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The exact scan of all accepted rows for several queries in one pass: rows come from memory once, and stay in the
/// cache of a core while every query meets them, several at a time. Each query gets what [Flat] finds for it alone,
/// scored as [Distance] says. One thread.
public final class SharedScan {
    /// Of a core's own cache, what rows may take.
    private static final long CACHE_BYTES = 256 << 10;
    private static final int LEAST = 16;
    private static final int MOST = 256;

    /// What one thread keeps between scans.
    private static final class Room {
        private final int[] rows = new int[MOST];
        private final NodeHits hits = new NodeHits();
        private float[][] scores = new float[0][];

        private float[][] scores(int queries) {
            if (scores.length < queries) scores = new float[queries][MOST];
            return scores;
        }
    }

    private final DenseRows rows;
    private final Distance distance;
    private final Accept accept;
    private final Room room;
    private final float[][] scores;
    private final long query;
    private final int queries;
    private final boolean largerIsBetter;
    private final int block;
    private final int to;
    private int at;
    private int n; // rows of this block

    /// Of rows `from` to `to`, exclusive. The queries stand in the scratch until another search takes it.
    public SharedScan(
            DenseRows rows,
            Distance distance,
            List<MemorySegment> queries,
            Accept accept,
            int from,
            int to,
            Scratch scratch) {
        this.rows = rows;
        this.distance = distance;
        this.queries = queries.size();
        this.accept = accept;
        this.to = to;
        at = from;
        largerIsBetter = distance.metric().largerIsBetter();
        block = Math.clamp(CACHE_BYTES / rows.stride(), LEAST, MOST);
        room = scratch.part(Room.class, Room::new);
        scores = room.scores(this.queries);
        query = scratch.room(this.queries * apart());
        for (int q = 0; q < this.queries; q++) distance.prepare(queries.get(q), 0, query + q * apart());
    }

    private long apart() {
        return distance.queryBytes() + 63 & -64;
    }

    /// Scores the next few rows for every query; whether there were any.
    public boolean advance() {
        gather();
        distance.score(query, apart(), queries, rows.base(), rows.stride(), room.rows, n, scores);
        return n > 0;
    }

    private void gather() {
        n = 0;
        if (accept.isAll()) while (n < block && at < to) room.rows[n++] = at++;
        else
            while (n < block) {
                int row = at < to ? accept.bits().next(at, to) : -1;
                at = row < 0 ? to : row + 1;
                if (row < 0) break;
                room.rows[n++] = row;
            }
    }

    /// Rows that the last step scored.
    public int scored() {
        return n;
    }

    /// What the last step found for one query that is at least as good as `bound`.
    public NodeHits hits(int of, float bound) {
        var hits = room.hits;
        var found = scores[of];
        hits.clear();
        for (int i = 0; i < n; i++)
            if (largerIsBetter ? found[i] >= bound : found[i] <= bound) hits.add(room.rows[i], found[i]);
        return hits;
    }
}
