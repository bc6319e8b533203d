package dev.sextant.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.cli.bench.Settings;
import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One that is measured, in a process of its own: it builds, then runs all queries whenever it is told. One thread
/// drives it.
final class Contestant implements AutoCloseable {
    private static final Set<String> OF_PYTHON = Set.of("hnswlib", "faiss", "usearch");
    private static final Set<String> OF_JAVA = Set.of("lucene", "jvector", "sextant", "index");
    private static final int LONGEST_LINE = 1 << 16;

    /// What to run: `NAME[:type,key=value…][/sweep]`, such as `sextant:HNSW,M=16/ef=10,20,40`.
    record Order(String name, String parameters, List<Map<String, String>> settings) {
        private static final String DEFAULT_SWEEP = "ef=10,16,24,32,48,64,96,128,192,256,384";

        static Order parse(String text) {
            int slash = text.indexOf('/');
            var subject = slash < 0 ? text : text.substring(0, slash);
            int colon = subject.indexOf(':');
            var name = colon < 0 ? subject : subject.substring(0, colon);
            if (!OF_PYTHON.contains(name) && !OF_JAVA.contains(name))
                throw new IllegalArgumentException(
                        "--with takes hnswlib, faiss, usearch, lucene, jvector, sextant or index, "
                                + "then :type,key=value and /sweep; came " + text);
            var parameters = colon < 0 ? "" : subject.substring(colon + 1);
            return new Order(name, parameters, Settings.parse(slash < 0 ? DEFAULT_SWEEP : text.substring(slash + 1)));
        }

        String title() {
            return parameters.isEmpty()
                    ? name
                    : name + " " + parameters.replace(',', ' ').replace(';', ',');
        }
    }

    /// @param ids the rows found, query by query, -1 where there were fewer
    record Run(double wallSeconds, double cpuSeconds, int[] ids) {}

    private final Order order;
    private final Process process;
    private final DataInputStream answers;
    private final BufferedWriter orders;
    private final int found;
    private final Map<String, String> built;

    /// Starts it and waits until it has built.
    Contestant(Order order, DataSet data, String metric, int k, int mostRows, int mostQueries, int threads)
            throws IOException {
        this.order = order;
        found = data.queries().rows() * k;
        var command = new ArrayList<String>();
        if (OF_PYTHON.contains(order.name)) command.addAll(List.of(Python.command(), Python.script("peer.py")));
        else command.addAll(java());
        command.addAll(List.of(order.name, order.parameters, data.train(), data.test(), metric));
        for (int number : new int[] {k, mostRows, mostQueries, threads}) command.add(Integer.toString(number));
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE"); // a busy machine is not slowed by threads that wait
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        process = builder.start();
        answers = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
        orders = process.outputWriter(StandardCharsets.UTF_8);
        built = answer();
    }

    private static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseCompactObjectHeaders",
                "-Xmx" + Runtime.getRuntime().maxMemory() / (1 << 20) + "m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "peer");
    }

    Order order() {
        return order;
    }

    double built(String what) {
        var text = built.getOrDefault(what, "null");
        return text.equals("null") ? Double.NaN : Double.parseDouble(text);
    }

    String version() {
        return built.getOrDefault("version", "");
    }

    Run run(Map<String, String> setting) throws IOException {
        var text = new StringBuilder();
        setting.forEach((key, value) ->
                text.append(text.isEmpty() ? "" : ";").append(key).append('=').append(value));
        orders.write("run " + (text.isEmpty() ? "default" : text) + "\n");
        orders.flush();
        var answer = answer();
        var bytes = new byte[4 * found];
        answers.readFully(bytes);
        var ids = new int[found];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(ids);
        return new Run(Double.parseDouble(answer.get("wall")), Double.parseDouble(answer.get("cpu")), ids);
    }

    private Map<String, String> answer() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = answers.read(); next != '\n'; next = answers.read()) {
            if (next < 0 || line.size() > LONGEST_LINE)
                throw new EOFException(order.title() + " ended: " + line.toString(StandardCharsets.UTF_8));
            line.write(next);
        }
        return values(line.toString(StandardCharsets.UTF_8));
    }

    static Map<String, String> values(String line) throws IOException {
        var values = new HashMap<String, String>();
        try (var json = new JsonFactory().createParser(line)) {
            for (var token = json.nextToken(); token != null; token = json.nextToken())
                if (token.isScalarValue() && token != JsonToken.FIELD_NAME)
                    values.put(json.currentName(), json.getText());
        }
        return values;
    }

    @Override
    public void close() {
        process.destroy();
    }

    /// Where Python and what it needs are: an environment under `target`, made once for each list of needs.
    private static final class Python {
        private static final Path SOURCES = Path.of("proof/bench/src/main/python");
        private static final Path HOME = Path.of("proof/bench/target/venv");

        static String script(String name) {
            if (!Files.isDirectory(SOURCES))
                throw new IllegalArgumentException("start it from the root of the checkout");
            return SOURCES.resolve(name).toString();
        }

        static String command() throws IOException {
            var needs = Files.readString(Path.of(script("requirements.txt")));
            var ready = HOME.resolve("ready");
            if (!Files.exists(ready) || !Files.readString(ready).equals(needs)) {
                System.err.println("installing the peers of Python ...");
                step("python3", "-m", "venv", HOME.toString());
                step(HOME.resolve("bin/pip").toString(), "install", "-q", "-r", script("requirements.txt"));
                Files.writeString(ready, needs);
            }
            return HOME.resolve("bin/python").toAbsolutePath().toString();
        }

        private static void step(String... command) throws IOException {
            try {
                var process = new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                int code = process.waitFor();
                if (code != 0) throw new IOException(String.join(" ", command) + " ended with " + code);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            }
        }
    }
}
