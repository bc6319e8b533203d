package dev.sextant.world;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A simulated disk that fails as real ones do, from one seed. It keeps apart what was forced and what was only
/// written: [#cut] is the disk as a loss of power at this moment leaves it. Then, of what was not forced,
///
/// - each sector of a file holds any of the states it was in since the last force, sectors independently of each
///   other, and some sectors that were being written hold part of the old and part of the new bytes, or nonsense;
/// - a file's length is any that it had since the last force;
/// - names are those of the directory's last force, and of none, some or all changes since, in their order.
///
/// A force that fails leaves some sectors written and forgets the others, though they still read as if all were well,
/// and no later force brings them back: what Linux does.
public final class FaultDisk extends MemoryDisk {
    private final SplittableRandom random;
    private final int sectorBytes;
    private long changesLeft = Long.MAX_VALUE;
    private long changes;
    private boolean off;
    private boolean readOnly;
    private long capacityBytes = Long.MAX_VALUE / 2;
    private double failingWrites;
    private double failingForces;
    private double nonsense = 0.1;

    /// @param sectorBytes what the disk writes as a whole, nearly always: 512 or 4096
    public FaultDisk(long seed, int sectorBytes) {
        this(new SplittableRandom(seed), sectorBytes, new Folder());
    }

    private FaultDisk(SplittableRandom random, int sectorBytes, Folder root) {
        super(root);
        this.random = random;
        this.sectorBytes = sectorBytes;
    }

    /// One unforced change of a file: bytes at a place, or (`bytes` empty) a new length.
    record Change(long offset, byte[] bytes, long size) {}

    @Override
    public String description() {
        return "simulated disk";
    }

    /// The power fails when this many more changes have been made; from then on nothing works until [#cut].
    public synchronized void powerOffAfter(long moreChanges) {
        changesLeft = moreChanges;
    }

    public synchronized void powerOff() {
        off = true;
    }

    /// Writes, forces, and changes of names so far.
    public synchronized long changes() {
        return changes;
    }

    public synchronized void setReadOnly(boolean value) {
        readOnly = value;
    }

    public synchronized void setCapacity(long bytes) {
        capacityBytes = bytes;
    }

    /// How often a write stops somewhere in the middle with an error: 0 to 1.
    public synchronized void failWrites(double share) {
        failingWrites = share;
    }

    public synchronized void failForces(double share) {
        failingForces = share;
    }

    /// How often a sector that was being written when the power failed holds nonsense: 0 to 1.
    public synchronized void nonsense(double share) {
        nonsense = share;
    }

    /// Rot: turns one bit over, on the medium and in the cache.
    public synchronized void flipBit(String path, long bit) {
        var content = content(path);
        for (var bytes : new Sparse[] {content.bytes, content.durable}) {
            if (bit / 8 >= bytes.size()) continue;
            var one = MemorySegment.ofArray(new byte[1]);
            bytes.read(bit / 8, one);
            one.set(ValueLayout.JAVA_BYTE, 0, (byte) (one.get(ValueLayout.JAVA_BYTE, 0) ^ 1 << bit % 8));
            bytes.write(bit / 8, one);
        }
    }

    /// The disk after a loss of power now. This one stays as it is: many cuts can be tried at one moment.
    public synchronized FaultDisk cut() {
        return new FaultDisk(random.split(), sectorBytes, after(root, new IdentityHashMap<>()));
    }

    /// The disk after the process died now and the machine did not: nothing that was written is lost.
    public synchronized FaultDisk kill() {
        return new FaultDisk(random.split(), sectorBytes, root);
    }

    @Override
    public synchronized long usableBytes() {
        return Math.max(0, capacityBytes - usedBytes());
    }

    @Override
    void asked(String path) {
        if (off) throw new DiskFailure.Other(path, new IOException("the power is off"));
    }

    @Override
    void changing(String path, long moreBytes) {
        asked(path);
        if (changesLeft-- <= 0) {
            off = true;
            asked(path);
        }
        changes++;
        if (readOnly) throw new DiskFailure.ReadOnly(path, new IOException("read-only file system"));
    }

    @Override
    void name(Folder folder, String name, Node node) {
        super.name(folder, name, node);
        folder.pending.add(() -> put(folder.durable, name, node));
    }

    @Override
    void rename(Folder from, String name, Folder to, String newName, Node node) {
        super.rename(from, name, to, newName, node);
        if (from == to) {
            from.pending.add(() -> {
                from.durable.remove(name);
                from.durable.put(newName, node);
            });
        } else {
            to.pending.add(() -> to.durable.put(newName, node));
            from.pending.add(() -> from.durable.remove(name));
        }
    }

    @Override
    void forceNames(String directory, Folder folder) {
        changing(directory, 0);
        failSometimes(directory, failingForces);
        folder.pending.forEach(Runnable::run);
        folder.pending.clear();
    }

