package dev.sextant.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchCommandTest {
    @TempDir
    Path folder;

    private final StringWriter errors = new StringWriter();

    private Path fbin(String name, int rows, long seed) throws IOException {
        var random = new Random(seed);
        var bytes = ByteBuffer.allocate(8 + 4 * rows * 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(rows).putInt(8);
        while (bytes.hasRemaining()) bytes.putFloat(random.nextInt(100));
        return Files.write(folder.resolve(name), bytes.array());
    }

    private int run(String... arguments) {
        return new CommandLine(new BenchCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, _, _) -> {
                    errors.append(failure.getMessage());
                    return 1;
                })
                .setErr(new PrintWriter(errors))
                .execute(arguments);
    }

    /// The same over rows and queries of its own, in process; the switches as words with blanks between.
    private int runOver(int rows, int queries, String switches) throws IOException {
        var arguments = new ArrayList<>(List.of(
                "--in-process",
                "--data",
                fbin("a.fbin", rows, 1).toString(),
                "--queries",
                fbin("b.fbin", queries, 2).toString()));
        arguments.addAll(List.of(switches.split(" ")));
        return run(arguments.toArray(String[]::new));
    }

    private interface Act {
        void run() throws IOException;
    }

    /// What is printed meanwhile.
    private static String printed(PrintStream stream, Consumer<PrintStream> put, Act act) throws IOException {
        var seen = new ByteArrayOutputStream();
        put.accept(new PrintStream(seen, true));
        try {
            act.run();
        } finally {
            put.accept(stream);
        }
        return seen.toString();
    }

    private static TreeSet<String> names(Path json) throws IOException {
        var names = new TreeSet<String>();
        try (var parser = new JsonFactory().createParser(json.toFile())) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken())
                if (token == JsonToken.FIELD_NAME) names.add(parser.currentName());
        }
        return names;
    }

    @Test
    void theFiguresOfARunInProcessAreAllThere() throws IOException {
        var json = folder.resolve("out.json");
        var code = runOver(
                500,
                40,
                "--index FLAT --sweep default --selectivity 0.1 --correlation against --threads 2 --rounds 1 --warm 0"
                        + " --json " + json + " --svg " + folder.resolve("out.svg"));
        assertThat(errors.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(names(json))
                .contains(
                        "build",
                        "seconds",
                        "bytesPerRow",
                        "memory",
                        "disk",
                        "points",
                        "params",
                        "recall",
                        "qpsCpu",
                        "qpsWall",
                        "p50Micros",
                        "p99Micros",
                        "evaluations",
                        "bytesPerQuery");
        assertThat(Files.readString(json)).contains("\"recall\": 1,").contains("\"returned\": 10");
        assertThat(Files.readString(folder.resolve("out.svg")))
                .startsWith("<svg")
                .contains("</svg>");
    }

    @Test
    void whatDoesNotGoTogetherIsRefusedBeforeAnythingIsRead() {
        for (var wrong : List.of(
                "--filter u<1 --selectivity 0.1 --queries q.npy",
                "--selectivity 2 --queries q.npy",
                "--correlation with --queries q.npy",
                "--selectivity 0.1 --correlation with --nq 4 --queries q.npy",
                "--index ivf_flat --queries q.npy",
                "--params efconstruction=200 --queries q.npy",
                "--sweep nprobe=8 --queries q.npy",
                "--k 0 --queries q.npy",
                "--json /no/such/folder/out.json --queries q.npy",
                "--svg / --queries q.npy",
                "")) {
            var arguments = new ArrayList<>(List.of("--in-process", "--data", "/no/such/file.npy"));
            if (!wrong.isEmpty()) arguments.addAll(List.of(wrong.split(" ")));
            errors.getBuffer().setLength(0);
            assertThat(run(arguments.toArray(String[]::new))).isEqualTo(1);
            assertThat(errors.toString()).as(wrong).startsWith("--").doesNotContain("no file");
        }
    }

    @Test
    void aMetricThatDoesNotCompareFloatsIsRefusedWithThoseThatDo() {
        for (var wrong : List.of("FOO", "HAMMING", "BM25", "MAX_SIM")) {
            errors.getBuffer().setLength(0);
            assertThat(run("--data", "a.npy", "--queries", "q.npy", "--metric", wrong))
                    .isEqualTo(2);
            assertThat(errors.toString()).contains("it takes L2, IP or COSINE, came " + wrong);
        }
    }

    @Test
    void anAddressThatIsNoneIsRefusedWithTheFormOfOne() {
        for (var wrong : List.of("127.0.0.1:19530", "localhost", "grpc://localhost:19530")) {
            errors.getBuffer().setLength(0);
            assertThat(run("--data", "a.npy", "--queries", "q.npy", "--uri", wrong))
                    .isEqualTo(2);
            assertThat(errors.toString()).contains("it takes http://host:port or https://host:port, came " + wrong);
        }
    }

    @Test
    void whatTheIndexDoesNotTakeIsToldBeforeARowIsInserted() throws IOException {
        var refusals = Map.of(
                "--params M=1", "param 'M' (1) should be in range [2, 2048]",
                "--sweep ef=3", "ef(3) should be larger than k(10)",
                "--k 20000", "topk must be in [1, 16384], 20000 came");
        for (var refusal : refusals.entrySet()) {
            var wrong = refusal.getKey();
            errors.getBuffer().setLength(0);
            var seen = printed(
                    System.err,
                    System::setErr,
                    () -> assertThat(runOver(300, 3, "--warm 0 " + wrong)).isEqualTo(1));
            assertThat(errors.toString()).as(wrong).contains(refusal.getValue());
            assertThat(seen).as(wrong).doesNotContain("inserting");
        }
    }

    @Test
    void vectorsThatCannotBeSearchedAreToldOfByFileAndRow() throws IOException {
        var rows = fbin("a.fbin", 5, 1);
        var bytes = Files.readAllBytes(rows);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(8 + 4 * (3 * 8 + 2), Float.NaN);
        var broken = Files.write(folder.resolve("nan.fbin"), bytes);
        var none = fbin("none.fbin", 0, 1);
        var narrow = Files.write(
                folder.resolve("narrow.fbin"),
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(1)
                        .putInt(2)
                        .array());
        var told = Map.of(
                broken, "--queries holds NaN in row 3 of " + broken,
                none, "--queries holds no vectors: " + none,
                narrow, "--data has vectors of 8 components (5 of them), --queries of 2");
        told.forEach((queries, sentence) -> {
            errors.getBuffer().setLength(0);
            assertThat(run("--in-process", "--data", rows.toString(), "--queries", queries.toString()))
                    .isEqualTo(1);
            assertThat(errors.toString()).startsWith(sentence);
        });
    }

    @Test
    void aServerThatDoesNotAnswerIsToldOfWithItsAddress() throws IOException {
        int free;
        try (var socket = new java.net.ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        var uri = "http://127.0.0.1:" + free;
        var rows = fbin("a.fbin", 5, 1).toString();
        assertThat(run("--uri", uri, "--data", rows, "--queries", rows)).isEqualTo(1);
        assertThat(errors.toString()).startsWith(uri + ": the server did not answer: UNAVAILABLE");
    }

    @Test
    void aFigureOfAServerIsTheSumOverItsLabels() {
        var page = "# HELP x\nprocess_cpu_seconds_total 12.5\nhits{a=\"1\"} 2\nhits{a=\"2\"} 3e0\n";
        assertThat(ServerFigures.value(page, "process_cpu_seconds_total")).hasValue(12.5);
        assertThat(ServerFigures.value(page, "hits")).hasValue(5);
        assertThat(ServerFigures.value(page, "process_cpu")).isEmpty();
    }

    @Test
    void filesOfMergedSegmentsThatWaitToBeDeletedDoNotCount() throws IOException {
        var database = Files.createDirectories(folder.resolve("database"));
        var files = Map.of(
                "log/000", 1,
                "checkpoints/1", 2,
                "sextant.id", 4,
                "segments/000000000000002a.segment", 8,
                "segments/000000000000002a-0000000000000001.index", 16,
                "segments/0000000000000007.segment", 32,
                "segments/0000000000000007-0000000000000001.rows", 64);
        for (var file : files.entrySet()) {
            var path = database.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, new byte[file.getValue()]);
        }
        assertThat(InProcess.bytesOnDisk(database, Set.of("000000000000002a"))).isEqualTo(2 + 4 + 8 + 16);
    }

    @Test
    void whatAServerTakesItSaysItselfAndOfAnotherNobodyKnows() {
        var ours = ServerFigures.footprint("sextant_memory_used_bytes 12345\nsextant_files_bytes 1e6\n");
        assertThat(ours.memory()).isEqualTo(12_345);
        assertThat(ours.disk()).isEqualTo(1e6);
        var theirs = ServerFigures.footprint("process_cpu_seconds_total 12.5\n");
        assertThat(Json.number(theirs.memory())).isEqualTo("null");
        assertThat(Json.number(theirs.disk())).isEqualTo("null");
    }

    @Test
    void whatCannotBeToldIsNullAndTextIsQuoted() {
        assertThat(Json.number(Double.NaN)).isEqualTo("null");
        assertThat(Json.number(3)).isEqualTo("3");
        assertThat(Json.quoted("a\"b\\\n")).isEqualTo("\"a\\\"b\\\\\\u000a\"");
        assertThat(Json.object(Map.of("ef", "64"))).isEqualTo("{\"ef\":64}");
        assertThat(Json.object(Map.of("t", "007"))).isEqualTo("{\"t\":\"007\"}");
    }

    @Test
    void searchesThatWalkNoIndexAreSaidTo() throws IOException {
        var said = printed(
                System.out, System::setOut, () -> runOver(100, 10, "--index HNSW --sweep ef=20 --rounds 1 --warm 0"));
        assertThat(said).contains("no index was walked");
    }
}
