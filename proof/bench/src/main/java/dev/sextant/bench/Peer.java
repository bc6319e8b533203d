package dev.sextant.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Another library, in a process of its own, that runs all queries when told. One thread drives it.
final class Peer implements AutoCloseable {
    /// @param ids the hits of all queries, one query after the other
    record Run(double qpsWall, double qpsCpu, List<Integer> ids) {}

    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter orders;
    private final double buildSeconds;

    Peer(String name, Path data, Path queries, String metric, int k) {
        try {
            var sources = sources();
            process = new ProcessBuilder(
                            python(sources).toString(),
                            sources.resolve("peer.py").toString(),
                            name,
                            data.toString(),
                            queries.toString(),
                            metric,
                            Integer.toString(k))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            answers = process.inputReader();
            orders = process.outputWriter();
            buildSeconds = Double.parseDouble(answer().replaceAll("^.*: |}$", ""));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    double buildSeconds() {
        return buildSeconds;
    }

    Run run(String setting) {
        try {
            orders.write("run " + setting + "\n");
            orders.flush();
            double wall = 0;
            double cpu = 0;
            var ids = new ArrayList<Integer>();
            try (var json = new JsonFactory().createParser(answer())) {
                for (var token = json.nextToken(); token != null; token = json.nextToken()) {
                    if (token == JsonToken.VALUE_NUMBER_FLOAT
                            && json.currentName().equals("qps_wall")) wall = json.getDoubleValue();
                    else if (token == JsonToken.VALUE_NUMBER_FLOAT) cpu = json.getDoubleValue();
                    else if (token == JsonToken.VALUE_NUMBER_INT) ids.add(json.getIntValue());
                }
            }
            return new Run(wall, cpu, ids);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }

    private String answer() throws IOException {
        var line = answers.readLine();
        if (line == null) throw new IOException("the peer ended");
        return line;
    }

    private static Path sources() {
        var here = Path.of("proof/bench/src/main/python");
        if (!Files.isDirectory(here)) throw new IllegalStateException("start it from the root of the checkout");
        return here;
    }

    /// A virtual environment under `target`, made once.
    private static Path python(Path sources) throws IOException {
        var home = Path.of("proof/bench/target/venv").toAbsolutePath();
        if (!Files.exists(home.resolve("ready"))) {
            System.err.println("installing the peers ...");
            step("python3", "-m", "venv", home.toString());
            step(
                    home.resolve("bin/pip").toString(),
                    "install",
                    "-q",
                    "-r",
                    sources.resolve("requirements.txt").toString());
            Files.createFile(home.resolve("ready"));
        }
        return home.resolve("bin/python");
    }

    private static void step(String... command) throws IOException {
        try {
            int code = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (code != 0) throw new IOException(String.join(" ", command) + " ended with " + code);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }
}
