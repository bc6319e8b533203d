package dev.sextant.index;

import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.RowCodes;
import dev.sextant.kernel.Sieve;
import java.util.Arrays;

/// The rows of a quantised graph in cells, each around a centre: where a filter rejects most rows, a search reads the
/// cells near the query, tests the bits of all that they name and estimates what is accepted ([CellWalk]). A graph
/// would have to read the block of every row on its way, accepted or not.
///
/// Memory a row: its number (4 bytes) and its code ([RowCodes#bytes()]); beside them a centre, as the head of a block
/// and in the [Directory], for about `√n / 4` rows.
final class Cells implements AutoCloseable {
    /// A graph of fewer rows has none: all that is accepted of them is scanned in no time.
    static final int LEAST_ROWS = 4096;
    /// So many times the root of the rows: of fewer cells too many rows are read that are far away, of more cells too
    /// many centres.
    private static final double OF_ROOT = 4;
    /// Costs in codes of a walk: a row whose bit is tested, one that is estimated, a centre with its place in the
    /// order.
    private static final double TEST = 0.08;
    /// The first where bits are in the order of cells.
    private static final double ARRANGED_TEST = 0.018;

    private static final double ESTIMATE = 0.2;
    private static final double ESTIMATE_BYTE = 1.0 / 400;
    private static final double ORDER = 0.02;
    private static final double CENTRE_BYTE = 1.0 / 400;
    /// Of the accepted rows of the cells that are read, about so many are near enough to be scored.
    private static final double NEAR = 0.06;

    final Directory directory;
    final NodeBlocks blocks;
    final RowCodes codes;
    final Region cells; // the centres, each as the head of a block; behind them the codes of the rows of all
    final Lists lists;
    final Sieve.Cells sieved; // the same for a sieve
    final Margins margins;
    final int largest; // rows of a cell
    private final double scored; // what a row costs that is scored
    private final double coded; // what a row costs that is estimated

    /// @param blocks without neighbours
    Cells(Directory directory, NodeBlocks blocks, RowCodes codes, Region cells, Lists lists, Margins margins) {
        this.directory = directory;
        this.blocks = blocks;
        this.codes = codes;
        this.cells = cells;
        this.lists = lists;
        this.margins = margins;
        largest = Arrays.stream(lists.sizes).max().orElse(0);
        sieved = new Sieve.Cells(lists.starts, lists.rows.address(), codes(0), largest);
        coded = ESTIMATE + ESTIMATE_BYTE * codes.bytes();
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

    /// What the centres and so many rows take.
    static long bytes(NodeBlocks blocks, RowCodes codes, int cells, int rows) {
        return (long) cells * blocks.rowBytes() + (long) rows * codes.bytes();
    }

    /// Where the centre of a cell stands.
    long centre(int cell) {
        return cells.address() + (long) cell * blocks.rowBytes();
    }

    /// Where the codes of its rows begin, in the order of its list.
    long codes(int cell) {
        return centre(count()) + (long) lists.starts[cell] * codes.bytes();
    }

    double centreCodes() {
        return count() * (ORDER + CENTRE_BYTE * directory.blocks.fanBytes() / NodeBlocks.FAN);
    }

    /// What it costs to test so many rows and to estimate those that are accepted.
    double sifting(double rows, double accepted, boolean arranged) {
        return rows * (arranged ? ARRANGED_TEST : TEST) + accepted * coded;
    }

    /// What it costs to score so many rows.
    double scoring(double rows) {
        return rows * scored;
    }

    /// How many rows the cells have that a walk reads, about.
    double rows(int beam, double share) {
        return Math.min(lists.slots(), margins.rows(place(beam, Margins.K), share));
    }

    /// How many codes a walk scores, about.
    double cost(int beam, double share, boolean arranged) {
        double rows = rows(beam, share);
        return centreCodes() + sifting(rows, rows * share, arranged) + scoring(NEAR * rows * share);
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
