package dev.sextant.world;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// A disk that ends the whole process, without a word, at a chosen operation: what `kill -9` does, at a named place.
/// For crash tests of real servers.
public final class HaltingDisk implements Disk {
    /// Where to halt.
    ///
    /// @param operation write, force, create, rename, delete or forceDirectory
    /// @param prefix of the path, relative to the disk; empty for any
    /// @param count the how manyeth such operation, from 1
    /// @param after whether the operation still takes place
    public record Place(String operation, String prefix, long count, boolean after) {
        /// Written `operation:prefix:count:before` or `…:after`.
        public static Place parse(String text) {
            var parts = text.split(":", -1);
            if (parts.length != 4)
                throw new IllegalArgumentException("expected operation:prefix:count:before|after, came " + text);
            return new Place(parts[0], parts[1], Long.parseLong(parts[2]), parts[3].equals("after"));
        }
    }

    private final Disk disk;
    private final Place place;
    private final AtomicLong seen = new AtomicLong();

    public HaltingDisk(Disk disk, Place place) {
        this.disk = disk;
        this.place = place;
    }

    private void perform(String operation, String path, Runnable action) {
        boolean here = operation.equals(place.operation)
                && path.startsWith(place.prefix)
                && seen.incrementAndGet() == place.count;
        if (here && !place.after) Runtime.getRuntime().halt(137);
        action.run();
        if (here) Runtime.getRuntime().halt(137);
    }

    @Override
    public String description() {
        return disk.description();
    }

    @Override
    public boolean exists(String path) {
        return disk.exists(path);
    }

    @Override
    public List<String> list(String directory) {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(String directory) {
        disk.createDirectories(directory);
    }

    @Override
    public DiskFile create(String path) {
        var made = new DiskFile[1];
        perform("create", path, () -> made[0] = new HaltingFile(disk.create(path)));
        return made[0];
    }

    @Override
    public DiskFile openForReading(String path) {
        return disk.openForReading(path);
    }

    @Override
    public DiskFile openForWriting(String path) {
        return new HaltingFile(disk.openForWriting(path));
    }

    @Override
    public void delete(String path) {
        perform("delete", path, () -> disk.delete(path));
    }

    @Override
    public void rename(String from, String to) {
        perform("rename", to, () -> disk.rename(from, to));
    }

    @Override
    public void forceDirectory(String directory) {
        perform("forceDirectory", directory, () -> disk.forceDirectory(directory));
    }

    @Override
    public long usableBytes() {
        return disk.usableBytes();
    }

    @Override
    public AutoCloseable lock(String path) {
        return disk.lock(path);
    }

    private final class HaltingFile implements DiskFile {
        private final DiskFile file;

        HaltingFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public String path() {
            return file.path();
        }

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public void read(long offset, MemorySegment target) {
            file.read(offset, target);
        }

        @Override
        public void write(long offset, MemorySegment source) {
            perform("write", file.path(), () -> file.write(offset, source));
        }

        @Override
        public void force() {
            perform("force", file.path(), file::force);
        }

        @Override
        public void truncate(long size) {
            file.truncate(size);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
