package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.engine.Shipment;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Reservation;
import dev.sextant.model.Cancellation;
import dev.sextant.model.Column;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidRow;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Files on their way into one collection: all are looked at, then read batch by batch, their rows checked as those of
/// an insert and shipped; then all of it is published in one entry, or nothing. Run by one thread; looked at by any.
final class Haul {
    private static final long PATIENCE_MILLIS = 200;
    private static final int UNKNOWN_TRIES = 300;

    /// Of the memory of a job: half waits in segments, a quarter is read, the rest is on its way between them.
    private static final int SHIPPED = 2, READ = 4;

    /// Who has files carried.
    interface Owner {
        /// As it is now.
        Collection collection(Catalog catalog);

        Optional<String> partition(Collection collection);

        /// The memory is there, and files are opened from now on.
        void begins();

        RowFiles.Batches open(Unit unit, Collection collection, long memoryBytes);

        /// Throws when it takes too long.
        void checkTime();

        /// A file cannot be read: throws, or goes on to the next in order to know of all.
        void unfit(Unit unit, RuntimeException why);

        /// All files were looked at.
        void looked();

        /// What changes together with the rows; nothing when they are not wanted any more.
        List<Change> arrived(Catalog catalog, Shipment load);
    }

    /// One group of files. Changed by the run, looked at by any.
    static final class Unit {
        final List<String> paths;
        volatile long bytes;
        volatile long bytesRead;
        volatile long rows;
        volatile long totalRows;
        volatile long ended;
        volatile String reason = "";

        Unit(List<String> paths) {
            this.paths = paths;
        }

        String name() {
            return String.join(",", paths);
        }

        int percent() {
            if (ended > 0) return 100;
            return bytes == 0 ? 0 : (int) Math.min(99, 100 * bytesRead / bytes);
        }
    }

