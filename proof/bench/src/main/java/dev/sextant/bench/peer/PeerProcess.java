package dev.sextant.bench.peer;

import dev.sextant.cli.bench.Json;
import dev.sextant.cli.bench.Settings;
import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.cli.bench.data.MatrixFile;
import dev.sextant.model.Metric;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// A process that builds the index of one library and then runs all queries whenever it is told: `run ef=64`. It
/// answers with a line of JSON and the rows found, as `peer.py` does for libraries of Python.
public final class PeerProcess {
    /// The first order is run so many queries long, or so long, before it counts: so that the compiler is done.
    private static final int WARM_QUERIES = 30_000;

    private static final long WARM_NANOS = 15_000_000_000L;

    private PeerProcess() {}

    /// @param arguments NAME PARAMETERS DATA QUERIES METRIC K ROWS QUERIES THREADS
    public static void main(String[] arguments) throws Exception {
        var out = System.out;
        System.setOut(System.err); // libraries print; only answers go out
        var base = MatrixFile.read(Path.of(arguments[2]), MatrixFile.Role.ROWS, Integer.parseInt(arguments[6]));
        var queries = MatrixFile.read(Path.of(arguments[3]), MatrixFile.Role.QUERIES, Integer.parseInt(arguments[7]));
        int k = Integer.parseInt(arguments[5]);
        int threads = Integer.parseInt(arguments[8]);
        try (var library = library(arguments[0])) {
            long cpu = processCpu();
            long began = System.nanoTime();
            library.build(base, Metric.valueOf(arguments[4]), parameters(arguments[1]), threads);
            var built = new LinkedHashMap<String, String>();
            built.put("version", library.version());
            built.put("build_seconds", Double.toString((System.nanoTime() - began) / 1e9));
            built.put("build_cpu_seconds", Double.toString((processCpu() - cpu) / 1e9));
            built.put("bytes_per_row", Json.number(library.bytesPerRow()));
            out.println(Json.object(built));
            serve(library, queries, k, out);
        }
    }

    private static Library library(String name) {
        return switch (name) {
            case "lucene" -> new LuceneLibrary();
            case "jvector" -> new JVectorLibrary();
            case "sextant" -> new DoorLibrary();
            case "index" -> new IndexLibrary();
            default -> throw new IllegalArgumentException("there is no library " + name);
        };
    }

    static Map<String, String> parameters(String text) {
        var parameters = new LinkedHashMap<String, String>();
        for (var part : text.split(","))
            if (!part.isBlank()) {
                int equals = part.indexOf('=');
                parameters.put(equals < 0 ? "type" : part.substring(0, equals), part.substring(equals + 1));
            }
        return parameters;
    }

    private static void serve(Library library, Matrix queries, int k, PrintStream out) throws Exception {
        var vectors = new float[queries.rows()][];
        Arrays.setAll(vectors, queries::row);
        var found = new int[queries.rows() * k];
        boolean warm = false;
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            if (!line.startsWith("run ")) continue;
            library.prepare(Settings.parse(line.substring(4).strip()).getFirst());
            if (!warm) warm(library, vectors, k, found);
            warm = true;
            var threads = ManagementFactory.getThreadMXBean();
            long others = library.otherCpuNanos();
            long cpu = threads.getCurrentThreadCpuTime();
            long began = System.nanoTime();
            all(library, vectors, k, found);
            long wall = System.nanoTime() - began;
            long used = threads.getCurrentThreadCpuTime() - cpu + library.otherCpuNanos() - others;
            out.println(
                    "{\"wall\": " + wall / 1e9 + ", \"cpu\": " + used / 1e9 + ", \"count\": " + vectors.length + "}");
            var bytes = ByteBuffer.allocate(4 * found.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asIntBuffer().put(found);
            out.write(bytes.array());
            out.flush();
        }
    }

    private static void warm(Library library, float[][] vectors, int k, int[] found) throws Exception {
        long until = System.nanoTime() + WARM_NANOS;
        for (int done = 0; done < WARM_QUERIES && System.nanoTime() < until; done += vectors.length)
            all(library, vectors, k, found);
    }

    private static void all(Library library, float[][] vectors, int k, int[] found) throws Exception {
        for (int q = 0; q < vectors.length; q++) library.search(vectors[q], k, found, q * k);
    }

    private static long processCpu() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : 0;
    }
}
