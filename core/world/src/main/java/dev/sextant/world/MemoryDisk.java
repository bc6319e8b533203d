package dev.sextant.world;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// A simulated disk in memory: does what [Disk] promises and never fails. Any thread may use it.
public sealed class MemoryDisk implements Disk permits FaultDisk {
    final Folder root;
    private final Set<String> locked = new HashSet<>();

    public MemoryDisk() {
        this(new Folder());
    }

    MemoryDisk(Folder root) {
        this.root = root;
    }

    /// A file or a directory. Names and contents live apart: an open file stays readable when its name is gone.
    sealed interface Node permits Folder, Content {}

    static final class Folder implements Node {
        final TreeMap<String, Node> names = new TreeMap<>();
        /// What a simulated power cut leaves; used by [FaultDisk] alone.
        final TreeMap<String, Node> durable = new TreeMap<>();
        final List<Runnable> pending = new ArrayList<>();
    }

    static final class Content implements Node {
        Sparse bytes = new Sparse();
        /// What a simulated power cut leaves; used by [FaultDisk] alone.
        Sparse durable = new Sparse();
        final List<FaultDisk.Change> pending = new ArrayList<>();
    }

    @Override
    public String description() {
        return "memory";
    }

    @Override
    public synchronized boolean exists(String path) {
        asked(path);
        return path.isEmpty() || look(path) != null;
    }

    @Override
    public synchronized List<String> list(String directory) {
        asked(directory);
        return (directory.isEmpty() ? root : look(directory)) instanceof Folder folder
                ? List.copyOf(folder.names.keySet())
                : List.of();
    }

    @Override
    public synchronized void createDirectories(String directory) {
        var folder = root;
        for (var part : parts(directory)) {
            var next = folder.names.get(part);
            if (next == null) {
                next = new Folder();
                changing(directory, 0);
                name(folder, part, next);
            }
            if (!(next instanceof Folder inner)) throw new DiskFailure.Exists(directory);
            folder = inner;
        }
    }

    @Override
    public synchronized DiskFile create(String path) {
        var folder = parent(path);
        if (folder.names.containsKey(last(path))) throw new DiskFailure.Exists(path);
        changing(path, 0);
        var content = new Content();
        name(folder, last(path), content);
        return new Open(path, content, true);
    }

    @Override
    public synchronized DiskFile openForReading(String path) {
        asked(path);
        return new Open(path, content(path), false);
    }

    @Override
    public synchronized DiskFile openForWriting(String path) {
        asked(path);
        return new Open(path, content(path), true);
    }

    @Override
    public synchronized void delete(String path) {
        var folder = parent(path);
        var node = folder.names.get(last(path));
        if (node == null) throw new DiskFailure.NotFound(path);
        if (node instanceof Folder inner && !inner.names.isEmpty())
            throw new DiskFailure.Other(path, new IOException("the directory is not empty"));
        changing(path, 0);
        name(folder, last(path), null);
    }

    @Override
    public synchronized void rename(String from, String to) {
        var source = parent(from);
        var target = parent(to);
        var node = source.names.get(last(from));
        if (node == null) throw new DiskFailure.NotFound(from);
        changing(from, 0);
        rename(source, last(from), target, last(to), node);
    }

    @Override
    public synchronized void forceDirectory(String directory) {
        var node = directory.isEmpty() ? root : look(directory);
        if (!(node instanceof Folder folder)) throw new DiskFailure.NotFound(directory);
        forceNames(directory, folder);
    }

    @Override
    public synchronized long usableBytes() {
        return Long.MAX_VALUE / 2;
    }

    @Override
    public synchronized AutoCloseable lock(String path) {
        if (!exists(path)) create(path).close();
        if (!locked.add(path)) throw new DiskFailure.Locked(path, "this process");
        return () -> {
            synchronized (this) {
                locked.remove(path);
            }
        };
    }

    /// Bytes of all files that have a name.
    public synchronized long usedBytes() {
        return used(root);
    }

    private static long used(Folder folder) {
        long used = 0;
        for (var node : folder.names.values())
            used += switch (node) {
                case Folder inner -> used(inner);
                case Content content -> content.bytes.allocatedBytes();
            };
        return used;
    }

    // What FaultDisk adds to: all are called under this disk's lock.

    /// Before anything is read.
    void asked(String path) {}

    /// Before anything is changed; `moreBytes` are about to be written.
    void changing(String path, long moreBytes) {}

    void name(Folder folder, String name, Node node) {
        if (node == null) folder.names.remove(name);
        else folder.names.put(name, node);
    }

    void rename(Folder from, String name, Folder to, String newName, Node node) {
        from.names.remove(name);
        to.names.put(newName, node);
    }

    void forceNames(String directory, Folder folder) {}

    void write(String path, Content content, long offset, MemorySegment source) {
        content.bytes.write(offset, source);
    }

    void truncate(String path, Content content, long size) {
        content.bytes.truncate(size);
    }

    void force(String path, Content content) {}

    final Content content(String path) {
        return switch (look(path)) {
            case Content content -> content;
            case Folder _ -> throw new DiskFailure.Other(path, new IOException("is a directory"));
            case null -> throw new DiskFailure.NotFound(path);
        };
    }

    private Folder parent(String path) {
        int slash = path.lastIndexOf('/');
        var node = slash < 0 ? root : look(path.substring(0, slash));
        if (node instanceof Folder folder) return folder;
        throw new DiskFailure.NotFound(path);
    }

    private Node look(String path) {
        Node node = root;
        for (var part : parts(path)) {
            if (!(node instanceof Folder folder)) return null;
            node = folder.names.get(part);
        }
        return node;
    }

    private static List<String> parts(String path) {
        var parts = List.of(path.split("/")).stream()
                .filter(part -> !part.isEmpty())
                .toList();
        if (path.startsWith("/") || parts.contains("..")) throw new IllegalArgumentException(path + " leaves the disk");
        return parts;
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private final class Open implements DiskFile {
        private final String path;
        private final Content content;
        private final boolean writable;
        private volatile boolean closed;

        Open(String path, Content content, boolean writable) {
            this.path = path;
            this.content = content;
            this.writable = writable;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public long size() {
            synchronized (MemoryDisk.this) {
                asked(path);
                return content.bytes.size();
            }
        }

        @Override
        public void read(long offset, MemorySegment target) {
            synchronized (MemoryDisk.this) {
                asked(path);
                long size = content.bytes.size();
                if (target.byteSize() > size - offset)
                    throw new DiskFailure.Ended(path, offset + target.byteSize(), size);
                content.bytes.read(offset, target);
            }
        }

        @Override
        public void write(long offset, MemorySegment source) {
            synchronized (MemoryDisk.this) {
                checkWritable();
                MemoryDisk.this.write(path, content, offset, source);
            }
        }

        @Override
        public void force() {
            synchronized (MemoryDisk.this) {
                MemoryDisk.this.force(path, content);
            }
        }

        @Override
        public void truncate(long size) {
            synchronized (MemoryDisk.this) {
                checkWritable();
                MemoryDisk.this.truncate(path, content, size);
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        private void checkWritable() {
            if (closed) throw new DiskFailure.Other(path, new IOException("the file is closed"));
            if (!writable) throw new DiskFailure.ReadOnly(path, new IOException("opened for reading"));
        }
    }
}