    @Override
    void write(String path, Content content, long offset, MemorySegment source) {
        asked(path);
        long fits = source.byteSize();
        DiskFailure failure = null;
        try {
            changing(path, fits);
            if (content.bytes.growth(offset, fits) > usableBytes())
                failure = new DiskFailure.NoSpace(path, new IOException("simulated"));
            else failSometimes(path, failingWrites);
        } catch (DiskFailure.Other stopped) {
            failure = stopped;
        }
        // The write stops somewhere: a part of it was done, on whole sectors or not.
        if (failure instanceof DiskFailure.NoSpace) fits = 0;
        else if (failure != null) fits = random.nextLong(fits + 1);
        if (fits > 0) {
            var bytes = source.asSlice(0, fits).toArray(ValueLayout.JAVA_BYTE);
            content.bytes.write(offset, MemorySegment.ofArray(bytes));
            content.pending.add(new Change(offset, bytes, offset + fits));
        }
        if (failure != null) throw failure;
    }

    @Override
    void truncate(String path, Content content, long size) {
        changing(path, 0);
        content.bytes.truncate(size);
        content.pending.add(new Change(0, new byte[0], size));
    }

    @Override
    void force(String path, Content content) {
        try {
            changing(path, 0);
            failSometimes(path, failingForces);
        } catch (DiskFailure failure) {
            if (!off) settle(content);
            throw failure;
        }
        for (var change : content.pending) {
            if (change.bytes().length == 0) content.durable.truncate(change.size());
            else content.durable.write(change.offset(), MemorySegment.ofArray(change.bytes()));
        }
        content.pending.clear();
    }

    /// Some of the pending sectors reach the medium, the others never will.
    private void settle(Content content) {
        content.durable = afterCut(content);
        content.pending.clear();
    }

    private void failSometimes(String path, double share) {
        if (share > 0 && random.nextDouble() < share)
            throw new DiskFailure.Other(path, new IOException("input/output error"));
    }

    private static void put(TreeMap<String, Node> names, String name, Node node) {
        if (node == null) names.remove(name);
        else names.put(name, node);
    }

    private Folder after(Folder folder, IdentityHashMap<Content, Content> contents) {
        var before = new TreeMap<>(folder.durable);
        // The pending changes act on `durable`: run the first few, take the result, and put the old names back.
        int surviving = folder.pending.isEmpty() ? 0 : random.nextInt(folder.pending.size() + 1);
        folder.pending.subList(0, surviving).forEach(Runnable::run);
        var after = new Folder();
        for (var name : folder.durable.entrySet()) {
            Node node = switch (name.getValue()) {
                case Folder inner -> after(inner, contents);
                case Content content -> contents.computeIfAbsent(content, this::contentAfter);
            };
            after.names.put(name.getKey(), node);
            after.durable.put(name.getKey(), node);
        }
        folder.durable.clear();
        folder.durable.putAll(before);
        return after;
    }

    private Content contentAfter(Content content) {
        var after = new Content();
        after.bytes = afterCut(content);
        after.durable = after.bytes.copy();
        return after;
    }

    private Sparse afterCut(Content content) {
        var after = content.durable.copy();
        if (content.pending.isEmpty()) return after;
        long size = after.size();
        int lengthOf = random.nextInt(content.pending.size() + 1);
        for (int i = 0; i < lengthOf; i++) {
            var change = content.pending.get(i);
            size = change.bytes().length == 0 ? change.size() : Math.max(size, change.size());
        }
        surviveSectors(content, after);
        after.truncate(size);
        after.extend(size);
        return after;
    }

    /// Each sector takes the writes that hit it up to some one of them.
    private void surviveSectors(Content content, Sparse after) {
        Map<Long, ArrayList<Change>> bySector = new HashMap<>();
        for (var change : content.pending) {
            if (change.bytes().length == 0) continue;
            for (long sector = change.offset() / sectorBytes; sector * sectorBytes < change.size(); sector++)
                bySector.computeIfAbsent(sector, _ -> new ArrayList<>()).add(change);
        }
        // All, none, or a part of the sectors: whole losses are the likeliest and find most.
        int mood = random.nextInt(4);
        for (var sector : new TreeMap<>(bySector).entrySet()) {
            var changes = sector.getValue();
            int surviving = mood == 0 ? 0 : mood == 1 ? changes.size() : random.nextInt(changes.size() + 1);
            long from = sector.getKey() * sectorBytes;
            for (int i = 0; i < surviving; i++) apply(changes.get(i), from, from + sectorBytes, after);
            if (random.nextDouble() < nonsense / Math.max(1, Math.min(16, bySector.size())))
                spoil(changes.getLast(), from, after);
        }
    }

    private static void apply(Change change, long from, long to, Sparse after) {
        long begin = Math.max(from, change.offset());
        long end = Math.min(to, change.offset() + change.bytes().length);
        if (begin < end)
            after.write(begin, MemorySegment.ofArray(change.bytes()).asSlice(begin - change.offset(), end - begin));
    }

    /// A torn sector: its beginning is new, or all of it is nonsense.
    private void spoil(Change change, long from, Sparse after) {
        if (random.nextBoolean()) {
            apply(change, from, from + random.nextInt(sectorBytes), after);
            return;
        }
        var noise = new byte[sectorBytes];
        random.nextBytes(noise);
        after.write(from, MemorySegment.ofArray(noise));
    }
}
