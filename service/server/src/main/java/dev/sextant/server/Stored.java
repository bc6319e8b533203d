package dev.sextant.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a data directory takes on disk beside its log, which is cut at checkpoints: segments, indexes, pages of rows.
/// Looks at each file when it is asked.
record Stored(Path data) {
    /// Not a number where files came and went meanwhile.
    double bytes() {
        if (!Files.isDirectory(data)) return 0;
        var log = data.resolve("log");
        try (var files =
                Files.find(data, Integer.MAX_VALUE, (file, is) -> is.isRegularFile() && !file.startsWith(log))) {
            return files.mapToLong(Stored::size).sum();
        } catch (IOException | UncheckedIOException changing) {
            return Double.NaN;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
