package dev.sextant.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs a client in its own language and reads what its stories came to: `PASS name`, `FAIL name: reason`, and how far
/// it came: `STEP client: step`.
final class Script {
    /// A story that takes longer is told of.
    private static final long LONG_NANOS = 3_000_000_000L;

    private Script() {}

    /// The module's folder, from wherever the tests are started.
    static Path sources(String language) {
        var here = Path.of("src/test", language);
        return Files.isDirectory(here) ? here : Path.of("proof/conformance/src/test", language);
    }

    /// The folder of this house's own pages, where the stories find real text.
    static String pages() {
        return sources("")
                .toAbsolutePath()
                .resolve("../../../../docs")
                .normalize()
                .toString();
    }

    /// Where real vectors lie: beside the checkout, or where `SEXTANT_DATA` says.
    static Path data() {
        var said = System.getenv("SEXTANT_DATA");
        var beside = sources("").toAbsolutePath().resolve("../../../../../shared/data");
        return said == null ? beside.normalize() : Path.of(said);
    }

    /// Runs to the end; `kill` is called when the script asks for the server's death, and must bring it back.
    static Told run(List<String> command, Path directory, Runnable kill) {
        return run(command, directory, Map.of(), kill);
    }

    /// @param surroundings what the script finds in its environment beside what is there
    static Told run(List<String> command, Path directory, Map<String, String> surroundings, Runnable kill) {
        var told = new Told();
        var other = new StringBuilder();
        try {
            var process = started(directory, command, surroundings);
            try (var lines = process.inputReader();
                    var answers = process.outputWriter()) {
                long began = System.nanoTime();
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    int colon = line.indexOf(": ");
                    if (line.startsWith("PASS ") || line.startsWith("FAIL ")) {
                        long took = System.nanoTime() - began;
                        began += took;
                        if (took > LONG_NANOS) System.out.printf("%5.1f s %s %s%n", took / 1e9, command.get(1), line);
                    }
                    if (line.startsWith("PASS ")) told.story(line.substring(5), "");
                    else if (line.startsWith("FAIL ")) told.story(line.substring(5, colon), line.substring(colon + 2));
                    else if (line.startsWith("STEP ")) told.step(line.substring(5, colon), line.substring(colon + 2));
                    else if (line.equals("KILL")) {
                        kill.run();
                        answers.write("ready\n");
                        answers.flush();
                    } else other.append(line).append('\n');
                }
            }
            if (!process.waitFor(1, TimeUnit.MINUTES)) process.destroyForcibly().waitFor();
            if (process.exitValue() != 0 && told.allGood())
                told.story("the end of " + command.get(1), "exit " + process.exitValue() + ": " + other);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (told.isEmpty()) throw new IllegalStateException("no story ran: " + command + "\n" + other);
        return told;
    }

    /// Runs a preparation (making a virtual environment, installing packages); fails with its output.
    static void prepare(Path directory, String... command) {
        try {
            var process = started(directory, List.of(command), Map.of());
            var output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) throw new IllegalStateException(String.join(" ", command) + "\n" + output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    private static Process started(Path directory, List<String> command, Map<String, String> surroundings)
            throws IOException {
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(surroundings);
        // Clients are large: an interpreter that may not keep what it compiled takes seconds for each import.
        builder.environment().remove("PYTHONDONTWRITEBYTECODE");
        // Nor beside the stories: among the sources it would be taken for one.
        builder.environment()
                .put(
                        "PYTHONPYCACHEPREFIX",
                        sources("")
                                .toAbsolutePath()
                                .resolve("../../target/pycache")
                                .normalize()
                                .toString());
        return builder.start();
    }
}
