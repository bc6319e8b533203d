package dev.sextant.query;

import dev.sextant.engine.FieldIndex;
import dev.sextant.engine.Part;
import dev.sextant.engine.Vectors;
import dev.sextant.engine.Zone;
import dev.sextant.index.Accept;
import dev.sextant.index.DenseRows;
import dev.sextant.index.HnswBuild;
import dev.sextant.index.HnswParameters;
import dev.sextant.index.SparseRows;
import dev.sextant.index.VectorIndex;
import dev.sextant.index.scalar.ScalarBuild;
import dev.sextant.index.scalar.ScalarParameters;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.Nulls;
import dev.sextant.model.Value;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A part that holds its columns on the heap: the real thing as far as a reader can see, without files and deletes.
public class MemoryPart implements Part, AutoCloseable {
    private final long id;
    private final int rows;
    private final boolean growing;
    private final Map<Integer, Column> columns;
    private final Bits visible;
    private final long[] partitions;
    private final long[] insertedAt;
    private final boolean zones;
    private final Map<Integer, Vectors> vectors = new HashMap<>();
    private final Map<Integer, VectorIndex> graphs = new HashMap<>();
    private final Map<Integer, java.util.List<FieldIndex>> indexes = new HashMap<>();
    private final java.util.List<AutoCloseable> owned = new java.util.ArrayList<>();
    /// Whether vectors need not be loaded first.
    boolean ready = true;

    public MemoryPart(
            long id,
            boolean growing,
            Map<Integer, Column> columns,
            Bits visible,
            long[] partitions,
            long[] insertedAt,
            boolean zones) {
        this.id = id;
        this.growing = growing;
        this.columns = columns;
        this.visible = visible;
        this.partitions = partitions;
        this.insertedAt = insertedAt;
        this.zones = zones;
        rows = insertedAt.length;
    }

    /// Puts the vectors of a field where kernels reach them.
    public MemoryPart withVectors(Memory memory, int field) {
        vectors.put(
                field,
                switch (columns.get(field)) {
                    case Column.Dense dense -> dense(memory, dense);
                    case Column.Sparse sparse -> sparse(memory, sparse);
                    default -> throw new IllegalArgumentException();
                });
        return this;
    }

    private Vectors dense(Memory memory, Column.Dense column) {
        var nodes = nodes(column.nulls());
        int count = nodes.map(n -> n.length).orElse(rows);
        long stride = DenseRows.strideBytes(column.type(), column.dimension());
        var region = memory.allocate("test", Math.max(64, stride * count));
        owned.add(region);
        for (int node = 0; node < count; node++) {
            int row = nodes.isPresent() ? nodes.get()[node] : node;
            region.copyIn(node * stride, column.bytes(), (long) row * column.rowBytes(), column.rowBytes());
        }
        return new Vectors.Dense(DenseRows.packed(region.address(), count, column.dimension(), column.type()), nodes);
    }

