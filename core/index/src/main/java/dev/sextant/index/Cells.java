package dev.sextant.index;

import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Region;
import java.util.Arrays;

/// The rows of a quantised graph in cells, each around a centre: where a filter rejects most rows, a search reads the
/// cells near the query, tests the bits of all that they name and scores what is accepted ([CellWalk]). A graph would
/// have to read the block of every row on its way, accepted or not.
///
/// Memory a row: its number and its code among the neighbours of its centre ([NodeBlocks#fanBytes()] / 32 and 4 bytes);
/// beside them a centre, as the head of a block and in the [Directory], for about `√n / 4` rows.
final class Cells implements AutoCloseable {
    /// A graph of fewer rows has none: all that is accepted of them is scanned in no time.
    static final int LEAST_ROWS = 4096;
    /// So many times the root of the rows: of fewer cells too many rows are read that are far away, of more cells too
    /// many centres.
    private static final double OF_ROOT = 4;
    /// Costs in codes of a walk: a row whose bit is tested, a centre with its place in the order.
    private static final double TEST = 0.024;

    private static final double ORDER = 0.2;
    /// Bytes of fans that cost a code.
    private static final double FAN_BYTES = 200;

    final Directory directory;
    final NodeBlocks blocks;
    final Region cells; // of each, its centre as the head of a block and its rows as the neighbours
    final Lists lists;
    final Margins margins;
    final int largest; // rows of a cell
    private final long[] starts;
    private final double scored; // what a row costs that is scored
    private final double coded; // what a row costs that is estimated

    Cells(Directory directory, NodeBlocks blocks, Region cells, Lists lists, Margins margins) {
        this.directory = directory;
        this.blocks = blocks;
        this.cells = cells;
        this.lists = lists;
        this.margins = margins;
        starts = new long[lists.count()];
        for (int cell = 1; cell < starts.length; cell++)
            starts[cell] = starts[cell - 1] + blockBytes(blocks, lists.sizes[cell - 1]);
        largest = Arrays.stream(lists.sizes).max().orElse(0);
        coded = blocks.fanBytes() / (NodeBlocks.FAN * FAN_BYTES);
        scored = QuantisedGraph.scannedRow(blocks.rowBytes());
    }

    /// How many cells so many rows are put in; 0 where they need none.
    static int count(int rows) {
        return rows < LEAST_ROWS ? 0 : (int) (OF_ROOT * Math.sqrt(rows));
    }

    int count() {
        return lists.count();
    }

    long bytes() {
        return directory.bytes() + lists.rows.size() + cells.size();
    }

    /// Fans of a cell.
    int fans(int cell) {
        return fansOf(lists.sizes[cell]);
    }

    private static int fansOf(int rows) {
        return Phases.ranges(rows, NodeBlocks.FAN);
    }

    private static long blockBytes(NodeBlocks blocks, int rows) {
        return blocks.rowBytes() + (long) fansOf(rows) * blocks.fanBytes();
    }

    /// What cells of these sizes take.
    static long bytes(NodeBlocks blocks, int[] sizes) {
        long bytes = 0;
        for (int rows : sizes) bytes += blockBytes(blocks, rows);
        return bytes;
    }

    /// Where the block of a cell begins.
    long block(int cell) {
        return cells.address() + starts[cell];
    }

    int blockBytes(int cell) {
        return (int) Math.min(Integer.MAX_VALUE, blockBytes(blocks, lists.sizes[cell]));
    }

    double centreCodes() {
        return count() * (ORDER + coded);
    }

    /// What it costs to test so many rows and to score those that are accepted.
    double sifting(double rows, double share) {
        return rows * (TEST + scored * share);
    }

    /// What it costs to estimate so many rows.
    double estimating(double rows) {
        return rows * coded;
    }

    /// Whether rows are better estimated before anything else is asked of them.
    boolean isByCodes(double share) {
        return estimating(1) < sifting(1, share);
    }

    /// How many codes a walk scores, about.
    double cost(int beam, double share) {
        double rows = Math.min(lists.slots(), margins.rows(place(beam, Margins.K), share));
        return centreCodes() + Math.min(estimating(rows), sifting(rows, share));
    }

    /// Of the recall that is owed, in the tables of margins.
    double place(int beam, int k) {
        return Margins.place(margins.recall(beam, k));
    }

    @Override
    public void close() {
        directory.close();
        cells.close();
        lists.close();
    }
}
