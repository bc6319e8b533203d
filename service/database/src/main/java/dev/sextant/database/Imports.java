package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.ImportJob;
import dev.sextant.catalog.Partition;
import dev.sextant.model.Call;
import dev.sextant.model.Done;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.query.Shards;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/// The imports: who asked for what, what runs, how it ended. That a job exists, and how it ended, is in the catalog, so
/// a restart knows; what is under way is here. Any thread may call.
final class Imports {
    private final Dock dock;
    private final Shards shards;
    private final ImportConfig config;
    private final Map<Long, ImportRun> runs = new ConcurrentHashMap<>();

    Imports(Dock dock) {
        this.dock = dock;
        shards = dock.shards();
        config = dock.config();
    }

    static Refused refused(String detail) {
        return new Refused(new Refusal.NotImportable("", -1, detail));
    }

    /// Goes on with what was not over when the database was closed, from its beginning: nothing of it is visible.
    void resume() {
        shards.catalog().imports().values().stream().filter(ImportJob::isOpen).forEach(this::start);
    }

    // ---- what is asked for

    void create(Call call, Operate.Import asked, Reply<Object> reply) {
        ImportOptions.of(asked.options());
        checkFiles(asked.files());
        long id = shards.allocateIds(1);
        long now = dock.clock().wallMillis();
        decide(shards.catalog(), call, asked, id, now);
        shards.define(catalog -> decide(catalog, call, asked, id, now), answering(reply, () -> {
            var catalog = shards.catalog();
            var fresh = catalog.imports().get(id);
            if (fresh != null) start(fresh);
            var job = fresh != null
                    ? Optional.of(fresh)
                    : earlier(catalog, Names.collection(catalog, call, asked.collection()), asked);
            reply.complete(new Operate.Started(
                    job.orElseThrow().id(), job.orElseThrow().files().size()));
        }));
    }

    /// The job that was asked for by the same key, of the same collection, whatever it is called now.
    private static Optional<ImportJob> earlier(Catalog catalog, Collection collection, Operate.Import asked) {
        var key = ImportOptions.key(asked.options());
        return key.flatMap(wanted -> catalog.imports().values().stream()
                .filter(job -> job.collection() == collection.id()
                        && ImportOptions.key(job.options()).equals(key))
                .min(Comparator.comparingLong(ImportJob::id)));
    }

    private void checkFiles(List<List<String>> groups) {
        if (groups.isEmpty() || groups.stream().anyMatch(List::isEmpty))
            throw refused("import request is empty: no files were named");
        if (groups.size() > config.maxFiles())
            throw refused("the max number of import files should not exceed " + config.maxFiles() + ", but got "
                    + groups.size());
        groups.forEach(group -> dock.files().check(group));
    }

    private List<Change> decide(Catalog catalog, Call call, Operate.Import asked, long id, long now) {
        var collection = Names.collection(catalog, call, asked.collection());
        Externals.refuse(collection, "import");
        var partition = asked.partition().filter(name -> !name.isBlank());
        if (partition.isPresent() && Scene.isKeyed(collection))
            throw refused("not allow to set partition name for collection with partition key");
        partition.ifPresent(name -> Names.partition(collection, name));
        if (earlier(catalog, collection, asked).isPresent()) return List.of();
        FileJobs.checkRoom(catalog.imports().values(), config.maxWaiting());
        var changes = new ArrayList<Change>();
        FileJobs.forgotten(catalog.imports().values(), config.remembered())
                .forEach(job -> changes.add(new Change.ForgetImport(job.id())));
        changes.add(new Change.PutImport(new ImportJob(
                id,
                collection.databaseId(),
                collection.id(),
                collection.name(),
                partition.orElse(""),
                asked.files(),
                asked.options(),
                ImportJob.Phase.OPEN,
                now,
                0,
                "",
                List.of())));
        return changes;
    }

    private void start(ImportJob job) {
        var run = new ImportRun(this, dock, job);
        runs.put(job.id(), run);
        dock.execute(run::begin);
    }

    void commit(long id, Reply<Object> reply) {
        var job = job(id);
        var run = runs.get(id);
        if (job.phase() == ImportJob.Phase.COMPLETED) reply.complete(new Done(shards.now()));
        else if (run == null || !run.mayCommit())
            throw refused("import job " + id + " cannot be committed: it is "
                    + info(job).phase().name().toLowerCase(java.util.Locale.ROOT));
        else // it waits for the log, and must not wait for other imports
        Thread.startVirtualThread(() -> {
            try {
                run.commit();
                var now = Optional.ofNullable(shards.catalog().imports().get(id));
                if (now.filter(ended -> ended.phase() == ImportJob.Phase.FAILED).isPresent())
                    reply.fail(refused("import job " + id + " cannot be committed: "
                            + now.get().reason()));
                else reply.complete(new Done(shards.now()));
            } catch (RuntimeException | Error why) {
                reply.fail(why);
            }
        });
    }

