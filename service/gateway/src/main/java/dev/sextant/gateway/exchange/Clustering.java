package dev.sextant.gateway.exchange;

import dev.sextant.model.Field;
import dev.sextant.model.Watch;

/// Compaction by clustering key, which Milvus' clients can ask for.
public final class Clustering {
    private Clustering() {}

    /// Goes on where it was not asked for, or the rows have such a key: those that have none cannot be laid out by it.
    public static void check(String collection, boolean asked, Exchange<?> exchange, Runnable next) {
        if (!asked) {
            next.run();
            return;
        }
        exchange.then(new Watch.DescribeSchema(collection), info -> {
            if (info.schema().fields().stream().noneMatch(field -> field.has(Field.Trait.CLUSTERING_KEY)))
                throw new Told(Fault.state(
                        2304, "collection not support clustering compaction[collection=" + info.collection() + "]"));
            next.run();
        });
    }
}
