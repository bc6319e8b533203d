package dev.sextant.bench;

import com.jerolba.carpet.CarpetWriter;
import dev.sextant.cli.bench.Directories;
import dev.sextant.cli.bench.ServerFigures;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What it costs to bring a Parquet file into a server by an import job, asked for over REST: from the request until
/// all rows are there. The collection has no index, so nothing is built beside.
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Bulk import of Parquet over REST: rows a second, the server's CPU time a row, memory.")
final class ImportBench implements Callable<Integer> {
    private static final long POLL_MILLIS = 20;

    @Option(names = "--rows", defaultValue = "1000000", description = "default ${DEFAULT-VALUE}")
    int rows;

    @Option(names = "--dimension", defaultValue = "128", description = "default ${DEFAULT-VALUE}")
    int dimension;

    @Option(names = "--rounds", defaultValue = "5", description = "the first one is cold; default ${DEFAULT-VALUE}")
    int rounds;

    @Option(names = "--compression", defaultValue = "SNAPPY", description = "of the file; default ${DEFAULT-VALUE}")
    CompressionCodecName compression;

    @Option(names = "--import-memory", defaultValue = "256m", description = "default ${DEFAULT-VALUE}")
    String importMemory;

    private final HttpClient http = HttpClient.newHttpClient();
    private StartedServer server;
    private ServerFigures figures;

    /// As files of rows are: a key and a vector.
    public record Row(long id, List<Float> v) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        var roots = Files.createTempDirectory("sextant-import").toRealPath();
        try {
            var file = written(roots.resolve("rows.parquet"));
            System.out.printf(
                    Locale.ROOT,
                    "%,d rows of %d floats, %s, %,d MB%n%8s %12s %14s %12s %12s%n",
                    rows,
                    dimension,
                    compression,
                    Files.size(file) / 1_000_000,
                    "round",
                    "rows/s",
                    "CPU us a row",
                    "heap MB",
                    "budget MB");
            try (var started =
                    StartedServer.start("--import-roots", roots.toString(), "--import-memory", importMemory)) {
                server = started;
                figures = new ServerFigures(started.metrics());
                for (int round = 0; round < rounds; round++) round(round, file);
                resident();
            }
        } finally {
            Directories.remove(roots);
        }
        return 0;
    }

    private Path written(Path file) throws IOException {
        var random = new SplittableRandom(3);
        try (var out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
                var writer = new CarpetWriter.Builder<>(out, Row.class)
                        .withCompressionCodec(compression)
                        .build()) {
            for (int id = 0; id < rows; id++) {
                var vector = new ArrayList<Float>(dimension);
                for (int i = 0; i < dimension; i++) vector.add((float) random.nextDouble(-1, 1));
                writer.write(new Row(id, vector));
            }
        }
        return file;
    }

    private void round(int round, Path file) throws IOException, InterruptedException {
        var name = "imported_" + round;
        said("collections/create", """
                {"collectionName": "%s", "schema": {"autoId": false, "fields": [
                 {"fieldName": "id", "dataType": "Int64", "isPrimary": true},
                 {"fieldName": "v", "dataType": "FloatVector", "elementTypeParams": {"dim": "%d"}}]}}
                """.formatted(name, dimension));
        long cpu = figures.cpuNanos(), began = System.nanoTime();
        var job = value(
                said("jobs/import/create", "{\"collectionName\": \"%s\", \"files\": [[\"%s\"]]}".formatted(name, file)),
                "jobId");
        double heap = 0, budget = 0;
        while (true) {
            var told = said("jobs/import/describe", "{\"jobId\": \"%s\"}".formatted(job));
            var state = value(told, "state");
            if (state.equals("Failed")) throw new IllegalStateException(told);
            if (state.equals("Completed")) break;
            heap = Math.max(heap, figures.figure("jvm_memory_used_bytes"));
            budget = Math.max(budget, figures.figure("sextant_memory_used_bytes"));
            Thread.sleep(POLL_MILLIS);
        }
        long took = System.nanoTime() - began;
        System.out.printf(
                Locale.ROOT,
                "%8s %,12.0f %14.2f %,12.0f %,12.0f%n",
                round == 0 ? "cold" : Integer.toString(round),
                rows / (took / 1e9),
                (figures.cpuNanos() - cpu) / 1e3 / rows,
                heap / 1e6,
                budget / 1e6);
        said("collections/drop", "{\"collectionName\": \"%s\"}".formatted(name));
        Thread.sleep(1000); // what goes on behind a drop is not the next round's
    }

    private String said(String route, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(server.uri().resolve("/v2/vectordb/" + route))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        var answer = http.send(request, BodyHandlers.ofString()).body();
        if (!value(answer, "code").equals("0")) throw new IllegalStateException(route + ": " + answer);
        return answer;
    }

    private static String value(String answer, String key) {
        var found = Pattern.compile("\"" + key + "\"\\s*:\\s*\"?([^\",}]+)").matcher(answer);
        if (!found.find()) throw new IllegalStateException("no " + key + " in " + answer);
        return found.group(1);
    }

    /// The most that the process ever had in memory, where the system tells.
    private void resident() throws IOException {
        var status = Path.of("/proc", Long.toString(server.pid()), "status");
        if (Files.exists(status))
            for (var line : Files.readAllLines(status))
                if (line.startsWith("VmHWM:"))
                    System.out.println("resident at most: " + line.substring(6).strip());
    }
}
