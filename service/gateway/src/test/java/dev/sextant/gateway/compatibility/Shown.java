package dev.sextant.gateway.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which tests show that a call works: a column of docs/compatibility/milvus.md, kept there and nowhere else. A test of
/// this room stands there with its method, a story of published clients (proof/conformance) by its class; each holds to
/// what is said of it. `-Daccept=true` lets a test stand where none of its kind does.
///
/// @param tests by call or route
public record Shown(Map<String, List<String>> tests) {
    private static final Path PAGE = Path.of("../../docs/compatibility/milvus.md");
    private static final Path LOCK = Path.of("target/page.lock");
    private static final Path HERE = Path.of("src/test/java");
    private static final Path STORIES = Path.of("../../proof/conformance/src/test/java");
    private static final String HEADING = "| Shown by |";
    private static final int CALL = 0, SHOWN_BY = 2;

    public static Shown onThePage() {
        var tests = new LinkedHashMap<String, List<String>>();
        boolean inside = false;
        for (var line : lines()) {
            if (!line.startsWith("|")) inside = false;
            else if (line.contains(HEADING)) inside = true;
            else if (inside && !line.startsWith("|---")) {
                var cells = cells(line);
                tests.put(cells.get(CALL), names(cells.get(SHOWN_BY)));
            }
        }
        return new Shown(tests);
    }

    public List<String> of(String call) {
        return tests.getOrDefault(call, List.of());
    }

    /// What a test is said to show.
    public Set<String> callsOf(String test) {
        return tests.entrySet().stream()
                .filter(entry -> entry.getValue().contains(test))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /// As a cell of the page.
    public String cell(String call) {
        return of(call).stream().map(Table::code).collect(Collectors.joining(", "));
    }

    /// Whether a test of that name can be run, and so can fail.
    public static boolean isThere(String test) {
        int dot = test.indexOf('.');
        return dot < 0
                ? source(STORIES, first(test)).contains("new Seen(" + first(test) + ".class")
                : source(HERE, test.substring(0, dot)).contains(" " + test.substring(dot + 1) + "() ");
    }

    /// A story that is told apart stands behind its class.
    private static String first(String test) {
        return test.split(" ")[0];
    }

    private static String source(Path root, String name) {
        try (Stream<Path> all = Files.walk(root)) {
            var file = all.filter(each -> each.getFileName().toString().equals(name + ".java"))
                    .findFirst();
            return file.isEmpty() ? "" : Files.readString(file.get());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// Takes a test's name out where it showed nothing, and puts it in where nobody of this room shows anything.
    public static void accept(String test, Set<String> seen) {
        rewrite(() -> accepted(test, seen));
    }

    private static String accepted(String test, Set<String> seen) {
        var tests = onThePage().tests();
        var lines = new ArrayList<>(lines());
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith("| ")) continue;
            var cells = new ArrayList<>(cells(lines.get(i)));
            var names = new ArrayList<>(tests.getOrDefault(cells.get(CALL), List.of()));
            if (!tests.containsKey(cells.get(CALL))) continue;
            if (!seen.contains(cells.get(CALL))) names.remove(test);
            else if (names.stream().noneMatch(name -> name.contains("."))) names.addFirst(test);
            cells.set(SHOWN_BY, names.stream().map(Table::code).collect(Collectors.joining(", ")));
            lines.set(i, cells.stream().collect(Collectors.joining(" | ", "| ", " |")));
        }
        return String.join("\n", lines) + "\n";
    }

    /// Writes the page anew from what stands on it. Classes are tested by several processes: one writes at a time, and
    /// who only reads finds the old page or the new one, whole.
    ///
    /// @param page reads what stands there, and makes the new one of it
    public static synchronized void rewrite(Supplier<String> page) {
        try (var channel = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            var fresh = Files.writeString(LOCK.resolveSibling("page.md"), page.get());
            Files.move(fresh, PAGE, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /// The page as it stands.
    public static String text() {
        try {
            return Files.readString(PAGE);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<String> lines() {
        return text().lines().toList();
    }

    private static List<String> cells(String line) {
        return Stream.of(line.substring(1, line.length() - 1).split("(?<!\\\\)\\|", -1))
                .map(String::strip)
                .toList();
    }

    private static List<String> names(String cell) {
        return cell.isEmpty()
                ? List.of()
                : Stream.of(cell.split(", ")).map(name -> name.replace("`", "")).toList();
    }
}
