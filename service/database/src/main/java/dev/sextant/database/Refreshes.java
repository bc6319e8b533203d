package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.ImportJob;
import dev.sextant.catalog.RefreshJob;
import dev.sextant.model.Call;
import dev.sextant.model.Define;
import dev.sextant.model.External;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.query.Shards;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/// The refreshes of external collections: who asked for what, what runs, how it ended. That a job exists, and how it
/// ended, is in the catalog, so a restart knows; what is under way is here. Any thread may call.
final class Refreshes {
    private final Dock dock;
    private final Shards shards;
    private final Map<Long, RefreshRun> runs = new ConcurrentHashMap<>();

    Refreshes(Dock dock) {
        this.dock = dock;
        shards = dock.shards();
    }

    /// Goes on with what was not over when the database was closed, from its beginning: nothing of it is visible.
    void resume() {
        shards.catalog().refreshes().values().stream()
                .filter(RefreshJob::isOpen)
                .forEach(this::start);
    }

    // ---- what is asked for

    /// Refuses a definition whose files can never be read.
    void check(Define define) {
        if (define instanceof Define.CreateCollection create)
            create.external().filter(external -> !external.source().isBlank()).ifPresent(this::check);
    }

    private void check(External external) {
        Externals.checkPlace(external);
        dock.files().check(ExternalSpec.of(external.spec()).at(external.source()));
    }

    void create(Call call, Operate.RefreshExternal asked, Reply<Object> reply) {
        if (asked.source().isBlank() != asked.spec().isBlank())
            throw Scene.invalid(
                    "external_source", "external_source and external_spec must be given together, or neither");
        long id = shards.allocateIds(1);
        long now = dock.clock().wallMillis();
        decide(shards.catalog(), call, asked, id, now);
        shards.define(catalog -> decide(catalog, call, asked, id, now), Imports.answering(reply, () -> {
            start(shards.catalog().refreshes().get(id));
            reply.complete(new Operate.Started(id, 0));
        }));
    }

    private List<Change> decide(Catalog catalog, Call call, Operate.RefreshExternal asked, long id, long now) {
        var collection = Names.collection(catalog, call, asked.collection());
        var usual = Externals.of(collection);
        var external = asked.source().isBlank() ? usual : usual.from(asked.source(), asked.spec());
        if (external.source().isBlank())
            throw Scene.invalid(
                    "external_source",
                    "external_source is empty: name one for collection " + collection.name() + ", which has none");
        check(external);
        catalog.refreshes().values().stream()
                .filter(job -> job.isOpen() && job.collection() == collection.id())
                .findAny()
                .ifPresent(job -> {
                    throw new Refused(new Refusal.InUse(
                            Refusal.Kind.JOB,
                            Long.toString(job.id()),
                            "refresh job " + job.id() + " is already in progress for collection " + collection.name()));
                });
        FileJobs.checkRoom(catalog.refreshes().values(), dock.config().maxWaiting());
        var changes = new ArrayList<Change>();
        FileJobs.forgotten(catalog.refreshes().values(), dock.config().remembered())
                .forEach(job -> changes.add(new Change.ForgetRefresh(job.id())));
        changes.add(new Change.PutRefresh(new RefreshJob(
                id,
                collection.databaseId(),
                collection.id(),
                collection.name(),
                external,
                ImportJob.Phase.OPEN,
                now,
                0,
                RefreshJob.Read.NOTHING,
                "",
                List.of())));
        return changes;
    }

    private void start(RefreshJob job) {
        var run = new RefreshRun(this, dock, job);
        runs.put(job.id(), run);
        dock.execute(run::begin);
    }

    // ---- what is told

    Watch.RefreshInfo state(long id) {
        var job = shards.catalog().refreshes().get(id);
        if (job == null) throw new Refused(new Refusal.NotFound(Refusal.Kind.JOB, Long.toString(id), "refresh"));
        return info(job);
    }

    /// @param seen by the names of database and collection
    List<Watch.RefreshInfo> list(Call call, Optional<String> name, BiPredicate<String, String> seen) {
        var catalog = shards.catalog();
        return FileJobs.listed(catalog.refreshes().values(), catalog, call, name, seen)
                .map(this::info)
                .toList();
    }

    private Watch.RefreshInfo info(RefreshJob job) {
        // The catalog knows of the end a moment before every reader sees the rows: as long as the run is here it tells.
        var run = runs.get(job.id());
        if (run != null) return run.info();
        var phase = switch (job.phase()) {
            case OPEN -> Watch.RefreshPhase.PENDING;
            case COMPLETED -> Watch.RefreshPhase.COMPLETED;
            case FAILED -> Watch.RefreshPhase.FAILED;
        };
        var read = job.read();
        return new Watch.RefreshInfo(
                job.id(),
                job.collectionName(),
                job.collection(),
                phase,
                phase == Watch.RefreshPhase.COMPLETED ? 100 : 0,
                read.rows(),
                read.files(),
                read.bytes(),
                ExternalSpec.shown(job.external()),
                job.created(),
                job.ended(),
                job.reason(),
                job.faults());
    }

    // ---- for the runs

    /// Writes down that a job has failed, unless it is over already.
    void fail(long id, RefreshJob.Read read, String why, List<Watch.FileFault> faults, Reply<Long> reply) {
        long now = dock.clock().wallMillis();
        shards.define(
                catalog -> {
                    var job = catalog.refreshes().get(id);
                    return job == null || !job.isOpen()
                            ? List.of()
                            : List.of(new Change.PutRefresh(job.ended(ImportJob.Phase.FAILED, now, read, why, faults)));
                },
                reply);
    }

    void over(long id) {
        runs.remove(id);
    }

    /// To be called when nothing runs any more.
    void letGo() {
        runs.values().forEach(RefreshRun::letGo);
    }
}
