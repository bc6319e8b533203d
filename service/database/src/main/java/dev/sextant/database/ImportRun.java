package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.ImportJob;
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
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.ImportPhase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// One import at work: looks at all files, then reads them batch by batch, checks the rows as those of an insert, and
/// ships them; then all of it is published, or nothing. Run by one thread; looked at by any.
final class ImportRun {
    private static final long PATIENCE_MILLIS = 200;
    private static final int UNKNOWN_TRIES = 300;

    /// Of the memory of a job: half waits in segments, a quarter is read, the rest is on its way between them.
    private static final int SHIPPED = 2, READ = 4;

    private final Imports imports;
    private final ImportJob job;
    private final ImportOptions options;
    private final List<Unit> units = new ArrayList<>();
    private volatile ImportPhase phase = ImportPhase.PENDING;
    private volatile int percent;
    private volatile boolean stopped;
    private final Cancellation cancellation = new Cancellation(); // of models that are asked
    private volatile String reason = "";
    private volatile Optional<RowFiles.Batches> reading = Optional.empty();
    private Optional<Shipment> shipment = Optional.empty(); // guarded by this

    /// One group of files. Changed by the run, looked at by any.
    private static final class Unit {
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

        int percent() {
            if (ended > 0) return 100;
            return bytes == 0 ? 0 : (int) Math.min(99, 100 * bytesRead / bytes);
        }
    }

