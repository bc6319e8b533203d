package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.io.IOException;
import java.util.Optional;

/// For each index that sparse rows use (a term) the list of the rows that have it, in blocks of up to [#BLOCK]
/// postings. A posting is a place of two bytes (four where a block spans more than 65,536 rows) and a code of one byte:
/// its value in 255 steps between the list's least and greatest, rounded up, so that codes bound scores from above.
/// Rows that a bound lets through are scored on themselves, as the exact scan scores them.
///
/// ```text
///   terms  ascending            lists             blocks                            postings
///   [ 3 | 17 | 90 | … ]   →   first block,   →   first row, last row,         →   places … codes …
///                              rows, low, step    where, greatest, least code
/// ```
///
/// For BM25 the value is what a term's weight is multiplied with, at the average length of this index; a search with
/// another average multiplies bounds with the quotient of the two, which no factor exceeds. Bytes touched by a search:
/// three a posting of the lists it cannot leave out, 16 a block for the rest.
public final class Inverted implements Frozen {
    static final int BLOCK = 128;
    static final int LIST_BYTES = 16;
    static final int BLOCK_BYTES = 16;
    /// Kernels may read so far behind the last posting.
    static final int PAD = 64;

    /// What the sections of an index hold.
    ///
    /// @param averageLength at which codes were made
    /// @param irregular some frequency is not above 0: bounds mean nothing
    /// @param meanList rows of the list of a term that is drawn from a row
    record Shape(
            Metric metric,
            SparseParameters parameters,
            int rows,
            int terms,
            int blocks,
            long postingBytes,
            long postings,
            double totalLength,
            float averageLength,
            boolean irregular,
            double meanList) {
        long lengthsBytes() {
            return metric == Metric.BM25 ? up(4L * rows) : 0;
        }

        long termsBytes() {
            return up(4L * terms);
        }

        long listsBytes() {
            return (long) LIST_BYTES * (terms + 1);
        }

        long blocksBytes() {
            return (long) BLOCK_BYTES * blocks;
        }

        long bytes() {
            return lengthsBytes() + termsBytes() + listsBytes() + blocksBytes() + postingBytes;
        }

        private static long up(long bytes) {
            return bytes + 15 & -16;
        }
    }

    final Shape shape;
    final SparseRows rows;
    private final Memory memory;
    final Region region;
    final long lengths;
    final long terms;
    final long lists;
    final long blocks;
    final long postings;

    /// Takes the region over, which holds the sections one behind the other.
    Inverted(Memory memory, Shape shape, SparseRows rows, Region region) {
        this.memory = memory;
        this.shape = shape;
        this.rows = rows;
        this.region = region;
        lengths = region.address();
        terms = lengths + shape.lengthsBytes();
        lists = terms + shape.termsBytes();
        blocks = lists + shape.listsBytes();
        postings = blocks + shape.blocksBytes();
    }

    static Inverted read(Memory memory, SparseRows rows, long bytes, Source source) throws IOException {
        return InvertedBytes.read(memory, rows, bytes, source);
    }

    @Override
    public Walk walk(Target target, Scratch scratch) {
        return switch (shape.parameters().algorithm()) {
            case TAAT_NAIVE, SINDI, BLOCK_MAX_MAXSCORE ->
                new WindowWalk(this, target, scratch, shape.parameters().algorithm());
            case DAAT_WAND -> new PivotWalk(this, target, scratch, false);
            case BLOCK_MAX_WAND -> new PivotWalk(this, target, scratch, true);
            case DAAT_MAXSCORE -> new EssentialWalk(this, target, scratch);
        };
    }

    /// The same lists searched in another way; only one of the two is to be closed.
    Inverted by(SparseParameters.Algorithm algorithm) {
        var other = new SparseParameters(
                algorithm, shape.parameters().k1(), shape.parameters().b());
        return new Inverted(
                memory,
                new Shape(
                        shape.metric(),
                        other,
                        shape.rows(),
                        shape.terms(),
                        shape.blocks(),
                        shape.postingBytes(),
                        shape.postings(),
                        shape.totalLength(),
                        shape.averageLength(),
                        shape.irregular(),
                        shape.meanList()),
                rows,
                region);
    }

    /// Postings of about as many lists as a row has terms (a text's query: a few), each posting worth a fiftieth of a
    /// code, and the rows that are scored on themselves.
    @Override
    public long cost(Effort effort, double accepted) {
        double perRow = shape.rows() == 0 ? 0 : (double) shape.postings() / shape.rows();
        double lists = shape.metric() == Metric.BM25 ? 6 : Math.min(perRow, 50);
        return (long) (lists * shape.meanList() * (1 - effort.drop()) / 50) + 3L * effort.beam() + 20;
    }

    /// How many indexed rows have a term.
    public int documentFrequency(int term) {
        int list = list(term);
        return list < 0 ? 0 : Raw.getInt(listAt(list) + 4);
    }

    /// The sum of all values of all indexed rows, for BM25.
    public Optional<Double> totalLength() {
        return shape.metric() == Metric.BM25 ? Optional.of(shape.totalLength()) : Optional.empty();
    }

    /// The number of a term's list, or -1.
    int list(int term) {
        int low = 0, high = shape.terms() - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            int order = Integer.compareUnsigned(Raw.getInt(terms + 4L * middle), term);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    long listAt(int number) {
        return lists + (long) LIST_BYTES * number;
    }

    float length(int row) {
        return Raw.getFloat(lengths + 4L * row);
    }

    public SparseParameters parameters() {
        return shape.parameters();
    }

    @Override
    public SparseRows rows() {
        return rows;
    }

    @Override
    public Metric metric() {
        return shape.metric();
    }

    @Override
    public int count() {
        return shape.rows();
    }

    @Override
    public long bytes() {
        return region.size();
    }

    @Override
    public Kind kind() {
        return Kind.INVERTED;
    }

    @Override
    public long serializedBytes() {
        return InvertedBytes.HEAD + shape.bytes();
    }

    @Override
    public void writeTo(Sink sink) throws IOException {
        InvertedBytes.write(this, memory, sink);
    }

    @Override
    public void close() {
        region.close();
    }

    /// The fields of a block.
    static final class Block {
        private Block() {}

        static int first(long block) {
            return Raw.getInt(block);
        }

        static int last(long block) {
            return Raw.getInt(block + 4);
        }

        /// Where its postings begin, in four bytes, behind the first of all.
        static long place(long block) {
            return 4 * (Raw.getInt(block + 8) & 0xffffffffL);
        }

        static int most(long block) {
            return Raw.getByte(block + 12) & 255;
        }

        static int least(long block) {
            return Raw.getByte(block + 13) & 255;
        }

        static int count(long block) {
            return (Raw.getByte(block + 14) & 255) + 1;
        }

        static boolean isWide(long block) {
            return Raw.getByte(block + 15) != 0;
        }

        static void put(long block, int first, int last, long place, int most, int least, int count, boolean wide) {
            Raw.putInt(block, first);
            Raw.putInt(block + 4, last);
            Raw.putInt(block + 8, (int) (place >>> 2));
            Raw.putByte(block + 12, (byte) most);
            Raw.putByte(block + 13, (byte) least);
            Raw.putByte(block + 14, (byte) (count - 1));
            Raw.putByte(block + 15, (byte) (wide ? 1 : 0));
        }

        /// Bytes of the postings of a block.
        static long bytes(int count, boolean wide) {
            return (wide ? 5L : 3L) * count + 3 & -4;
        }
    }
}
