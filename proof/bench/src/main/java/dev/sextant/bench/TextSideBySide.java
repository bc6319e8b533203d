package dev.sextant.bench;

import dev.sextant.index.Accept;
import dev.sextant.index.Bm25;
import dev.sextant.index.Effort;
import dev.sextant.index.Inverted;
import dev.sextant.index.SparseParameters;
import dev.sextant.index.SparseRows;
import dev.sextant.index.Step;
import dev.sextant.index.Target;
import dev.sextant.index.Walk;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import dev.sextant.model.Metric;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.SmallFloat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The ten most relevant texts, by Lucene and by posting lists of our own, over the same texts in one process: one
/// segment each, one thread, query by query in turn; CPU time of the thread, the best of each query over the rounds.
/// Lucene keeps lengths in one byte, exact up to 39 words; `words` as the longest document shows both alike
/// there. `TextSideBySide FOLDER [documents] [rounds] [k] [words]`
final class TextSideBySide {
    private final Corpus corpus;
    private final int k;
    private final Memory memory = new Memory(8L << 30);
    private final Scratch scratch = new Scratch(memory);
    private final Region offsets;
    private final Region cells;
    private final SparseRows rows;
    private final float averageLength;

    @Command(
            name = "text",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "The most relevant texts, beside Lucene in one process.")
    static final class Options implements Callable<Integer> {
        @Parameters(index = "0", paramLabel = "FOLDER", description = "of pages: html, md, txt, rst")
        private Path folder;

        @Option(names = "--documents", defaultValue = "100000", description = "at most (default ${DEFAULT-VALUE})")
        private int documents;

        @Option(names = "--words", defaultValue = "400", description = "of the longest (default ${DEFAULT-VALUE})")
        private int words;

        @Option(names = "--rounds", defaultValue = "10", description = "default ${DEFAULT-VALUE}")
        private int rounds;

        @Option(names = "--k", defaultValue = "10", description = "default ${DEFAULT-VALUE}")
        private int k;

        @Option(names = "--algorithms", description = "all of them, not only what AUTOINDEX takes")
        private boolean algorithms;

        @Override
        public Integer call() throws IOException {
            new TextSideBySide(Corpus.read(folder, documents, words), k).run(rounds, algorithms);
            return 0;
        }
    }

    private TextSideBySide(Corpus corpus, int k) {
        this.corpus = corpus;
        this.k = k;
        int count = corpus.documents.size();
        offsets = memory.allocate("bench", 8L * (count + 1));
        long bytes = 0, words = 0;
        var all = new byte[count][];
        for (int i = 0; i < count; i++) {
            all[i] = cells(corpus.documents.get(i));
            words += corpus.documents.get(i).length;
            Raw.putLong(offsets.address() + 8L * (i + 1), bytes += all[i].length);
        }
        cells = memory.allocate("bench", bytes + 64);
        for (int i = 0; i < count; i++)
            cells.copyIn(Raw.getLong(offsets.address() + 8L * i), MemorySegment.ofArray(all[i]), 0, all[i].length);
        rows = new SparseRows(offsets.address(), cells.address(), count);
        averageLength = (float) words / count;
        System.out.printf(
                Locale.ROOT, "%,d documents, %.1f words each, %,d postings, ", count, averageLength, bytes / 8);
        System.out.printf(Locale.ROOT, "%,d terms%n", corpus.vocabulary());
    }

    private byte[] cells(String[] words) {
        var frequencies = new TreeMap<Integer, Float>(Integer::compareUnsigned);
        for (var word : words) frequencies.merge(corpus.term(word), 1f, Float::sum);
        var buffer = ByteBuffer.allocate(8 * frequencies.size()).order(ByteOrder.LITTLE_ENDIAN);
        frequencies.forEach((term, frequency) -> buffer.putInt(term).putFloat(frequency));
        return buffer.array();
    }

    private Inverted build(SparseParameters.Algorithm algorithm) {
        try (var build = new SparseParameters(algorithm, 1.2f, 0.75f).begin(memory, rows, Metric.BM25, Accept.ALL)) {
            while (!build.work(scratch, Stop.NEVER)) Thread.onSpinWait();
            return (Inverted) build.finish();
        }
    }

