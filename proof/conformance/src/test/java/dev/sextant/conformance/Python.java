package dev.sextant.conformance;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// An interpreter with published clients. All stories share one virtual environment under `target`: it is made once, so
/// that only the first run needs the package index, and grows by what a story wants more. Another version of a client
/// lies in a folder of its own beside it and is found there first.
///
/// @param executable of the environment
/// @param folders of packages that come before those of the environment
record Python(Path executable, List<Path> folders) {
    private static final Path SOURCES = Script.sources("python").toAbsolutePath();
    private static final Path TARGET = SOURCES.resolve("../../../target").normalize();
    private static final String NEEDS = "requirements.txt";
    private static final List<String> OLDER = List.of("2.6.17", "2.5.18");

    /// The newest client, with `more` files of requirements beside those of all stories.
    static Python newest(String... more) {
        return environment(
                "venv", Stream.concat(Stream.of(NEEDS), Stream.of(more)).toList());
    }

    /// Three generations of the client, the newest first.
    static List<Python> generations(String... more) {
        var newest = newest(more);
        return Stream.concat(Stream.of(newest), OLDER.stream().map(version -> newest.with("pymilvus", version)))
                .toList();
    }

    /// An environment under `target`. Each file of requirements is installed by itself, since one that names hashes
    /// must name all of its own; the first holds for all of them.
    static synchronized Python environment(String name, List<String> requirements) {
        var home = TARGET.resolve(name);
        var python = new Python(home.resolve("bin/python"), List.of());
        var ready = home.resolve("ready");
        var installed = text(ready);
        for (var file : requirements) {
            var wanted = text(SOURCES.resolve(file));
            if (installed.contains(wanted)) continue;
            if (file.equals(requirements.getFirst())) {
                Script.prepare(SOURCES, "python3", "-m", "venv", "--clear", home.toString());
                installed = "";
            }
            var command = new ArrayList<>(List.of("-q", "--no-compile", "-r", file));
            if (!wanted.contains("--hash")) command.addAll(List.of("-c", requirements.getFirst()));
            python.install(command);
            installed += wanted;
            write(ready, installed);
        }
        return python;
    }

    /// Another version of a package, or one more, whose needs the environment has already.
    Python with(String name, String version) {
        var home = folder(name, version);
        return new Python(
                executable, Stream.concat(Stream.of(home), folders.stream()).toList());
    }

    /// Runs a script of stories to its end, as [Script#run].
    Told tell(Runnable kill, String script, String... arguments) {
        var command = new ArrayList<>(List.of(executable.toString(), script));
        command.addAll(List.of(arguments));
        return Script.run(command, SOURCES, surroundings(), kill);
    }

    private Map<String, String> surroundings() {
        if (folders.isEmpty()) return Map.of();
        return Map.of(
                "PYTHONPATH", folders.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    }

    private Path folder(String name, String version) {
        synchronized (Python.class) {
            var home = TARGET.resolve(name + "-" + version);
            if (!Files.isDirectory(home)) {
                var fresh = TARGET.resolve(name + "-" + version + ".new");
                install(List.of(
                        "-q", "--no-compile", "--no-deps", "--target", fresh.toString(), name + "==" + version));
                Script.prepare(SOURCES, "mv", fresh.toString(), home.toString());
            }
            return home;
        }
    }

    private void install(List<String> arguments) {
        var command =
                new ArrayList<>(List.of(executable.toString(), "-m", "pip", "install", "--disable-pip-version-check"));
        command.addAll(arguments);
        Script.prepare(SOURCES, command.toArray(String[]::new));
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }
}
