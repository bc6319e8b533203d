package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;

/// A graph whose rows are replaced little by little, each time by a merge that takes the graph before over; and the
/// graph that is built anew over the rows that are there in the end.
final class Drift implements AutoCloseable {
    private final Memory memory;
    private final Scratch scratch;
    private final DenseRows pool;
    private final IndexParameters parameters;
    private final Random random;
    private int[] present; // rows of the pool, in the order of the nodes
    private int fresh; // rows of the pool from here on were never there
    private Region region;
    private DenseRows rows;
    private Frozen graph;

    /// Builds a graph over the first `start` rows of a pool.
    Drift(Memory memory, Scratch scratch, DenseRows pool, int start, IndexParameters parameters, long seed) {
        this.memory = memory;
        this.scratch = scratch;
        this.pool = pool;
        this.parameters = parameters;
        random = new Random(seed);
        present = java.util.stream.IntStream.range(0, start).toArray();
        fresh = start;
        region = copied(present);
        rows = DenseRows.packed(region.address(), start, pool.dimension(), pool.type());
        graph = built(rows);
    }

    private Region copied(int[] chosen) {
        var copy = memory.allocate("rows", chosen.length * pool.stride());
        for (int i = 0; i < chosen.length; i++)
            Raw.copy(pool.address(chosen[i]), copy.address() + i * pool.stride(), pool.stride());
        return copy;
    }

    private Frozen built(DenseRows over) {
        try (var build = parameters.begin(memory, over, Metric.L2, Accept.ALL)) {
            build.work(scratch, Stop.NEVER);
            return build.finish();
        }
    }

    /// So many rows, drawn by chance, go, and as many new ones come.
    void replace(int many) {
        var gone = new BitSet();
        while (gone.cardinality() < many) gone.set(random.nextInt(present.length));
        var next = new int[present.length];
        var newOf = new int[present.length];
        int n = 0;
        for (int i = 0; i < present.length; i++) {
            newOf[i] = gone.get(i) ? -1 : n;
            if (!gone.get(i)) next[n++] = present[i];
        }
        while (n < next.length) next[n++] = fresh++;
        var copy = copied(next);
        var merged = rows(copy, next.length);
        Frozen after;
        try (var build = parameters.beginFrom(memory, merged, Metric.L2, graph, newOf, Accept.ALL)) {
            build.work(scratch, Stop.NEVER);
            after = build.finish();
        }
        close();
        present = next;
        region = copy;
        rows = merged;
        graph = after;
    }

    private DenseRows rows(Region from, int count) {
        return DenseRows.packed(from.address(), count, pool.dimension(), pool.type());
    }

    /// recall@10 of some queries: of the graph as it has become, and of one built anew.
    double[] recalls(IntFunction<MemorySegment> query, int queries, Effort... efforts) {
        try (var anew = built(rows)) {
            var right = new int[2 * efforts.length];
            for (int q = 0; q < queries; q++) {
                var vector = query.apply(q);
                float bound = Clusters.run(Flat.walk(rows, Metric.L2, vector, Accept.ALL, scratch), Metric.L2, 10)
                        .bound();
                for (int e = 0; e < efforts.length; e++) {
                    right[2 * e] += right(graph, vector, efforts[e], bound);
                    right[2 * e + 1] += right(anew, vector, efforts[e], bound);
                }
            }
            return Arrays.stream(right)
                    .mapToDouble(hits -> hits / (10.0 * queries))
                    .toArray();
        }
    }

    private int right(Frozen in, MemorySegment vector, Effort effort, float bound) {
        var target = new Target(vector, 10, effort, Accept.ALL, Optional.empty());
        var found = Clusters.run(in.walk(target, scratch), Metric.L2, 10);
        int right = 0;
        for (int i = 0; i < found.size(); i++) if (found.score(i) <= bound) right++;
        return right;
    }

    @Override
    public void close() {
        graph.close();
        region.close();
    }
}
