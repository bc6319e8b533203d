package dev.sextant.transfer.source;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Directories of this machine out of which files may be read, and nothing beside them: a path is judged by where it
/// leads, whatever dots and links are on the way.
public final class LocalRoots {
    private static final int BLOCK = 256 << 10;

    private final List<Path> roots;

    public LocalRoots(List<Path> roots) {
        this.roots = List.copyOf(roots);
    }

    public boolean isEmpty() {
        return roots.isEmpty();
    }

    /// Whether a path, as it is written, points into one of the roots.
    public boolean covers(String name) {
        try {
            var path = Path.of(name);
            return path.isAbsolute() && roots.stream().anyMatch(root -> inside(root, path.normalize()));
        } catch (InvalidPathException nothing) {
            return false;
        }
    }

    private static boolean inside(Path root, Path path) {
        return path.startsWith(root.toAbsolutePath().normalize());
    }

    /// The file, open; empty when there is none of that name inside the roots. One outside is told as one that is not
    /// there, so that nobody can feel around in the machine.
    public Optional<Source> open(String name) throws IOException {
        for (var path : candidates(name)) {
            Path real;
            try {
                real = path.toRealPath();
            } catch (IOException notThere) {
                continue;
            }
            if (isInside(real) && Files.isRegularFile(real))
                return Optional.of(new LocalFile(name, FileChannel.open(real, StandardOpenOption.READ)));
        }
        return Optional.empty();
    }

    /// The place of that name, a directory or a file; empty when there is none inside the roots.
    public Optional<Trove> trove(String name) {
        for (var path : candidates(name)) {
            try {
                if (isInside(path.toRealPath())) return Optional.of(new LocalTrove(this, name, path.toRealPath()));
            } catch (IOException notThere) {
                assert notThere != null; // one of the others may be
            }
        }
        return Optional.empty();
    }

    /// A file by where it really lies, if that is inside the roots.
    Optional<Source> openReal(String name, Path path) throws IOException {
        Path real;
        try {
            real = path.toRealPath();
        } catch (IOException notThere) {
            return Optional.empty();
        }
        return isInside(real) && Files.isRegularFile(real)
                ? Optional.of(new LocalFile(name, FileChannel.open(real, StandardOpenOption.READ)))
                : Optional.empty();
    }

    private List<Path> candidates(String name) {
        try {
            var path = Path.of(name);
            if (path.isAbsolute()) return List.of(path);
            var all = new ArrayList<Path>();
            for (var root : roots) all.add(root.resolve(path));
            return all;
        } catch (InvalidPathException nothing) {
            return List.of();
        }
    }

    private boolean isInside(Path real) {
        return roots.stream().anyMatch(root -> {
            try {
                return real.startsWith(root.toRealPath());
            } catch (IOException notThere) {
                return false;
            }
        });
    }

    private record LocalFile(String name, FileChannel channel, long size) implements Source {
        LocalFile(String name, FileChannel channel) throws IOException {
            this(name, channel, channel.size());
        }

        @Override
        public void read(long offset, byte[] into, int at, int length) throws IOException {
            var buffer = ByteBuffer.wrap(into, at, length);
            while (buffer.hasRemaining())
                if (channel.read(buffer, offset + buffer.position() - at) < 0)
                    throw new EOFException(
                            "the file ended at " + (offset + buffer.position() - at) + ", while it was read");
        }

        @Override
        public int blockBytes() {
            return BLOCK;
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException readOnly) {
                // Nothing was written that could be lost.
                assert !channel.isOpen();
            }
        }
    }
}
