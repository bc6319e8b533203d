package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.RestoreJob;
import dev.sextant.model.Call;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.query.Shards;
import dev.sextant.world.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;

/// The jobs that make collections of snapshots: who asked for what, what runs, how it ended. That a job exists, and how
/// it ended, is in the catalog, so a restart knows and goes on. A job waits until the files of its snapshot are there,
/// mostly not at all; then the collection begins with all its rows in one entry. Any thread may call.
final class Restores implements AutoCloseable {
    private static final int REMEMBERED = 1000;
    private static final long PATIENCE_MILLIS = 20;
    private static final int UNKNOWN_TRIES = 1500;

    /// How long whoever asks waits for the end, which mostly comes at once.
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Shards shards;
    private final Clock clock;
    private final DatabaseConfig config;
    private final Set<Long> running = ConcurrentHashMap.newKeySet();
    private final ExecutorService runs = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("restore-", 0).factory());
    private volatile boolean closing;

    /// The database closes: the job begins again when it is opened.
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("stopped", null, false, false);
        }
    }

    Restores(Shards shards, Clock clock, DatabaseConfig config) {
        this.shards = shards;
        this.clock = clock;
        this.config = config;
    }

    /// Goes on with what was not over when the database was closed: nothing of it is visible.
    void resume() {
        shards.catalog().snapshots().restores().values().stream()
                .filter(RestoreJob::isOpen)
                .forEach(job -> start(job, new CompletableFuture<>()));
    }

    // ---- what is asked for

    void create(Call call, Operate.RestoreSnapshot asked, Reply<Object> reply) {
        long id = shards.allocateIds(1), now = clock.wallMillis();
        decide(shards.catalog(), call, asked, id, now);
        shards.define(catalog -> decide(catalog, call, asked, id, now), new Reply<>() {
            @Override
            public void complete(Long at) {
                var over = new CompletableFuture<Void>();
                over.completeOnTimeout(null, ANSWER_NANOS, TimeUnit.NANOSECONDS)
                        .whenComplete((_, _) -> reply.complete(new Operate.Started(id, 1)));
                start(shards.catalog().snapshots().restores().get(id), over);
            }

            @Override
            public void fail(Throwable reason) {
                reply.fail(reason);
            }
        });
    }

    private List<Change> decide(Catalog catalog, Call call, Operate.RestoreSnapshot asked, long id, long now) {
        var scene = new Scene(catalog, call, config, 0, now);
        Snapshots.checkName(asked.snapshot(), scene);
        if (asked.newName().isBlank())
            throw Scene.refused(new Refusal.Missing(
                    "target_collection_name", "target_collection_name is required for restore snapshot"));
        var source = scene.collection(asked.collection());
        var snapshot = Snapshots.named(catalog, source, asked.snapshot());
        var into = into(asked, call);
        var name = asked.newName().strip();
        Snapshots.checkHeir(scene, into, name, snapshot);
        var changes = new ArrayList<Change>(forgotten(catalog));
        changes.add(new Change.PutRestore(new RestoreJob(
                id,
                snapshot.id(),
                snapshot.name(),
                source.id(),
                Names.database(catalog, into).id(),
                name,
                0,
                RestoreJob.Phase.OPEN,
                now,
                0,
                "")));
        return changes;
    }

    private static String into(Operate.RestoreSnapshot asked, Call call) {
        return asked.database().filter(name -> !name.isBlank()).orElse(call.database());
    }

    private static List<Change> forgotten(Catalog catalog) {
        var over = catalog.snapshots().restores().values().stream()
                .filter(job -> !job.isOpen())
                .toList();
        return over.stream()
                .limit(Math.max(0, over.size() - REMEMBERED + 1))
                .<Change>map(job -> new Change.ForgetRestore(job.id()))
                .toList();
    }

    // ---- what is done

    private void start(RestoreJob job, CompletableFuture<Void> over) {
        running.add(job.id());
        try {
            runs.execute(() -> {
                try {
                    run(job);
                } finally {
                    running.remove(job.id());
                    over.complete(null);
                }
            });
        } catch (RejectedExecutionException closed) {
            assert closing : "the runs end with the database";
            over.complete(null);
        }
    }

    private void run(RestoreJob job) {
        try {
            while (!shards.isKept(job.snapshot())) {
                if (Snapshots.byId(shards.catalog(), job.snapshot()).isEmpty()) throw gone(job);
                pause();
            }
            complete(job);
        } catch (Stopped begunAgainLater) {
            assert closing : "nobody else stops it";
        } catch (RuntimeException | Error why) {
            fail(job, why);
        }
    }

    private static Refused gone(RestoreJob job) {
        return new Refused(new Refusal.NotFound(Kind.SNAPSHOT, job.snapshotName(), ""));
    }

    private void pause() {
        if (closing) throw new Stopped();
        try {
            Thread.sleep(PATIENCE_MILLIS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new Stopped();
        }
    }

    private void complete(RestoreJob job) {
        var snapshot = Snapshots.byId(shards.catalog(), job.snapshot()).orElseThrow(() -> gone(job));
        var was = snapshot.collection().shards();
        long id = shards.allocateIds(1 + was.size());
        var heirs = new TreeMap<Long, Long>();
        var made = new ArrayList<Long>();
        for (int i = 0; i < was.size(); i++) {
            made.add(id + 1 + i);
            heirs.put(was.get(i), id + 1 + i);
        }
        for (int tries = 0; ; tries++)
            try {
                this.<Long>await(reply ->
                        shards.restore(job.snapshot(), heirs, catalog -> completed(catalog, job, id, made), reply));
                return;
            } catch (Refused why) {
                // Whether it took place is known when the log is well again; the next decision sees it.
                boolean known = !(why.refusal() instanceof Refusal.OutcomeUnknown);
                if (known && !(tries > 0 && isPassing(why)) || tries >= UNKNOWN_TRIES) throw why;
                pause();
            }
    }

    private static boolean isPassing(Refused why) {
        return why.refusal() instanceof Refusal.DiskUnavailable || why.refusal() instanceof Refusal.Busy;
    }

    private List<Change> completed(Catalog catalog, RestoreJob job, long id, List<Long> made) {
        var now = catalog.snapshots().restores().get(job.id());
        if (now == null || !now.isOpen()) return List.of();
        var snapshot = Snapshots.byId(catalog, job.snapshot()).orElseThrow(() -> gone(job));
        var database = Optional.ofNullable(catalog.databases().get(job.database()))
                .orElseThrow(() -> new Refused(new Refusal.NotFound(Kind.DATABASE, "#" + job.database(), "")));
        var scene = new Scene(catalog, Call.local(), config, 0, clock.wallMillis());
        Snapshots.checkHeir(scene, database.name(), job.collectionName(), snapshot);
        return List.of(
                new Change.CreateCollection(Snapshots.heir(snapshot, id, made, job.database(), job.collectionName())),
                new Change.PutRestore(now.completed(id, scene.nowMillis)));
    }

    /// Writes down that a job is over, unless it is already, or the database closes and it begins again later.
    private void fail(RestoreJob job, Throwable why) {
        if (closing || why instanceof Refused refused && refused.refusal() instanceof Refusal.Closing) return;
        var sentence = why.getMessage() == null ? why.toString() : why.getMessage();
        long now = clock.wallMillis();
        try {
            this.<Long>await(reply -> shards.define(
                    catalog -> Optional.ofNullable(
                                    catalog.snapshots().restores().get(job.id()))
                            .filter(RestoreJob::isOpen)
                            .<List<Change>>map(open -> List.of(new Change.PutRestore(open.failed(sentence, now))))
                            .orElse(List.of()),
                    reply));
        } catch (Refused notWritten) {
            // It stays open, and is tried once more when the database is opened.
            assert !notWritten.getMessage().isEmpty();
        }
    }

    private interface Asking<R> {
        void ask(Reply<R> reply);
    }

    private <R> R await(Asking<R> asking) {
        var answer = new CompletableFuture<R>();
        asking.ask(new Reply<>() {
            @Override
            public void complete(R result) {
                answer.complete(result);
            }

            @Override
            public void fail(Throwable reason) {
                answer.completeExceptionally(reason);
            }
        });
        try {
            return answer.get();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new Stopped();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException why) throw why;
            throw new IllegalStateException(failed.getCause());
        }
    }

    // ---- what is told

    Watch.RestoreInfo state(long id) {
        var catalog = shards.catalog();
        var job = catalog.snapshots().restores().get(id);
        if (job == null) throw new Refused(new Refusal.NotFound(Kind.JOB, Long.toString(id), "restore"));
        return info(catalog, job);
    }

    /// @param seen by the names of database and collection
    List<Watch.RestoreInfo> list(Call call, Optional<String> name, BiPredicate<String, String> seen) {
        var catalog = shards.catalog();
        var database = Names.database(catalog, call);
        var wanted = name.filter(text -> !text.isBlank()).map(String::strip);
        var jobs = catalog.snapshots().restores().values().stream()
                .filter(job -> job.database() == database.id())
                .filter(job -> wanted.isEmpty()
                        ? seen.test(database.name(), called(catalog, job))
                        : called(catalog, job).equals(wanted.get()))
                .sorted(Comparator.comparingLong(RestoreJob::id).reversed())
                .map(job -> info(catalog, job))
                .toList();
        if (jobs.isEmpty() && wanted.isPresent()) Names.collection(catalog, call, wanted.get());
        return jobs;
    }

    /// What the collection of a job is called now.
    private static String called(Catalog catalog, RestoreJob job) {
        return catalog.collection(job.collection()).map(Collection::name).orElse(job.collectionName());
    }

    private Watch.RestoreInfo info(Catalog catalog, RestoreJob job) {
        var phase = switch (job.phase()) {
            case OPEN -> running.contains(job.id()) ? Watch.RestorePhase.EXECUTING : Watch.RestorePhase.PENDING;
            case COMPLETED -> Watch.RestorePhase.COMPLETED;
            case FAILED -> Watch.RestorePhase.FAILED;
        };
        return new Watch.RestoreInfo(
                job.id(),
                job.snapshotName(),
                Optional.ofNullable(catalog.databases().get(job.database()))
                        .map(Database::name)
                        .orElse(""),
                called(catalog, job),
                phase,
                phase == Watch.RestorePhase.COMPLETED ? 100 : 0,
                job.reason(),
                job.created(),
                job.ended());
    }

    /// Stops what waits: it begins again when the database is opened.
    @Override
    public void close() {
        closing = true;
        runs.close();
    }
}
