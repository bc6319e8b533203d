package dev.sextant.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs a client in its own language and reads what its stories came to: `PASS name`, `FAIL name: reason`, and how far
/// it came: `STEP client: step`.
final class Script {
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
    ///
    static Told run(List<String> command, Path directory, Runnable kill) {
        var told = new Told();
        var other = new StringBuilder();
        try {
            var process = started(directory, command);
            try (var lines = process.inputReader();
                    var answers = process.outputWriter()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    int colon = line.indexOf(": ");
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

    /// A virtual environment, made once under `target`, so that only the first run needs the package index, and one
    /// with other requirements. Each file of requirements is installed by itself: one that names hashes must name all
    /// of its own.
    static synchronized Path python(Path sources, String name, String... requirements) {
        var home = sources.resolve("../../../target/" + name).normalize();
        var python = home.resolve("bin/python");
        var ready = home.resolve("ready");
        var wanted = new StringBuilder();
        for (var file : requirements) wanted.append(text(sources.resolve(file)));
        if (!text(ready).contentEquals(wanted)) {
            prepare(sources, "python3", "-m", "venv", home.toString());
            for (var file : requirements)
                prepare(sources, python.toString(), "-m", "pip", "install", "-q", "--no-compile", "-r", file);
            write(ready, wanted);
        }
        return python;
    }

    /// Another version of a package whose needs the environment has already, in a folder of its own under `target`.
    static synchronized Path folder(Path sources, Path python, String name, String version) {
        var home = sources.resolve("../../../target/" + name + "-" + version).normalize();
        if (!Files.isDirectory(home)) {
            var fresh = home.resolveSibling(home.getFileName() + ".new");
            prepare(
                    sources,
                    python.toString(),
                    "-m",
                    "pip",
                    "install",
                    "-q",
                    "--no-compile",
                    "--no-deps",
                    "--target",
                    fresh.toString(),
                    name + "==" + version);
            prepare(sources, "mv", fresh.toString(), home.toString());
        }
        return home;
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void write(Path file, CharSequence text) {
        try {
            Files.writeString(file, text);
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    /// Runs a preparation (making a virtual environment, installing packages); fails with its output.
    static void prepare(Path directory, String... command) {
        try {
            var process = started(directory, List.of(command));
            var output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) throw new IllegalStateException(String.join(" ", command) + "\n" + output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    private static Process started(Path directory, List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
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
