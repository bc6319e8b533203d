package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.index.SparseParameters.Algorithm;
import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Raw;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A search that looks at much allocates no more than one that looks at little: of every kind of walk.
@Tag("slow")
class AllocationTest {
    private static final int QUERIES = 50;
    /// Of a search, whatever it looks at.
    private static final long FIXED = 3_000;
    /// Between two searches, for what the compiler had not seen yet.
    private static final long SLACK = 600;

    private interface Search {
        Walk walk(MemorySegment query, int beam);
    }

    private static Target target(MemorySegment query, Effort effort, Accept accept) {
        return new Target(query, 10, effort, accept, Optional.empty());
    }

    private static long scored(List<MemorySegment> queries, Search search, int beam) {
        long scored = 0;
        for (var query : queries) {
            var walk = search.walk(query, beam);
            while (walk.advance(1000) instanceof Step.More) {}
            scored += walk.scored();
        }
        return scored / queries.size();
    }

    private static long touched(List<MemorySegment> queries, Search search, int beam) {
        var walk = search.walk(queries.getFirst(), beam);
        while (walk.advance(1000) instanceof Step.More) {}
        return walk.bytesTouched();
    }

    /// @param perCandidate bytes that what is handed out takes for each more that the beam is wide
    private static void doesNotGrow(List<MemorySegment> queries, int perCandidate, Search search) {
        int little = 12, much = 400;
        long least = Allocation.settlesBelow(FIXED, QUERIES, () -> scored(queries, search, little));
        Allocation.settlesBelow(
                least + SLACK + (long) perCandidate * (much - little), QUERIES, () -> scored(queries, search, much));
        // A small object for each hop of what is looked at more would be seen.
        assertThat(touched(queries, search, much) - touched(queries, search, little))
                .as("bytes touched more")
                .isGreaterThan(10_000);
    }

    private static List<MemorySegment> queries(Clusters data) {
        return IntStream.range(0, QUERIES).mapToObj(_ -> data.vector()).toList();
    }

    private static void doesNotGrow(VectorType type, Metric metric, IndexParameters parameters, Accept... accepts) {
        try (var data = new Clusters(3, 4200, 32, type);
                var index = Structures.build(data, parameters, metric)) {
            var queries = queries(data);
            for (var accept : accepts)
                doesNotGrow(
                        queries,
                        0,
                        (query, beam) -> index.walk(
                                target(query, Effort.ofBeam(beam).withLists(beam / 12), accept), data.scratch));
        }
    }

    private static Accept share(double share) {
        return Structures.share(5, 4200, share);
    }

    @Test
    void graphsAndCodedGraphs() {
        var graph = new HnswParameters(12, 60, 1);
        doesNotGrow(VectorType.FLOAT32, Metric.L2, graph, Accept.ALL, share(0.3));
        doesNotGrow(VectorType.BINARY, Metric.HAMMING, graph, Accept.ALL, share(0.3));
        doesNotGrow(
                VectorType.FLOAT32,
                Metric.COSINE,
                new CodedHnswParameters(graph, RowCoding.Scalar.SQ8, false),
                Accept.ALL,
                share(0.3));
    }

    @Test
    void partitions() {
        var parameters = new PartitionParameters(40, new Coding.Full(), 1);
        doesNotGrow(VectorType.FLOAT32, Metric.L2, parameters, Accept.ALL, share(0.5));
        doesNotGrow(VectorType.BINARY, Metric.HAMMING, parameters, Accept.ALL);
        doesNotGrow(VectorType.FLOAT32, Metric.IP, new PartitionParameters(40, new Coding.Signs(false), 1), Accept.ALL);
    }

    @Test
    void theGraphOfOurOwnAndItsCells() {
        doesNotGrow(VectorType.FLOAT32, Metric.L2, QuantisedGraphTest.PARAMETERS, Accept.ALL, share(0.4));
        try (var data = new Clusters(3, 4200, 32, VectorType.FLOAT32);
                var graph = QuantisedGraphTest.build(data, Metric.L2)) {
            var few = share(0.8 * QuantisedWalk.SOME);
            var queries = queries(data);
            assertThat(graph.walk(queries.getFirst(), 10, 64, few, data.scratch))
                    .isInstanceOf(CellWalk.class);
            for (int beam : new int[] {12, 400})
                Allocation.settlesBelow(
                        FIXED,
                        QUERIES,
                        () -> scored(queries, (query, wide) -> graph.walk(query, 10, wide, few, data.scratch), beam));
        }
    }

