package dev.sextant.database;

import dev.sextant.engine.Completing;
import dev.sextant.engine.Engine;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.language.Filters;
import dev.sextant.model.Access;
import dev.sextant.model.Call;
import dev.sextant.model.Define;
import dev.sextant.model.Filter;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Statement;
import dev.sextant.model.Value;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import dev.sextant.query.LocalShards;
import dev.sextant.query.Models;
import dev.sextant.query.Queries;
import dev.sextant.query.Shards;
import dev.sextant.world.World;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/// The database: everything that anybody asks passes here, in this order: what is it ([Facts]), may they
/// ([Permission]), is it too much ([Quotas]), is there room ([Guard]), do it, write it down ([Audit]). Any thread may
/// call; nothing here blocks except [#authenticate] and [#close].
public final class Sextant implements Door, AutoCloseable {
    /// How long calls that are under way may hold up the end.
    static final Duration PATIENCE = Duration.ofSeconds(20);

    /// How often a read is bound again whose collection was made anew meanwhile.
    private static final int MOST_READINGS = 6;

    /// What models of trees may keep is the heap through this.
    private static final int TREES_SHARE = 16;

    private final Shards shards;
    private final Guard guard;
    private final ReadLimits limits;
    private final Quotas quotas;
    private final Audit audit;
    private final Permission permission;
    private final Users users;
    private final Accessing accessing;
    private final Queries queries;
    private final Made made;
    private final Backfills backfills;
    private final Writing writing;
    private final Defining defining;
    private final WordReading words;
    private final TreeModels trees;
    private final Operating operating;
    private final Watching watching;
    private final Dock dock;
    private final LongJobs jobs;
    private final Models models = new Models() {
        @Override
        public void check(Map<String, String> parameters) {
            made.checkJudge(parameters);
        }

        @Override
        public void judge(
                Call call,
                Map<String, String> parameters,
                List<String> queries,
                List<List<String>> texts,
                Reply<List<double[]>> reply) {
            waiting(() -> reply.complete(made.judge(call, parameters, queries, texts)), reply);
        }

        @Override
        public void scorer(Call call, String name, boolean margin, Reply<Scorer> reply) {
            waiting(() -> reply.complete(trees.scorer(call, name, margin)), reply);
        }
    };
    /// For the little that would keep its caller too long: virtual threads, ended by [#close].
    private final ExecutorService aside = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("aside-", 0).factory());
    private final Deque<AutoCloseable> owned = new ArrayDeque<>(); // closed from the last to the first

    private Sextant(
            World world,
            Memory memory,
            Shards shards,
            Queries queries,
            DatabaseConfig config,
            Audit audit,
            RowFiles files,
            ImportConfig importing) {
        this.shards = shards;
        this.queries = queries;
        this.audit = audit;
        guard = new Guard(config.admission(), world.clock());
        limits = new ReadLimits(config.reads(), shards);
        quotas = new Quotas(config.quotas(), shards, world.clock());
        permission = new Permission(shards, config.access());
        users = new Users(shards, world, this::aside, config);
        made = new Made(config.embedding(), world.clock());
        backfills = new Backfills(shards);
        writing = new Writing(shards, this::aside, made, config);
        defining = new Defining(shards, world.clock(), config);
        accessing = new Accessing(shards, users, defining);
        dock = new Dock(shards, memory, files, world.clock(), config, made, importing);
        jobs = new LongJobs(new Imports(dock), new Refreshes(dock), new Restores(shards, world.clock(), config));
        words = new WordReading(shards, files, world.clock(), config.texts());
        trees = new TreeModels(
                shards,
                files,
                world.clock(),
                config.texts(),
                Runtime.getRuntime().maxMemory() / TREES_SHARE);
        operating = new Operating(shards, defining, jobs, words, this::aside);
        watching = new Watching(
                shards,
                permission,
                quotas,
                jobs,
                new Vitals(shards, memory, guard, audit),
                new Analyzing(words, world.clock(), config.texts()),
                world.clock());
    }

    /// The database in a directory of this machine, which no other process has open; an empty directory is begun. No
    /// server, no port.
    public static Sextant open(Path directory) {
        return open(directory, SextantConfig.DEFAULT);
    }

    public static Sextant open(Path directory, SextantConfig config) {
        Advice.sayOnce();
        return open(World.real(directory), config);
    }

    /// The database in a world, which may be a simulated one.
    public static Sextant open(World world, SextantConfig config) {
        return open(world, config, RowFiles.NONE, ImportConfig.DEFAULT);
    }

    /// The same, with files to import rows from.
    public static Sextant open(World world, SextantConfig config, RowFiles files, ImportConfig importing) {
        var memory = new Memory(config.memoryBytes());
        var work = new Work("sextant", config.workers(), memory);
        Engine engine;
        try {
            engine = Engine.open(world, config.engine(), memory, work, completing());
        } catch (Throwable failed) {
            work.close();
            throw failed;
        }
        var shards = new LocalShards(engine, work, memory, config.query(), world.meters());
        var queries = new Queries(shards, work, memory, config.query());
        var sextant = new Sextant(world, memory, shards, queries, config.database(), config.audit(), files, importing);
        sextant.owned.add(work);
        sextant.owned.add(engine);
        sextant.owned.add(shards);
        try {
            sextant.users.beginWithRoot();
            sextant.jobs.resume();
        } catch (Throwable failed) {
            sextant.close();
            throw failed;
        }
        return sextant;
    }

    /// Makes fields that came later than their rows: for whoever opens the engine himself.
    public static Completing completing() {
        return Made.LATE;
    }

    /// A condition as it is written: `price < 10 and colour in ["red", "blue"]`.
    public static Filter filter(String text) {
        return filter(text, Map.of());
    }

    /// A condition with templates `{name}` and their values, so that what a user typed never becomes part of the text.
    public static Filter filter(String text, Map<String, Value> values) {
        return Filters.filter(text, values);
    }

    /// A database over shards that somebody else owns and closes: for servers, fleets and tests. Waits for the first
    /// password of `root`, when one is set and there is no root yet.
    public static Sextant over(
            World world, Memory memory, Shards shards, Queries queries, DatabaseConfig config, Audit audit) {
        return over(world, memory, shards, queries, config, audit, RowFiles.NONE, ImportConfig.DEFAULT);
    }

    /// The same, with files to import rows from; goes on with imports that were not over.
    public static Sextant over(
            World world,
            Memory memory,
            Shards shards,
            Queries queries,
            DatabaseConfig config,
            Audit audit,
            RowFiles files,
            ImportConfig importing) {
        var sextant = new Sextant(world, memory, shards, queries, config, audit, files, importing);
        sextant.users.beginWithRoot();
        sextant.jobs.resume();
        return sextant;
    }

    @Override
    public <R> void submit(Call call, Statement<R> statement, Reply<R> reply) {
        var facts = Facts.of(statement);
        var audited = audited(call, facts, reply);
        Reply<R> leaving;
        try {
            permission.check(call, facts);
            quotas.check(call, facts);
            leaving = guard.admit(call, facts.bytes(), audited);
        } catch (Throwable refused) {
            audited.fail(refused);
            return;
        }
        try {
            run(call, statement, leaving);
        } catch (Throwable failed) {
            leaving.fail(failed);
        }
    }

    /// Who is this? Blocks for as long as a password hash takes, unless it was verified a moment ago. Refuses a wrong
    /// password and an unknown name alike, and as slowly.
    public Call.Caller authenticate(String name, String password) {
        try {
            return users.authenticate(name, password);
        } catch (Refused refused) {
            turnedAway(name, refused);
            throw refused;
        }
    }

    /// As [#authenticate(String, String)], without blocking: answered at once when the password was verified a moment
    /// ago, else from a thread of this room. Few passwords are hashed at a time, so that guessing takes the machine
    /// from nobody who is in.
    public void authenticate(String name, String password, Reply<Call.Caller> reply) {
        users.authenticate(name, password, new Reply<>() {
            @Override
            public void complete(Call.Caller caller) {
                reply.complete(caller);
            }

            @Override
            public void fail(Throwable reason) {
                turnedAway(name, reason);
                reply.fail(reason);
            }
        });
    }

    private void turnedAway(String name, Throwable reason) {
        if (reason instanceof Refused refused && refused.refusal() instanceof Refusal.NotAuthenticated)
            audit.turnedAway(name);
    }

    /// Nobody comes in any more; what is under way ends, or is waited for [#PATIENCE]; then everything that [#open]
    /// opened is closed. Never called from a reply.
    @Override
    public void close() {
        guard.close();
        guard.awaitEmpty(PATIENCE);
        dock.ending();
        jobs.restores().close();
        made.close();
        aside.close();
        dock.close();
        jobs.letGo();
        while (!owned.isEmpty()) close(owned.removeLast());
    }

    private void aside(Runnable work) {
        try {
            aside.execute(work);
        } catch (RejectedExecutionException closed) {
            throw new Refused(new Refusal.Closing());
        }
    }

    private <R> void run(Call call, Statement<R> statement, Reply<R> reply) {
        @SuppressWarnings(
                "unchecked") // each family answers with what its statements promise; Java cannot refine R in a switch
        var any = (Reply<Object>) reply;
        switch (statement) {
            case Read<R> read -> {
                limits.check(call, read);
                read(call, read, reply);
            }
            case Write write -> writing.run(call, write, any);
            case Define define -> define(call, define, any);
            case Operate<R> operate -> operating.run(call, operate, any);
            case Watch<R> watch -> {
                if (Watching.works(watch)) waiting(() -> any.complete(watching.answer(call, watch)), any);
                else any.complete(watching.answer(call, watch));
            }
            case Access<R> access -> accessing.run(call, access, any);
        }
    }

    /// What a name stands for may be dropped, and made again with another schema, while it is read: then everything is
    /// asked once more, whether the caller may too.
    private <R> void read(Call call, Read<R> read, Reply<R> reply) {
        read(call, read, MOST_READINGS, reply);
    }

    private <R> void read(Call call, Read<R> read, int attempts, Reply<R> reply) {
        readOnce(call, read, new Reply<R>() {
            @Override
            public void complete(R answer) {
                reply.complete(answer);
            }

            @Override
            public void fail(Throwable reason) {
                if (attempts == 1 || !Writing.isOutOfDate(reason)) {
                    reply.fail(Writing.named(reason, read.collection()));
                    return;
                }
                try {
                    permission.check(call, Facts.of(read));
                    read(call, read, attempts - 1, reply);
                } catch (Throwable refused) {
                    reply.fail(refused);
                }
            }
        });
    }

    private <R> void readOnce(Call call, Read<R> asked, Reply<R> reply) {
        var collection = Names.collection(shards.catalog(), call, asked.collection());
        var read = Namespaces.within(call, collection, asked);
        backfills.check(read, collection);
        var fresh = call.at(Freshness.of(call.consistency(), collection));
        if (!Made.waits(read, collection))
            queries.run(fresh, collection, made.read(call, read, collection), models, reply);
        else waiting(() -> queries.run(fresh, collection, made.read(call, read, collection), models, reply), reply);
    }

    /// Files that the definition names are read once, before anything is decided.
    private void define(Call call, Define define, Reply<Object> reply) {
        jobs.refreshes().check(define);
        if (words.isNeeded(define)) waiting(() -> defineRead(call, words.read(call, define), reply), reply);
        else defineRead(call, define, reply);
    }

    /// Models of new functions are asked once before anything is written down.
    private void defineRead(Call call, Define define, Reply<Object> reply) {
        var functions = FunctionRules.asked(define, shards.catalog(), call);
        if (functions.isEmpty()) defining.run(call, define, reply);
        else
            waiting(
                    () -> {
                        defining.check(call, define);
                        functions.forEach((function, output) -> made.probe(call, function, output));
                        defining.run(call, define, reply);
                    },
                    reply);
    }

    private void waiting(Runnable work, Reply<?> reply) {
        aside(() -> {
            try {
                work.run();
            } catch (Throwable failed) {
                reply.fail(failed);
            }
        });
    }

    private <R> Reply<R> audited(Call call, Facts facts, Reply<R> reply) {
        if (audit == Audit.NONE || !audit.wants(facts)) return reply;
        return new Reply<>() {
            @Override
            public void complete(R answer) {
                audit.record(call, facts, Optional.empty());
                reply.complete(answer);
            }

            @Override
            public void fail(Throwable reason) {
                audit.record(call, facts, Optional.of(reason));
                reply.fail(reason);
            }
        };
    }

    private static void close(AutoCloseable what) {
        try {
            what.close();
        } catch (RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new Refused(new Refusal.Damaged("closing", String.valueOf(failed.getMessage())));
        }
    }
}