    /// It was told to end, or the database closes.
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("stopped", null, false, false);
        }
    }

    ImportRun(Imports imports, ImportJob job) {
        this.imports = imports;
        this.job = job;
        options = ImportOptions.of(job.options());
        job.files().forEach(paths -> units.add(new Unit(paths)));
    }

    /// From waiting for memory to the last file; then published, unless a commit is waited for.
    void begin() {
        try {
            load();
            if (options.waits()) {
                percent = 99;
                phase = ImportPhase.UNCOMMITTED;
                if (stopped) throw new Stopped(); // whoever stopped it may have looked before
            } else commit();
        } catch (Stopped asked) {
            letGo();
            if (!imports.closing()) imports.over(job.id());
        } catch (Throwable why) {
            fail(why);
        }
    }

    private void load() {
        try (var room = awaitMemory()) {
            assert room.bytes() > 0 : "an import needs memory";
            phase = ImportPhase.IMPORTING;
            percent = 10;
            var collection = Imports.collection(imports.shards().catalog(), job);
            for (int i = 0; i < units.size(); i++) {
                look(units.get(i), collection, room.bytes() / READ);
                percent = 10 + 30 * (i + 1) / units.size();
            }
            var load = imports.shards().ship(collection.id(), room.bytes() / SHIPPED);
            synchronized (this) {
                shipment = Optional.of(load);
            }
            collection = Imports.collection(imports.shards().catalog(), job);
            if (!collection.schema().equals(load.schema()))
                throw Imports.refused("the schema of '" + collection.name() + "' changed meanwhile: import again");
            for (var unit : units) read(unit, collection, load, room.bytes() / READ);
            percent = 80;
            load.finish();
        }
    }

    private Reservation awaitMemory() {
        long wanted = Math.min(
                imports.config().memoryBytes(), Math.max(1, imports.memory().limitBytes() / 2));
        while (true) {
            checkGoingOn();
            try {
                return imports.memory().reserve("import", wanted);
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

    private void checkGoingOn() {
        if (stopped || imports.closing()) throw new Stopped();
        long now = imports.clock().wallMillis();
        if (options.timeout()
                .filter(most -> now - job.created() > most.toMillis())
                .isPresent())
            throw Imports.refused(
                    "import timeout: not done after " + job.options().get("timeout"));
    }

    /// Opens the files once before any row is written: what is not there, or does not fit, is known at once.
    private void look(Unit unit, Collection collection, long memoryBytes) {
        checkGoingOn();
        try (var batches = imports.files().open(unit.paths, collection.schema(), job.options(), memoryBytes)) {
            unit.bytes = batches.bytes();
            unit.totalRows = batches.rows().orElse(0);
            if (unit.bytes > imports.config().maxFileBytes())
                throw Imports.refused(
                        "The import file size has reached the maximum limit allowed for importing, " + "fileSize="
                                + unit.bytes + ", maxSize=" + imports.config().maxFileBytes());
        } catch (RuntimeException why) {
            throw blame(unit, why);
        }
    }

    private void read(Unit unit, Collection collection, Shipment load, long memoryBytes) {
        try (var batches = imports.files().open(unit.paths, collection.schema(), job.options(), memoryBytes)) {
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
        unit.ended = imports.clock().wallMillis();
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
        try {
            var taken = new Intake(collection, imports.limits().rows(), Intake.Purpose.INSERT, this::make)
                    .take(rows, imports.shards()::allocateIds);
            var places = Placement.of(collection, Imports.partition(collection, job), taken.columns());
            for (var part :
                    Placement.parts(collection, Optional.empty(), Optional.of(new Placement.Put(taken, places))))
                load.add(part.shard(), part.insertion().orElseThrow());
            unit.rows += rows.count();
        } catch (Refused why) {
            throw why.refusal() instanceof InvalidRow bad ? new Refused(placed(unit, bad)) : why;
        }
    }

    private void make(Map<Integer, Column> columns, Schema schema) {
        imports.made().into(columns, schema, cancellation);
    }

    /// The row as it is counted in the file.
    private static Refusal placed(Unit unit, InvalidRow bad) {
        var field = bad.field();
        var detail = switch (bad.fault()) {
            case KEY_WITH_AUTO_ID -> "the primary key '" + field + "' is auto-generated, no need to provide";
            case MISSING_COLUMN -> "value of field '" + field + "' is missed";
            default -> new InvalidRow(field, -1, bad.fault(), bad.received(), bad.expected()).sentence();
        };
        return new Refusal.NotImportable(name(unit), bad.row() < 0 ? -1 : unit.rows + bad.row(), detail);
    }

    private static String name(Unit unit) {
        return String.join(",", unit.paths);
    }

    private static RuntimeException blame(Unit unit, RuntimeException why) {
        if (why instanceof Stopped) return why;
        unit.reason = sentence(why);
        return why instanceof Refused refused
                        && refused.refusal() instanceof Refusal.NotImportable(var file, _, var detail)
                        && file.isEmpty()
                ? new Refused(new Refusal.NotImportable(name(unit), -1, detail))
                : why;
    }

    private static String sentence(Throwable why) {
        return why instanceof Refused refused
                ? refused.refusal().sentence()
                : why.getMessage() == null ? why.toString() : why.getMessage();
    }

    // ---- the end

    boolean mayCommit() {
        return phase == ImportPhase.UNCOMMITTED;
    }

    /// Everything becomes visible in one entry, which also says that the job is completed.
    synchronized void commit() {
        var load = shipment.orElseThrow(Stopped::new);
        for (int tries = 0; ; tries++)
            try {
                publish(load);
                break;
            } catch (Refused why) {
                // Whether it took place is known when the log is well again; the next decision sees it.
                boolean known = !(why.refusal() instanceof Refusal.OutcomeUnknown);
                if (known && !(tries > 0 && isPassing(why)) || tries >= UNKNOWN_TRIES || imports.closing()) throw why;
                pause();
            }
        letGo();
        imports.over(job.id());
    }

    private static boolean isPassing(Refused why) {
        return why.refusal() instanceof Refusal.DiskUnavailable || why.refusal() instanceof Refusal.Busy;
    }

    private void publish(Shipment load) {
        var done = new CompletableFuture<Long>();
        imports.shards().publish(load, catalog -> completed(catalog, load), new Reply<>() {
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

    private List<Change> completed(Catalog catalog, Shipment load) {
        var now = catalog.imports().get(job.id());
        if (now == null || !now.isOpen()) return List.of(); // aborted, or published by an earlier try
        var collection = Imports.collection(catalog, job);
        for (long partition : load.partitions())
            if (collection.partition(partition).isEmpty())
                throw Imports.refused("a partition that rows belong to was dropped");
        // Once a field that is made of others is there for all rows it is taken to stay so: see Backfills.
        if (!load.schema().functions().containsAll(collection.schema().functions()))
            throw Imports.refused("the functions of '" + collection.name() + "' changed meanwhile: import again");
        return List.of(new Change.PutImport(
                now.ended(ImportJob.Phase.COMPLETED, imports.clock().wallMillis(), "", outcomes())));
    }

    private List<ImportJob.Unit> outcomes() {
        return units.stream()
                .map(unit -> new ImportJob.Unit(unit.bytes, unit.rows, unit.ended, unit.reason))
                .toList();
    }

    private void fail(Throwable why) {
        letGo();
        // A database that closes refuses what comes: the job begins again when it is opened.
        if (imports.closing()) return;
        if (why instanceof Refused refused && refused.refusal() instanceof Refusal.OutcomeUnknown) {
            reason = sentence(why) + "; a restart tells";
            phase = ImportPhase.FAILED;
            return;
        }
        reason = sentence(why);
        if (!(why instanceof Refused)) {
            var thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, why);
        }
        imports.end(job.id(), ImportJob.Phase.FAILED, reason, outcomes(), new Reply<>() {
            @Override
            public void complete(Long at) {
                imports.over(job.id());
            }

            @Override
            public void fail(Throwable notWritten) {
                phase = ImportPhase.FAILED;
            }
        });
    }

    /// To be called when the catalog says that it is over. Waits for a commit that is under way, and removes files:
    /// never called on a thread of the log.
    void stop() {
        stopped = true;
        cancellation.cancel();
        reading.ifPresent(RowFiles.Batches::cancel);
        if (phase != ImportPhase.UNCOMMITTED) return;
        letGo();
        imports.over(job.id());
    }

    /// What was shipped and not published goes.
    synchronized void letGo() {
        shipment.ifPresent(Shipment::close);
        shipment = Optional.empty();
    }

    Watch.ImportInfo info() {
        var told = units.stream()
                .map(unit -> new Watch.ImportedFile(
                        unit.paths,
                        unit.reason.isEmpty() ? phase : ImportPhase.FAILED,
                        unit.percent(),
                        unit.rows,
                        unit.totalRows,
                        unit.bytes,
                        unit.ended,
                        unit.reason))
                .toList();
        return new Watch.ImportInfo(
                job.id(),
                job.collectionName(),
                job.collection(),
                phase,
                percent,
                told.stream().mapToLong(Watch.ImportedFile::rows).sum(),
                told.stream().mapToLong(Watch.ImportedFile::totalRows).sum(),
                told.stream().mapToLong(Watch.ImportedFile::bytes).sum(),
                job.created(),
                0,
                // Who asks meanwhile hears that it runs, and why it failed once it has.
                phase == ImportPhase.FAILED ? reason : "",
                told);
    }

    @Override
    public String toString() {
        return "import " + job.id() + ", " + phase + ", "
                + TimeUnit.MILLISECONDS.toSeconds(imports.clock().wallMillis() - job.created()) + " s";
    }
}
