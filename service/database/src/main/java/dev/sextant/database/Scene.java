package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.Index;
import dev.sextant.model.Call;
import dev.sextant.model.Field;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;

/// Where a definition is decided: the newest catalog, who asks, the limits, fresh ids, and the time. Deciding reads
/// this and nothing else.
final class Scene {
    final Catalog catalog;
    final Call call;
    final DatabaseConfig config;
    final long nowMillis;
    private long nextId;

    Scene(Catalog catalog, Call call, DatabaseConfig config, long firstId, long nowMillis) {
        this.catalog = catalog;
        this.call = call;
        this.config = config;
        this.nowMillis = nowMillis;
        this.nextId = firstId;
    }

    long id() {
        return nextId++;
    }

    Database database() {
        return Names.database(catalog, call);
    }

    /// By name or alias.
    Collection collection(String name) {
        return Names.collection(catalog, call, name);
    }

    /// By name or alias, to be changed: refused when its rows are somebody else's.
    Collection own(String name, String operation) {
        var collection = collection(name);
        Externals.refuse(collection, operation);
        return collection;
    }

    static boolean isKeyed(Collection collection) {
        return collection.schema().partitionKey().isPresent();
    }

    static void refusePartitionNames(Collection collection) {
        if (isKeyed(collection))
            throw new Refused(new Refusal.InvalidParameter(
                    "partition_name",
                    "not support manually specifying the partition names if partition key mode is used"));
    }

    static Refused refused(Refusal refusal) {
        return new Refused(refusal);
    }

    static Refused invalid(String parameter, String detail) {
        return new Refused(new Refusal.InvalidParameter(parameter, detail));
    }

    static boolean isOnVector(Collection collection, Index index) {
        return collection.schema().field(index.field()).filter(Field::isVector).isPresent();
    }
}
