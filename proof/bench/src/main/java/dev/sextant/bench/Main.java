package dev.sextant.bench;

import dev.sextant.cli.bench.InProcess;
import dev.sextant.cli.bench.Subject;
import dev.sextant.cli.bench.Truth;
import dev.sextant.cli.bench.VectorFile;
import dev.sextant.model.Metric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Sextant beside its peers in one session: rounds alternate between them, so that a slow moment of the machine hits
/// both; what counts are medians, interpolated at equal recall.
///
/// usage: Main side-by-side FOLDER SET [ROUNDS] files FOLDER/SET-{train,test,truth100}.npy.gz
public final class Main {
    private static final int K = 10;
    private static final int[] BEAMS = {10, 16, 24, 32, 48, 64, 96, 128, 192, 256};
    private static final double[] RECALLS = {0.95, 0.98, 0.99, 0.995};

    private record Measured(double recall, double qps) {}

    public static void main(String[] arguments) {
        if (arguments.length < 3 || !arguments[0].equals("side-by-side")) {
            System.out.println("usage: side-by-side FOLDER SET [ROUNDS]");
            System.exit(arguments.length == 0 || arguments[0].equals("help") ? 0 : 2);
        }
        sideBySide(Path.of(arguments[1]), arguments[2], arguments.length > 3 ? Integer.parseInt(arguments[3]) : 5);
    }

    private static void sideBySide(Path folder, String set, int rounds) {
        var train = folder.resolve(set + "-train.npy.gz");
        var test = folder.resolve(set + "-test.npy.gz");
        var base = VectorFile.read(train, Integer.MAX_VALUE);
        var queries = VectorFile.read(test, Integer.MAX_VALUE);
        var ids = VectorFile.read(folder.resolve(set + "-truth100.npy.gz"), Integer.MAX_VALUE);
        var truth = Truth.of(ids, base, queries, queries.rows(), Metric.L2, K);
        try (var peer = new Peer("hnswlib", train, test, "L2", K);
                var ours = new InProcess(Metric.L2, "HNSW", Map.of("M", "16", "efConstruction", "200"))) {
            double build = fill(ours, base);
            System.out.printf(
                    Locale.ROOT,
                    "build, 2 threads: hnswlib %.1f s, Sextant %.1f s (ingest and log included)%n",
                    peer.buildSeconds(),
                    build);
            var theirs = new ArrayList<List<Measured>>();
            var own = new ArrayList<List<Measured>>();
            for (int i = 0; i < BEAMS.length; i++) {
                theirs.add(new ArrayList<>());
                own.add(new ArrayList<>());
            }
            try (var client = ours.client()) {
                for (int i = 0; i < 3000; i++) client.search(queries.row(i), K, Map.of("ef", "64"));
                for (int round = 0; round < rounds; round++)
                    for (int i = 0; i < BEAMS.length; i++) {
                        theirs.get(i).add(peer(peer, BEAMS[i], truth, base, queries));
                        own.get(i).add(ours(ours, client, BEAMS[i], truth, queries));
                        System.err.printf(Locale.ROOT, "round %d, ef %d%n", round + 1, BEAMS[i]);
                    }
            }
            report(
                    theirs.stream().map(Main::median).toList(),
                    own.stream().map(Main::median).toList());
        }
    }

    private static double fill(Subject subject, VectorFile base) {
        long began = System.nanoTime();
        subject.create(base.dimension());
        int batch = Math.max(500, 4_000_000 / base.dimension());
        for (int from = 0; from < base.rows(); from += batch)
            subject.insert(base, from, Math.min(base.rows(), from + batch));
        subject.build();
        return (System.nanoTime() - began) / 1e9;
    }

    private static Measured peer(Peer peer, int beam, Truth truth, VectorFile base, VectorFile queries) {
        var run = peer.run("ef=" + beam);
        int right = 0;
        var scores = new float[K];
        for (int q = 0; q < queries.rows(); q++) {
            for (int i = 0; i < K; i++) scores[i] = distance(base, run.ids().get(q * K + i), queries, q);
            right += truth.right(q, scores, 0, K);
        }
        return new Measured((double) right / (queries.rows() * K), run.qpsCpu());
    }

    private static Measured ours(Subject subject, Subject.Client client, int beam, Truth truth, VectorFile queries) {
        var found = new float[queries.rows()][];
        var rows = new float[queries.rows()][];
        for (int q = 0; q < rows.length; q++) rows[q] = queries.row(q);
        var parameters = Map.of("ef", Integer.toString(beam));
        long cpu = subject.cpuNanos();
        for (int q = 0; q < rows.length; q++) found[q] = client.search(rows[q], K, parameters);
        double seconds = (subject.cpuNanos() - cpu) / 1e9;
        int right = 0;
        for (int q = 0; q < rows.length; q++) right += truth.right(q, found[q], 0, found[q].length);
        return new Measured((double) right / (rows.length * K), rows.length / seconds);
    }

    private static void report(List<Measured> theirs, List<Measured> own) {
        System.out.printf("%-6s %10s %10s %10s %10s%n", "ef", "hnswlib", "QPS/CPU s", "Sextant", "QPS/CPU s");
        for (int i = 0; i < BEAMS.length; i++)
            System.out.printf(
                    Locale.ROOT,
                    "%-6d %10.4f %10.0f %10.4f %10.0f%n",
                    BEAMS[i],
                    theirs.get(i).recall,
                    theirs.get(i).qps,
                    own.get(i).recall,
                    own.get(i).qps);
        for (double recall : RECALLS) {
            double peer = at(theirs, recall);
            double ours = at(own, recall);
            System.out.printf(
                    Locale.ROOT,
                    "at recall@%d %.3f: hnswlib %.0f, Sextant %.0f: %.2f x%n",
                    K,
                    recall,
                    peer,
                    ours,
                    ours / peer);
        }
    }

    /// Throughput at a recall, between the two settings around it; NaN outside of what was measured.
    private static double at(List<Measured> curve, double recall) {
        for (int i = 1; i < curve.size(); i++) {
            var low = curve.get(i - 1);
            var high = curve.get(i);
            if (low.recall <= recall && recall <= high.recall && high.recall > low.recall) {
                double share = (recall - low.recall) / (high.recall - low.recall);
                return Math.exp(Math.log(low.qps) + share * (Math.log(high.qps) - Math.log(low.qps)));
            }
        }
        return Double.NaN;
    }

    private static Measured median(List<Measured> runs) {
        var sorted = new ArrayList<>(runs);
        sorted.sort(java.util.Comparator.comparingDouble(Measured::qps));
        return sorted.get(sorted.size() / 2);
    }

    private static float distance(VectorFile base, int row, VectorFile queries, int query) {
        double sum = 0;
        for (int i = 0; i < base.dimension(); i++) {
            double difference = base.value(row, i) - queries.value(query, i);
            sum += difference * difference;
        }
        return (float) sum;
    }
}
