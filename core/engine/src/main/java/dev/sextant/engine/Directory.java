package dev.sextant.engine;

import dev.sextant.engine.entry.In;
import dev.sextant.engine.entry.Out;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFailure;
import dev.sextant.world.World;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The data directory: whose it is, who holds it, what lies where. Drawn in docs/formats/directory.md. An empty
/// directory becomes ours; one that holds anything else, or one of ours without what it must hold, is refused: a
/// missing mount must not look like a fresh start.
final class Directory implements AutoCloseable {
    private static final long MAGIC = 0x31_44_49_58_54_53L; // STXID1
    private static final int VERSION = 1;
    private static final int BYTES = 52;
    private static final String IDENTITY = "sextant.id";
    private static final String IDENTITY_NEW = "sextant.id.new";
    private static final String LOCK = "sextant.lock";
    private static final Set<String> NOBODYS = Set.of(LOCK, IDENTITY_NEW, "lost+found");

    private final Disk disk;
    private final String base;
    private final AutoCloseable lock;
    private Identity identity;

    /// @param begun whether the log has held an entry: from then on its absence is a loss, not a beginning
    record Identity(UUID cluster, long node, long createdMillis, boolean begun) {}

    private Directory(Disk disk, String base, AutoCloseable lock) {
        this.disk = disk;
        this.base = base;
        this.lock = lock;
    }

    static Directory open(World world, String base) {
        var disk = world.disk();
        if (!base.isEmpty() && !disk.exists(base)) createBase(disk, base);
        var directory = new Directory(disk, base, lock(disk, base));
        try {
            directory.identify(world);
            return directory;
        } catch (Throwable failed) {
            directory.close();
            throw failed;
        }
    }

    /// Its name, and those above it, must survive whatever is acknowledged below it.
    private static void createBase(Disk disk, String base) {
        disk.createDirectories(base);
        for (int slash = base.lastIndexOf('/'); slash >= 0; slash = base.lastIndexOf('/', slash - 1))
            disk.forceDirectory(base.substring(0, slash));
        disk.forceDirectory("");
    }

    private static AutoCloseable lock(Disk disk, String base) {
        var path = base.isEmpty() ? LOCK : base + "/" + LOCK;
        try {
            return disk.lock(path);
        } catch (DiskFailure.ReadOnly readOnly) {
            return () -> {}; // nobody can write here, so nobody need be kept out; reading is still possible
        }
    }

    private void identify(World world) {
        var names = disk.list(base);
        if (names.contains(IDENTITY)) {
            identity = read(disk, base);
            if (identity.begun && disk.list(log()).isEmpty()) throw refused(withoutLog(identity));
        } else {
            var foreign = names.stream().filter(name -> !NOBODYS.contains(name)).toList();
            if (!foreign.isEmpty())
                throw refused("it holds " + foreign + " and no " + IDENTITY
                        + ": this is not a data directory, or the wrong one");
            var chance = world.chance();
            write(new Identity(
                    new UUID(chance.nextLong(), chance.nextLong()),
                    1,
                    world.clock().wallMillis(),
                    false));
        }
        for (var path : new String[] {log(), segments(), checkpoints()}) if (!disk.exists(path)) create(path);
    }

    private void create(String path) {
        disk.createDirectories(path);
        disk.forceDirectory(base);
    }

    static String withoutLog(Identity identity) {
        return "it is data of cluster " + identity.cluster + ", but its log is missing: is everything mounted?";
    }

    private Refused refused(String detail) {
        return refused(disk, base, detail);
    }

    private static Refused refused(Disk disk, String base, String detail) {
        return new Refused(new Refusal.Unusable(
                "the data directory " + disk.description() + (base.isEmpty() ? "" : "/" + base), detail));
    }

    /// Refuses a directory that is none of ours, or of a format that this program does not know.
    static Identity verify(Disk disk) {
        if (!disk.exists(IDENTITY)) throw refused(disk, "", "it holds no " + IDENTITY + ": it is none of Sextant's");
        return read(disk, "");
    }

    private static Identity read(Disk disk, String base) {
        var path = path(base, IDENTITY);
        try (var file = disk.openForReading(path)) {
            if (file.size() != BYTES) throw new CorruptFile(path, 0, BYTES + " bytes", file.size());
            var bytes = new byte[BYTES];
            file.read(0, MemorySegment.ofArray(bytes));
            var in = new In(path, MemorySegment.ofArray(bytes));
            long magic = in.i64();
            if (magic != MAGIC) throw new CorruptFile(path, 0, Long.toHexString(MAGIC), Long.toHexString(magic));
            int version = in.i32();
            if (version != VERSION)
                throw refused(
                        disk,
                        base,
                        "its format is version " + version + " and this program reads " + VERSION
                                + ": open it with the release that wrote it, or a later one");
            var found = new Identity(new UUID(in.i64(), in.i64()), in.i64(), in.i64(), in.i32() == 1);
            int crc = in.i32();
            if (crc != crc(bytes)) throw new CorruptFile(path, BYTES - 4, crc(bytes), crc);
            return found;
        }
    }

    private void write(Identity next) {
        var out = new Out()
                .i64(MAGIC)
                .i32(VERSION)
                .i64(next.cluster.getMostSignificantBits())
                .i64(next.cluster.getLeastSignificantBits());
        out.i64(next.node).i64(next.createdMillis).i32(next.begun ? 1 : 0);
        var bytes = out.i32(0).toBytes();
        var whole = new Out().raw(bytes, 0, BYTES - 4).i32(crc(bytes)).toBytes();
        if (disk.exists(path(IDENTITY_NEW))) disk.delete(path(IDENTITY_NEW));
        try (var file = disk.create(path(IDENTITY_NEW))) {
            file.write(0, MemorySegment.ofArray(whole));
            file.force();
        }
        disk.rename(path(IDENTITY_NEW), path(IDENTITY));
        disk.forceDirectory(base);
        identity = next;
    }

    private static int crc(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes, 0, BYTES - 4);
        return (int) crc.getValue();
    }

    Identity identity() {
        return identity;
    }

    /// The log holds an entry now.
    void begun() {
        if (!identity.begun) write(new Identity(identity.cluster, identity.node, identity.createdMillis, true));
    }

    String log() {
        return path("log");
    }

    String segments() {
        return path("segments");
    }

    String checkpoints() {
        return path("checkpoints");
    }

    private String path(String name) {
        return path(base, name);
    }

    private static String path(String base, String name) {
        return base.isEmpty() ? name : base + "/" + name;
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (Exception stuck) {
            throw new IllegalStateException("the lock of " + disk.description() + " cannot be given back", stuck);
        }
    }
}
