package dev.sextant.engine;

import dev.sextant.engine.file.Batch;
import dev.sextant.engine.segment.Found;
import dev.sextant.index.DenseRows;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import dev.sextant.model.Column;
import dev.sextant.model.Schema;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/// The newest rows of a shard, in memory. Grown by the applier alone; read by anyone up to an [Edge], which one
/// volatile store publishes per entry. Holds no memory before its first row.
final class Memtable extends Store {
    /// Where the rows end that readers see, and what is before it.
    record Edge(
            int rows,
            RunLog times,
            RunLog partitions,
            Map<Integer, Pieces> columns,
            Map<Integer, GrowingVectors.Nodes> nodes) {
        static final Edge EMPTY = new Edge(0, RunLog.EMPTY, RunLog.EMPTY, Map.of(), Map.of());

        Pieces column(int field) {
            return columns.getOrDefault(field, Pieces.EMPTY);
        }

        /// Rows inserted at or before `t`.
        int upTo(long t) {
            for (int run = times.count() - 1; run >= 0; run--)
                if (times.values()[run] <= t) return times.end(run, rows);
            return 0;
        }
    }

    private static final long ROW_BYTES = 56; // of its place in the table of keys, which doubles, and of its deletion

    private final Map<Integer, GrowingVectors> vectors = new HashMap<>();
    private final KeyTable keys = new KeyTable();
    private final int keyField;
    private final Reservation heap;
    private final Growing graphs;
    private final Expiring expiring;
    private long heapUsed; // applier only
    private volatile Edge edge = Edge.EMPTY;

    Memtable(long id, Schema schema, Memory memory, long mostBytes) {
        super(id, schema, new Deletions());
        keyField = schema.primaryKey().id();
        heap = memory.reserve("memtable", 0);
        for (var field : schema.fields())
            if (field.isVector()) vectors.put(field.id(), GrowingVectors.of(field.type(), memory, mostBytes));
        graphs = new Growing(memory, vectors);
        expiring = new Expiring(memory);
    }

    /// Vectors to come into one field, and what they take.
    record Nodes(long count, long bytes) {
        Nodes plus(Nodes other) {
            return new Nodes(count + other.count, bytes + other.bytes);
        }
    }

    /// What adding rows will take.
    record Need(long rows, long heapBytes, Map<Integer, Nodes> vectors) {
        static final Need NOTHING = new Need(0, 0, Map.of());

        static Need of(int rows, Map<Integer, Column> columns) {
            long heap = ROW_BYTES * rows;
            var vectors = new HashMap<Integer, Nodes>();
            for (var column : columns.entrySet())
                switch (column.getValue()) {
                    case Column.Dense _, Column.Sparse _ ->
                        vectors.put(column.getKey(), new Nodes(rows, Columns.bytes(column.getValue())));
                    case Column.Lists(_, Column.Dense elements, _) -> {
                        long stride = DenseRows.strideBytes(elements.type(), elements.dimension());
                        vectors.put(column.getKey(), new Nodes(elements.rows(), stride * elements.rows()));
                        heap += 8L * rows + 8L * elements.rows(); // lengths, and the row of each element
                    }
                    default -> heap += 2 * Columns.bytes(column.getValue());
                }
            return new Need(rows, heap, vectors);
        }

        Need plus(Need other) {
            var sum = new HashMap<>(vectors);
            other.vectors.forEach((field, nodes) -> sum.merge(field, nodes, Nodes::plus));
            return new Need(rows + other.rows, heapBytes + other.heapBytes, sum);
        }

        long bytes() {
            return heapBytes + vectors.values().stream().mapToLong(Nodes::bytes).sum();
        }
    }

    /// Makes room for rows to come, so that adding them cannot fail. Throws [dev.sextant.kernel.OutOfBudget], and has
    /// changed nothing that matters then. Called by the writer before the append, and again by the applier, who finds
    /// it done.
    synchronized void room(Need need) {
        for (var field : vectors.entrySet()) {
            var nodes = need.vectors.get(field.getKey());
            if (nodes != null && nodes.bytes > 0) field.getValue().room(nodes.count, nodes.bytes);
        }
        long wanted = heapUsed + need.heapBytes;
        if (wanted > heap.bytes()) heap.grow(wanted - heap.bytes());
    }

    /// Adds the rows of one entry. They are seen after [#publish].
    void add(Batch batch, long timestamp) {
        var need = Need.of(batch.rows(), batch.columns());
        room(need);
        synchronized (this) {
            heapUsed += need.heapBytes;
        }
        var before = edge;
        int rows = before.rows;
        var columns = new HashMap<>(before.columns);
        var nodes = new HashMap<>(before.nodes);
        for (var field : schema().fields()) {
            var column = batch.columns().get(field.id());
            if (column == null) column = Columns.absent(field, batch.rows());
            var store = vectors.get(field.id());
            if (store != null) nodes.put(field.id(), store.add(column));
            else columns.put(field.id(), before.column(field.id()).add(column));
        }
        keys.add(columns.get(keyField), rows);
        var partitions = before.partitions;
        for (int i = 0; i < batch.partitions().length; i++)
            partitions = partitions.add(rows + i, batch.partitions()[i]);
        edge = new Edge(rows + batch.rows(), before.times.add(rows, timestamp), partitions, columns, nodes);
    }

    Edge edge() {
        return edge;
    }

    /// Its rows as they stand, for a checkpoint; read while this is held.
    Image.Inline inline() {
        return new Image.Inline(this, edge, deletions().seen());
    }

    /// Rows `[from, to)` of a field that is here, decoded.
    Column rows(Edge upTo, int field, int from, int to) {
        var store = vectors.get(field);
        if (store == null) return upTo.column(field).slice(from, to);
        var rows = new int[to - from];
        for (int i = 0; i < rows.length; i++) rows[i] = from + i;
        return store.take(upTo.nodes().get(field), rows);
    }

    Growing graphs() {
        return graphs;
    }

    Expiring expiring() {
        return expiring;
    }

    @Override
    int rows() {
        return edge.rows;
    }

    @Override
    Found find(Column asked, IntPredicate wanted) {
        var now = edge;
        return FoundRows.of(
                asked.rows(),
                (key, row) -> keys.find(now.column(keyField), asked, key, at -> {
                    if (wanted.test(at)) row.accept(at);
                }));
    }

    @Override
    Found findToRemove(Column wanted, boolean everywhere) {
        var now = edge;
        return FoundRows.of(
                wanted.rows(), (key, row) -> keys.findToRemove(now.column(keyField), wanted, key, everywhere, row));
    }

    @Override
    long insertedAt(int row) {
        return edge.times.of(row);
    }

    @Override
    long partitionOf(int row) {
        return edge.partitions.of(row);
    }

    @Override
    Part part(Moment moment) {
        var now = edge;
        return new MemtablePart(this, now, now.upTo(moment.timestamp()), moment);
    }

    Optional<GrowingVectors> vectors(int field) {
        return Optional.ofNullable(vectors.get(field));
    }

    @Override
    synchronized long memoryBytes() {
        return heapUsed
                + expiring.bytes()
                + vectors.values().stream().mapToLong(GrowingVectors::bytes).sum();
    }

    @Override
    void dispose() {
        graphs.close();
        expiring.close();
        vectors.values().forEach(GrowingVectors::close);
        heap.close();
    }
}
