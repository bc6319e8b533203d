package dev.sextant.engine;

import dev.sextant.model.Column;
import dev.sextant.model.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// A shard at one moment. Holds its stores until it is closed.
final class ShardView implements View {
    private final long shard;
    private final Moment moment;
    private final Store[] held;
    private final Store[] stores; // those with rows at this moment, as `parts`
    private final List<Part> parts;
    private final AtomicBoolean closed = new AtomicBoolean();

    /// Takes the holds over.
    ShardView(long shard, Moment moment, Store[] held) {
        this.shard = shard;
        this.moment = moment;
        this.held = held;
        stores = new Store[held.length];
        var made = new Part[held.length];
        int n = 0;
        for (var store : held) {
            if (store.rows() == 0 || store instanceof Segment segment && hidden(segment)) continue;
            var part = store.part(moment);
            if (part.rows() == 0) continue;
            stores[n] = store;
            made[n++] = part;
        }
        parts = n == 1 ? List.of(made[0]) : List.of(Arrays.copyOf(made, n));
    }

    private boolean hidden(Segment segment) {
        var facts = segment.facts();
        return facts.mostInsert() < moment.leastInsert()
                || facts.leastInsert() > moment.timestamp()
                || !moment.gone().isEmpty() && moment.gone().containsAll(facts.partitions());
    }

    @Override
    public long shard() {
        return shard;
    }

    @Override
    public long timestamp() {
        return moment.timestamp();
    }

    @Override
    public Schema schema() {
        return moment.schema();
    }

    @Override
    public List<Part> parts() {
        return parts;
    }

    /// The stores behind [#parts], for jobs.
    List<Store> stores() {
        return List.of(Arrays.copyOf(stores, parts.size()));
    }

    @Override
    public Places find(Column keys, long partition) {
        int[] key = new int[keys.rows()], part = new int[keys.rows()], row = new int[keys.rows()];
        int count = 0;
        for (int p = 0; p < parts.size(); p++) {
            var store = stores[p];
            var visible = parts.get(p).visible();
            int rows = parts.get(p).rows();
            var found = store.find(
                    keys, at -> at < rows && visible.get(at) && (partition == 0 || store.partitionOf(at) == partition));
            for (int i = 0; i < found.count(); i++) {
                int at = found.row()[i];
                if (count == key.length) {
                    int room = Math.max(8, 2 * count);
                    key = Arrays.copyOf(key, room);
                    part = Arrays.copyOf(part, room);
                    row = Arrays.copyOf(row, room);
                }
                key[count] = found.key()[i];
                part[count] = p;
                row[count++] = at;
            }
        }
        return new Places(Arrays.copyOf(key, count), Arrays.copyOf(part, count), Arrays.copyOf(row, count));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) for (var store : held) store.release();
    }
}
