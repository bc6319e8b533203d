package dev.sextant.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Runs a client in its own language and reads what its stories came to: `PASS name`, `FAIL name: reason`.
final class Script {
    private Script() {}

    /// The module's folder, from wherever the tests are started.
    static Path sources(String language) {
        var here = Path.of("src/test", language);
        return Files.isDirectory(here) ? here : Path.of("proof/conformance/src/test", language);
    }

    /// Runs to the end; `kill` is called when the script asks for the server's death, and must bring it back.
    ///
    /// @return for each story, empty text or the reason of its failure
    static Map<String, String> run(List<String> command, Path directory, Consumer<String> kill) {
        var stories = new LinkedHashMap<String, String>();
        var other = new StringBuilder();
        try {
            var process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            try (var lines = process.inputReader();
                    var answers = process.outputWriter()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("PASS ")) stories.put(line.substring(5), "");
                    else if (line.startsWith("FAIL ")) {
                        int colon = line.indexOf(':');
                        stories.put(line.substring(5, colon), line.substring(colon + 2));
                    } else if (line.equals("KILL")) {
                        kill.accept(line);
                        answers.write("ready\n");
                        answers.flush();
                    } else other.append(line).append('\n');
                }
            }
            if (!process.waitFor(1, TimeUnit.MINUTES)) process.destroyForcibly();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (stories.isEmpty()) throw new IllegalStateException("no story ran: " + command + "\n" + other);
        return stories;
    }

    /// A virtual environment, made once under `target`, so that only the first run needs the package index.
    static Path python(Path sources, String name, String requirements) {
        var home = sources.resolve("../../../target/" + name).normalize();
        var python = home.resolve("bin/python");
        if (!Files.isExecutable(home.resolve("ready"))) {
            prepare(sources, "python3", "-m", "venv", home.toString());
            prepare(sources, python.toString(), "-m", "pip", "install", "-q", "--no-compile", "-r", requirements);
            prepare(sources, "sh", "-c", "touch '" + home + "/ready' && chmod +x '" + home + "/ready'");
        }
        return python;
    }

    /// Runs a preparation (making a virtual environment, installing packages); fails with its output.
    static void prepare(Path directory, String... command) {
        try {
            var process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            var output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) throw new IllegalStateException(String.join(" ", command) + "\n" + output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
