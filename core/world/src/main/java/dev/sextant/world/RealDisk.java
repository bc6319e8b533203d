package dev.sextant.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;

/// A directory of this machine. Nothing outside of it is ever named. Any thread may use it.
public final class RealDisk implements Disk {
    private static final boolean WINDOWS =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    /// What the systems say; Java has no type for it.
    private static final List<String> NO_SPACE = List.of("no space left", "quota exceeded", "not enough space");

    private final Path root;

    private RealDisk(Path root) {
        this.root = root;
    }

    /// The directory is made when it is missing.
    public static RealDisk at(Path root) {
        var absolute = root.toAbsolutePath().normalize();
        try {
            // A link to a directory is one too, which createDirectories alone would refuse.
            if (Files.isRegularFile(absolute)) throw new IOException("it is a file, and should be a directory");
            if (!Files.isDirectory(absolute)) Files.createDirectories(absolute);
            return new RealDisk(absolute.toRealPath());
        } catch (FileSystemException failure) {
            throw new DiskFailure.Other(
                    absolute.toString(), new IOException("it cannot be made: " + reason(failure), failure));
        } catch (IOException failure) {
            throw failure(absolute.toString(), failure);
        }
    }

    /// The system's own words; its commonest answers come without any.
    private static String reason(FileSystemException failure) {
        return switch (failure) {
            case AccessDeniedException denied -> denied.getFile() + " is not ours to write to";
            case NoSuchFileException missing -> missing.getFile() + " is in nothing that takes directories";
            default -> String.valueOf(failure.getReason());
        };
    }

    @Override
    public String description() {
        return root.toString();
    }

    // A disk that cannot be read must never look like an empty one: only the system's plain "no" is a no.

    @Override
    public boolean exists(String path) {
        try {
            Files.readAttributes(resolve(path), BasicFileAttributes.class);
            return true;
        } catch (NoSuchFileException no) {
            return false;
        } catch (IOException failure) {
            if (isBelowFile(failure)) return false;
            throw failure(path, failure);
        }
    }

    @Override
    public List<String> list(String directory) {
        try (var names = Files.list(resolve(directory))) {
            return names.map(name -> name.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        } catch (UncheckedIOException failure) {
            throw failure(directory, failure.getCause());
        } catch (IOException failure) {
            if (isBelowFile(failure)) return List.of();
            throw failure(directory, failure);
        }
    }

    private static boolean isBelowFile(IOException failure) {
        return failure instanceof FileSystemException system && "Not a directory".equals(system.getReason());
    }

    @Override
    public void createDirectories(String directory) {
        run(directory, () -> Files.createDirectories(resolve(directory)));
    }

    @Override
    public DiskFile create(String path) {
        return open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public DiskFile openForReading(String path) {
        return open(path, StandardOpenOption.READ);
    }

    @Override
    public DiskFile openForWriting(String path) {
        return open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public void delete(String path) {
        run(path, () -> Files.delete(resolve(path)));
    }

    @Override
    public void rename(String from, String to) {
        run(from, () -> Files.move(resolve(from), resolve(to), StandardCopyOption.ATOMIC_MOVE));
    }

    @Override
    public void forceDirectory(String directory) {
        if (WINDOWS) return; // names are journalled there, and a directory cannot be opened
        run(directory, () -> {
            try (var channel = FileChannel.open(resolve(directory), StandardOpenOption.READ)) {
                channel.force(true);
            }
        });
    }

    @Override
    public long usableBytes() {
        try {
            return Files.getFileStore(root).getUsableSpace();
        } catch (IOException failure) {
            throw failure(root.toString(), failure);
        }
    }

    @Override
    public AutoCloseable lock(String path) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    resolve(path), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            var lock = channel.tryLock();
            if (lock == null) throw new OverlappingFileLockException();
            var holder = "process " + ProcessHandle.current().pid();
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(holder), 0);
            return channel; // closing it gives the lock back; the file stays, or two could lock two files of one name
        } catch (OverlappingFileLockException held) {
            var holder = holder(channel);
            closeQuietly(channel);
            throw new DiskFailure.Locked(resolve(path).toString(), holder);
        } catch (IOException failure) {
            closeQuietly(channel);
            throw failure(path, failure);
        }
    }

    private static String holder(FileChannel channel) {
        var text = ByteBuffer.allocate(64);
        try {
            channel.read(text, 0);
        } catch (IOException unknown) {
            return "";
        }
        return StandardCharsets.UTF_8.decode(text.flip()).toString();
    }

    private DiskFile open(String path, StandardOpenOption... options) {
        var file = resolve(path);
        try {
            return new RealFile(path, file, FileChannel.open(file, options), options.length > 1);
        } catch (IOException failure) {
            throw failure(path, failure);
        }
    }

    private Path resolve(String path) {
        var resolved = root.resolve(path).normalize();
        if (!resolved.startsWith(root)) throw new IllegalArgumentException(path + " leaves " + root);
        return resolved;
    }

    private interface Act {
        void run() throws IOException;
    }

    private static void run(String path, Act act) {
        try {
            act.run();
        } catch (IOException failure) {
            throw failure(path, failure);
        }
    }

    static DiskFailure failure(String path, IOException failure) {
        var text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (failure instanceof NoSuchFileException) return new DiskFailure.NotFound(path);
        if (failure instanceof FileAlreadyExistsException) return new DiskFailure.Exists(path);
        if (failure instanceof AccessDeniedException || text.contains("read-only file system"))
            return new DiskFailure.ReadOnly(path, failure);
        if (NO_SPACE.stream().anyMatch(text::contains)) return new DiskFailure.NoSpace(path, failure);
        return new DiskFailure.Other(path, failure);
    }

    private static void closeQuietly(FileChannel channel) {
        if (channel == null) return;
        try {
            channel.close();
        } catch (IOException alreadyFailed) {
            // The failure that brought us here is the one to report.
        }
    }
}
