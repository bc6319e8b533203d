package dev.sextant.engine;

import dev.sextant.index.DenseRows;
import dev.sextant.index.SparseRows;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/// The vectors of one field of a memtable, outside the heap where kernels reach them. Grown by one writer behind its
/// readers, at addresses that never change; takes no memory before the first vector. A null has no node.
abstract sealed class GrowingVectors implements AutoCloseable {
    final Memory memory;
    final long mostBytes;
    private int[] rowOfNode = new int[0]; // empty while node and row are the same
    private boolean identity = true;
    private int rows; // writer only
    private int nodes; // writer only

    private GrowingVectors(Memory memory, long mostBytes) {
        this.memory = memory;
        this.mostBytes = mostBytes;
    }

    static GrowingVectors of(FieldType type, Memory memory, long mostBytes) {
        if (type.isVectors()) return new Lists(type.vector(), memory, mostBytes);
        return type.vector().type().isDense()
                ? new Dense(type.vector(), memory, mostBytes)
                : new Sparse(memory, mostBytes);
    }

    /// Which nodes the rows had when somebody looked.
    ///
    /// @param lengths how many elements each row has, where rows have several; null where a row has no array
    record Nodes(boolean identity, int[] rowOfNode, int count, Pieces lengths) {
        static final Nodes NONE = new Nodes(true, new int[0], 0, Pieces.EMPTY);

        /// Nodes of the first `rows` rows.
        int upTo(int rows) {
            return identity ? rows : Vectors.Lists.first(rowOfNode, count, rows);
        }

        /// The node of a row, or -1 for a null.
        int of(int row) {
            if (identity) return row;
            int at = Arrays.binarySearch(rowOfNode, 0, count, row);
            return at < 0 ? -1 : at;
        }

        Optional<int[]> rowOfNode(int nodes) {
            return identity ? Optional.empty() : Optional.of(Arrays.copyOf(rowOfNode, nodes));
        }
    }

    /// Makes room for these vectors more, so that adding them cannot fail. Throws [dev.sextant.kernel.OutOfBudget].
    abstract void room(long moreNodes, long moreBytes);

    abstract void put(Column column, int row, int node);

    Nodes add(Column column) {
        for (int i = 0; i < column.rows(); i++, rows++) {
            if (column.isNull(i)) {
                if (identity) identify();
                continue;
            }
            put(column, i, nodes);
            if (!identity) {
                if (nodes == rowOfNode.length) rowOfNode = Arrays.copyOf(rowOfNode, Math.max(16, 2 * nodes));
                rowOfNode[nodes] = rows;
            }
            nodes++;
        }
        return new Nodes(identity, rowOfNode, nodes, Pieces.EMPTY);
    }

    private void identify() {
        identity = false;
        rowOfNode = new int[Math.max(16, nodes)];
        for (int i = 0; i < nodes; i++) rowOfNode[i] = i;
    }

    final int nodes() {
        return nodes;
    }

    abstract Vectors vectors(Nodes nodes, int rows);

    /// DenseRows as a column, nulls included.
    abstract Column take(Nodes nodes, int[] rows);

    abstract long bytes();

    /// Arrays of vectors: their elements, row by row.
    static final class Lists extends GrowingVectors {
        private final Dense elements;
        private final FieldType.Vector type;
        private Pieces lengths = Pieces.EMPTY; // writer only
        private int[] rowOfElement = new int[0]; // writer only; readers see what is behind their edge
        private int count;
        private int rows;

        private Lists(FieldType.Vector type, Memory memory, long mostBytes) {
            super(memory, mostBytes);
            this.type = type;
            elements = new Dense(type, memory, mostBytes);
        }

        @Override
        void room(long moreNodes, long moreBytes) {
            elements.ensure(count + moreNodes);
        }

        @Override
        Nodes add(Column column) {
            var lists = (Column.Lists) column;
            var each = new int[lists.rows()];
            for (int row = 0; row < each.length; row++, rows++) {
                each[row] = lists.isNull(row) ? 0 : lists.length(row);
                if (count + each[row] > rowOfElement.length)
                    rowOfElement = Arrays.copyOf(rowOfElement, Math.max(count + each[row], 2 * count));
                for (int at = lists.start(row); at < lists.start(row) + each[row]; at++) {
                    elements.put(lists.elements(), at, count);
                    rowOfElement[count++] = rows;
                }
            }
            lengths = lengths.add(new Column.Ints(each, lists.nulls()));
            return new Nodes(false, rowOfElement, count, lengths);
        }

        @Override
        void put(Column column, int row, int node) {
            throw new IllegalStateException("arrays are added whole");
        }

        @Override
        Vectors vectors(Nodes nodes, int rows) {
            int upTo = nodes.upTo(rows);
            return new Vectors.Lists(
                    elements.rows(upTo).orElseGet(() -> DenseRows.packed(0, 0, type.dimension(), type.type())),
                    Arrays.copyOf(nodes.rowOfNode, upTo));
        }

        @Override
        Column take(Nodes nodes, int[] rows) {
            if (rows.length == 0) return new Column.Lists(new int[0], elements.take(nodes, rows), Nulls.NONE);
            var taken = (Column.Ints) nodes.lengths.take(rows);
            var ends = new int[rows.length];
            int total = 0;
            for (int i = 0; i < rows.length; i++) ends[i] = total += taken.values()[i];
            var places = new int[total];
            for (int i = 0, at = 0; i < rows.length; i++) {
                int first = nodes.upTo(rows[i]);
                while (at < ends[i]) places[at++] = first++;
            }
            return new Column.Lists(ends, elements.at(places), taken.nulls());
        }

