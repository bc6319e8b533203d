package dev.sextant.engine.log;

import dev.sextant.world.Disk;
import dev.sextant.world.DiskFailure;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts groups of entries into files. Used by the log's writing thread, before that by the one that opens the log.
final class Writer {
    private static final long IDLE_NANOS = 1_000_000_000;
    private static final long NEVER = Long.MAX_VALUE;
    /// Without forcing, this much is forced anyway: it is kept in memory until it is.
    private static final long MOST_UNFORCED = 64L << 20;
    private static final long BIRTH_GROUP_BYTES = 8L << 20;

    private final World world;
    private final Disk disk;
    private final LogConfig config;
    private final LocalLog log;
    private final Delivery delivery;
    private final Staging staging = new Staging(1 << 20);
    private final Meters.Counter forces;
    private final Meters.Counter written;
    private final Meters.Counter failures;
    private final FileChain files;

    private Optional<FileAppend> current = Optional.empty();
    private long highest;
    /// Position and checksum up to which everything has been forced.
    private long sureEnd = 1;
    private int sureChain;
    /// Written but not forced, oldest first.
    private final ArrayList<Entry> unforced = new ArrayList<>();
    private long unforcedBytes;
    /// Whether the last force is confirmed by a group behind it.
    private boolean marked = true;
    private long forcedNanos;
    /// What the disk may have lost: goes into a new file before anything else.
    private List<Entry> tail = List.of();
    /// What [#step] was given, until it is through with it.
    private List<Entry> inHand = List.of();
    private boolean troubled;
    private boolean namesSure = true;
    private long probeBytes = Format.BLOCK;

    Writer(World world, LogConfig config, LocalLog log, Delivery delivery) {
        this.world = world;
        this.disk = world.disk();
        this.config = config;
        this.log = log;
        this.delivery = delivery;
        forces = world.meters().counter("sextant_log_forces_total", "Forces of the log");
        written = world.meters().counter("sextant_log_written_bytes_total", "Bytes of groups written to the log");
        failures = world.meters().counter("sextant_log_failures_total", "Writes and forces of the log that failed");
        files = new FileChain(disk, config);
    }

    void open() {
        if (!disk.exists(config.directory())) {
            disk.createDirectories(config.directory());
            int slash = config.directory().lastIndexOf('/');
            disk.forceDirectory(slash < 0 ? "" : config.directory().substring(0, slash));
        }
        var shelf = Shelf.read(disk, config);
        highest = shelf.highest();
        files.begin(shelf);
        sureEnd = shelf.sureEnd();
        sureChain = shelf.sureChain();
        tail = shelf.uncertain();
        // A name that was found may itself not be on the disk yet: nothing may continue a file that can still vanish.
        troubled = !files.isEmpty();
        namesSure = files.isEmpty();
        if (troubled) recover();
    }

    FileChain files() {
        return files;
    }

    /// How long to wait for entries before [#step] is wanted anyway.
    long restNanos() {
        if (troubled) return config.retryEvery().toNanos();
        if (!unforced.isEmpty())
            return Math.max(1, forcedNanos + IDLE_NANOS - world.clock().monotonicNanos());
        return marked ? NEVER : IDLE_NANOS;
    }

    void step(List<Entry> group) {
        inHand = group;
        if (troubled) {
            refuse(group, new IllegalStateException("the log recovers"));
            recover();
        } else if (group.isEmpty()) rest();
        else append(group);
        if (!unforced.isEmpty() && forcedNanos + IDLE_NANOS < world.clock().monotonicNanos()) forceOrLose();
        inHand = List.of();
    }

    /// Before the files are closed: everything forced, and a mark that says so.
    void finish() {
        if (!tail.isEmpty()) recover();
        if (!unforced.isEmpty()) forceOrLose();
        if (!marked) rest();
        try {
            if (current.isPresent()) current.get().force();
        } catch (DiskFailure onlyTheMark) {
            failures.add(1);
        }
    }

    void close() {
        drop();
        staging.close();
    }

    /// After an error of our own: nobody learns from here what became of these.
    void abandon(Throwable error) {
        for (var entry : unforced) tellUnknown(entry, error);
        for (var entry : inHand) tellUnknown(entry, error);
    }

    private void append(List<Entry> group) {
        long bytes = FileAppend.bytes(group);
        try {
            if (current.isEmpty() || current.get().isFullFor(bytes)) {
                if (!unforced.isEmpty() && !forceOrLose()) {
                    refuse(group, new IllegalStateException("the log recovers"));
                    return;
                }
                appendToNew(group);
                return;
            }
            current.get().reserve(bytes);
        } catch (DiskFailure failure) {
            refuse(group, failure, bytes);
            return;
        }
        number(group);
        unforced.addAll(group);
        unforcedBytes += bytes;
        try {
            current.get().write(group);
            written.add(bytes);
        } catch (DiskFailure failure) {
            lose(failure);
            return;
        }
        marked = false;
        if (!config.forced() && unforcedBytes < MOST_UNFORCED) deliver(group);
        else if (forceOrLose()) deliver(group);
    }

    /// Nothing of the group was written.
    private void refuse(List<Entry> group, DiskFailure failure, long bytes) {
        probeBytes = bytes;
        if (!(failure instanceof DiskFailure.NoSpace) && !unforced.isEmpty()) lose(failure);
        else {
            if (!(failure instanceof DiskFailure.NoSpace)) drop();
            failures.add(1);
            troubled = true;
        }
        var waiting = log.trouble(new Health.Refusing(failure)); // before anybody hears of it and looks
        refuse(group, failure);
        refuse(waiting, failure);
    }

