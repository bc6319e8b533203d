package dev.sextant.engine;

import dev.sextant.engine.entry.In;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.engine.log.LogCheck;
import dev.sextant.engine.log.LogLacks;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.kernel.Memory;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFailure;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Verifies a data directory that no process has open: every checksum of the log, of the checkpoints and of the
/// segments with their indexes, that keys, filters and rows of a segment agree, and that the log and the segments which
/// the newest checkpoint needs are there. Reads everything once, changes nothing. A damaged index is told, though
/// nothing is lost with it: it is built anew when it is loaded, and so is a damaged calibration.
public final class Check {
    private static final long MOST_BYTES = 4L << 30;
    private static final List<String> DIRECTORIES = List.of("log", "checkpoints", "segments");

    private final Disk disk;
    private final Progress progress;
    private final List<String> damages = new ArrayList<>();
    private Optional<Saved> newest = Optional.empty();
    private long files;
    private long bytes;

    /// A checkpoint that can be read, up to its body.
    private record Saved(String path, In body, long neededFrom) {}

    /// Told of what was read so far, and how much there is.
    public interface Progress {
        void at(String path, long bytesRead, long bytesInAll);
    }

    /// @param damages in sentences; none when all is well
    public record Result(long files, long bytes, List<String> damages) {
        public Result {
            damages = List.copyOf(damages);
        }

        public boolean isWell() {
            return damages.isEmpty();
        }
    }

    private Check(Disk disk, Progress progress) {
        this.disk = disk;
        this.progress = progress;
    }

    /// Refuses what is no data directory, or one of an unknown format. Fails with [DiskFailure.Locked] while a server
    /// has the directory open.
    public static Result run(Disk disk, Progress progress) {
        Directory.Identity identity;
        try {
            identity = Directory.verify(disk);
        } catch (CorruptFile damaged) {
            return new Result(1, 0, List.of(String.valueOf(damaged.getMessage())));
        }
        try (AutoCloseable held = disk.lock("sextant.lock")) {
            assert held != null;
            return new Check(disk, progress).run(identity);
        } catch (RuntimeException failed) {
            throw failed;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Result run(Directory.Identity identity) {
        long all = 0;
        for (var directory : DIRECTORIES) for (var name : disk.list(directory)) all += size(directory + "/" + name);
        long inAll = all;
        progress.at("log", 0, inAll);
        var log = LogCheck.run(disk, "log", (path, size) -> passed(path, size, inAll));
        damages.addAll(log.damages());
        for (var name : disk.list("checkpoints").stream().sorted().toList())
            if (name.endsWith(".checkpoint")) each("checkpoints/" + name, inAll, this::checkpoint);
        if (identity.begun() && disk.list("log").isEmpty()) damages.add(Directory.withoutLog(identity));
        else newest.ifPresentOrElse(saved -> lookFor(saved, log), () -> reach(log, 1, 0));
        for (var name : disk.list("segments"))
            if (name.endsWith(".segment")) each("segments/" + name, inAll, this::segment);
            else if (name.endsWith(".index") || name.endsWith(".interim"))
                each("segments/" + name, inAll, path -> IndexFile.verify(disk, path));
            else if (name.endsWith(".calibration"))
                each("segments/" + name, inAll, path -> CalibrationFile.verify(disk, path));
            else if (name.endsWith(".rows")) each("segments/" + name, inAll, path -> RowPages.verify(disk, path));
        return new Result(files, bytes, damages);
    }

    private interface Verify {
        void verify(String path);
    }

    private void each(String path, long inAll, Verify verify) {
        try {
            verify.verify(path);
        } catch (CorruptFile | DiskFailure damaged) {
            damages.add(damaged.getMessage());
        }
        passed(path, size(path), inAll);
    }

    private void passed(String path, long size, long inAll) {
        files++;
        bytes += size;
        progress.at(path, bytes, inAll);
    }

    private long size(String path) {
        try (var file = disk.openForReading(path)) {
            return file.size();
        }
    }

    private void segment(String path) {
        try (var file = SegmentFile.open(disk, path)) {
            file.verify();
        }
    }

    private void checkpoint(String path) {
        var whole = whole(path);
        var in = new In(path, MemorySegment.ofArray(whole));
        newest = Optional.of(new Saved(path, in, Checkpoints.open(path, in, whole)));
    }

    private byte[] whole(String path) {
        try (var file = disk.openForReading(path)) {
            var whole = new byte[Math.toIntExact(file.size())];
            file.read(0, MemorySegment.ofArray(whole));
            return whole;
        }
    }

    /// What a checkpoint needs beside itself: the log from some position on, and the files that it names, for its
    /// shards or for snapshots of them.
    private void lookFor(Saved checkpoint, LogCheck.Result log) {
        var named = new TreeSet<Long>();
        Shelf asked = facts -> {
            named.add(facts.id());
            return Optional.empty();
        };
        try (var replica = CheckpointCodec.decode(checkpoint.body, new Memory(MOST_BYTES), MOST_BYTES, asked)) {
            replica.shards().values().forEach(shard -> shard.kept().forEach(kept -> named.addAll(kept.files())));
            reach(log, checkpoint.neededFrom, replica.state().position());
        } catch (CorruptFile damaged) {
            damages.add(damaged.getMessage());
        }
        for (long segment : named) {
            var file = Files.segmentPath("segments", segment);
            if (!disk.exists(file)) damages.add(file + " is missing: " + checkpoint.path + " names it");
        }
    }

    /// Whether the log goes on where a checkpoint at a position ends. What of it is damaged was told before.
    private void reach(LogCheck.Result log, long neededFrom, long position) {
        if (!log.damages().isEmpty() || log.holds(neededFrom, position)) return;
        long wanted = Math.max(neededFrom, log.end());
        damages.add(LogLacks.sentence(disk.description() + "/log", log.begin(), log.end(), wanted));
    }
}