    private void run(int rounds, boolean algorithms) throws IOException {
        long begun = System.nanoTime();
        var directory = new ByteBuffersDirectory();
        var config = new IndexWriterConfig(new StandardAnalyzer()).setRAMBufferSizeMB(512);
        config.setSimilarity(new BM25Similarity());
        try (var writer = new IndexWriter(directory, config)) {
            for (var words : corpus.documents) {
                var document = new Document();
                document.add(new TextField("t", String.join(" ", words), Field.Store.NO));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
        long indexed = System.nanoTime();
        try (var index = build(SparseParameters.DEFAULT.algorithm());
                var reader = DirectoryReader.open(directory)) {
            long size = 0;
            for (var file : directory.listAll()) size += directory.fileLength(file);
            System.out.printf(
                    Locale.ROOT,
                    "Lucene %.1f s (with analysis), %,d bytes (with positions); lists %.1f s, %,d bytes%n",
                    (indexed - begun) / 1e9,
                    size,
                    (System.nanoTime() - indexed) / 1e9,
                    index.serializedBytes());
            var searcher = new IndexSearcher(reader);
            searcher.setQueryCache(null);
            searcher.setSimilarity(new BM25Similarity());
            for (int words : new int[] {1, 2, 3, 5, 8}) compare(searcher, index, words, rounds);
            if (algorithms)
                for (var algorithm : SparseParameters.Algorithm.values())
                    try (var other = build(algorithm)) {
                        System.out.println(algorithm);
                        for (int words : new int[] {2, 5, 8}) compare(searcher, other, words, rounds / 2 + 1);
                    }
        }
    }

    private void compare(IndexSearcher searcher, Inverted index, int words, int rounds) throws IOException {
        var queries = corpus.queries(200, words);
        var theirs = new long[queries.size()];
        var ours = new long[queries.size()];
        Arrays.fill(theirs, Long.MAX_VALUE);
        Arrays.fill(ours, Long.MAX_VALUE);
        var best = new TopK();
        int equal = 0;
        double apart = 0;
        for (int round = 0; round < rounds; round++)
            for (int q = 0; q < queries.size(); q++) {
                long at = cpu();
                var found = lucene(searcher, queries.get(q));
                long between = cpu();
                sextant(index, queries.get(q), best);
                theirs[q] = Math.min(theirs[q], between - at);
                ours[q] = Math.min(ours[q], cpu() - between);
                if (round > 0) continue;
                apart = Math.max(apart, apart(index, queries.get(q), found));
                if (sameOrder(found, best)) equal++;
            }
        System.out.printf(
                Locale.ROOT,
                "%d words: Lucene %7.1f µs mean %7.1f median %7.1f p99; lists %7.1f mean %7.1f median %7.1f p99; %.2f ×;"
                        + " same ranking in %.1f %%, scores by rounded lengths apart by at most %.1e%n",
                words,
                mean(theirs),
                at(theirs, 0.5),
                at(theirs, 0.99),
                mean(ours),
                at(ours, 0.5),
                at(ours, 0.99),
                mean(theirs) / mean(ours),
                100.0 * equal / queries.size(),
                apart);
    }

    /// Of this thread: the machine may be busy with other things.
    private static long cpu() {
        return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private TopDocs lucene(IndexSearcher searcher, String[] words) throws IOException {
        var query = new BooleanQuery.Builder();
        for (var word : words) query.add(new TermQuery(new Term("t", word)), BooleanClause.Occur.SHOULD);
        Query built = words.length == 1 ? new TermQuery(new Term("t", words[0])) : query.build();
        return searcher.search(built, new TopScoreDocCollectorManager(k, 1));
    }

    private void sextant(Inverted index, String[] words, TopK best) {
        var frequencies = ByteBuffer.wrap(cells(words)).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < frequencies.capacity(); at += 8)
            frequencies.putFloat(at + 4, (float)
                    (frequencies.getFloat(at + 4) * idf(index.documentFrequency(frequencies.getInt(at)))));
        var target = new Target(
                MemorySegment.ofArray(frequencies.array()),
                k,
                Effort.DEFAULT,
                Accept.ALL,
                Optional.of(new Bm25(1.2f, 0.75f, averageLength)));
        take(index.walk(target, scratch), best, k);
    }

    static void take(Walk walk, TopK best, int k) {
        best.reset(k, true);
        while (true) {
            var step = walk.advance(1 << 14);
            best.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
            if (step instanceof Step.Done) return;
        }
    }

    private double idf(int frequency) {
        return Math.log1p((rows.count() - frequency + 0.5) / (frequency + 0.5));
    }

    /// Rank by rank the same score; Lucene leaves the constant k1 + 1 out.
    private static boolean sameOrder(TopDocs found, TopK best) {
        if (found.scoreDocs.length != best.size()) return false;
        for (int i = 0; i < best.size(); i++)
            if (Math.abs(found.scoreDocs[i].score * 2.2 / best.score(i) - 1) > 1e-6) return false;
        return true;
    }

    /// How far Lucene's scores are from ours at the lengths that Lucene keeps, relatively.
    private double apart(Inverted index, String[] words, TopDocs found) {
        double most = 0;
        for (var hit : found.scoreDocs) {
            var document = corpus.documents.get(hit.doc);
            double length = SmallFloat.byte4ToInt(SmallFloat.intToByte4(document.length)), score = 0;
            for (var word : words) {
                long f = Arrays.stream(document).filter(word::equals).count();
                double norm = 1.2 * (1 - 0.75 + 0.75 * length / averageLength);
                score += idf(index.documentFrequency(corpus.term(word))) * f / (f + norm);
            }
            most = Math.max(most, Math.abs(score - hit.score) / score);
        }
        return most;
    }

    private static double mean(long[] nanos) {
        return Arrays.stream(nanos).average().orElse(0) / 1e3;
    }

    private static double at(long[] nanos, double share) {
        return List.copyOf(Arrays.stream(nanos).sorted().boxed().toList()).get((int) (share * nanos.length)) / 1e3;
    }
}
