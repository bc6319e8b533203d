package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import java.lang.foreign.MemorySegment;

/// The k nearest accepted rows of a graph by whichever way is cheaper: the graph, the exact scan of what is accepted,
/// or the scan after all when the graph has cost as much or has found fewer than there are.
final class Nearest {
    /// What scanning a full row costs, in codes scored during a walk: a scan reads in order and keeps nothing but
    /// scores.
    private static final double CODES_A_ROW = 1.5;

    private Nearest() {}

    /// Whether the exact scan is the better way from the start.
    static boolean prefersScan(VectorIndex graph, Effort effort, Accept accept) {
        int rows = graph.count(), accepted = accept.count(rows);
        return CODES_A_ROW * accepted <= graph.cost(effort, accept.share(rows));
    }

    /// A walk that leaves at least min(k, accepted) rows with exact scores.
    static Walk walk(VectorIndex graph, Target target, Scratch scratch) {
        if (prefersScan(graph, target.effort(), target.accept())) return scan(graph, target, scratch);
        return new Either(graph, target, scratch);
    }

    static Walk walk(VectorIndex graph, MemorySegment query, int k, int beam, Accept accept, Scratch scratch) {
        return walk(graph, Target.of(query, k, beam, accept), scratch);
    }

    private static Walk scan(VectorIndex graph, Target target, Scratch scratch) {
        if (graph instanceof MinHashLsh signatures)
            return Flat.walk(signatures.rows(), signatures.distance(), target.query(), target.accept(), scratch);
        return Flat.walk(graph.rows().withCount(graph.count()), graph.metric(), target, scratch);
    }

    private static final class Either implements Walk {
        private final VectorIndex graph;
        private final Target target;
        private final int wanted;
        private final long patience;
        private final Scratch scratch;
        private Walk walk;
        private boolean scanning;
        private float bound = Float.NaN;
        private long before;
        private long readBefore;

        Either(VectorIndex graph, Target target, Scratch scratch) {
            this.graph = graph;
            this.target = target;
            this.scratch = scratch;
            int accepted = target.accept().count(graph.count());
            wanted = Math.min(target.k(), accepted);
            patience = (long) (CODES_A_ROW * accepted);
            walk = graph.walk(target, scratch);
        }

        @Override
        public Step advance(int budget) {
            var step = walk.advance(budget);
            if (scanning || target.accept().isAll()) return step;
            var fewer = step instanceof Step.Done && walk.hits().count() < wanted && Float.isNaN(bound);
            var tooLong = step instanceof Step.More && walk.scored() > patience;
            if (!fewer && !tooLong) return step;
            scanning = true;
            before = walk.scored();
            readBefore = walk.bytesTouched();
            walk = scan(graph, target, scratch);
            if (!Float.isNaN(bound)) walk.bound(bound);
            return Step.MORE;
        }

        @Override
        public NodeHits hits() {
            return walk.hits();
        }

        @Override
        public void bound(float score) {
            bound = score;
            walk.bound(score);
        }

        @Override
        public long bytesTouched() {
            return readBefore + walk.bytesTouched();
        }

        @Override
        public long scored() {
            return before + walk.scored();
        }

        @Override
        public boolean widen(Effort wider) {
            return walk.widen(wider);
        }
    }
}
