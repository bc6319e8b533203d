package dev.sextant.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.fixture.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// Which calls a server answered with success while a test's stories were told, by its own figures. Where
/// docs/compatibility/milvus.md says that the test shows a call, it must be among them; `-Daccept=true` lets the test
/// stand where no story does.
final class Seen {
    private static final Path PAGE = ClientPage.beside("milvus.md");
    private static final Pattern COUNT =
            Pattern.compile("^sextant_call_(seconds_count|failures_total)\\{call=\"([^\"]+)\"} (\\d+)$");

    private final String test;
    private final ServerProcess server;
    private final Set<String> calls = new TreeSet<>();

    Seen(Class<?> test, ServerProcess server) {
        this(test.getSimpleName(), server);
    }

    /// @param story one of several that the test has told, each to a server of its own
    Seen(Class<?> test, String story, ServerProcess server) {
        this(test.getSimpleName() + " " + story, server);
    }

    private Seen(String test, ServerProcess server) {
        this.test = test;
        this.server = server;
    }

    /// Kills the server, which forgets its figures, and brings it back.
    void again() {
        look();
        server.again();
    }

    /// One test, to be made while the server lives.
    Stream<DynamicTest> tests() {
        look();
        return Stream.of(DynamicTest.dynamicTest("what it is said to show", this::check));
    }

    private void look() {
        Map<String, Long> answered = new HashMap<>();
        for (var line : figures().lines().toList()) {
            var count = COUNT.matcher(line);
            if (!count.matches()) continue;
            long sign = count.group(1).equals("failures_total") ? -1 : 1;
            answered.merge(count.group(2), sign * Long.parseLong(count.group(3)), Long::sum);
        }
        answered.forEach((call, times) -> {
            if (times > 0) calls.add(call);
        });
    }

    private String figures() {
        try (var page = URI.create("http://127.0.0.1:" + server.managementPort() + "/metrics")
                .toURL()
                .openStream()) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void check() throws IOException {
        // Classes tell their stories at the same time: nobody reads a page that is half written.
        synchronized (Seen.class) {
            if (Boolean.getBoolean("accept")) accept();
            assertThat(calls).containsAll(said());
        }
    }

    private List<String> said() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| ") && shownBy(line).contains("`" + test + "`"))
                .map(line -> line.split("\\|")[1].strip())
                .toList();
    }

    private static String shownBy(String line) {
        var cells = line.split("\\|");
        return cells.length > 3 ? cells[3] : "";
    }

    private void accept() throws IOException {
        var lines = new ArrayList<String>();
        boolean inside = false;
        for (var line : Files.readAllLines(PAGE)) {
            if (!line.startsWith("|")) inside = false;
            else if (line.contains("| Shown by |")) inside = true;
            lines.add(inside && line.startsWith("| ") ? accepted(line) : line);
        }
        Files.write(PAGE, lines);
    }

    private String accepted(String line) {
        var cells = line.split("\\|", -1);
        if (cells[3].strip().equals("Shown by")) return line;
        var names = new ArrayList<>(Stream.of(cells[3].strip().split(", "))
                .filter(name -> !name.isEmpty())
                .toList());
        if (!calls.contains(cells[1].strip())) names.remove("`" + test + "`");
        else if (cells[2].strip().equals("works") && names.stream().allMatch(name -> name.contains(".")))
            names.add("`" + test + "`");
        cells[3] = " " + String.join(", ", names) + " ";
        return String.join("|", cells);
    }
}