    @Test
    void leanGraphs() {
        for (var keep : LeanParameters.Keep.values())
            try (var data = new Clusters(3, 4200, 32, VectorType.FLOAT32);
                    var graph = LeanGraphTest.build(data, data.memory, Metric.L2, LeanGraphTest.of(keep))) {
                // In order, the rows that are awaited, and what is thought of each.
                int perCandidate = 16;
                doesNotGrow(
                        queries(data),
                        perCandidate,
                        (query, beam) -> graph.walk(query, 10, beam, Accept.ALL, data.scratch));
                var some = share(0.3);
                var queries = queries(data);
                Allocation.settlesBelow(
                        FIXED + 400 * perCandidate,
                        QUERIES,
                        () -> scored(queries, (query, beam) -> graph.walk(query, 10, beam, some, data.scratch), 400));
            }
    }

    @Test
    void listsOfTerms() {
        var random = new SplittableRandom(4);
        try (var data = new SparseData(20_000, () -> {
                    var row = SparseData.cells();
                    for (int i = 0; i < 20; i++) row.put(SparseData.zipf(random, 300), 0.1f + random.nextFloat());
                    return row;
                });
                var index = data.build(Metric.IP, new SparseParameters(Algorithm.DAAT_WAND, 1.2f, 0.75f))) {
            var queries = IntStream.range(0, QUERIES)
                    .mapToObj(_ -> {
                        var query = SparseData.cells();
                        for (int i = 0; i < 12; i++) query.put(SparseData.zipf(random, 300), 0.1f + random.nextFloat());
                        return SparseData.query(query);
                    })
                    .toList();
            for (var algorithm : Algorithm.values()) {
                Search search =
                        (query, _) -> index.by(algorithm).walk(target(query, Effort.DEFAULT, Accept.ALL), data.scratch);
                Allocation.settlesBelow(FIXED, QUERIES, () -> scored(queries, search, 1));
                assertThat(scored(queries, search, 1)).as("%s", algorithm).isGreaterThan(1_000);
            }
        }
    }

    @Test
    void bandsOfHashes() {
        try (var data = new Clusters(3, 4200, 1024, VectorType.BINARY)) {
            for (int row = 0; row < 4200; row++) Raw.putInt(data.rows.address(row), 7); // one bucket has them all
            try (var index = Structures.build(data, new MinHashParameters(32, 32, 1), Metric.MHJACCARD)) {
                var queries = queries(data);
                queries.forEach(query -> query.set(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, 0, 7));
                Search search = (query, _) -> index.walk(target(query, Effort.DEFAULT, Accept.ALL), data.scratch);
                Allocation.settlesBelow(FIXED, QUERIES, () -> scored(queries, search, 1));
                assertThat(scored(queries, search, 1)).isGreaterThan(4_000);
            }
        }
    }

    @Test
    void scans() {
        try (var data = new Clusters(3, 4200, 32, VectorType.FLOAT32)) {
            var queries = queries(data);
            var distance = Distance.of(Metric.L2, VectorType.FLOAT32, 32);
            for (var accept : List.of(Accept.ALL, share(0.5))) {
                Search search = (query, _) -> Flat.walk(data.rows, Metric.L2, query, accept, data.scratch);
                Allocation.settlesBelow(FIXED, QUERIES, () -> scored(queries, search, 1));
                Allocation.settlesBelow(FIXED, QUERIES, () -> {
                    var scan = new SharedScan(data.rows, distance, queries, accept, 0, 4200, data.scratch);
                    while (scan.advance()) {
                        for (int i = 0; i < QUERIES; i++) scan.hits(i, 0);
                    }
                });
            }
        }
    }

    private byte[] kept = {};

    @Test
    void anObjectForEachHopIsSeen() {
        assertThatThrownBy(() -> Allocation.settlesBelow(SLACK, QUERIES, () -> {
                    for (int hop = 0; hop < 60 * QUERIES; hop++) kept = new byte[1];
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("bytes a search");
        assertThat(kept).hasSize(1);
    }
}
