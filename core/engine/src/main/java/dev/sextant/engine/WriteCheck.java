package dev.sextant.engine;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Collection;
import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.file.Batch;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Checks a mutation against the catalog that it will meet, and turns it into effects.
final class WriteCheck {
    private WriteCheck() {}

    static void check(Catalog catalog, Mutation mutation) {
        var collection = catalog.collection(mutation.collection())
                .orElseThrow(() ->
                        new Refused(new Refusal.NotFound(Refusal.Kind.COLLECTION, "#" + mutation.collection(), "")));
        if (collection.altered() != mutation.catalogVersion())
            throw new Refused(
                    new Refusal.SchemaMismatch(collection.name(), mutation.catalogVersion(), collection.altered()));
        for (var part : mutation.parts()) {
            if (!collection.shards().contains(part.shard()))
                throw new IllegalArgumentException("shard " + part.shard() + " is not of " + collection.name());
            part.insertion().ifPresent(rows -> checkRows(collection, rows));
        }
    }

    private static void checkRows(Collection collection, Mutation.Insertion rows) {
        long last = 0;
        for (long partition : rows.partitions()) {
            if (partition != last && collection.partition(partition).isEmpty())
                throw new Refused(new Refusal.NotFound(Refusal.Kind.PARTITION, "#" + partition, collection.name()));
            last = partition;
        }
        for (var column : rows.columns().entrySet())
            if (column.getValue().rows() != rows.rows())
                throw new IllegalArgumentException(
                        "field " + column.getKey() + " has " + column.getValue().rows() + " rows of " + rows.rows());
    }

    static Map<Long, List<Effect>> effects(Mutation mutation) {
        var effects = new HashMap<Long, List<Effect>>();
        for (var part : mutation.parts()) {
            var removal = part.removal().map(r -> new Effect.Removal(r.keys(), r.partition()));
            var rows = part.insertion()
                    .filter(r -> r.rows() > 0)
                    .map(r -> new Batch(r.rows(), r.partitions(), r.columns()));
            effects.computeIfAbsent(part.shard(), _ -> new java.util.ArrayList<>())
                    .add(new Effect.Write(removal, rows));
        }
        return effects;
    }
}
