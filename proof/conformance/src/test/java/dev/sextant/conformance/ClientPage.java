package dev.sextant.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// `docs/compatibility/clients.md`: each published client, and what it was seen to do. A row is true when a client came
/// so far and no farther; `-Daccept=true` writes it.
final class ClientPage {
    private static final List<String> STEPS =
            List.of("create", "fill", "search", "change", "delete", "restart", "refusal");
    private static final Path PAGE = beside("clients.md");

    private ClientPage() {}

    /// A page of its folder, from wherever the tests are started.
    static Path beside(String name) {
        var here = Path.of("docs/compatibility", name);
        return Files.exists(here) ? here : Path.of("../..").resolve(here);
    }

    /// How a Java client is called on the page: by its jar.
    static String jar(Class<?> type) {
        var jar = type.getProtectionDomain().getCodeSource().getLocation().getPath();
        return Path.of(jar).getFileName().toString().replaceFirst("-([0-9].*)\\.jar$", " $1");
    }

    static synchronized void check(String client, List<String> steps) {
        assertThat(STEPS).containsAll(steps);
        var row = STEPS.stream()
                .map(step -> steps.contains(step) ? "yes" : "no")
                .collect(Collectors.joining(" | ", "| " + client + " | ", " |"));
        if (Boolean.getBoolean("accept")) accept(client, row);
        assertThat(lines()).contains(row);
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(PAGE);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// In the place of the client's row, or behind the last one.
    private static void accept(String client, String row) {
        var lines = new ArrayList<>(lines());
        int at = lines.size(), old = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("|")) at = i + 1;
            if (lines.get(i).startsWith("| " + client + " |")) old = i;
        }
        if (old < 0) lines.add(at, row);
        else lines.set(old, row);
        try {
            Files.write(PAGE, lines);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
