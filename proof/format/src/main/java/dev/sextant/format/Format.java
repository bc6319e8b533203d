package dev.sextant.format;

import com.palantir.javaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// ~0~
final class Format {
    private static final Set<String> PASSED_BY = Set.of("target", "node_modules", "build", "dist");

    /// ~1~
    private record Outcome(String digest, String message, boolean fault) {}

    private final boolean apply;
    private final Path root;
    private final Set<String> known;

    private Format(boolean apply, Path root, Set<String> known) {
        this.apply = apply;
        this.root = root;
        this.known = known;
    }

    public static void main(String[] args) throws IOException {
        boolean apply = args[0].equals("apply");
        var root = Path.of(args[1]);
        var memory = Path.of(args[2]);
        Set<String> known = Files.exists(memory) ? Set.copyOf(Files.readAllLines(memory)) : Set.of();
        var outcomes = new Format(apply, root, known).all();
        outcomes.stream().map(Outcome::message).filter(text -> !text.isEmpty()).forEach(System.out::println);
        var inOrder = outcomes.stream()
                .map(Outcome::digest)
                .filter(digest -> !digest.isEmpty())
                .collect(Collectors.toCollection(java.util.TreeSet::new));
        Files.write(memory, inOrder);
        System.exit(verdict(apply, outcomes));
    }

    private static int verdict(boolean apply, List<Outcome> outcomes) {
        if (outcomes.isEmpty()) {
            System.out.println("no Java source was found");
            return 2;
        }
        if (outcomes.stream().anyMatch(Outcome::fault)) {
            return 2;
        }
        boolean moved = outcomes.stream().anyMatch(outcome -> !outcome.message().isEmpty());
        if (moved && !apply) {
            System.out.println("run ./dev format");
            return 1;
        }
        return 0;
    }

    private List<Outcome> all() throws IOException {
        return sources().parallelStream().map(this::one).toList();
    }

    private Outcome one(Path file) {
        var name = root.relativize(file).toString();
        try {
            var source = Files.readString(file);
            var digest = digest(source);
            if (known.contains(digest)) {
                return new Outcome(digest, "", false);
            }
            var wanted = Layout.of(source);
            if (wanted.equals(source)) {
                return new Outcome(digest, "", false);
            }
            if (!apply) {
                return new Outcome("", "not laid out: " + name, false);
            }
            Files.writeString(file, wanted);
            return new Outcome(digest(wanted), "laid out: " + name, false);
        } catch (FormatterException fault) {
            return new Outcome("", name + ":" + fault.getMessage(), true);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private List<Path> sources() throws IOException {
        var found = new ArrayList<Path>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                var name = String.valueOf(folder.getFileName());
                boolean skip = !folder.equals(root) && (name.startsWith(".") || PASSED_BY.contains(name));
                return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private static String digest(String source) {
        try {
            var sha = MessageDigest.getInstance("SHA-256").digest(source.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
