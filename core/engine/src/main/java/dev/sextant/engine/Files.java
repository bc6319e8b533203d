package dev.sextant.engine;

import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.engine.segment.Written;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFailure;
import dev.sextant.world.Meters;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The files of segments and indexes in their directory: opens them, knows which are in use, deletes what nobody names.
/// Any thread.
final class Files implements Shelf, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.sextant.engine");
    private static final String SEGMENT = ".segment";
    private static final String INDEX = ".index";
    private static final String INTERIM = ".interim";
    private static final String ROWS = ".rows";
    private static final String CALIBRATION = ".calibration";

    /// Memory that is kept for what open segments need: replacing a memtable by its file must not fail for want of the
    /// memory that it frees.
    static final long SPARE_BYTES = 4 << 20;

    /// Memory that is kept for writing memtables out, as far as a small budget has it: that must not wait for the
    /// memory that it frees.
    private static final long WRITING_BYTES = 8 << 20;

    private final Disk disk;
    private final String directory;
    private final Map<Long, Integer> open = new ConcurrentHashMap<>(); // how many segments stand on a file
    private final Set<Long> writing = ConcurrentHashMap.newKeySet(); // files that are not complete yet
    private final Set<Long> making =
            ConcurrentHashMap.newKeySet(); // files that a job writes, or has written and not published yet
    private final Map<Long, Prepared> prepared = new ConcurrentHashMap<>(); // until they are published, or given up
    private final Set<String> indexes = ConcurrentHashMap.newKeySet(); // names of index files that are complete
    private final Map<Long, String> damaged = new ConcurrentHashMap<>();
    private volatile Residence residence = (_, _) -> OptionalLong.empty();
    private volatile RowMeters rowMeters = new RowMeters(Meters.NONE);
    private volatile Meters.Counter damagedIndexes = damagedIndexes(Meters.NONE);
    private final RowReaders readers;
    private Optional<Reservation> spare = Optional.empty(); // under the lock of this
    private Optional<Reservation> writingOut = Optional.empty(); // under the lock of this

    Files(Disk disk, String directory) {
        this(disk, directory, () -> 0);
    }

    /// @param nanos on the monotonic clock
    Files(Disk disk, String directory, LongSupplier nanos) {
        readers = new RowReaders(nanos);
        this.disk = disk;
        this.directory = directory;
        for (var name : disk.list(directory)) if (name.endsWith(INDEX) || name.endsWith(INTERIM)) indexes.add(name);
    }

    /// Which vectors stay on disk.
    @FunctionalInterface
    interface Residence {
        /// The index that reads the rows of this field of a shard from disk; empty where they belong into memory.
        OptionalLong indexOnDisk(long shard, int field);
    }

    /// From now on it is asked which vectors stay on disk.
    void residence(Residence asked) {
        residence = asked;
    }

    void meters(Meters meters) {
        rowMeters = new RowMeters(meters);
        damagedIndexes = damagedIndexes(meters);
    }

    private static Meters.Counter damagedIndexes(Meters meters) {
        return meters.counter(
                "sextant_index_files_damaged_total", "Files of indexes that were found damaged, and made anew");
    }

    /// What is derived from segments does no harm when it is damaged, since it is made anew; but a disk that damages
    /// files is to be heard of, also when nobody asked at the time.
    private static void tell(String path, RuntimeException broken) {
        LOG.log(System.Logger.Level.WARNING, () -> path + " is made anew, it is damaged: " + broken.getMessage());
    }

    RowMeters rowMeters() {
        return rowMeters;
    }

    String rowsPath(long segment, long index) {
        return directory + "/" + hex(segment) + "-" + hex(index) + ROWS;
    }

    @Override
    public Optional<FarRows> stored(long shard, SegmentFacts facts, SegmentFile file, int field) {
        var index = residence.indexOnDisk(shard, field);
        if (index.isEmpty()) return Optional.empty();
        var rows = new FarRows(file, field, rowMeters, broken -> unreadable(shard, facts, broken));
        openPages(facts, index.getAsLong(), field, rows);
        return Optional.of(rows);
    }

    /// Lets rows come from their pages where those are here. They are derived: what is no good goes, and is written
    /// again.
    void openPages(SegmentFacts facts, long index, int field, FarRows rows) {
        var path = rowsPath(facts.id(), index);
        if (!disk.exists(path)) return;
        try {
            rows.use(RowPages.open(disk, path, facts.digest(), field, rows.rows(), readers));
        } catch (CorruptFile broken) {
            rowMeters.damaged();
            tell(path, broken);
            remove(path);
        } catch (DiskFailure later) { // the segment has them, too
            rowMeters.damaged();
            tell(path, later);
        }
    }

    /// From now on some memory is kept for segments, as far as there is any.
    synchronized void keepSpare(Memory memory) {
        spare = Optional.of(memory.reserve("spare for segments", 0));
        level(memory, spare.get());
        writingOut = memory.tryReserve("spare for writing files", Math.min(WRITING_BYTES, memory.limitBytes() / 64));
    }

    /// What the one job that writes memtables out may take without asking.
    synchronized long keptForWriting() {
        return writingOut.map(Reservation::bytes).orElse(0L);
    }

    /// The spare, for whoever looks.
    synchronized Optional<Reservation> spare() {
        return spare;
    }

    private static void level(Memory memory, Reservation spare) {
        long unused = spare.bytes() - spare.usedBytes(), wanted = Math.min(SPARE_BYTES, memory.limitBytes() / 64);
        if (unused < wanted) spare.tryGrow(wanted - unused);
        else if (unused > wanted) spare.shrink(unused - wanted);
    }

    @Override
    public synchronized Reservation room(Memory memory, long bytes) {
        spare.ifPresent(some -> level(memory, some));
        var granted = memory.tryReserve("segment", bytes);
        if (granted.isPresent()) return granted.get();
        return spare.isPresent() ? spare.get().part("segment", bytes) : memory.reserve("segment", bytes);
    }

    /// Gives back what no segment has of the spare; a view that outlives the node may hold one.
    @Override
    public synchronized void close() {
        readers.close();
        spare.ifPresent(some -> some.shrink(some.bytes() - some.usedBytes()));
        spare = Optional.empty();
        writingOut.ifPresent(Reservation::close);
        writingOut = Optional.empty();
    }

    Disk disk() {
        return disk;
    }

    String segmentPath(long id) {
        return segmentPath(directory, id);
    }

    static String segmentPath(String directory, long id) {
        return directory + "/" + hex(id) + SEGMENT;
    }

    String indexPath(long segment, long index, boolean interim) {
        return directory + "/" + indexName(segment, index, interim);
    }

    private static String indexName(long segment, long index, boolean interim) {
        return hex(segment) + "-" + hex(index) + (interim ? INTERIM : INDEX);
    }

    private static String hex(long id) {
        return HexFormat.of().toHexDigits(id);
    }

    @Override
    public Optional<SegmentFile> open(SegmentFacts facts) {
        var path = segmentPath(facts.id());
        if (writing.contains(facts.id()) || !disk.exists(path)) return Optional.empty();
        try {
            var file = SegmentFile.open(disk, path);
            var found = HexFormat.of().formatHex(file.written().digest());
            if (file.rows() == facts.rows() && found.equals(facts.digest())) {
                open.merge(facts.id(), 1, Integer::sum);
                damaged.remove(facts.id());
                return Optional.of(file);
            }
            file.close();
            damaged.put(facts.id(), path + ": expected digest " + facts.digest() + ", found " + found);
        } catch (CorruptFile | DiskFailure why) {
            damaged.put(facts.id(), String.valueOf(why.getMessage()));
        }
        return Optional.empty();
    }

    @Override
    public void closed(SegmentFacts facts) {
        open.computeIfPresent(facts.id(), (_, count) -> count == 1 ? null : count - 1);
    }

    @Override
    public Refused unreadable(long shard, SegmentFacts facts, RuntimeException why) {
        damaged.put(facts.id(), String.valueOf(why.getMessage()));
        return Shelf.super.unreadable(shard, facts, why);
    }

    /// What is known to be wrong with the file of a segment.
    Optional<Refusal> damage(long shard, SegmentFacts facts) {
        return Optional.ofNullable(damaged.get(facts.id())).map(why -> Shelf.damaged(shard, why));
    }

    /// What is known to be damaged, in sentences.
    List<String> damage() {
        return damaged.values().stream().sorted().toList();
    }

    /// A job begins to write this segment; an incomplete one of an earlier try goes.
    void begin(long segment) {
        making.add(segment);
        writing.add(segment);
        remove(segmentPath(segment));
    }

    /// The file is complete, or given up.
    void written(long segment) {
        writing.remove(segment);
    }

    /// The job is over: from now on only a name keeps the file.
    void end(long segment) {
        writing.remove(segment);
        making.remove(segment);
        var left = prepared.remove(segment);
        if (left != null) left.close();
    }

    /// Keeps what is in memory of a segment until that is published; closes it when its job ends without.
    void keepPrepared(Prepared ready) {
        var before = prepared.put(ready.facts().id(), ready);
        if (before != null) before.close();
    }

    @Override
    public Optional<Prepared> takePrepared(SegmentFacts facts) {
        var ready = prepared.remove(facts.id());
        if (ready == null || ready.facts().equals(facts)) return Optional.ofNullable(ready);
        ready.close(); // made by another try
        return Optional.empty();
    }

    static SegmentFacts facts(long id, Written written, Set<Long> partitions) {
        return new SegmentFacts(
                id,
                written.rows(),
                written.bytes(),
                HexFormat.of().formatHex(written.digest()),
                written.minTimestamp(),
                written.maxTimestamp(),
                partitions);
    }

    /// Whether the index that was wished for is there.
    boolean hasIndex(long segment, long index) {
        return indexes.contains(indexName(segment, index, false));
    }

    /// Whether there is a graph that leads until it is.
    boolean hasInterim(long segment, long index) {
        return indexes.contains(indexName(segment, index, true));
    }

    void indexWritten(long segment, long index, boolean interim) {
        indexes.add(indexName(segment, index, interim));
    }

    void deleteIndex(long segment, long index, boolean interim) {
        indexes.remove(indexName(segment, index, interim));
        remove(indexPath(segment, index, interim));
        if (!interim) deleteCalibration(segment, index);
    }

    /// Derived: the next round builds it again.
    void deleteDamagedIndex(long segment, long index, boolean interim, RuntimeException broken) {
        damagedIndexes.add(1);
        tell(indexPath(segment, index, interim), broken);
        deleteIndex(segment, index, interim);
    }

    /// What was measured is measured again.
    void deleteDamagedCalibration(long segment, long index, RuntimeException broken) {
        tell(calibrationPath(segment, index), broken);
        deleteCalibration(segment, index);
    }

    String calibrationPath(long segment, long index) {
        return directory + "/" + hex(segment) + "-" + hex(index) + CALIBRATION;
    }

    void deleteCalibration(long segment, long index) {
        remove(calibrationPath(segment, index));
    }

    /// Two may find the same file superfluous at the same time.
    private void remove(String path) {
        try {
            disk.delete(path);
        } catch (DiskFailure.NotFound gone) {
            return;
        }
    }

    /// Deletes what nobody names: no segment that is named, no open one, none that a job makes; indexes of other
    /// segments and those that are not in `wished`. Returns how many files went.
    int collect(Supplier<Set<Long>> segments, Set<Long> wished) {
        // In this order: what a job makes is named before the job is over, and was listed before it was named.
        var names = disk.list(directory);
        var busy = new HashSet<>(making);
        busy.addAll(open.keySet());
        var named = new HashSet<>(segments.get());
        named.addAll(busy);
        int deleted = 0;
        for (var name : names) {
            if (keep(name, named, wished)) continue;
            indexes.remove(name);
            remove(directory + "/" + name);
            deleted++;
        }
        return deleted;
    }

    private static boolean keep(String name, Set<Long> named, Set<Long> wished) {
        var ids = ids(name);
        if (ids.isEmpty()) return false;
        long segment = ids.get()[0];
        if (!named.contains(segment)) return false;
        return name.endsWith(SEGMENT) || wished.contains(ids.get()[1]);
    }

    /// The ids in a file's name; empty when it is none of ours.
    private static Optional<long[]> ids(String name) {
        var bare = name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
        try {
            if (bare.length() == 16) return Optional.of(new long[] {HexFormat.fromHexDigitsToLong(bare), 0});
            if (bare.length() == 33)
                return Optional.of(new long[] {
                    HexFormat.fromHexDigitsToLong(bare, 0, 16), HexFormat.fromHexDigitsToLong(bare, 17, 33)
                });
        } catch (NumberFormatException notOurs) {
            return Optional.empty();
        }
        return Optional.empty();
    }
}
