package dev.sextant.engine.log;

import dev.sextant.world.Disk;
import dev.sextant.world.DiskFailure;
import java.util.ArrayList;
import java.util.List;

/// The files of an open log, oldest first, each continuing the one before, and where the last one ends. Any thread.
final class FileChain {
    private final Disk disk;
    private final LogConfig config;
    private final ArrayList<Shelf.Place> files = new ArrayList<>(); // guarded by itself, as are strays
    private final ArrayList<String> strays = new ArrayList<>();
    private volatile long end = 1;

    FileChain(Disk disk, LogConfig config) {
        this.disk = disk;
        this.config = config;
    }

    void begin(Shelf shelf) {
        synchronized (files) {
            files.addAll(shelf.files());
            strays.addAll(shelf.strays());
            end = shelf.end();
        }
    }

    void append(Shelf.Place file) {
        synchronized (files) {
            files.add(file);
        }
    }

    /// Entries before this position are durable now.
    void reach(long position) {
        end = position;
    }

    boolean isEmpty() {
        synchronized (files) {
            return files.isEmpty();
        }
    }

    /// 0 when there is none.
    long lastNumber() {
        synchronized (files) {
            return files.isEmpty() ? 0 : files.getLast().head().number();
        }
    }

    List<LogFile> list() {
        synchronized (files) {
            var listed = new ArrayList<LogFile>();
            for (int i = 0; i < files.size(); i++) {
                var head = files.get(i).head();
                listed.add(new LogFile(
                        files.get(i).path(),
                        head.cluster(),
                        head.timeline(),
                        head.epoch(),
                        head.number(),
                        head.first(),
                        fileEnd(i),
                        head.note()));
            }
            return listed;
        }
    }

    long end() {
        return end;
    }

    long begin() {
        synchronized (files) {
            return files.isEmpty() ? end : files.getFirst().head().first();
        }
    }

    /// The newest file always stays: it knows the position and the checksum that come next.
    void cut(long before) {
        synchronized (files) {
            boolean any = false;
            // Oldest first: what a loss of power leaves is then still in one piece.
            while (files.size() > 1
                    && fileEnd(0) <= before
                    && deleted(files.getFirst().path())) {
                files.removeFirst();
                any = true;
            }
            if (any) strays.removeIf(this::dropped);
        }
    }

    /// When the disk will not, the next cut tries again.
    private boolean deleted(String path) {
        try {
            disk.delete(path);
            return true;
        } catch (DiskFailure.NotFound gone) {
            return true;
        } catch (DiskFailure failure) {
            return false;
        }
    }

    private boolean dropped(String stray) {
        if (stray.compareTo(files.getFirst().path()) >= 0) return false;
        Shelf.deleteQuietly(disk, stray);
        return true;
    }

    private long fileEnd(int file) {
        return file + 1 < files.size()
                ? files.get(file + 1).head().first()
                : Math.max(end, files.get(file).head().first());
    }

    /// Hands on what lies between `from` and the end. Before anything is appended.
    void replay(long from, Log.Receiver receiver) {
        long begin = begin();
        long wanted = Math.max(1, from);
        if (wanted < begin || wanted > end)
            throw new LogLacks(disk.description() + "/" + config.directory(), begin, end, wanted);
        for (int i = 0; i < files.size(); i++) {
            long stop = fileEnd(i);
            if (stop <= wanted) continue;
            var place = files.get(i);
            try (var file = disk.openForReading(place.path())) {
                var walk = new FileWalk(file, place.path(), place.head());
                while (walk.position() < stop) {
                    var group = walk.peek();
                    if (group.end() <= wanted) walk.skip(group);
                    else
                        walk.read(group, (position, payload) -> {
                            if (position >= wanted && position < stop) receiver.entry(position, payload);
                        });
                }
                if (i + 1 < files.size() && walk.position() == stop)
                    walk.mustEndWith(files.get(i + 1).head().chain());
            }
        }
    }
}
