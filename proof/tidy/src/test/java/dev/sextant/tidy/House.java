package dev.sextant.tidy;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The house as it stands on this disk: its rooms, their compiled classes, and the texts that people wrote.
final class House {
    static final Path ROOT = root();

    /// The Maven modules, in the order of the root POM: what stands later may use what stands earlier.
    static final List<Path> MODULES = modules();

    /// Rooms that nothing has moved into yet. A rule that finds nothing anywhere else fails instead of passing.
    static final Set<String> MAY_BE_EMPTY = Set.of();

    private static final Set<String> NOT_WRITTEN_HERE = Set.of("target", "node_modules", "dist", "build", "data");

    private static final Map<String, List<JavaClass>> CLASSES = new HashMap<>();

    // What is not of this house is known by its name alone: reading the classes that ours name, and those that they
    // name, takes half a minute.
    static {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    }

    private House() {}

    /// The rooms of the product: all modules but those that prove something about it.
    static List<String> rooms() {
        return MODULES.stream()
                .filter(module -> !module.startsWith("proof"))
                .map(module -> module.getFileName().toString())
                .toList();
    }

    /// Rooms whose sources people write. `wire` is generated, and its POM names nobody: what its classes could know is
    /// not worth the seconds that reading them takes.
    static List<String> writtenRooms() {
        return rooms().stream().filter(room -> !room.equals("wire")).toList();
    }

    static synchronized List<JavaClass> classes(String room) {
        return CLASSES.computeIfAbsent(room, House::importClasses);
    }

    private static List<JavaClass> importClasses(String room) {
        var compiled = compiled(room);
        var found = Files.isDirectory(compiled)
                ? List.copyOf(new ClassFileImporter().importPath(compiled))
                : List.<JavaClass>of();
        var written = found.stream()
                .filter(type -> !type.getSimpleName().equals("module-info"))
                .toList();
        if (written.isEmpty() && !MAY_BE_EMPTY.contains(room)) {
            throw new AssertionError("no class was found in " + compiled + ": is the room compiled?");
        }
        return written;
    }

    /// The files of a room's classes, relative to the root of its packages.
    static List<Path> classFiles(String room) {
        var compiled = compiled(room);
        try (var files = Files.walk(compiled)) {
            var found = files.filter(file -> file.toString().endsWith(".class"))
                    .map(compiled::relativize)
                    .toList();
            if (found.isEmpty()) throw new AssertionError("no class was found in " + compiled);
            return found;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static Path compiled(String room) {
        var module = MODULES.stream()
                .filter(path -> path.getFileName().toString().equals(room))
                .findFirst()
                .orElseThrow();
        return ROOT.resolve(module).resolve("target/classes");
    }

    static String roomOf(JavaClass type) {
        var name = type.getPackageName();
        if (!name.startsWith("dev.sextant.")) {
            return "";
        }
        var rest = name.substring("dev.sextant.".length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    /// All files of the repository that a person wrote and that hold text, relative to its root.
    static List<Path> texts() {
        var texts =
                files(path -> !path.toString().matches(".*\\.(png|jpg|ico|gif|gz|npy|bin|jar|parquet|woff2?|lock)"));
        if (texts.isEmpty()) {
            throw new AssertionError("no text was found under " + ROOT);
        }
        return texts;
    }

    static List<Path> files(Predicate<Path> wanted) {
        var found = new ArrayList<Path>();
        try {
            Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return isForeign(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    var path = ROOT.relativize(file);
                    // In a second work tree of one clone `.git` is a file.
                    if (attributes.isRegularFile() && !path.endsWith(".git") && wanted.test(path)) {
                        found.add(path);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
        found.sort(null);
        return found;
    }

    private static boolean isForeign(Path folder) {
        if (folder.equals(ROOT)) {
            return false;
        }
        var name = folder.getFileName().toString();
        boolean hidden = name.startsWith(".") && !name.equals(".ci");
        // Outside of a source folder these names mean what was made, not what was written.
        boolean made = NOT_WRITTEN_HERE.contains(name)
                && !ROOT.relativize(folder).toString().contains("src/");
        return hidden || made;
    }

    static String read(Path relative) {
        try {
            // A sample of a binary format is read as well as it goes.
            return new String(Files.readAllBytes(ROOT.resolve(relative)), StandardCharsets.UTF_8);
        } catch (IOException fault) {
            throw new UncheckedIOException(relative.toString(), fault);
        }
    }

    private static Path root() {
        for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("core")) && Files.isDirectory(folder.resolve("proof"))) {
                return folder;
            }
        }
        throw new AssertionError("no folder above this one holds core and proof");
    }

    private static List<Path> modules() {
        var modules = Pattern.compile("<module>([^<]+)</module>")
                .matcher(read(Path.of("pom.xml")))
                .results()
                .map(found -> Path.of(found.group(1)))
                .toList();
        if (modules.size() < 10) {
            throw new AssertionError("the root POM names few modules: " + modules);
        }
        return modules;
    }
}
