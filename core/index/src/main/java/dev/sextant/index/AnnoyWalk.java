package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Visited;
import java.util.Arrays;

/// A walk down all trees of a forest at once. Each row that it meets leaves once, with its exact score; widened, it
/// goes on where it stopped. Where a filter rejects what lies near the query, it says that the scan is better.
final class AnnoyWalk implements Walk {
    /// The nodes to go on from, the most promising first: a heap.
    private static final class Queue {
        private float[] keys = new float[256];
        private int[] nodes = new int[256];
        private int size;

        void clear() {
            size = 0;
        }

        void add(float key, int node) {
            if (size == keys.length) {
                keys = Arrays.copyOf(keys, 2 * size);
                nodes = Arrays.copyOf(nodes, 2 * size);
            }
            int at = size++;
            for (int above; at > 0 && keys[above = at - 1 >>> 1] < key; at = above) {
                keys[at] = keys[above];
                nodes[at] = nodes[above];
            }
            keys[at] = key;
            nodes[at] = node;
        }

        float bestKey() {
            return keys[0];
        }

        int poll() {
            int best = nodes[0];
            float key = keys[--size];
            int node = nodes[size], at = 0;
            for (int below; (below = 2 * at + 1) < size; at = below) {
                if (below + 1 < size && keys[below + 1] > keys[below]) below++;
                if (!(keys[below] > key)) break;
                keys[at] = keys[below];
                nodes[at] = nodes[below];
            }
            keys[at] = key;
            nodes[at] = node;
            return best;
        }
    }

    private static final class Buffers {
        private final Queue queue = new Queue();
        private final int[] one = new int[1];
        private final float[] product = new float[1];
    }

    private final Annoy forest;
    private final Accept accept;
    private final ListScan buffers;
    private final Buffers own;
    private final Visited visited;
    private final long point;
    private final long query;
    private final boolean largerIsBetter;
    private long wanted; // rows to meet
    private long met;
    private final double share; // of the rows, accepted
    private final long usual; // rows to look at before a hole is spoken of
    private long looked;
    private long passed; // of these, as often as trees have them
    private boolean inHole; // the filter rejects what lies near
    private boolean told;
    private float worst;
    private double nanos;
    private long read; // bytes

    AnnoyWalk(Annoy forest, Target target, Scratch scratch) {
        if (target.k() < 1) throw new IllegalArgumentException("the best " + target.k());
        this.forest = forest;
        accept = target.accept();
        buffers = scratch.part(ListScan.class, ListScan::new);
        own = scratch.part(Buffers.class, Buffers::new);
        buffers.hits.clear();
        visited = scratch.visited(forest.count());
        largerIsBetter = forest.metric().largerIsBetter();
        worst = largerIsBetter ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        wanted = Math.max(
                target.effort().beam(), (long) target.k() * forest.parameters().trees());
        usual = wanted;
        share = accept.share(forest.count());
        var points = forest.points;
        point = scratch.room(points.bytes() + points.distance.queryBytes());
        query = point + points.bytes();
        points.query(target.query(), buffers.floats(points.rows.dimension()), point);
        points.distance.prepare(target.query(), 0, query);
        own.queue.clear();
        for (int root = 0; root < forest.roots(); root++) own.queue.add(Float.POSITIVE_INFINITY, root);
    }

    @Override
    public Step advance(int budget) {
        buffers.hits.clear();
        double until = nanos + budget * PartitionWalk.CODE_NANOS;
        int n = 0;
        while (own.queue.size > 0 && met < wanted) {
            if (nanos >= until || inHole && !told) {
                told = inHole;
                leave(n);
                return Step.MORE;
            }
            float side = own.queue.bestKey();
            int node = own.queue.poll();
            nanos += forest.nodeNanos();
            read += Annoy.NODE;
            if (forest.plane(node) >= 0) {
                read += forest.points.bytes();
                float away = away(node);
                own.queue.add(Math.min(side, away), forest.first(node));
                own.queue.add(Math.min(side, -away), forest.second(node));
                continue;
            }
            read += 4L * forest.second(node);
            for (int place = forest.first(node), end = place + forest.second(node); place < end; place++) {
                int row = forest.row(place);
                if (!accept.test(row)) continue;
                passed++;
                if (!visited.visit(row)) continue;
                buffers.rows[n++] = row;
                met++;
                if (n == ListScan.MOST) n = leave(n);
            }
            look(forest.second(node));
        }
        leave(n);
        return Step.DONE;
    }

    /// Whether far fewer are accepted around the query than elsewhere shows when as many rows were looked at as a
    /// search without a filter meets.
    private void look(int rows) {
        if (looked < usual && looked + rows >= usual)
            inHole = passed < PartitionWalk.MUCH_FEWER * share * (looked + rows)
                    && share * (looked + rows) >= PartitionWalk.ENOUGH;
        looked += rows;
    }

    /// How far the query is on the first child's side.
    private float away(int node) {
        own.one[0] = forest.plane(node);
        forest.product.score(point, forest.planes.address(), forest.points.bytes(), own.one, 1, own.product);
        return own.product[0] + forest.offset(node);
    }

    private int leave(int n) {
        var rows = forest.rows();
        forest.points.distance.score(query, rows.base(), rows.stride(), buffers.rows, n, buffers.scores);
        nanos += n * forest.rowNanos();
        read += n * rows.stride();
        for (int i = 0; i < n; i++)
            if (largerIsBetter ? buffers.scores[i] >= worst : buffers.scores[i] <= worst)
                buffers.hits.add(buffers.rows[i], buffers.scores[i]);
        return 0;
    }

    @Override
    public NodeHits hits() {
        return buffers.hits;
    }

    @Override
    public void bound(float score) {
        worst = largerIsBetter ? Math.max(worst, score) : Math.min(worst, score);
    }

    /// Rows leave as leaves are met, near and far ones together.
    @Override
    public boolean leavesBestFirst() {
        return false;
    }

    @Override
    public long bytesTouched() {
        return read;
    }

    @Override
    public long scored() {
        return (long) (nanos / PartitionWalk.CODE_NANOS);
    }

    @Override
    public long expected() {
        return inHole ? Long.MAX_VALUE : scored();
    }

    @Override
    public boolean widen(Effort wider) {
        wanted = Math.max(2 * wanted, wider.beam());
        return own.queue.size > 0;
    }
}