        @Override
        long bytes() {
            return elements.bytes();
        }

        @Override
        public void close() {
            elements.close();
        }
    }

    static final class Dense extends GrowingVectors {
        private final FieldType.Vector type;
        private final long stride;
        private Region region;

        private Dense(FieldType.Vector type, Memory memory, long mostBytes) {
            super(memory, mostBytes);
            this.type = type;
            stride = DenseRows.strideBytes(type.type(), type.dimension());
        }

        @Override
        void room(long moreNodes, long moreBytes) {
            ensure(nodes() + moreNodes);
        }

        private synchronized void ensure(long count) {
            region = Growth.ensure(memory, region, count * stride, mostBytes);
        }

        @Override
        void put(Column column, int row, int node) {
            var dense = (Column.Dense) column;
            long size = dense.rowBytes();
            region.copyIn(node * stride, dense.bytes(), row * size, size);
        }

        Optional<DenseRows> rows(int nodes) {
            return region == null
                    ? Optional.empty()
                    : Optional.of(new DenseRows(region.address(), stride, nodes, type.dimension(), type.type()));
        }

        int mostRows() {
            return (int) Math.min(Integer.MAX_VALUE - 64, mostBytes / stride);
        }

        @Override
        Vectors vectors(Nodes nodes, int rows) {
            int count = nodes.upTo(rows);
            long base = region == null ? 0 : region.address();
            return new Vectors.Dense(
                    new DenseRows(base, stride, count, type.dimension(), type.type()), nodes.rowOfNode(count));
        }

        @Override
        Column take(Nodes nodes, int[] rows) {
            int size = type.type().rowBytes(type.dimension());
            var bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(size, rows.length)]);
            var nulls = new BitSet();
            for (int i = 0; i < rows.length; i++) {
                int node = nodes.of(rows[i]);
                if (node < 0) nulls.set(i);
                else region.copyOut(node * stride, bytes, (long) i * size, size);
            }
            return new Column.Dense(type.type(), type.dimension(), bytes, Nulls.of(nulls));
        }

        private Column.Dense at(int[] places) {
            int size = type.type().rowBytes(type.dimension());
            var bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(size, places.length)]);
            for (int i = 0; i < places.length; i++) region.copyOut(places[i] * stride, bytes, (long) i * size, size);
            return new Column.Dense(type.type(), type.dimension(), bytes, Nulls.NONE);
        }

        @Override
        long bytes() {
            return region == null ? 0 : region.size();
        }

        @Override
        public void close() {
            if (region != null) region.close();
        }
    }

    static final class Sparse extends GrowingVectors {
        private Region offsets;
        private Region cells;
        private long used;

        private Sparse(Memory memory, long mostBytes) {
            super(memory, mostBytes);
        }

        @Override
        synchronized void room(long moreNodes, long moreBytes) {
            offsets = Growth.ensure(memory, offsets, 8 * (nodes() + moreNodes + 1), mostBytes);
            cells = Growth.ensure(memory, cells, used + moreBytes, mostBytes);
        }

        @Override
        void put(Column column, int row, int node) {
            var slices = ((Column.Sparse) column).cells();
            cells.copyIn(used, MemorySegment.ofArray(slices.bytes()), slices.start(row), slices.length(row));
            used += slices.length(row);
            Raw.putLong(offsets.address() + 8L * (node + 1), used);
        }

        @Override
        Vectors vectors(Nodes nodes, int rows) {
            int count = nodes.upTo(rows);
            var none = offsets == null;
            return new Vectors.Sparse(
                    new SparseRows(none ? 0 : offsets.address(), none ? 0 : cells.address(), none ? 0 : count),
                    nodes.rowOfNode(count));
        }

        @Override
        Column take(Nodes nodes, int[] rows) {
            var nulls = new BitSet();
            var ends = new int[rows.length];
            int total = 0;
            for (int i = 0; i < rows.length; i++) {
                int node = nodes.of(rows[i]);
                if (node < 0) nulls.set(i);
                else total = Math.addExact(total, (int) (offset(node + 1) - offset(node)));
                ends[i] = total;
            }
            var bytes = new byte[total];
            var target = MemorySegment.ofArray(bytes);
            for (int i = 0; i < rows.length; i++) {
                int start = i == 0 ? 0 : ends[i - 1];
                if (ends[i] > start) cells.copyOut(offset(nodes.of(rows[i])), target, start, ends[i] - start);
            }
            return new Column.Sparse(new dev.sextant.model.Slices(bytes, ends), Nulls.of(nulls));
        }

        private long offset(int node) {
            return Raw.getLong(offsets.address() + 8L * node);
        }

        @Override
        long bytes() {
            return offsets == null ? 0 : offsets.size() + cells.size();
        }

        @Override
        public void close() {
            if (offsets != null) offsets.close();
            if (cells != null) cells.close();
        }
    }

    /// How regions grow: by a quarter, so that few calls suffice and little is unused.
    private static final class Growth {
        static Region ensure(Memory memory, Region region, long bytes, long mostBytes) {
            if (region == null) return memory.allocate("memtable", Math.max(4096, bytes), Math.max(mostBytes, bytes));
            if (bytes > region.size())
                region.growTo(Math.min(region.mostBytes(), Math.max(bytes, region.size() + (region.size() >> 2))));
            return region;
        }
    }

    @Override
    public abstract void close();
}
