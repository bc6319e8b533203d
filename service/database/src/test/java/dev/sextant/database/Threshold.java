package dev.sextant.database;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Statement;
import dev.sextant.model.VectorType;
import dev.sextant.query.Queries;
import dev.sextant.query.QueryConfig;
import dev.sextant.world.Chance;
import dev.sextant.world.Clock;
import dev.sextant.world.MemoryDisk;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// A door with [ShardsInMemory] behind it, for tests of what the door decides by itself.
final class Threshold implements AutoCloseable {
    final AtomicLong nanos = new AtomicLong();
    final ShardsInMemory shards = new ShardsInMemory();
    final Memory memory = new Memory(64 << 20);
    final Work work = new Work("test", 1, memory);
    final Sextant db;

    Threshold() {
        this(DatabaseConfig.DEFAULT);
    }

    Threshold(DatabaseConfig config) {
        this(config, Audit.NONE);
    }

    Threshold(DatabaseConfig config, Audit audit) {
        var clock = new Clock() {
            @Override
            public long wallMillis() {
                return 1_800_000_000_000L;
            }

            @Override
            public long monotonicNanos() {
                return nanos.get();
            }
        };
        var world = new World(new MemoryDisk(), clock, Chance.seeded(1), Meters.NONE);
        db = Sextant.over(world, memory, shards, new Queries(shards, work, memory, QueryConfig.DEFAULT), config, audit);
    }

    <R> R run(Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    <R> R runAs(String user, Statement<R> statement) {
        var local = Call.local();
        return db.execute(
                new Call(
                        new Call.Caller.User(user),
                        local.database(),
                        local.deadlineNanos(),
                        "",
                        local.consistency(),
                        local.cancellation()),
                statement);
    }

    /// Why it was not done.
    Refusal refusal(Statement<?> statement) {
        return refusal(() -> run(statement));
    }

    static Refusal refusal(Runnable work) {
        try {
            work.run();
        } catch (Refused refused) {
            return refused.refusal();
        }
        throw new AssertionError("it was done");
    }

    static Field id() {
        return Field.of("id", Primitive.INT64, Trait.PRIMARY_KEY);
    }

    static Field vector() {
        return vector("v", 4);
    }

    static Field vector(String name, int dimension) {
        return Field.of(name, new FieldType.Vector(VectorType.FLOAT32, dimension));
    }

    static Define.CreateIndex index(String collection, String field) {
        return new Define.CreateIndex(
                collection, field, "", Map.of("index_type", "HNSW", "metric_type", "L2", "M", "16"));
    }

    @Override
    public void close() {
        db.close();
        work.close();
    }
}
