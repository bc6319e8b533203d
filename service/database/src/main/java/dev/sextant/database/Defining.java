package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.model.Call;
import dev.sextant.model.Define;
import dev.sextant.model.Done;
import dev.sextant.model.Reply;
import dev.sextant.query.Shards;
import dev.sextant.world.Clock;
import java.util.List;

/// Runs definitions: hands a pure decision to whoever keeps the catalog, which makes it alone and against the newest
/// catalog.
final class Defining {
    private final Shards shards;
    private final Clock clock;
    private final DatabaseConfig config;

    Defining(Shards shards, Clock clock, DatabaseConfig config) {
        this.shards = shards;
        this.clock = clock;
        this.config = config;
    }

    /// Refuses what would be refused if it were run now.
    void check(Call call, Define define) {
        decide(
                define,
                new Scene(shards.catalog(), call, config, shards.allocateIds(idsFor(define)), clock.wallMillis()));
    }

    void run(Call call, Define define, Reply<? super Done> reply) {
        change(call, idsFor(define), scene -> decide(define, scene), reply);
    }

    /// Decides once against the catalog that is known here, so that what is wrong is refused without waiting, and what
    /// changes nothing is answered without an entry; then where it counts.
    void change(Call call, int ids, Deciding deciding, Reply<? super Done> reply) {
        var first = shards.allocateIds(Math.max(1, ids));
        var now = clock.wallMillis();
        var changes = deciding.decide(new Scene(shards.catalog(), call, config, first, now));
        if (changes.isEmpty()) {
            reply.complete(new Done(shards.now()));
            return;
        }
        shards.define(catalog -> deciding.decide(new Scene(catalog, call, config, first, now)), new Reply<>() {
            @Override
            public void complete(Long timestamp) {
                reply.complete(new Done(timestamp));
            }

            @Override
            public void fail(Throwable reason) {
                reply.fail(reason);
            }
        });
    }

    @FunctionalInterface
    interface Deciding {
        List<Change> decide(Scene scene);
    }

    static List<Change> decide(Define define, Scene scene) {
        FileResources.check(define, scene);
        return switch (define) {
            case Define.CreateDatabase create -> Databases.create(create, scene);
            case Define.DropDatabase(var name) -> Databases.drop(name, scene);
            case Define.AlterDatabase alter -> Databases.alter(alter, scene);
            case Define.CreateCollection create -> Collections.create(create, scene);
            case Define.DropCollection(var name) -> Collections.drop(name, scene);
            case Define.RenameCollection rename -> Collections.rename(rename, scene);
            case Define.AlterCollection alter -> Collections.alter(alter, scene);
            case Define.TruncateCollection(var name) -> Collections.truncate(name, scene);
            case Define.AlterField alter -> FieldChanges.alter(alter, scene);
            case Define.AddField add -> FieldChanges.add(add, scene);
            case Define.AddStruct add -> StructRules.add(add, scene);
            case Define.DropField drop -> FieldDrops.drop(drop, scene);
            case Define.AddFunctionField add -> FunctionChanges.add(add, scene);
            case Define.DropFunctionFields(var collection, var name) -> FieldDrops.dropMade(collection, name, scene);
            case Define.AddFunction add -> FunctionChanges.add(add, scene);
            case Define.AlterFunction alter -> FunctionChanges.alter(alter, scene);
            case Define.DropFunction drop -> FunctionChanges.drop(drop, scene);
            case Define.CreateSnapshot create -> Snapshots.create(create, scene);
            case Define.DropSnapshot(var collection, var name) -> Snapshots.drop(collection, name, scene);
            case Define.CreatePartition create -> Partitions.create(create, scene);
            case Define.DropPartition drop -> Partitions.drop(drop, scene);
            case Define.CreateAlias create -> Aliases.create(create, scene);
            case Define.DropAlias(var alias) -> Aliases.drop(alias, scene);
            case Define.AlterAlias alter -> Aliases.alter(alter, scene);
            case Define.CreateIndex create -> Indexes.create(create, scene);
            case Define.DropIndex drop -> Indexes.drop(drop, scene);
            case Define.AlterIndex alter -> Indexes.alter(alter, scene);
        };
    }

    /// How many fresh ids the decision may take. Wasted ones do no harm: there are 2^63.
    private int idsFor(Define define) {
        return switch (define) {
            case Define.CreateCollection create ->
                1
                        + clamp(create.shards(), config.names().maxShards())
                        + Math.max(
                                config.names().defaultKeyPartitions(),
                                clamp(create.partitionCount(), config.names().maxPartitions()));
            default -> 1; // a number, not a choice between families: the decision itself is complete
        };
    }

    private static int clamp(int asked, int most) {
        return Math.clamp(asked, 1, most);
    }
}
