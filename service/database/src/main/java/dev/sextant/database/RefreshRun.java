package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.ImportJob;
import dev.sextant.catalog.RefreshJob;
import dev.sextant.engine.Shipment;
import dev.sextant.model.Field;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.RefreshPhase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/// One refresh at work: what lies under the source is listed and hauled in whole; the entry that publishes it takes
/// away what was there before. Run by one thread; looked at by any.
final class RefreshRun implements Haul.Owner {
    /// So many files are named that cannot be read; the others are counted.
    private static final int MOST_FAULTS = 20;

    private final Refreshes refreshes;
    private final Dock dock;
    private final RefreshJob job;
    private final Haul haul;
    private final Map<Haul.Unit, RowFiles.Found> found = new HashMap<>(); // of the run alone
    private final List<Watch.FileFault> faults = new CopyOnWriteArrayList<>();
    private int unfit; // of the run alone
    private Optional<RowFiles.Outside> outside = Optional.empty(); // of the run alone
    private volatile RefreshPhase phase = RefreshPhase.PENDING;
    private volatile String reason = "";

    RefreshRun(Refreshes refreshes, Dock dock, RefreshJob job) {
        this.refreshes = refreshes;
        this.dock = dock;
        this.job = job;
        haul = new Haul(dock, this, "refresh");
    }

    /// From listing the files to the entry that shows them.
    void begin() {
        try {
            var place = ExternalSpec.of(job.external().spec()).at(job.external().source());
            haul.checkGoingOn();
            try (var there = dock.files().outside(place, dock.config().maxOutside())) {
                outside = Optional.of(there);
                haul.load(units(there));
            }
            if (haul.units().stream().allMatch(unit -> unit.rows == 0))
                throw nothing("the " + haul.units().size() + " files at '" + place + "' hold no rows");
            haul.publish();
            refreshes.over(job.id());
        } catch (Haul.Stopped closing) {
            haul.letGo();
            if (!dock.closing()) refreshes.over(job.id());
        } catch (Throwable why) {
            fail(why);
        }
    }

    private List<Haul.Unit> units(RowFiles.Outside there) {
        var units = new ArrayList<Haul.Unit>();
        for (var file : there.files()) {
            var unit = new Haul.Unit(List.of(file.name()));
            found.put(unit, file);
            units.add(unit);
        }
        if (units.isEmpty())
            throw nothing(
                    "no files found in external source: '" + job.external().source() + "'");
        return units;
    }

    private static Refused nothing(String why) {
        return new Refused(new Refusal.NotImportable("", -1, why));
    }

    // ---- for the haul

    @Override
    public Collection collection(Catalog catalog) {
        return catalog.collection(job.collection())
                .orElseThrow(() -> nothing("the collection '" + job.collectionName() + "' was dropped"));
    }

    @Override
    public Optional<String> partition(Collection collection) {
        return Optional.empty();
    }

    @Override
    public void begins() {
        phase = RefreshPhase.REFRESHING;
    }

    /// Files know columns, collections know fields.
    @Override
    public RowFiles.Batches open(Haul.Unit unit, Collection collection, long memoryBytes) {
        var columns = Externals.of(collection).columns();
        var fields = new ArrayList<Field>();
        var names = new HashMap<String, String>();
        for (var field : collection.schema().fields()) {
            var column = columns.get(field.name());
            if (column == null) continue; // it is made here
            fields.add(field.withName(column));
            names.put(column, field.name());
        }
        var asked = new Schema(collection.schema().version(), fields);
        return new Named(outside.orElseThrow().open(found.get(unit), asked, memoryBytes), names);
    }

    @Override
    public void checkTime() {
        if (dock.shards().catalog().collection(job.collection()).isEmpty())
            throw nothing("the collection '" + job.collectionName() + "' was dropped");
    }

    @Override
    public void unfit(Haul.Unit unit, RuntimeException why) {
        if (!(why instanceof Refused)) throw why;
        unfit++;
        if (faults.size() < MOST_FAULTS) faults.add(new Watch.FileFault(unit.name(), detail(why)));
    }

    private static String detail(Throwable why) {
        return why instanceof Refused refused
                        && refused.refusal() instanceof Refusal.NotImportable(_, var row, var detail)
                ? (row < 0 ? "" : "row " + row + ": ") + detail
                : Haul.sentence(why);
    }

