package dev.sextant.engine;

import dev.sextant.engine.entry.In;
import dev.sextant.engine.entry.Out;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.kernel.Memory;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFailure;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/// The checkpoints on disk: the newest two, so that one that rots costs a longer replay and nothing else. One thread at
/// a time.
final class Checkpoints {
    private static final long MAGIC = 0x31_50_4B_43_54_53L; // STCKP1
    private static final int VERSION = 6;
    private static final int OLDEST_VERSION = 1;
    private static final int HEAD = 8 + 4 + 8 + 8 + 4;
    private static final String SUFFIX = ".checkpoint";
    private static final int KEPT = 2;

    private final Disk disk;
    private final String directory;
    private final List<Kept> kept = new ArrayList<>(); // newest last; guarded by this
    private final List<String> troubles = new ArrayList<>(); // guarded by this

    private volatile long lastBytes;

    /// A checkpoint on disk, and what it needs to be of use.
    private record Kept(String name, long neededFrom, Set<Long> files) {}

    Checkpoints(Disk disk, String directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /// The state to go on from; empty when nothing was ever saved. Throws when there are checkpoints and none can be
    /// read.
    synchronized Optional<Replica> read(Memory memory, long mostMemtableBytes, Shelf shelf) {
        var names = new ArrayList<>(disk.list(directory));
        names.removeIf(name -> !name.endsWith(SUFFIX));
        RuntimeException damage = null;
        for (var name : names.reversed())
            try {
                var replica = read(name, memory, mostMemtableBytes, shelf);
                return Optional.of(replica);
            } catch (CorruptFile | DiskFailure broken) {
                troubles.add("a checkpoint is damaged, an older one serves: " + broken.getMessage());
                if (damage == null) damage = broken;
            }
        if (damage != null) throw damage;
        return Optional.empty();
    }

    private Replica read(String name, Memory memory, long mostMemtableBytes, Shelf shelf) {
        var path = directory + "/" + name;
        byte[] bytes;
        try (var file = disk.openForReading(path)) {
            if (file.size() < HEAD || file.size() > Integer.MAX_VALUE - 64)
                throw new CorruptFile(path, 0, "at least " + HEAD + " bytes", file.size());
            bytes = new byte[(int) file.size()];
            file.read(0, MemorySegment.ofArray(bytes));
        }
        var in = new In(path, MemorySegment.ofArray(bytes));
        long neededFrom = open(path, in, bytes);
        var replica = CheckpointCodec.decode(in, memory, mostMemtableBytes, shelf);
        var files = new HashSet<Long>();
        replica.shards().values().forEach(shard -> files.addAll(shard.named()));
        kept.add(new Kept(name, neededFrom, files));
        return replica;
    }

    /// Checks the head and the checksum of a checkpoint, and leaves `in` behind its head. Returns from where the log is
    /// needed.
    static long open(String path, In in, byte[] bytes) {
        if (bytes.length < HEAD) throw new CorruptFile(path, 0, "at least " + HEAD + " bytes", bytes.length);
        long magic = in.i64();
        if (magic != MAGIC) throw new CorruptFile(path, 0, Long.toHexString(MAGIC), Long.toHexString(magic));
        int version = in.i32();
        if (version < OLDEST_VERSION || version > VERSION)
            throw new CorruptFile(path, 8, "version " + OLDEST_VERSION + " to " + VERSION, version);
        long neededFrom = in.i64(), length = in.i64();
        int crc = in.i32(), found = crc(bytes, neededFrom);
        if (length != bytes.length - HEAD) throw new CorruptFile(path, 20, (bytes.length - HEAD) + " bytes", length);
        if (crc != found) throw new CorruptFile(path, HEAD - 4, crc, found);
        return neededFrom;
    }

    /// Writes a checkpoint, forces it, and lets the oldest go. Returns from where the log is still needed.
    synchronized long write(Replica.Captured captured) {
        var name = HexFormat.of().toHexDigits(captured.state().position()) + SUFFIX;
        if (kept.isEmpty() || !kept.getLast().name.equals(name) || !disk.exists(directory + "/" + name)) {
            var files = new HashSet<Long>();
            captured.shards().forEach(image -> files.addAll(image.files()));
            var next = new Kept(name, captured.neededFrom(), files);
            var body = CheckpointCodec.encode(captured);
            var head = new Out().i64(MAGIC).i32(VERSION).i64(next.neededFrom).i64(body.length);
            store(name, head, body, next.neededFrom);
            lastBytes = body.length;
            kept.add(next);
        }
        while (kept.size() > KEPT) kept.removeFirst();
        for (var old : disk.list(directory))
            if (kept.stream().noneMatch(k -> k.name.equals(old))) disk.delete(directory + "/" + old);
        return cutPosition(kept.stream().map(Kept::neededFrom).toList());
    }

    /// From where the log must be kept: every checkpoint that is kept must be of use.
    static long cutPosition(List<Long> neededFrom) {
        return neededFrom.stream().mapToLong(Long::longValue).min().orElse(0);
    }

    private void store(String name, Out head, byte[] body, long neededFrom) {
        var temporary = directory + "/" + name + ".new";
        if (disk.exists(temporary)) disk.delete(temporary);
        var crc = new CRC32C();
        crc.update(new Out().i64(neededFrom).toBytes());
        crc.update(body);
        try (var file = disk.create(temporary)) {
            file.write(0, head.i32((int) crc.getValue()).segment());
            file.write(HEAD, MemorySegment.ofArray(body));
            file.force();
        }
        disk.rename(temporary, directory + "/" + name);
        disk.forceDirectory(directory);
    }

    private static int crc(byte[] whole, long neededFrom) {
        var crc = new CRC32C();
        crc.update(new Out().i64(neededFrom).toBytes());
        crc.update(whole, HEAD, whole.length - HEAD);
        return (int) crc.getValue();
    }

    /// From where the log is needed for what is saved; 1 when nothing is.
    synchronized long neededFrom() {
        return kept.isEmpty() ? 1 : kept.getLast().neededFrom;
    }

    /// Size of the last one written.
    long lastBytes() {
        return lastBytes;
    }

    /// Segments that a checkpoint names.
    synchronized Set<Long> named() {
        var named = new HashSet<Long>();
        kept.forEach(k -> named.addAll(k.files));
        return named;
    }

    synchronized List<String> troubles() {
        return List.copyOf(troubles);
    }
}
