package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.engine.View;
import dev.sextant.model.Column;
import dev.sextant.model.Schema;
import java.util.List;
import java.util.Set;

/// Some parts as one shard at one moment.
final class MemoryView implements View {
    private final long shard;
    private final Schema schema;
    private final List<MemoryPart> parts;
    private boolean closed;

    MemoryView(long shard, Schema schema, List<MemoryPart> parts) {
        this.shard = shard;
        this.schema = schema;
        this.parts = parts;
    }

    @Override
    public long shard() {
        return shard;
    }

    @Override
    public long timestamp() {
        return 1_000;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public List<Part> parts() {
        assert !closed;
        return List.copyOf(parts);
    }

    @Override
    public Places find(Column keys, long partition) {
        var found = new java.util.ArrayList<int[]>();
        for (int key = 0; key < keys.rows(); key++)
            for (int part = 0; part < parts.size(); part++) {
                var at = parts.get(part);
                var own = at.column(schema.primaryKey().id());
                var allowed = partition == 0 ? at.visible() : at.visible().and(at.ofPartitions(Set.of(partition)));
                for (int row = 0; row < at.rows(); row++)
                    if (allowed.get(row) && Sorting.compareKeys(keys, key, own, row) == 0)
                        found.add(new int[] {key, part, row});
            }
        return new Places(
                found.stream().mapToInt(place -> place[0]).toArray(),
                found.stream().mapToInt(place -> place[1]).toArray(),
                found.stream().mapToInt(place -> place[2]).toArray());
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
