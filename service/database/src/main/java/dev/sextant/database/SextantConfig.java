package dev.sextant.database;

import dev.sextant.engine.EngineConfig;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.query.QueryConfig;

/// What an embedding program may turn. The defaults suit a program that does other things too.
///
/// @param memoryBytes that the database may use beside its objects on the heap
/// @param workers threads that compute
public record SextantConfig(
        long memoryBytes, int workers, EngineConfig engine, QueryConfig query, DatabaseConfig database, Audit audit) {

    private static final long LEAST_MEMORY = 64L << 20;

    public static final SextantConfig DEFAULT = new SextantConfig(
            Math.max(LEAST_MEMORY, machineBytes() / 4),
            Runtime.getRuntime().availableProcessors(),
            EngineConfig.DEFAULT,
            QueryConfig.DEFAULT,
            DatabaseConfig.DEFAULT,
            Audit.NONE);

    public SextantConfig {
        if (memoryBytes < LEAST_MEMORY)
            throw new Refused(
                    new Refusal.OutOfRange("memoryBytes", Long.toString(memoryBytes), "[" + LEAST_MEMORY + ", …]"));
        if (workers < 1) throw new Refused(new Refusal.OutOfRange("workers", Integer.toString(workers), "[1, …]"));
    }

    public SextantConfig withMemory(long bytes) {
        return new SextantConfig(bytes, workers, engine, query, database, audit);
    }

    public SextantConfig withWorkers(int number) {
        return new SextantConfig(memoryBytes, number, engine, query, database, audit);
    }

    public SextantConfig with(EngineConfig other) {
        return new SextantConfig(memoryBytes, workers, other, query, database, audit);
    }

    public SextantConfig with(QueryConfig other) {
        return new SextantConfig(memoryBytes, workers, engine, other, database, audit);
    }

    public SextantConfig with(DatabaseConfig other) {
        return new SextantConfig(memoryBytes, workers, engine, query, other, audit);
    }

    public SextantConfig with(Audit other) {
        return new SextantConfig(memoryBytes, workers, engine, query, database, other);
    }

    /// Memory of the machine or of the container, as far as Java knows it: four times what it would give the heap.
    private static long machineBytes() {
        return 4 * Runtime.getRuntime().maxMemory();
    }
}
