package dev.sextant.bench.peer;

import dev.sextant.cli.bench.Directories;
import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.model.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.Version;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/// Lucene, merged into one segment, asked below its queries: the reader itself. `type` is `float`, or an encoding of
/// its scalar quantisation such as `SEVEN_BIT`, whose hits are then scored again on full vectors.
final class LuceneLibrary implements Library {
    private static final String FIELD = "v";
    private static final int FLUSHED_ROWS = 50_000;

    private final Path directory;
    private VectorSimilarityFunction similarity = VectorSimilarityFunction.EUCLIDEAN;
    private DirectoryReader reader;
    private LeafReader leaf;
    private FloatVectorValues vectors;
    private AcceptDocs everything;
    private boolean again;
    private int beam;
    private int rows;

    LuceneLibrary() {
        try {
            directory = Files.createTempDirectory("lucene-bench");
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Override
    public void build(Matrix base, Metric metric, Map<String, String> parameters, int threads) throws IOException {
        rows = base.rows();
        similarity = switch (metric) {
            case L2 -> VectorSimilarityFunction.EUCLIDEAN;
            case IP -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
            case COSINE -> VectorSimilarityFunction.COSINE;
            case HAMMING, JACCARD, BM25 -> throw new IllegalArgumentException("no " + metric + " here");
        };
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var config = new IndexWriterConfig()
                    .setCodec(codec(parameters, threads, pool))
                    .setUseCompoundFile(false)
                    .setMaxBufferedDocs(FLUSHED_ROWS)
                    .setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH)
                    .setMergePolicy(new LogDocMergePolicy()); // keeps the order, so that a document's number is its row
            try (var files = new MMapDirectory(directory);
                    var writer = new IndexWriter(files, config)) {
                for (int row = 0; row < rows; row++) {
                    var document = new Document();
                    document.add(new KnnFloatVectorField(FIELD, base.row(row), similarity));
                    writer.addDocument(document);
                }
                writer.forceMerge(1);
            }
        }
        reader = DirectoryReader.open(new MMapDirectory(directory));
        if (reader.leaves().size() != 1)
            throw new IllegalStateException(reader.leaves().size() + " segments");
        leaf = reader.leaves().getFirst().reader();
        vectors = leaf.getFloatVectorValues(FIELD);
        everything = AcceptDocs.fromLiveDocs(null, leaf.maxDoc());
    }

    private Lucene104Codec codec(Map<String, String> parameters, int threads, ExecutorService pool) {
        int m = Integer.parseInt(parameters.getOrDefault("M", "16"));
        int width = Integer.parseInt(parameters.getOrDefault("beam", "200"));
        var type = parameters.getOrDefault("type", "float");
        again = !type.equals("float");
        KnnVectorsFormat format = again
                ? new Lucene104HnswScalarQuantizedVectorsFormat(ScalarEncoding.valueOf(type), m, width, threads, pool)
                : new Lucene99HnswVectorsFormat(m, width, threads, pool);
        return new Lucene104Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return format;
            }
        };
    }

    @Override
    public void prepare(Map<String, String> setting) {
        beam = Integer.parseInt(setting.getOrDefault("ef", "64"));
    }

    @Override
    public void search(float[] query, int k, int[] found, int at) throws IOException {
        var collector = new TopKnnCollector(Math.max(k, beam), Integer.MAX_VALUE);
        leaf.searchNearestVectors(FIELD, query, collector, everything);
        var hits = collector.topDocs().scoreDocs;
        if (again) rescore(query, hits, Math.min(hits.length, 3 * k));
        for (int i = 0; i < k; i++) found[at + i] = i < hits.length ? hits[i].doc : -1;
    }

    private void rescore(float[] query, ScoreDoc[] hits, int count) throws IOException {
        for (int i = 0; i < count; i++) hits[i].score = similarity.compare(query, vectors.vectorValue(hits[i].doc));
        Arrays.sort(hits, 0, count, (a, b) -> Float.compare(b.score, a.score));
    }

    @Override
    public double bytesPerRow() {
        try (var files = Files.list(directory)) {
            return (double) files.mapToLong(file -> file.toFile().length()).sum() / rows;
        } catch (IOException unreadable) {
            return Double.NaN;
        }
    }

    @Override
    public String version() {
        return Version.LATEST.toString();
    }

    @Override
    public void close() throws IOException {
        if (reader != null) reader.close();
        Directories.remove(directory);
    }
}
