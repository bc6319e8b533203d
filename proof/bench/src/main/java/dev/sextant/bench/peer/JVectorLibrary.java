package dev.sextant.bench.peer;

import dev.sextant.cli.bench.Directories;
import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.model.Metric;
import io.github.jbellis.jvector.disk.ReaderSupplierFactory;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndexWriter;
import io.github.jbellis.jvector.graph.disk.feature.Feature;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.graph.disk.feature.FusedPQ;
import io.github.jbellis.jvector.graph.disk.feature.InlineVectors;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.graph.similarity.SearchScoreProvider;
import io.github.jbellis.jvector.quantization.ProductQuantization;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntFunction;

/// JVector. `type` is `float` (graph and vectors on the heap) or `fused` (product codes of the neighbours beside each
/// node, from a file that stays in memory, hits scored again on full vectors).
final class JVectorLibrary implements Library {
    private static final VectorTypeSupport VECTORS =
            VectorizationProvider.getInstance().getVectorTypeSupport();
    private static final float OVERFLOW = 1.2f;
    private static final float ALPHA = 1.2f;
    private static final int CLUSTERS = 256;

    private final Path directory;
    private VectorSimilarityFunction similarity = VectorSimilarityFunction.EUCLIDEAN;
    private ImmutableGraphIndex graph;
    private GraphSearcher searcher;
    private RandomAccessVectorValues rows;
    private boolean fused;
    private int beam;
    private double bytesPerRow;

    JVectorLibrary() {
        try {
            directory = Files.createTempDirectory("jvector-bench");
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Override
    public void build(Matrix base, Metric metric, Map<String, String> parameters, int threads) throws IOException {
        similarity = switch (metric) {
            case L2 -> VectorSimilarityFunction.EUCLIDEAN;
            case IP -> VectorSimilarityFunction.DOT_PRODUCT;
            case COSINE -> VectorSimilarityFunction.COSINE;
            case HAMMING, JACCARD, BM25 -> throw new IllegalArgumentException("no " + metric + " here");
        };
        var list = new ArrayList<VectorFloat<?>>(base.rows());
        for (int row = 0; row < base.rows(); row++) list.add(VECTORS.createFloatVector(base.row(row)));
        rows = new ListRandomAccessVectorValues(list, base.dimension());
        int degree = Integer.parseInt(parameters.getOrDefault("M", "32"));
        int width = Integer.parseInt(parameters.getOrDefault("beam", "200"));
        fused = parameters.getOrDefault("type", "float").equals("fused");
        try (var pool = new ForkJoinPool(threads);
                var builder = GraphIndexBuilder.builder(
                                BuildScoreProvider.randomAccessScoreProvider(rows, similarity),
                                base.dimension(),
                                degree)
                        .withBeamWidth(width)
                        .withNeighborOverflow(OVERFLOW)
                        .withAlpha(ALPHA)
                        .withSimdExecutor(pool)
                        .withParallelExecutor(pool)
                        .build()) {
            graph = builder.build(rows);
            if (fused) fuse(base.dimension(), degree, Integer.parseInt(parameters.getOrDefault("pq", "0")), pool);
        }
        if (!fused) bytesPerRow = (double) graph.ramBytesUsed() / base.rows() + 4.0 * base.dimension();
        searcher = new GraphSearcher(graph);
    }

    private void fuse(int dimension, int degree, int wanted, ForkJoinPool pool) throws IOException {
        int parts = wanted > 0 ? wanted : Math.max(1, dimension / 4);
        var quantiser = ProductQuantization.compute(
                rows, parts, CLUSTERS, similarity == VectorSimilarityFunction.EUCLIDEAN, -1, pool, pool);
        var codes = quantiser.encodeAll(rows, pool);
        var file = directory.resolve("graph");
        try (var view = graph.getView();
                var writer = new OnDiskGraphIndexWriter.Builder(graph, file)
                        .with(new InlineVectors(dimension))
                        .with(new FusedPQ(graph.maxDegree(), quantiser))
                        .build()) {
            var states = new EnumMap<FeatureId, IntFunction<Feature.State>>(FeatureId.class);
            states.put(FeatureId.INLINE_VECTORS, node -> new InlineVectors.State(rows.getVector(node)));
            states.put(FeatureId.FUSED_PQ, node -> new FusedPQ.State(view, codes, node));
            writer.write(states);
        } catch (IOException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IOException(failed);
        }
        bytesPerRow = (double) Files.size(file) / rows.size();
        graph = OnDiskGraphIndex.load(ReaderSupplierFactory.open(file));
    }

    @Override
    public void prepare(Map<String, String> setting) {
        beam = Integer.parseInt(setting.getOrDefault("ef", "64"));
    }

    @Override
    public void search(float[] query, int k, int[] found, int at) {
        var vector = VECTORS.createFloatVector(query);
        var hits = searcher.search(scores(vector), k, Math.max(k, beam), 0, 0, Bits.ALL)
                .getNodes();
        for (int i = 0; i < k; i++) found[at + i] = i < hits.length ? hits[i].node : -1;
    }

    private SearchScoreProvider scores(VectorFloat<?> query) {
        if (!fused) return DefaultSearchScoreProvider.exact(query, similarity, rows);
        var view = (ImmutableGraphIndex.ScoringView) searcher.getView();
        return new DefaultSearchScoreProvider(
                view.approximateScoreFunctionFor(query, similarity), view.rerankerFor(query, similarity));
    }

    @Override
    public double bytesPerRow() {
        return bytesPerRow;
    }

    @Override
    public String version() {
        return "4.0.2, " + VectorizationProvider.getInstance().getClass().getSimpleName();
    }

    @Override
    public void close() throws IOException {
        if (searcher != null) searcher.close();
        if (graph != null) graph.close();
        Directories.remove(directory);
    }
}
