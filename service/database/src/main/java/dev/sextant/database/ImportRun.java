package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.ImportJob;
import dev.sextant.engine.Shipment;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.ImportPhase;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One import at work: its files are hauled in, then published, at once or when it is told. Run by one thread; looked
/// at by any.
final class ImportRun implements Haul.Owner {
    private final Imports imports;
    private final Dock dock;
    private final ImportJob job;
    private final ImportOptions options;
    private final Haul haul;
    private final List<Haul.Unit> units;
    private volatile ImportPhase phase = ImportPhase.PENDING;
    private volatile String reason = "";

    ImportRun(Imports imports, Dock dock, ImportJob job) {
        this.imports = imports;
        this.dock = dock;
        this.job = job;
        options = ImportOptions.of(job.options());
        haul = new Haul(dock, this, "import");
        units = job.files().stream().map(Haul.Unit::new).toList();
    }

    /// From waiting for memory to the last file; then published, unless a commit is waited for.
    void begin() {
        try {
            haul.load(units);
            if (options.waits()) {
                phase = ImportPhase.UNCOMMITTED;
                if (haul.isStopped()) throw new Haul.Stopped(); // whoever stopped it may have looked before
            } else commit();
        } catch (Haul.Stopped asked) {
            letGo();
            if (!dock.closing()) imports.over(job.id());
        } catch (Throwable why) {
            fail(why);
        }
    }

    // ---- for the haul

    @Override
    public Collection collection(Catalog catalog) {
        return Imports.collection(catalog, job);
    }

    @Override
    public Optional<String> partition(Collection collection) {
        return Imports.partition(collection, job);
    }

    @Override
    public void begins() {
        phase = ImportPhase.IMPORTING;
    }

    @Override
    public RowFiles.Batches open(Haul.Unit unit, Collection collection, long memoryBytes) {
        return dock.files().open(unit.paths, collection.schema(), job.options(), memoryBytes);
    }

    @Override
    public void checkTime() {
        long now = dock.clock().wallMillis();
        if (options.timeout()
                .filter(most -> now - job.created() > most.toMillis())
                .isPresent())
            throw Imports.refused(
                    "import timeout: not done after " + job.options().get("timeout"));
    }

    @Override
    public void unfit(Haul.Unit unit, RuntimeException why) {
        throw why;
    }

    @Override
    public void looked() {
        // The first file that does not fit has ended it.
    }

    @Override
    public List<Change> arrived(Catalog catalog, Shipment load) {
        var now = catalog.imports().get(job.id());
        if (now == null || !now.isOpen()) return List.of(); // aborted, or published by an earlier try
        Haul.checkFits(Imports.collection(catalog, job), load);
        return List.of(new Change.PutImport(
                now.ended(ImportJob.Phase.COMPLETED, dock.clock().wallMillis(), "", outcomes())));
    }

    // ---- the end

    boolean mayCommit() {
        return phase == ImportPhase.UNCOMMITTED;
    }

    void commit() {
        haul.publish();
        imports.over(job.id());
    }

    private List<ImportJob.Unit> outcomes() {
        return units.stream()
                .map(unit -> new ImportJob.Unit(unit.bytes, unit.rows, unit.ended, unit.reason))
                .toList();
    }

    private void fail(Throwable why) {
        letGo();
        // A database that closes refuses what comes: the job begins again when it is opened.
        if (dock.closing()) return;
        if (why instanceof Refused refused && refused.refusal() instanceof Refusal.OutcomeUnknown) {
            reason = Haul.sentence(why) + "; a restart tells";
            phase = ImportPhase.FAILED;
            return;
        }
        reason = Haul.sentence(why);
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
        haul.stop();
        if (phase != ImportPhase.UNCOMMITTED) return;
        letGo();
        imports.over(job.id());
    }

    void letGo() {
        haul.letGo();
    }

    Watch.ImportInfo info() {
        var now = phase;
        var told = units.stream()
                .map(unit -> new Watch.ImportedFile(
                        unit.paths,
                        unit.reason.isEmpty() ? now : ImportPhase.FAILED,
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
                now,
                now == ImportPhase.UNCOMMITTED ? 99 : haul.percent(),
                told.stream().mapToLong(Watch.ImportedFile::rows).sum(),
                told.stream().mapToLong(Watch.ImportedFile::totalRows).sum(),
                told.stream().mapToLong(Watch.ImportedFile::bytes).sum(),
                job.created(),
                0,
                // Who asks meanwhile hears that it runs, and why it failed once it has.
                now == ImportPhase.FAILED ? reason : "",
                told);
    }

    @Override
    public String toString() {
        return "import " + job.id() + ", " + phase + ", "
                + TimeUnit.MILLISECONDS.toSeconds(dock.clock().wallMillis() - job.created()) + " s";
    }
}
