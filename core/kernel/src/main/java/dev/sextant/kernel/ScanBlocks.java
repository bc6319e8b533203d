package dev.sextant.kernel;

/// The layout of a list whose rows are scanned by table, and the arithmetic on it: rows go 32 together,
///
/// ```text
/// | codes: for each sub-quantiser 16 bytes, row i below and row i + 16 above | a: 32 × f32 | b: 32 × f32 |
/// ```
///
/// A code has 4 bits for each sub-quantiser, which chooses one of 16 entries of the query's table for it. The estimate
/// of a row is `max(0, base + a + b · Σ chosen entries)`, where the entries are kept in 8 bits by one step. With the
/// list's centre c and the row's approximate difference r from it, |q − c − r|² is that for `base = |q − c|²`, `a
/// = |r|² + 2 ⟨c, r⟩`, `b = −2` and entries that add up to ⟨q, r⟩: one table serves all lists. Rows stand in a block in
/// the order of [#slot(int)]: that is how the sums come out. Immutable.
public final class ScanBlocks {
    public static final int ROWS = 32;
    private static final int HEAD = 64;

    private final int tables;
    private final int codeBytes;
    private final BlockArithmetic arithmetic;

    /// For codes of so many sub-quantisers.
    public ScanBlocks(int tables) {
        this(tables, BlockArithmetic.BEST);
    }

    ScanBlocks(int tables, BlockArithmetic arithmetic) {
        if (tables < 1 || tables > 1 << 14) throw new IllegalArgumentException(tables + " sub-quantisers");
        this.tables = (tables + 3) & -4;
        this.arithmetic = arithmetic;
        codeBytes = 16 * this.tables;
    }

    /// Sub-quantisers, those that only fill up included.
    public int tables() {
        return tables;
    }

    /// Of 32 rows, a multiple of 64.
    public long blockBytes() {
        return codeBytes + 8L * ROWS;
    }

    /// Where row `row` of a block stands among its factors, estimates and bits.
    public static int slot(int row) {
        return NodeBlocks.slot(row);
    }

    // ---- writing

    /// A block of which no row is below any limit.
    public void clear(long block) {
        Raw.fill(block, blockBytes(), (byte) 0);
        for (int row = 0; row < ROWS; row++) Raw.putFloat(block + codeBytes + 4L * row, Float.MAX_VALUE);
    }

    /// Writes row `row` of a cleared block; `codes` has a byte for each sub-quantiser.
    public void put(long block, int row, byte[] codes, int n, float a, float b) {
        for (int t = 0; t < n; t++) {
            long at = block + 16L * t + (row & 15);
            Raw.putByte(at, (byte) (Raw.getByte(at) | (codes[t] & 15) << (row & 16) / 4));
        }
        Raw.putFloat(block + codeBytes + 4L * slot(row), a);
        Raw.putFloat(block + codeBytes + 4L * ROWS + 4L * slot(row), b);
    }

    // ---- scanning

    /// Native room of a prepared query: parameters, estimates, tables.
    public long queryBytes() {
        return HEAD + 256 + codeBytes;
    }

    /// Prepares `tables · 16` entries, as floats, aligned to 64 bytes.
    public void prepare(long entries, long query) {
        arithmetic.bytes(entries, tables, query + HEAD + 256, query);
    }

    /// Prepares the tables of rotated components coded by their signs, four to a sub-quantiser: the entries are Σ ±
    /// x. `room` is scratch of as many floats.
    public void prepareSigns(long rotated, long room, long query) {
        int levels = Math.min(255, 65_535 / tables);
        arithmetic.tables(rotated, 4 * tables, levels, room, query + HEAD + 256, query + 16);
        float step = Raw.getFloat(query + 16), smallest = Raw.getFloat(query + 20), all = Raw.getFloat(query + 24);
        Raw.putFloat(query, 2 * step); // Σ ± x = 2 Σ(chosen) − Σ x, and Σ(chosen) = step · sum + smallest
        Raw.putFloat(query + 4, 2 * smallest - all);
    }

    /// Estimates the rows of a block; bit `slot` is set where the estimate is below `limit`.
    public int scan(long query, long block, float base, float limit) {
        return arithmetic.estimate(
                block,
                query + HEAD + 256,
                codeBytes,
                block + codeBytes,
                base,
                Raw.getFloat(query),
                Raw.getFloat(query + 4),
                limit,
                query + HEAD);
    }

    /// The estimate of the last scan at a slot.
    public static float estimate(long query, int slot) {
        return Raw.getFloat(query + HEAD + 4L * slot);
    }

    /// Writes the sign bits of `x`, four a code, as `codes`; at `out`: Σ x², Σ |x|, Σ ± y with the sign of x. `n` is a
    /// multiple of 64, `room` scratch of n / 8 bytes.
    public static void signs(long x, long y, int n, byte[] codes, long room, long out) {
        BlockArithmetic.BEST.signs(x, y, n, room, out);
        for (int i = 0; i < n / 4; i++) codes[i] = (byte) (Raw.getByte(room + i / 2) >> (i & 1) * 4 & 15);
    }
}
