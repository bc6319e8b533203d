package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.ScanBlocks;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.lang.foreign.MemorySegment;

/// What the lists of a partition keep of their rows, and how it is scored. Written once, range by range, then only
/// read.
sealed interface ListCode extends AutoCloseable permits FullCode, ByteCode, ProductCode, SignCode {
    /// What a code is made from and stands in.
    record Place(Straight points, Centres centres, Lists lists) {
        /// What a row's point differs from its list's centre, in place.
        void subtractCentre(long point, int list) {
            for (int c = 0; c < points.components; c++) {
                float value = dev.sextant.kernel.Raw.getFloat(point + 4L * c) - centres.component(list, c);
                dev.sextant.kernel.Raw.putFloat(point + 4L * c, value);
            }
        }
    }

    /// What is trained and must be kept to read codes; empty where nothing is.
    MemorySegment model();

    /// The codes of all slots; empty where rows are read themselves.
    MemorySegment codes();

    /// Writes the codes of slots `from … to`, whole blocks of them.
    void write(int from, int to, Scratch scratch);

    /// Native room of a prepared query, a multiple of 64.
    long queryBytes();

    /// `point` is the query's point; `query` gets what [#scan(int, float, long, ListScan)] reads.
    void prepare(MemorySegment vector, long point, long query, ListScan buffers);

    /// Scores the accepted rows of a list and offers them; `distance` is that of the query to its centre.
    void scan(int list, float distance, long query, ListScan into);

    /// Whether rows that meet several queries at once cost less than one query after the other, which finds them in the
    /// cache as it is.
    default boolean scansTogether() {
        return false;
    }

    /// As [#scan(int, float, long, ListScan)] for the first `n` queries; what the first accepts all accept.
    default void scanTogether(int list, long[] queries, ListScan[] into, int n, Scratch room) {
        throw new IllegalStateException("codes that are scanned one query after the other");
    }

    /// What scoring one row costs, in nanoseconds.
    double rowNanos();

    /// Whether scores are those of the rows, so that nothing is scored again.
    default boolean isExact() {
        return false;
    }

    default long bytes() {
        return model().byteSize() + codes().byteSize();
    }

    @Override
    void close();

    /// Rows that one piece of writing covers: whole blocks.
    int RANGE = 4 * ScanBlocks.ROWS;

    static int align(Coding coding) {
        return switch (coding) {
            case Coding.Full _, Coding.Bytes _ -> 1;
            case Coding.Products(_, var bits) -> bits <= 4 ? ScanBlocks.ROWS : 1;
            case Coding.Signs _, Coding.Scan _ -> ScanBlocks.ROWS;
        };
    }

    static long bytesPerRow(Coding coding, int dimension, Metric metric) {
        return switch (coding) {
            case Coding.Full _ -> 0;
            case Coding.Bytes _ -> (dimension + 16 + 63) / 64 * 64L;
            case Coding.Products(int m, int bits) -> ProductCode.bytesPerRow(m, bits);
            case Coding.Signs _ -> Points.size(Points.components(metric, dimension)) / 8 + 8;
            case Coding.Scan(int sub, _) -> ProductCode.bytesPerRow(ProductCode.parts(dimension, sub), 4);
        };
    }

    static void closeAll(Region... regions) {
        for (var region : regions) if (region != null) region.close();
    }

    MemorySegment NOTHING = MemorySegment.NULL;

    /// What codes need before rows are written: training, or nothing.
    static ListCode of(Memory memory, Place place, Coding coding, long seed) {
        return switch (coding) {
            case Coding.Full _ -> new FullCode(place.points().rows, place.points().metric, place.lists());
            case Coding.Bytes _ -> new ByteCode(memory, place);
            case Coding.Products(int m, int bits) -> new ProductCode(memory, place, m, bits);
            case Coding.Scan(int sub, _) ->
                new ProductCode(
                        memory, place, ProductCode.parts(place.points().rows.dimension(), sub), 4);
            case Coding.Signs _ -> new SignCode(memory, place, seed);
        };
    }
}