    private void appendToNew(List<Entry> group) {
        number(group);
        var born = prepare(group); // when it fails, nothing of the group will ever be read: refused by the caller
        unforced.addAll(group);
        try {
            publish(born);
        } catch (DiskFailure failure) {
            lose(failure);
            return;
        }
        sure();
        deliver(group);
    }

    private void number(List<Entry> group) {
        long position = unforced.isEmpty() ? sureEnd : unforced.getLast().position + 1;
        for (var entry : group) entry.position = position++;
    }

    private void deliver(List<Entry> group) {
        files.reach(group.getLast().position + 1);
        var fresh = group.stream().filter(entry -> !entry.delivered).toList();
        fresh.forEach(entry -> entry.delivered = true);
        delivery.durable(fresh);
    }

    private boolean forceOrLose() {
        try {
            current.orElseThrow().force();
            forces.add(1);
            sure();
            return true;
        } catch (DiskFailure failure) {
            lose(failure);
            return false;
        }
    }

    /// Everything written so far is forced.
    private void sure() {
        sureEnd = current.orElseThrow().position();
        sureChain = current.get().chain();
        unforced.clear();
        unforcedBytes = 0;
        forcedNanos = world.clock().monotonicNanos();
    }

    /// After a failed write or force nobody knows what is in the file, and trying again would not tell: it is left as
    /// it is, and what was not sure goes into a new one.
    private void lose(DiskFailure failure) {
        failures.add(1);
        drop();
        tail = List.copyOf(unforced);
        unforced.clear();
        unforcedBytes = 0;
        troubled = true;
        var waiting = log.trouble(new Health.Refusing(failure));
        for (var entry : tail) tellUnknown(entry, failure);
        refuse(waiting, failure);
    }

    private void tellUnknown(Entry entry, Throwable why) {
        if (entry.told || entry.delivered) return;
        entry.told = true;
        delivery.unknown(entry, why);
    }

    private void refuse(List<Entry> group, Throwable why) {
        for (var entry : group) {
            entry.told = true;
            delivery.refused(entry, why);
        }
    }

    private void drop() {
        try {
            current.ifPresent(FileAppend::close);
        } catch (DiskFailure alreadyGivenUp) {
            failures.add(1);
        }
        current = Optional.empty();
        marked = true;
    }

    /// Nothing to do: force what was only written, or confirm the last force by an empty group, so that rot in it can
    /// be told from a torn end later.
    private void rest() {
        if (!unforced.isEmpty()) {
            forceOrLose();
            return;
        }
        if (marked || current.isEmpty()) return;
        marked = true;
        try {
            current.get().reserve(Format.BLOCK);
            current.get().write(List.of());
        } catch (DiskFailure failure) {
            drop();
        }
    }

    private void recover() {
        try {
            if (!namesSure) disk.forceDirectory(config.directory());
            if (tail.isEmpty() && namesSure) probe();
            namesSure = true;
            if (!tail.isEmpty()) {
                publish(prepare(tail));
                sure();
                deliver(tail);
                tail = List.of();
            }
            troubled = false;
            log.setHealth(Health.WELL);
        } catch (DiskFailure failure) {
            if (!tail.isEmpty()) drop(); // the file that was to take it
            troubled = true;
            log.setHealth(new Health.Refusing(failure));
        }
    }

    /// Whether the disk would take now what it did not take before.
    private void probe() {
        var path = Shelf.path(config.directory(), highest + 1) + Shelf.UNFINISHED;
        Shelf.deleteQuietly(disk, path);
        try (var file = disk.create(path)) {
            new FileAppend(disk, config, file, staging, head(highest + 1)).reserve(probeBytes);
            file.force();
        } finally {
            Shelf.deleteQuietly(disk, path);
        }
    }

    /// Writes and forces a new file that holds these entries, under a name that nobody reads.
    private FileAppend prepare(List<Entry> entries) {
        long number = ++highest;
        var path = Shelf.path(config.directory(), number);
        Shelf.deleteQuietly(disk, path + Shelf.UNFINISHED);
        FileAppend born = null;
        try {
            born = new FileAppend(disk, config, disk.create(path + Shelf.UNFINISHED), staging, head(number));
            born.fill(entries, BIRTH_GROUP_BYTES);
            born.finishBirth();
            forces.add(1);
            return born;
        } catch (Throwable failure) {
            if (born != null) closeQuietly(born);
            Shelf.deleteQuietly(disk, path + Shelf.UNFINISHED);
            throw failure;
        }
    }

    /// Gives the new file its name: from here on it continues the log.
    private void publish(FileAppend born) {
        drop();
        current = Optional.of(born);
        var path = Shelf.path(config.directory(), born.head.number());
        disk.rename(path + Shelf.UNFINISHED, path);
        disk.forceDirectory(config.directory());
        files.append(new Shelf.Place(path, born.head));
    }

    private FileHead head(long number) {
        return new FileHead(
                config.cluster(),
                config.timeline(),
                config.epoch(),
                number,
                files.lastNumber(),
                sureEnd,
                0,
                world.chance().nextLong(),
                world.clock().wallMillis(),
                sureChain,
                config.note().get());
    }

    private static void closeQuietly(FileAppend file) {
        try {
            file.close();
        } catch (DiskFailure secondary) {
            // The first failure is the one to report.
        }
    }
}
