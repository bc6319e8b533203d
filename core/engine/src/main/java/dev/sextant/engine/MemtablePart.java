package dev.sextant.engine;

import dev.sextant.index.VectorIndex;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import java.util.Optional;
import java.util.Set;

/// A memtable up to a moment.
final class MemtablePart implements Part {
    private final Memtable memtable;
    private final Memtable.Edge edge;
    private final int rows;
    private final Moment moment;
    // As they stood when this was made: a graph that begins later reaches past our bits.
    private final Growing.Graphs graphs;
    private Bits visible; // guarded by this

    MemtablePart(Memtable memtable, Memtable.Edge edge, int rows, Moment moment) {
        this.memtable = memtable;
        this.edge = edge;
        this.rows = rows;
        this.moment = moment;
        graphs = memtable.graphs().now();
    }

    @Override
    public long id() {
        return memtable.id();
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public boolean growing() {
        return true;
    }

    @Override
    public synchronized Bits visible() {
        if (visible == null) visible = makeVisible();
        return visible;
    }

    private Bits makeVisible() {
        int most = Math.max(rows, graphs.mostRows());
        var bits = memtable.deletions().at(moment.timestamp(), rows, most);
        int early = 0;
        for (int run = 0; run < edge.times().count() && edge.times().values()[run] < moment.leastInsert(); run++)
            early = edge.times().end(run, rows);
        var builder = bits.change(most);
        boolean changed = early > 0;
        builder.clearRange(0, early);
        for (int run = 0; run < edge.partitions().count(); run++) {
            if (!moment.gone().contains(edge.partitions().values()[run])) continue;
            changed = true;
            builder.clearRange(
                    edge.partitions().starts()[run], edge.partitions().end(run, rows));
        }
        var there = changed ? builder.build() : bits;
        if (moment.lastMoment().isEmpty()) return there;
        var living = memtable.expiring().living(this, moment.lastMoment().getAsInt(), moment.micros());
        return living.isAll() ? there : there.and(living);
    }

    @Override
    public Bits ofPartitions(Set<Long> partitions) {
        var runs = edge.partitions();
        boolean all = true;
        for (int run = 0; run < runs.count(); run++)
            all &= runs.starts()[run] >= rows || partitions.contains(runs.values()[run]);
        if (all) return Bits.ALL;
        var builder = Bits.builder(rows);
        for (int run = 0; run < runs.count(); run++)
            if (partitions.contains(runs.values()[run]) && runs.starts()[run] < rows)
                builder.setRange(runs.starts()[run], runs.end(run, rows));
        return builder.build();
    }

    @Override
    public Column chunk(int field, int chunk) {
        int from = chunk * Bits.CHUNK_BITS;
        return rows(field, from, Math.max(from, Math.min(rows, from + Bits.CHUNK_BITS)));
    }

    /// Some rows of a chunk of a field.
    Column rows(int field, int from, int to) {
        var vectors = memtable.vectors(field);
        if (vectors.isPresent()) return vectors.get().take(edge.nodes().get(field), sequence(from, to));
        var pieces = edge.column(field);
        return from == to || pieces.rows() == 0 ? Columns.absent(known(field), to - from) : pieces.slice(from, to);
    }

    private static int[] sequence(int from, int to) {
        var rows = new int[to - from];
        for (int i = 0; i < rows.length; i++) rows[i] = from + i;
        return rows;
    }

    private Field known(int field) {
        return moment.schema()
                .field(field)
                .or(() -> memtable.schema().field(field))
                .orElseThrow();
    }

    @Override
    public Zone zone(int field, int chunk) {
        return Zone.UNKNOWN;
    }

    @Override
    public Column fetch(int field, int[] wanted) {
        if (wanted.length == 0) return Column.empty(known(field).type());
        var vectors = memtable.vectors(field);
        if (vectors.isPresent()) return vectors.get().take(edge.nodes().get(field), wanted);
        var pieces = edge.column(field);
        return pieces.rows() == 0 ? Columns.absent(known(field), wanted.length) : pieces.take(wanted);
    }

    @Override
    public Vectors vectors(int field) {
        var vectors = memtable.vectors(field);
        if (vectors.isEmpty()) return SegmentVectors.none(known(field), rows);
        return vectors.get().vectors(edge.nodes().getOrDefault(field, GrowingVectors.Nodes.NONE), rows);
    }

    @Override
    public boolean isReady(int field) {
        return moment.lastMoment().isEmpty()
                || memtable.expiring().isReady(moment.lastMoment().getAsInt(), rows, moment.micros());
    }

    @Override
    public Optional<VectorIndex> index(int field) {
        memtable.graphs().ask();
        var nodes = edge.nodes().get(field);
        return nodes == null || !nodes.identity()
                ? Optional.empty()
                : graphs.of(field).map(graph -> graph);
    }

    @Override
    public long insertedAt(int row) {
        return edge.times().of(row);
    }
}
