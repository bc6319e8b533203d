package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import java.lang.foreign.MemorySegment;

/// Which lists are near a query, and which one a row belongs to.
sealed interface Guide extends AutoCloseable {
    int lists();

    /// The centres as they are written down.
    MemorySegment segment();

    /// Native room of [#distances(MemorySegment, long, ListScan)], a multiple of 64.
    long roomBytes();

    /// Fills `distances` of the buffers; leaves the query's point at `room` where there is such a thing.
    void distances(MemorySegment query, long room, ListScan buffers);

    /// Writes the list of members `from … to`; that of others stays.
    void assign(int from, int to, Accept members, int[] listOf, Scratch scratch);

    /// What finding the nearest lists costs, in nanoseconds.
    double nanos();

    long bytes();

    @Override
    void close();

    record OfPoints(Straight points, Centres centres) implements Guide {
        @Override
        public int lists() {
            return centres.count;
        }

        @Override
        public MemorySegment segment() {
            return centres.region.segment().asSlice(0, Centres.bytes(centres.count, centres.components));
        }

        @Override
        public long roomBytes() {
            return points.bytes() + 4L * centres.columns;
        }

        @Override
        public void distances(MemorySegment query, long room, ListScan buffers) {
            long products = room + points.bytes();
            points.query(query, buffers.floats(points.rows.dimension()), room);
            centres.products(room, 0, 1, products);
            float own = dev.sextant.kernel.Floats.squares(room, points.size);
            var distances = buffers.distances(centres.count);
            for (int k = 0; k < centres.count; k++)
                distances[k] = Math.max(0, own + centres.norm(k) - 2 * Raw.getFloat(products + 4L * k));
        }

        @Override
        public void assign(int from, int to, Accept members, int[] listOf, Scratch scratch) {
            var floats = scratch.part(ListScan.class, ListScan::new).floats(points.rows.dimension());
            int few = centres.few(), n = 0;
            var rows = new int[few];
            long room = scratch.room(few * (points.bytes() + 4L * centres.columns));
            for (int row = from; row < to; row++) {
                if (members.test(row)) {
                    points.row(row, floats, room + n * points.bytes());
                    rows[n++] = row;
                }
                if (n == few || row == to - 1) n = assign(rows, n, room, listOf);
            }
        }

        private int assign(int[] rows, int n, long room, int[] listOf) {
            long products = room + centres.few() * points.bytes();
            centres.products(room, points.bytes(), n, products);
            for (int i = 0; i < n; i++) listOf[rows[i]] = centres.nearest(products + 4L * i * centres.columns);
            return 0;
        }

        @Override
        public double nanos() {
            return 0.05 * centres.columns * centres.components;
        }

        @Override
        public long bytes() {
            return centres.region.size();
        }

        @Override
        public void close() {
            centres.close();
        }
    }

    /// Binary rows and binary centres.
    record OfBits(Distance distance, Region region, int lists) implements Guide {
        static OfBits of(Memory memory, DenseRows rows, Distance distance, int lists) {
            return new OfBits(distance, memory.allocate("partition lists", lists * rows.stride()), lists);
        }

        private long stride() {
            return DenseRows.strideBytes(distance.type(), distance.dimension());
        }

        long address(int centre) {
            return region.address() + centre * stride();
        }

        @Override
        public MemorySegment segment() {
            return region.segment().asSlice(0, lists * stride());
        }

        @Override
        public long roomBytes() {
            return distance.queryBytes();
        }

        @Override
        public void distances(MemorySegment query, long room, ListScan buffers) {
            distance.prepare(query, 0, room);
            distance.score(room, region.address(), stride(), buffers.upTo(lists), lists, buffers.distances(lists));
        }

        @Override
        public void assign(int from, int to, Accept members, int[] listOf, Scratch scratch) {
            throw new AssertionError("assigned by its clustering");
        }

        /// The first of the nearest centres of a row.
        int nearest(long row, ListScan buffers) {
            var distances = buffers.distances(lists);
            distance.score(row, region.address(), stride(), buffers.upTo(lists), lists, distances);
            int nearest = 0;
            for (int k = 1; k < lists; k++) if (distances[k] < distances[nearest]) nearest = k;
            return nearest;
        }

        @Override
        public double nanos() {
            return lists * (3 + 0.03 * stride());
        }

        @Override
        public long bytes() {
            return region.size();
        }

        @Override
        public void close() {
            region.close();
        }
    }
}