    /// It was told to end, or the database closes.
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("stopped", null, false, false);
        }
    }

    private final Dock dock;
    private final Owner owner;
    private final String kind;
    private volatile List<Unit> units = List.of();
    private volatile int percent;
    private volatile boolean stopped;
    private final Cancellation cancellation = new Cancellation(); // of models that are asked
    private volatile Optional<RowFiles.Batches> reading = Optional.empty();
    private Optional<Shipment> shipment = Optional.empty(); // guarded by this

    /// @param kind a word for what takes memory
    Haul(Dock dock, Owner owner, String kind) {
        this.dock = dock;
        this.owner = owner;
        this.kind = kind;
    }

    List<Unit> units() {
        return units;
    }

    /// 0 to 80: what comes behind reading is the owner's.
    int percent() {
        return percent;
    }

    boolean isStopped() {
        return stopped;
    }

    /// From waiting for memory to the last file.
    void load(List<Unit> files) {
        units = List.copyOf(files);
        try (var room = awaitMemory()) {
            assert room.bytes() > 0 : kind + " needs memory";
            owner.begins();
            percent = 10;
            var collection = owner.collection(dock.shards().catalog());
            for (int i = 0; i < units.size(); i++) {
                look(units.get(i), collection, room.bytes() / READ);
                percent = 10 + 30 * (i + 1) / units.size();
            }
            owner.looked();
            var load = dock.shards().ship(collection.id(), room.bytes() / SHIPPED);
            synchronized (this) {
                shipment = Optional.of(load);
            }
            collection = owner.collection(dock.shards().catalog());
            if (!collection.schema().equals(load.schema()))
                throw Imports.refused(
                        "the schema of '" + collection.name() + "' changed meanwhile: " + kind + " again");
            readAll(collection, load, room.bytes() / READ);
            percent = 80;
            load.finish();
        }
    }

    private Reservation awaitMemory() {
        long wanted =
                Math.min(dock.config().memoryBytes(), Math.max(1, dock.memory().limitBytes() / 2));
        while (true) {
            checkGoingOn();
            try {
                return dock.memory().reserve(kind, wanted);
            } catch (OutOfBudget full) {
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PATIENCE_MILLIS);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new Stopped();
        }
    }

    void checkGoingOn() {
        if (stopped || dock.closing()) throw new Stopped();
        owner.checkTime();
    }

    /// Opens the files once before any row is written: what is not there, or does not fit, is known at once.
    private void look(Unit unit, Collection collection, long memoryBytes) {
        checkGoingOn();
        try (var batches = owner.open(unit, collection, memoryBytes)) {
            unit.bytes = batches.bytes();
            unit.totalRows = batches.rows().orElse(0);
            if (unit.bytes > dock.config().maxFileBytes())
                throw Imports.refused(
                        "The import file size has reached the maximum limit allowed for importing, " + "fileSize="
                                + unit.bytes + ", maxSize=" + dock.config().maxFileBytes());
        } catch (RuntimeException why) {
            owner.unfit(unit, blame(unit, why));
        }
    }

    private void readAll(Collection collection, Shipment load, long memoryBytes) {
        for (int i = 0; i < units.size(); i++) {
            try {
                read(units.get(i), collection, load, memoryBytes);
            } catch (Refused why) {
                owner.unfit(units.get(i), why);
                // All is lost: who wants to know of every file hears of the others what their first rows tell.
                for (var other : units.subList(i + 1, units.size())) taste(other, collection, memoryBytes);
                owner.looked();
                throw why;
            }
        }
    }

    private void taste(Unit unit, Collection collection, long memoryBytes) {
        checkGoingOn();
        if (Made.waits(collection.schema())) return; // no model is asked for nothing
        try (var batches = owner.open(unit, collection, memoryBytes)) {
            batches.next().ifPresent(rows -> take(unit, rows, collection));
        } catch (RuntimeException why) {
            owner.unfit(unit, blame(unit, why));
        }
    }

    private void read(Unit unit, Collection collection, Shipment load, long memoryBytes) {
        try (var batches = owner.open(unit, collection, memoryBytes)) {
            reading = Optional.of(batches);
            checkGoingOn(); // whoever stopped it may have found nothing to cancel
            for (var rows = batches.next(); rows.isPresent(); rows = batches.next()) {
                checkGoingOn();
                ship(unit, rows.get(), collection, load);
                unit.bytesRead = batches.bytesRead();
                unit.totalRows = Math.max(batches.rows().orElse(0), unit.rows);
                percent = 40 + 30 * share() / 100;
            }
        } catch (RuntimeException why) {
            throw stopped ? new Stopped() : blame(unit, why);
        } finally {
            reading = Optional.empty();
        }
        unit.bytesRead = unit.bytes;
        unit.ended = dock.clock().wallMillis();
    }

    private int share() {
        long all = 0, read = 0;
        for (var unit : units) {
            all += unit.bytes;
            read += unit.bytesRead;
        }
        return all == 0 ? 100 : (int) Math.min(100, 100 * read / all);
    }

    private void ship(Unit unit, Rows rows, Collection collection, Shipment load) {
        if (rows.count() == 0) return;
        var taken = take(unit, rows, collection);
        var places = Placement.of(collection, owner.partition(collection), taken.columns());
        for (var part : Placement.parts(collection, Optional.empty(), Optional.of(new Placement.Put(taken, places))))
            load.add(part.shard(), part.insertion().orElseThrow());
        unit.rows += rows.count();
    }

    /// Checked as the rows of an insert are.
    private Intake.Taken take(Unit unit, Rows rows, Collection collection) {
        try {
            return new Intake(collection, dock.limits().rows(), Intake.Purpose.INSERT, this::make)
                    .take(rows, dock.shards()::allocateIds);
        } catch (Refused why) {
            throw why.refusal() instanceof InvalidRow bad ? new Refused(placed(unit, bad)) : why;
        }
    }

    private void make(Map<Integer, Column> columns, Schema schema) {
        dock.made().into(columns, schema, cancellation);
    }

    /// The row as it is counted in the file.
    private static Refusal placed(Unit unit, InvalidRow bad) {
        var field = bad.field();
        var detail = switch (bad.fault()) {
            case KEY_WITH_AUTO_ID -> "the primary key '" + field + "' is auto-generated, no need to provide";
            case MISSING_COLUMN -> "value of field '" + field + "' is missed";
            default -> new InvalidRow(field, -1, bad.fault(), bad.received(), bad.expected()).sentence();
        };
        return new Refusal.NotImportable(unit.name(), bad.row() < 0 ? -1 : unit.rows + bad.row(), detail);
    }

    private static RuntimeException blame(Unit unit, RuntimeException why) {
        if (why instanceof Stopped) return why;
        unit.reason = sentence(why);
        return why instanceof Refused refused
                        && refused.refusal() instanceof Refusal.NotImportable(var file, _, var detail)
                        && file.isEmpty()
                ? new Refused(new Refusal.NotImportable(unit.name(), -1, detail))
                : why;
    }

    static String sentence(Throwable why) {
        return why instanceof Refused refused
                ? refused.refusal().sentence()
                : why.getMessage() == null ? why.toString() : why.getMessage();
    }

    // ---- the end

    /// Everything becomes visible in one entry, which also says that the job is completed.
    synchronized void publish() {
        var load = shipment.orElseThrow(Stopped::new);
        for (int tries = 0; ; tries++)
            try {
                publish(load);
                break;
            } catch (Refused why) {
                // Whether it took place is known when the log is well again; the next decision sees it.
                boolean known = !(why.refusal() instanceof Refusal.OutcomeUnknown);
                if (known && !(tries > 0 && isPassing(why)) || tries >= UNKNOWN_TRIES || dock.closing()) throw why;
                pause();
            }
        letGo();
    }

    private static boolean isPassing(Refused why) {
        return why.refusal() instanceof Refusal.DiskUnavailable || why.refusal() instanceof Refusal.Busy;
    }

    private void publish(Shipment load) {
        var done = new CompletableFuture<Long>();
        dock.shards().publish(load, catalog -> owner.arrived(catalog, load), new Reply<>() {
            @Override
            public void complete(Long at) {
                done.complete(at);
            }

            @Override
            public void fail(Throwable why) {
                done.completeExceptionally(why);
            }
        });
        try {
            done.get();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new Stopped();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException why) throw why;
            throw new IllegalStateException(failed.getCause());
        }
    }

    /// Refuses to publish what does not fit the collection any more.
    static void checkFits(Collection collection, Shipment load) {
        for (long partition : load.partitions())
            if (collection.partition(partition).isEmpty())
                throw Imports.refused("a partition that rows belong to was dropped");
        // Once a field that is made of others is there for all rows it is taken to stay so: see Backfills.
        if (!load.schema().functions().containsAll(collection.schema().functions()))
            throw Imports.refused("the functions of '" + collection.name() + "' changed meanwhile: import again");
    }

    /// Nobody wants the rows any more: it ends soon, wherever it waits.
    void stop() {
        stopped = true;
        cancellation.cancel();
        reading.ifPresent(RowFiles.Batches::cancel);
    }

    /// What was shipped and not published goes.
    synchronized void letGo() {
        shipment.ifPresent(Shipment::close);
        shipment = Optional.empty();
    }
}
