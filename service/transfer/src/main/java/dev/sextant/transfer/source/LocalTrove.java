package dev.sextant.transfer.source;

import dev.sextant.database.RowFiles.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A directory inside of what may be read, or one file of it.
///
/// @param name as its owner calls it
/// @param real where it is
record LocalTrove(LocalRoots roots, String name, Path real) implements Trove {
    @Override
    public List<Found> files(int most) throws IOException {
        if (Files.isRegularFile(real)) return List.of(found(real));
        var found = new ArrayList<Found>();
        try (var all = Files.walk(real)) {
            for (var path : (Iterable<Path>) all::iterator) {
                if (path.equals(real) || Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) continue;
                if (Trove.isHidden(below(path))) continue;
                if (Files.isDirectory(path)) throw new IOException("'" + named(path) + "' is a link to a directory");
                found.add(found(path));
                if (found.size() > most) break;
            }
        } catch (java.io.UncheckedIOException inside) {
            throw inside.getCause();
        }
        found.sort(Comparator.comparing(Found::name));
        return found;
    }

    private String below(Path path) {
        return real.relativize(path).toString();
    }

    private String named(Path path) {
        return path.equals(real) ? name : name + (name.endsWith("/") ? "" : "/") + below(path);
    }

    private Found found(Path path) throws IOException {
        return new Found(named(path), Files.size(path), version(path));
    }

    private static String version(Path path) throws IOException {
        return Files.size(path) + " bytes of " + Files.getLastModifiedTime(path).toMillis();
    }

    @Override
    public Optional<Source> open(Found file) throws IOException {
        var path = file.name().equals(name)
                ? real
                : real.resolve(file.name().substring(name.length() + (name.endsWith("/") ? 0 : 1)));
        var source = roots.openReal(file.name(), path);
        if (source.isPresent() && !version(path).equals(file.version())) {
            source.get().close();
            throw new IOException("it changed since it was found");
        }
        return source;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