    @Override
    public void looked() {
        if (unfit == 0) return;
        var told = new StringBuilder(unfit + " of " + haul.units().size() + " files cannot be read");
        faults.forEach(
                fault -> told.append("; '").append(fault.file()).append("': ").append(fault.reason()));
        if (unfit > faults.size())
            told.append("; and ").append(unfit - faults.size()).append(" more");
        throw nothing(told.toString());
    }

    /// What was there goes in the entry that brings what is there now: rows count as inserted at its time, so they are
    /// not touched by it.
    @Override
    public List<Change> arrived(Catalog catalog, Shipment load) {
        var open = catalog.refreshes().get(job.id());
        if (open == null || !open.isOpen()) return List.of(); // published by an earlier try
        var collection = collection(catalog);
        Haul.checkFits(collection, load);
        if (!collection.schema().equals(load.schema()))
            throw nothing("external collection schema changed during refresh; rerun refresh");
        var changes = new ArrayList<Change>();
        changes.add(new Change.Truncate(collection.id()));
        var now = Externals.of(collection);
        var read = now.from(job.external().source(), job.external().spec());
        if (!now.equals(read)) changes.add(new Change.SetExternal(collection.id(), read));
        changes.add(new Change.PutRefresh(
                open.ended(ImportJob.Phase.COMPLETED, dock.clock().wallMillis(), read(), "", List.of())));
        return changes;
    }

    private RefreshJob.Read read() {
        long rows = 0, bytes = 0;
        var units = haul.units();
        for (var unit : units) {
            rows += unit.rows;
            bytes += unit.bytes;
        }
        return new RefreshJob.Read(units.size(), rows, bytes);
    }

    // ---- the end

    private void fail(Throwable why) {
        haul.letGo();
        // A database that closes refuses what comes: the job begins again when it is opened.
        if (dock.closing()) return;
        if (why instanceof Refused refused && refused.refusal() instanceof Refusal.OutcomeUnknown) {
            reason = Haul.sentence(why) + "; a restart tells";
            phase = RefreshPhase.FAILED;
            return;
        }
        note(why);
        reason = Haul.sentence(why);
        if (!(why instanceof Refused)) {
            var thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, why);
        }
        refreshes.fail(job.id(), read(), reason, List.copyOf(faults), new Reply<>() {
            @Override
            public void complete(Long at) {
                refreshes.over(job.id());
            }

            @Override
            public void fail(Throwable notWritten) {
                phase = RefreshPhase.FAILED;
            }
        });
    }

    /// A file that broke while its rows were read.
    private void note(Throwable why) {
        if (!faults.isEmpty()) return;
        if (why instanceof Refused refused
                && refused.refusal() instanceof Refusal.NotImportable(var file, _, _)
                && !file.isEmpty()) faults.add(new Watch.FileFault(file, detail(why)));
    }

    void letGo() {
        haul.letGo();
    }

    Watch.RefreshInfo info() {
        var now = phase;
        var read = read();
        return new Watch.RefreshInfo(
                job.id(),
                job.collectionName(),
                job.collection(),
                now,
                haul.percent(),
                read.rows(),
                read.files(),
                read.bytes(),
                ExternalSpec.shown(job.external()),
                job.created(),
                0,
                // Who asks meanwhile hears that it runs, and why it failed once it has.
                now == RefreshPhase.FAILED ? reason : "",
                now == RefreshPhase.FAILED ? faults : List.of());
    }

    /// Rows whose columns are called as the fields are that they stand for.
    private record Named(RowFiles.Batches columns, Map<String, String> fields) implements RowFiles.Batches {
        @Override
        public Optional<Rows> next() {
            return columns.next().map(rows -> {
                var named = Rows.of(rows.count());
                rows.columns().forEach((column, values) -> named.with(fields.get(column), values));
                return named.build();
            });
        }

        @Override
        public OptionalLong rows() {
            return columns.rows();
        }

        @Override
        public long bytes() {
            return columns.bytes();
        }

        @Override
        public long bytesRead() {
            return columns.bytesRead();
        }

        @Override
        public void cancel() {
            columns.cancel();
        }

        @Override
        public void close() {
            columns.close();
        }
    }
}
