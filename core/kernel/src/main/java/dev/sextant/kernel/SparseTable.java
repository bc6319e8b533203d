package dev.sextant.kernel;

/// The cells of a sparse query in a table small enough for the first cache, so that a row costs one look for each of
/// its cells instead of a merge. Products are added in the order of the row's cells, as [Sparse#dot] adds them: the
/// sums are the same bit for bit. Reads memory that others own; any number of threads may ask.
public final class SparseTable {
    private static final int FEW = 256;
    private static final int NONE = -1; // the one index that no cell has
    private static final int GOLDEN = 0x9e3779b1;

    private final long query;
    private final int cells;
    private final long table;
    private final int shift;
    private final int mask;

    /// @param table room for [#bytes(int)] bytes
    public SparseTable(long query, int cells, long table) {
        this.query = query;
        this.cells = cells;
        this.table = table;
        int slots = slots(cells);
        shift = 32 - Integer.numberOfTrailingZeros(slots);
        mask = slots - 1;
        Raw.fill(table, 8L * slots, (byte) -1);
        for (int i = 0; i < cells; i++) {
            long cell = Raw.getLong(query + 8L * i);
            int slot = (int) cell * GOLDEN >>> shift;
            while ((int) Raw.getLong(table + 8L * slot) != NONE) slot = slot + 1 & mask;
            Raw.putLong(table + 8L * slot, cell);
        }
    }

    /// Mostly empty while the query is small: most cells of a row end at the first look.
    private static int slots(int cells) {
        return Integer.highestOneBit(Math.max(64, cells * (cells <= FEW ? 16 : 4)) - 1) << 1;
    }

    public static long bytes(int cells) {
        return 8L * slots(cells);
    }

    /// What the query has for an index; [Float#NaN] when it does not have it.
    public float value(int index) {
        for (int slot = index * GOLDEN >>> shift; ; slot = slot + 1 & mask) {
            long entry = Raw.getLong(table + 8L * slot);
            if ((int) entry == NONE) return Float.NaN;
            if ((int) entry == index) return Float.intBitsToFloat((int) (entry >>> 32));
        }
    }

    /// As [#value(int)], for cells that hold a whole number from 0 on instead of a value; -1 when it is not there.
    public int number(int index) {
        for (int slot = index * GOLDEN >>> shift; ; slot = slot + 1 & mask) {
            long entry = Raw.getLong(table + 8L * slot);
            if ((int) entry == NONE) return -1;
            if ((int) entry == index) return (int) (entry >>> 32);
        }
    }

    /// Whether it costs less to look for the query's cells in a row than for the row's in the query.
    public boolean prefersSeeking(int rowCells) {
        return cells * 8L < rowCells;
    }

    /// The inner product with a row.
    public float dot(long row, int rowCells) {
        return prefersSeeking(rowCells) ? seeking(row, rowCells) : looking(row, rowCells);
    }

    private float looking(long row, int rowCells) {
        float sum = 0;
        for (long at = row, end = row + 8L * rowCells; at < end; at += 8) {
            long cell = Raw.getLong(at);
            int slot = (int) cell * GOLDEN >>> shift;
            long entry = Raw.getLong(table + 8L * slot);
            while ((int) entry != NONE) {
                if ((int) entry == (int) cell) {
                    sum += Float.intBitsToFloat((int) (entry >>> 32)) * Float.intBitsToFloat((int) (cell >>> 32));
                    break;
                }
                slot = slot + 1 & mask;
                entry = Raw.getLong(table + 8L * slot);
            }
        }
        return sum;
    }

    private float seeking(long row, int rowCells) {
        float sum = 0;
        int from = 0;
        for (int i = 0; i < cells && from < rowCells; i++) {
            long cell = Raw.getLong(query + 8L * i);
            from = seek(row, from, rowCells, (int) cell);
            if (from < rowCells && Raw.getInt(row + 8L * from) == (int) cell)
                sum += Float.intBitsToFloat((int) (cell >>> 32)) * Raw.getFloat(row + 8L * from + 4);
        }
        return sum;
    }

    /// The first cell of a row, from `from` on, whose index is at least `index`.
    public static int seek(long row, int from, int rowCells, int index) {
        int low = from, high = rowCells;
        while (low < high) {
            int middle = low + high >>> 1;
            if (Integer.compareUnsigned(Raw.getInt(row + 8L * middle), index) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    public void score(long offsets, long rowCells, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long from = Raw.getLong(offsets + 8L * rows[i]), to = Raw.getLong(offsets + 8L * rows[i] + 8);
            out[i] = dot(rowCells + from, (int) (to - from >> 3));
        }
    }

    public long query() {
        return query;
    }

    public int cells() {
        return cells;
    }
}
