package dev.sextant.query;

import dev.sextant.engine.Vectors;
import dev.sextant.index.Step;
import dev.sextant.index.Target;
import dev.sextant.index.VectorIndex;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Column;
import dev.sextant.model.Scanned;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/// The rows of one part whose arrays of vectors are nearest to a list of vectors: the score of a row is the sum, over
/// the vectors of the query, of how near the nearest of its elements is. A row without elements is no hit.
///
/// Either every matching row is scored, or the index over the elements leads: the rows of the elements that it finds
/// near any vector of the query are scored in full. Immutable; several workers may search at once.
///
/// @param nodes the elements of the rows that match
record ListSearch(Vectors.Lists vectors, Bits nodes, Distance distance, QueryConfig config) {
    /// Elements scored at once, at least; rows are not cut.
    private static final int BLOCK = 256;

    /// Rows that are near by few of their elements come in late: so many elements are looked for, for each hit wanted.
    private static final int ELEMENTS_A_HIT = 3;

    /// Elements that the index must find for each vector, so that hits are not missed.
    static int wanted(int limit, int rows, int elements) {
        long each = Math.max(ELEMENTS_A_HIT, rows == 0 ? 0 : 2L * elements / rows);
        return (int) Math.min(limit * each, Integer.MAX_VALUE);
    }

    interface Found {
        void row(int row, float score);
    }

    /// Scores every row that matches; what is scored are pairs of vectors.
    Scanned scan(Column.Dense query, Scratch scratch, Patience patience, Found found) {
        var scoring = new Scoring(query, scratch, found);
        int count = vectors.rows().count();
        for (int node = nodes.next(0, count); node >= 0 && node < count; ) {
            int row = vectors.rowOfElement()[node];
            int end = vectors.first(row + 1);
            if (scoring.add(row, node, end)) patience.run();
            node = end < count ? nodes.next(end, count) : -1;
        }
        scoring.flush();
        return scoring.scanned();
    }

    /// Scores the rows that the index leads to; nothing when it has cost as much as the scan would.
    Optional<Scanned> walk(
            Plan.Walk plan,
            VectorIndex index,
            Target target,
            Column.Dense query,
            Scratch scratch,
            Patience patience,
            Found found) {
        var rows = new BitSet();
        var scanned = Scanned.NOTHING;
        for (int at = 0; at < query.rows(); at++) {
            var one = new Target(Vector.of(query, at), target.k(), target.effort(), target.accept(), target.bm25());
            var walk = index.walk(one, scratch);
            int left = 0;
            for (Step step = null; !(step instanceof Step.Done) && left < target.k(); ) {
                step = walk.advance(config.stepRows());
                patience.run();
                var hits = walk.hits();
                for (int i = 0; i < hits.count(); i++) rows.set(vectors.rowOfElement()[hits.rows()[i]]);
                left += hits.count();
                if (walk.scored() > plan.mostCodes()) return Optional.empty();
            }
            scanned = scanned.and(new Scanned(walk.scored(), walk.bytesTouched()));
        }
        var scoring = new Scoring(query, scratch, found);
        for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1))
            if (scoring.add(row, vectors.first(row), vectors.first(row + 1))) patience.run();
        scoring.flush();
        return Optional.of(scanned.and(scoring.scanned()));
    }

    /// Scores rows in blocks: all their elements by one vector of the query after the other.
    private final class Scoring {
        private final int queries;
        private final long prepared;
        private final long queryBytes;
        private final Found found;
        private final boolean larger = distance.metric().largerIsBetter();
        private int[] elements = new int[2 * BLOCK];
        private float[] scores = new float[2 * BLOCK];
        private int[] rows = new int[BLOCK];
        private int[] ends = new int[BLOCK];
        private double[] sums = new double[BLOCK];
        private int elementCount;
        private int rowCount;
        private long scored;

        Scoring(Column.Dense query, Scratch scratch, Found found) {
            this.found = found;
            queries = query.rows();
            queryBytes = distance.queryBytes() + 63 & -64;
            prepared = scratch.room(queryBytes * queries);
            for (int at = 0; at < queries; at++) distance.prepare(Vector.of(query, at), 0, prepared + at * queryBytes);
        }

        /// Whether some rows were scored.
        boolean add(int row, int from, int to) {
            if (elementCount + to - from > elements.length) {
                elements = Arrays.copyOf(elements, elementCount + to - from);
                scores = new float[elements.length];
            }
            for (int node = from; node < to; node++) elements[elementCount++] = node;
            rows[rowCount] = row;
            ends[rowCount++] = elementCount;
            if (elementCount < BLOCK && rowCount < BLOCK) return false;
            flush();
            return true;
        }

        void flush() {
            Arrays.fill(sums, 0, rowCount, 0);
            for (int at = 0; at < queries; at++) {
                distance.score(
                        prepared + at * queryBytes,
                        vectors.rows().base(),
                        vectors.rows().stride(),
                        elements,
                        elementCount,
                        scores);
                for (int row = 0, from = 0; row < rowCount; from = ends[row++]) sums[row] += best(from, ends[row]);
            }
            for (int row = 0; row < rowCount; row++) found.row(rows[row], (float) sums[row]);
            scored += (long) queries * elementCount;
            elementCount = 0;
            rowCount = 0;
        }

        Scanned scanned() {
            return new Scanned(scored, scored * vectors.rows().stride());
        }

        private float best(int from, int to) {
            float best = scores[from];
            for (int i = from + 1; i < to; i++) best = larger ? Math.max(best, scores[i]) : Math.min(best, scores[i]);
            return best;
        }
    }
}
