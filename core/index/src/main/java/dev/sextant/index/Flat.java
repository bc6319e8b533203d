package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.SparseTable;
import dev.sextant.model.Metric;
import java.lang.foreign.MemorySegment;

/// The exact scan of all accepted rows, in order of rows. Cost: every accepted row is read once, sequentially where all
/// are accepted.
public final class Flat {
    private static final int BLOCK = 256;

    private Flat() {}

    public static Walk walk(VectorRows rows, Metric metric, Target target, Scratch scratch) {
        return switch (rows) {
            case DenseRows dense -> walk(dense, metric, target.query(), target.accept(), scratch);
            case StoredRows _ -> throw new IllegalArgumentException("rows on disk are read before they are scanned");
            case SparseRows sparse ->
                metric == Metric.BM25
                        ? walk(sparse, target.bm25().orElseThrow(), target.query(), target.accept(), scratch)
                        : walk(sparse, target.query(), target.accept(), scratch);
        };
    }

    /// `query` holds one vector as the model stores it, in a segment of any kind.
    public static Walk walk(DenseRows rows, Metric metric, MemorySegment query, Accept accept, Scratch scratch) {
        return walk(rows, Distance.of(metric, rows.type(), rows.dimension()), query, accept, scratch);
    }

    /// The same by a distance that knows more than its metric.
    public static Walk walk(DenseRows rows, Distance distance, MemorySegment query, Accept accept, Scratch scratch) {
        var prepared = scratch.room(distance.queryBytes());
        distance.prepare(query, 0, prepared);
        return new Scan(rows.count(), distance.metric(), accept, scratch) {
            @Override
            void score(int[] chosen, int n, float[] out) {
                distance.score(prepared, rows.base(), rows.stride(), chosen, n, out);
            }

            @Override
            long bytes(int[] chosen, int n) {
                return n * rows.stride();
            }
        };
    }

    /// Inner products with the ascending cells of `query`; a row that shares no index scores 0.
    public static Walk walk(SparseRows rows, MemorySegment query, Accept accept, Scratch scratch) {
        var table = table(query, scratch);
        return new Scan(rows.count(), Metric.IP, accept, scratch) {
            @Override
            void score(int[] chosen, int n, float[] out) {
                table.score(rows.offsets(), rows.cells(), chosen, n, out);
            }

            @Override
            long bytes(int[] chosen, int n) {
                return rows.bytes(chosen, n);
            }
        };
    }

    /// Relevance to the ascending (term, weight) cells of `query`; a row that shares no term is no hit.
    public static Walk walk(SparseRows rows, Bm25 bm25, MemorySegment query, Accept accept, Scratch scratch) {
        var table = table(query, scratch);
        return new Scan(rows.count(), Metric.BM25, accept, scratch) {
            @Override
            void score(int[] chosen, int n, float[] out) {
                for (int i = 0; i < n; i++) out[i] = Relevance.score(table, rows, chosen[i], bm25);
            }

            @Override
            long bytes(int[] chosen, int n) {
                return rows.bytes(chosen, n);
            }
        };
    }

    private static SparseTable table(MemorySegment query, Scratch scratch) {
        int cells = (int) (query.byteSize() / 8);
        long bytes = query.byteSize() + 63 & -64, address = scratch.room(bytes + SparseTable.bytes(cells));
        Raw.copyIn(query, 0, address, query.byteSize());
        return new SparseTable(address, cells, address + bytes);
    }

    private static final class Block {
        private final int[] rows = new int[BLOCK];
        private final float[] scores = new float[BLOCK];
        private final NodeHits hits = new NodeHits();
    }

    private abstract static class Scan implements Walk {
        private final int count;
        private final boolean largerIsBetter;
        private final Accept accept;
        private final Block block;
        private float bound;
        private int at;
        private long scored;
        private long read;

        Scan(int count, Metric metric, Accept accept, Scratch scratch) {
            this.count = count;
            this.accept = accept;
            largerIsBetter = metric.largerIsBetter();
            bound = largerIsBetter ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
            block = scratch.part(Block.class, Block::new);
            block.hits.clear();
        }

        abstract void score(int[] chosen, int n, float[] out);

        /// What those rows take.
        abstract long bytes(int[] chosen, int n);

        @Override
        public Step advance(int budget) {
            block.hits.clear();
            for (int left = budget; left > 0 && at < count; ) {
                int n = gather(Math.min(left, BLOCK));
                score(block.rows, n, block.scores);
                keep(n);
                scored += n;
                read += bytes(block.rows, n);
                left -= Math.max(n, 1);
            }
            return at < count ? Step.MORE : Step.DONE;
        }

        private int gather(int most) {
            int n = 0;
            if (accept.isAll()) for (; n < most && at < count; at++) block.rows[n++] = at;
            else
                while (n < most) {
                    int row = accept.bits().next(at, count);
                    at = row < 0 ? count : row + 1;
                    if (row < 0) break;
                    block.rows[n++] = row;
                }
            return n;
        }

        private void keep(int n) {
            for (int i = 0; i < n; i++) {
                var score = block.scores[i];
                if (largerIsBetter ? score >= bound : score <= bound) block.hits.add(block.rows[i], score);
            }
        }

        @Override
        public NodeHits hits() {
            return block.hits;
        }

        @Override
        public void bound(float score) {
            bound = largerIsBetter ? Math.max(bound, score) : Math.min(bound, score);
        }

        @Override
        public long bytesTouched() {
            return read;
        }

        @Override
        public long scored() {
            return scored;
        }
    }
}
