package dev.sextant.database;

import dev.sextant.kernel.Memory;
import dev.sextant.query.Shards;
import dev.sextant.world.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/// Where rows of files come into collections, by imports and by refreshes alike: they share its workers and its share
/// of the memory. Any thread may call.
final class Dock implements AutoCloseable {
    private final Shards shards;
    private final Memory memory;
    private final RowFiles files;
    private final Clock clock;
    private final DatabaseConfig limits;
    private final Made made;
    private final ImportConfig config;
    private final ExecutorService workers;
    private volatile boolean closing;

    Dock(
            Shards shards,
            Memory memory,
            RowFiles files,
            Clock clock,
            DatabaseConfig limits,
            Made made,
            ImportConfig config) {
        this.shards = shards;
        this.memory = memory;
        this.files = files;
        this.clock = clock;
        this.limits = limits;
        this.made = made;
        this.config = config;
        workers = Executors.newFixedThreadPool(
                config.jobs(),
                Thread.ofPlatform().name("sextant-import-", 0).daemon().factory());
    }

    Shards shards() {
        return shards;
    }

    Memory memory() {
        return memory;
    }

    RowFiles files() {
        return files;
    }

    Clock clock() {
        return clock;
    }

    DatabaseConfig limits() {
        return limits;
    }

    /// What functions make of rows.
    Made made() {
        return made;
    }

    ImportConfig config() {
        return config;
    }

    boolean closing() {
        return closing;
    }

    /// As soon as a worker is free, in the order of asking.
    void execute(Runnable job) {
        try {
            workers.execute(job);
        } catch (RejectedExecutionException closed) {
            assert closing : "the workers end with the database";
        }
    }

    /// What fails from now on fails because the database closes, and begins again when it is opened.
    void ending() {
        closing = true;
        files.ending();
    }

    /// Stops what runs at its next batch: it begins again when the database is opened.
    @Override
    public void close() {
        ending();
        workers.shutdown();
        workers.close();
    }
}