    private Vectors sparse(Memory memory, Column.Sparse column) {
        var nodes = nodes(column.nulls());
        int count = nodes.map(n -> n.length).orElse(rows);
        var offsets = memory.allocate("test", 8L * (count + 1) + 64);
        var cells = memory.allocate("test", column.cells().bytes().length + 64L);
        owned.add(offsets);
        owned.add(cells);
        var segment = offsets.segment();
        long at = 0;
        for (int node = 0; node < count; node++) {
            int row = nodes.isPresent() ? nodes.get()[node] : node;
            segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 8L * node, at);
            cells.copyIn(
                    at,
                    MemorySegment.ofArray(column.cells().bytes()),
                    column.cells().start(row),
                    column.cells().length(row));
            at += column.cells().length(row);
        }
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 8L * count, at);
        return new Vectors.Sparse(new SparseRows(offsets.address(), cells.address(), count), nodes);
    }

    private Optional<int[]> nodes(Nulls nulls) {
        if (nulls.none()) return Optional.empty();
        return Optional.of(java.util.stream.IntStream.range(0, rows)
                .filter(row -> !nulls.isNull(row))
                .toArray());
    }

    /// Builds a graph over the first `share` of the nodes.
    public MemoryPart withGraph(Memory memory, int field, Metric metric, double share) {
        var all = ((Vectors.Dense) vectors.get(field)).rows();
        var covered = all.withCount((int) (all.count() * share));
        try (var scratch = new Scratch(memory);
                var build = new HnswBuild(memory, covered, metric, new HnswParameters(8, 60, 7), Accept.ALL)) {
            build.work(scratch, Stop.NEVER);
            var graph = build.finish();
            owned.add(graph);
            graphs.put(field, graph);
        }
        return this;
    }

    /// Builds an index over the values of a field.
    public MemoryPart withIndex(Memory memory, int field, FieldType type, ScalarParameters parameters) {
        try (var build = new ScalarBuild(memory, parameters, type, rows)) {
            for (int chunk = 0; chunk * (long) Bits.CHUNK_BITS < rows; chunk++) build.add(chunk(field, chunk));
            var index = build.finish();
            owned.add(index);
            indexes.computeIfAbsent(field, _ -> new java.util.ArrayList<>())
                    .add(new FieldIndex("on " + field, parameters.place(), index));
        }
        return this;
    }

    public MemoryPart withoutIndexes() {
        return new MemoryPart(id, growing, columns, visible, partitions, insertedAt, zones);
    }

    @Override
    public java.util.List<FieldIndex> indexes(int field) {
        return indexes.getOrDefault(field, java.util.List.of());
    }

    Column column(int field) {
        return columns.get(field);
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public boolean growing() {
        return growing;
    }

    @Override
    public Bits visible() {
        return visible;
    }

    @Override
    public Bits ofPartitions(Set<Long> wanted) {
        var bits = Bits.builder(rows);
        for (int row = 0; row < rows; row++) if (wanted.contains(partitions[row])) bits.set(row);
        return bits.build();
    }

    long partition(int row) {
        return partitions[row];
    }

    @Override
    public Column chunk(int field, int chunk) {
        int from = chunk * Bits.CHUNK_BITS;
        return columns.get(field).slice(from, Math.min(rows, from + Bits.CHUNK_BITS));
    }

    @Override
    public Zone zone(int field, int chunk) {
        if (!zones) return Zone.UNKNOWN;
        var column = chunk(field, chunk);
        if (column.rows() > 0 && column.nulls().count() == column.rows()) return new Zone.AllNull();
        Value least = null;
        Value most = null;
        for (int row = 0; row < column.rows(); row++) {
            if (column.isNull(row)) continue;
            var value = value(column, row);
            if (value == null) return Zone.UNKNOWN;
            if (least == null || compare(value, least) < 0) least = value;
            if (most == null || compare(value, most) > 0) most = value;
        }
        return least == null
                ? Zone.UNKNOWN
                : new Zone.Between(least, most, column.nulls().count());
    }

    private static Value value(Column column, int row) {
        return switch (column) {
            case Column.Bools(var values, _) -> Value.of(values[row]);
            case Column.Ints(var values, _) -> Value.of((long) values[row]);
            case Column.Longs(var values, _) -> Value.of(values[row]);
            case Column.Floats(var values, _) -> Value.of((double) values[row]);
            case Column.Doubles(var values, _) -> Value.of(values[row]);
            case Column.Texts(var values, _) -> Value.of(values.text(row));
            default -> null;
        };
    }

    private static int compare(Value a, Value b) {
        return switch (a) {
            case Value.Bool(var x) -> Boolean.compare(x, ((Value.Bool) b).value());
            case Value.Int(var x) -> Long.compare(x, ((Value.Int) b).value());
            case Value.Real(var x) -> Double.compare(x, ((Value.Real) b).value());
            case Value.Text(var x) ->
                java.util.Arrays.compareUnsigned(
                        x.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        ((Value.Text) b).value().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            case Value.Null _, Value.Items _, Value.Bytes _ -> throw new AssertionError();
        };
    }

    @Override
    public Column fetch(int field, int[] wanted) {
        return columns.get(field).take(wanted);
    }

    @Override
    public Vectors vectors(int field) {
        return vectors.get(field);
    }

    @Override
    public boolean isReady(int field) {
        return ready;
    }

    @Override
    public Optional<VectorIndex> index(int field) {
        return Optional.ofNullable(graphs.get(field));
    }

    @Override
    public long insertedAt(int row) {
        return insertedAt[row];
    }

    @Override
    public void close() {
        for (var closeable : owned.reversed())
            try {
                closeable.close();
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
    }
}