    void abort(long id, Reply<Object> reply) {
        job(id);
        end(id, ImportJob.Phase.FAILED, "aborted by the user", List.of(), answering(reply, () -> {
            var now = Optional.ofNullable(shards.catalog().imports().get(id));
            var run = runs.get(id);
            if (now.filter(job -> job.phase() == ImportJob.Phase.COMPLETED).isPresent())
                reply.fail(refused("import job " + id + " cannot be aborted: it is completed"));
            else if (run == null) reply.complete(new Done(shards.now()));
            else // this is the log's thread: a commit may hold the run while it waits for that very thread
            Thread.startVirtualThread(() -> {
                try {
                    run.stop();
                    reply.complete(new Done(shards.now()));
                } catch (RuntimeException | Error why) {
                    reply.fail(why);
                }
            });
        }));
    }

    /// Wherever it was asked for: who may see it is judged by its collection, not by where its caller is.
    private ImportJob job(long id) {
        var job = shards.catalog().imports().get(id);
        if (job == null) throw new Refused(new Refusal.NotFound(Refusal.Kind.JOB, Long.toString(id), "import"));
        return job;
    }

    // ---- what is told

    Watch.ImportInfo state(long id) {
        return info(job(id));
    }

    /// @param seen by the names of database and collection
    List<Watch.ImportInfo> list(Call call, Optional<String> name, BiPredicate<String, String> seen) {
        var catalog = shards.catalog();
        return FileJobs.listed(catalog.imports().values(), catalog, call, name, seen)
                .map(this::info)
                .toList();
    }

    private Watch.ImportInfo info(ImportJob job) {
        // The catalog knows of the end a moment before every reader sees the rows: as long as the run is here it tells.
        var run = runs.get(job.id());
        if (run != null) return run.info();
        var phase = switch (job.phase()) {
            case OPEN -> Watch.ImportPhase.PENDING;
            case COMPLETED -> Watch.ImportPhase.COMPLETED;
            case FAILED -> Watch.ImportPhase.FAILED;
        };
        int percent = phase == Watch.ImportPhase.COMPLETED ? 100 : 0;
        var told = new ArrayList<Watch.ImportedFile>();
        for (int i = 0; i < job.files().size(); i++) {
            var unit =
                    i < job.units().size() ? job.units().get(i) : new ImportJob.Unit(0, 0, job.ended(), job.reason());
            told.add(new Watch.ImportedFile(
                    job.files().get(i),
                    phase == Watch.ImportPhase.FAILED && unit.reason().isEmpty() && unit.ended() > 0
                            ? Watch.ImportPhase.IMPORTING
                            : phase,
                    percent,
                    unit.rows(),
                    unit.rows(),
                    unit.bytes(),
                    unit.ended(),
                    unit.reason()));
        }
        return new Watch.ImportInfo(
                job.id(),
                job.collectionName(),
                job.collection(),
                phase,
                percent,
                phase == Watch.ImportPhase.FAILED
                        ? 0
                        : told.stream().mapToLong(Watch.ImportedFile::rows).sum(),
                told.stream().mapToLong(Watch.ImportedFile::totalRows).sum(),
                told.stream().mapToLong(Watch.ImportedFile::bytes).sum(),
                job.created(),
                job.ended(),
                job.reason(),
                told);
    }

    // ---- for the runs

    /// The collection of a job, as it is now.
    static Collection collection(Catalog catalog, ImportJob job) {
        return catalog.collection(job.collection())
                .orElseThrow(() -> refused("the collection '" + job.collectionName() + "' was dropped"));
    }

    /// The partition that a job names, if it does.
    static Optional<String> partition(Collection collection, ImportJob job) {
        if (job.partition().isEmpty()) return Optional.empty();
        var there = collection.partition(job.partition()).map(Partition::name);
        if (there.isEmpty()) throw refused("the partition '" + job.partition() + "' was dropped");
        return there;
    }

    /// Writes down that a job is over, unless it is already.
    void end(long id, ImportJob.Phase how, String why, List<ImportJob.Unit> units, Reply<Long> reply) {
        long now = dock.clock().wallMillis();
        shards.define(
                catalog -> {
                    var job = catalog.imports().get(id);
                    return job == null || !job.isOpen()
                            ? List.of()
                            : List.of(new Change.PutImport(job.ended(how, now, why, units)));
                },
                reply);
    }

    void over(long id) {
        runs.remove(id);
    }

    static Reply<Long> answering(Reply<Object> reply, Runnable then) {
        return new Reply<>() {
            @Override
            public void complete(Long at) {
                try {
                    then.run();
                } catch (RuntimeException | Error why) {
                    reply.fail(why);
                }
            }

            @Override
            public void fail(Throwable reason) {
                reply.fail(reason);
            }
        };
    }

    /// To be called when nothing runs any more.
    void letGo() {
        runs.values().forEach(ImportRun::letGo);
    }
}
