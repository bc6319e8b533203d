package dev.sextant.query;

import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Partition;
import dev.sextant.model.Column;
import dev.sextant.model.Slices;
import java.util.Comparator;
import java.util.zip.CRC32;

/// Which shard a key belongs to and which partition a partition key chooses: Milvus' functions, so that data moved
/// between the two stays where it was.
public final class Routing {
    private static final int TEXT_BYTES = 100;

    private Routing() {}

    /// For each key the number of its shard, `0 … shards - 1`.
    public static int[] shardOf(Column keys, int shards) {
        return spread(keys, shards);
    }

    /// For each value of a partition key the number of its partition, `0 … partitions - 1`, by numeric suffix of the
    /// partitions' names.
    public static int[] partitionOf(Column values, int partitions) {
        return spread(values, partitions);
    }

    /// For each value of the partition key the id of the partition that it chooses.
    public static long[] partitionsOf(Collection collection, Column values) {
        var bySuffix = collection.partitions().stream()
                .sorted(Comparator.comparingInt(
                        p -> Integer.parseInt(p.name().substring(p.name().lastIndexOf('_') + 1)))) // 2 before 10
                .mapToLong(Partition::id)
                .toArray();
        var chosen = partitionOf(values, bySuffix.length);
        var ids = new long[chosen.length];
        for (int i = 0; i < ids.length; i++) ids[i] = bySuffix[chosen[i]];
        return ids;
    }

    private static int[] spread(Column keys, int targets) {
        var target = new int[keys.rows()];
        switch (keys) {
            case Column.Longs(var values, _) -> {
                for (int i = 0; i < target.length; i++) target[i] = (int) (hash(values[i]) % targets);
            }
            case Column.Texts(var values, _) -> {
                var crc = new CRC32();
                for (int i = 0; i < target.length; i++) target[i] = (int) (hash(crc, values, i) % targets);
            }
            default -> throw new IllegalArgumentException("keys are integers or text");
        }
        return target;
    }

    /// Murmur3 (x86, 32 bits, seed 0) of the eight little-endian bytes, without its sign.
    static long hash(long key) {
        int hash = mix(mix(0, (int) key), (int) (key >>> 32)) ^ Long.BYTES;
        hash = (hash ^ hash >>> 16) * 0x85ebca6b;
        hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
        return (hash ^ hash >>> 16) & 0x7fffffff;
    }

    private static int mix(int hash, int block) {
        hash ^= Integer.rotateLeft(block * 0xcc9e2d51, 15) * 0x1b873593;
        return Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
    }

    private static long hash(CRC32 crc, Slices texts, int i) {
        crc.reset();
        crc.update(texts.bytes(), texts.start(i), Math.min(TEXT_BYTES, texts.length(i)));
        return crc.getValue();
    }
}
