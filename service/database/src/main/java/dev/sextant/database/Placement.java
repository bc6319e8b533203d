package dev.sextant.database;

import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Partition;
import dev.sextant.engine.Mutation;
import dev.sextant.model.Column;
import dev.sextant.query.Routing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where rows go: the key chooses the shard, the partition key or a name chooses the partition.
final class Placement {
    private static final long[] UNDECIDED = {0};

    private Placement() {}

    /// Rows to put, and the partition of each, or one for all.
    record Put(Intake.Taken taken, long[] partitions) {}

    /// The partition of each row; one entry when all go to one. 0 where only the stored row can tell: a merge that
    /// leaves the partition key as it is.
    static long[] of(Collection collection, Optional<String> name, Map<Integer, Column> columns) {
        var key = collection.schema().partitionKey();
        if (key.isPresent()) {
            if (name.isPresent() && !name.get().isBlank()) Scene.refusePartitionNames(collection);
            return columns.containsKey(key.get().id())
                    ? Routing.partitionsOf(collection, columns.get(key.get().id()))
                    : UNDECIDED;
        }
        var wanted = name.filter(n -> !n.isBlank()).orElse(Partition.DEFAULT_NAME);
        return new long[] {Names.partition(collection, wanted).id()};
    }

    /// What changes in each shard that is touched. With one shard nothing is copied.
    static List<Mutation.Part> parts(Collection collection, Optional<Mutation.Removal> removal, Optional<Put> put) {
        var shards = collection.shards();
        if (shards.size() == 1)
            return List.of(
                    new Mutation.Part(shards.getFirst(), removal, put.map(p -> insertion(p.taken(), p.partitions()))));
        var removed = removal.map(r -> rowsByShard(r.keys(), shards.size()));
        var inserted = put.map(p -> rowsByShard(p.taken().keys(), shards.size()));
        var parts = new ArrayList<Mutation.Part>();
        for (int shard = 0; shard < shards.size(); shard++) {
            int number = shard;
            var gone = removed.map(rows -> rows[number])
                    .filter(rows -> rows.length > 0)
                    .map(rows -> new Mutation.Removal(
                            removal.orElseThrow().keys().take(rows),
                            removal.orElseThrow().partition()));
            var come = inserted.map(rows -> rows[number])
                    .filter(rows -> rows.length > 0)
                    .map(rows -> insertion(put.orElseThrow(), rows));
            if (gone.isPresent() || come.isPresent()) parts.add(new Mutation.Part(shards.get(shard), gone, come));
        }
        return parts;
    }

    private static Mutation.Insertion insertion(Intake.Taken taken, long[] partitions) {
        return new Mutation.Insertion(taken.rows(), partitions, taken.columns());
    }

    private static Mutation.Insertion insertion(Put put, int[] rows) {
        var columns = new HashMap<Integer, Column>();
        put.taken().columns().forEach((field, column) -> columns.put(field, column.take(rows)));
        return new Mutation.Insertion(rows.length, take(put.partitions(), rows), columns);
    }

    private static long[] take(long[] partitions, int[] rows) {
        if (partitions.length == 1) return partitions;
        var taken = new long[rows.length];
        for (int i = 0; i < rows.length; i++) taken[i] = partitions[rows[i]];
        return taken;
    }

    private static int[][] rowsByShard(Column keys, int shards) {
        var shardOf = Routing.shardOf(keys, shards);
        var counts = new int[shards];
        for (int shard : shardOf) counts[shard]++;
        var rows = new int[shards][];
        for (int shard = 0; shard < shards; shard++) rows[shard] = new int[counts[shard]];
        var at = new int[shards];
        for (int row = 0; row < shardOf.length; row++) rows[shardOf[row]][at[shardOf[row]]++] = row;
        return rows;
    }
}
