package dev.sextant.kernel;

/// The layout of a graph node as one block that a search reads from front to back, and the arithmetic on it:
///
/// ```text
/// | row: bytes u8, zeros | length² f64 | low f32 | step f32 | step · Σ f32 | 0 |      rowBytes, a multiple of 64
/// | for each 32 neighbours: codes, bits / 4 · 16 bytes | a: 32 × f32 | b: 32 × f32 | node: 32 × i32 |
/// ```
///
/// The row is 8 bits a component between its own bounds (exact for whole numbers within 256 of each other). The codes
/// say of each component of the rotated difference neighbour − node in one bit its sign, −1 or 1, or in two bits −3,
/// −1, 1 or 3 ([Code]), 32 neighbours interleaved for a table scan. With the code s and `f = |o−c|² / Σ s · (o'−c')`
/// the product ⟨o−c, q−c⟩ is about `f · Σ s · (q'−c')`, so `|q−o|² ≈ |q−c|² + a + b · Σ s · q'` where `a = |o−c|² + 2 f
/// Σ s · c'` and `b = −2 f`: the owner is the centre, and one table serves all blocks.
///
/// A query is prepared once into native memory of [#queryBytes()]. Distances are squared L2. Immutable.
public final class NodeBlocks {
    /// Neighbours that are scored at once.
    public static final int FAN = 32;

    private static final int TRAILER = 24;
    private static final int HEAD = 64;

    /// What a code says of a component.
    public enum Code {
        /// Its sign.
        SIGNS(1),
        /// −3, −1, 1 or 3: two thirds of the error that twice as many signs of a vector spread over twice as many
        /// components would leave, for the same bytes.
        FOURS(2);

        private final int bits;

        Code(int bits) {
            this.bits = bits;
        }

        /// Of a component.
        public int bits() {
            return bits;
        }
    }

    private final int components;
    private final int turned;
    private final Code code;
    private final int bits;
    private final int degree;
    private final int rowBytes;
    private final int codeBytes;
    private final int fanBytes;
    private final int levels;
    private final BlockArithmetic arithmetic;

    /// Rows of `components`, neighbours coded by `turned` rotated components (a multiple of 64), `degree` neighbours (a
    /// multiple of 32; with none a block is its row).
    public NodeBlocks(int components, int turned, Code code, int degree) {
        this(components, turned, code, degree, BlockArithmetic.BEST);
    }

    NodeBlocks(int components, int turned, Code code, int degree, BlockArithmetic arithmetic) {
        if (components < 1 || components > 1 << 15)
            throw new IllegalArgumentException("rows of " + components + " components");
        if (turned < 64 || turned % 64 != 0 || turned > 1 << 16)
            throw new IllegalArgumentException("codes of " + turned + " components");
        if (degree < 0 || degree % FAN != 0) throw new IllegalArgumentException("blocks of " + degree + " neighbours");
        this.components = components;
        this.turned = turned;
        this.code = code;
        this.degree = degree;
        this.arithmetic = arithmetic;
        bits = turned * code.bits;
        rowBytes = (components + TRAILER + 63) / 64 * 64;
        codeBytes = bits / 4 * 16;
        fanBytes = codeBytes + 3 * 4 * FAN;
        levels = Math.min(255, 65535 / (bits / 4)); // so that a sum over all tables fits 16 bits
    }

    /// Bytes of a block, a multiple of 64.
    public long blockBytes() {
        return rowBytes + (long) degree / FAN * fanBytes;
    }

    public int degree() {
        return degree;
    }

    /// Bytes of the codes, factors and numbers of [#FAN] neighbours.
    public int fanBytes() {
        return fanBytes;
    }

    /// Where the scan leaves the estimate of neighbour `row` of 32: the sums come out even rows first.
    static int slot(int row) {
        return (row & 16) + (row & 1) * 8 + (row & 15) / 2;
    }

    // ---- query

    /// Native room of a prepared query: parameters, estimates, split row, tables, scratch.
    public long queryBytes() {
        return HEAD + 256 + 3L * rowBytes + 4L * bits + 4L * Math.max(turned, components) + 64;
    }

    /// Estimates of the last scan, 32 floats.
    private static long estimates(long query) {
        return query + HEAD;
    }

    private long even(long query) {
        return query + HEAD + 256;
    }

    private long odd(long query) {
        return even(query) + rowBytes;
    }

    private long bytesOf(long query) {
        return odd(query) + rowBytes;
    }

    private long tablesOf(long query) {
        return bytesOf(query) + rowBytes;
    }

    private long roomOf(long query) {
        return tablesOf(query) + 4L * bits;
    }

    /// Prepares the part that meets rows; `floats` has the components. Returns whether it stands for them exactly: they
    /// are whole and between `wholeLow` and 255 more.
    public boolean prepareRow(long floats, float wholeLow, long query) {
        var exact = Floats.bounds(floats, components, query);
        float low = Raw.getFloat(query), high = Raw.getFloat(query + 4);
        exact &= low >= wholeLow && high <= wholeLow + 255;
        float step = exact ? 1 : step(low, high);
        if (exact) low = wholeLow;
        Raw.fill(bytesOf(query) + components, rowBytes - components, (byte) 0);
        long sums = arithmetic.quantise(floats, components, low, step == 0 ? 0 : 1 / step, bytesOf(query));
        Raw.fill(bytesOf(query) + components, rowBytes - components, (byte) 0);
        arithmetic.split(bytesOf(query), rowBytes, even(query), odd(query));
        Raw.putFloat(query, low);
        Raw.putFloat(query + 4, step);
        putDouble(query + 8, length(low, step, sums));
        putDouble(query + 16, (double) components * low + (double) step * (int) sums);
        return exact;
    }

    /// Prepares the part that meets codes; `rotated` has the rotated components.
    public void prepareTables(long rotated, long query) {
        long out = query + 40;
        switch (code) {
            case SIGNS -> arithmetic.tables(rotated, turned, levels, roomOf(query), tablesOf(query), out);
            case FOURS -> arithmetic.fourTables(rotated, turned, levels, roomOf(query), tablesOf(query), out);
        }
        float step = Raw.getFloat(out), smallest = Raw.getFloat(out + 4), all = Raw.getFloat(out + 8);
        // A table's entries are Σ of the components chosen, less the smallest; and Σ ±q' = 2 Σ(chosen) − Σ q'.
        Raw.putFloat(query + 32, code == Code.SIGNS ? 2 * step : step);
        Raw.putFloat(query + 36, code == Code.SIGNS ? 2 * smallest - all : smallest);
    }

    // ---- scoring

    /// The squared distance of the row in the block to the query.
    public float distance(long query, long block) {
        int dot = arithmetic.dot(block, even(query), odd(query), rowBytes);
        long trailer = block + rowBytes - TRAILER;
        double low = Raw.getFloat(query), step = Raw.getFloat(query + 4);
        double rowLow = Raw.getFloat(trailer + 8),
                rowStep = Raw.getFloat(trailer + 12),
                rowSum = Raw.getFloat(trailer + 16);
        double product = rowLow * getDouble(query + 16) + low * rowSum + rowStep * step * dot;
        return (float) (getDouble(trailer) + getDouble(query + 8) - 2 * product);
    }

    /// The squared distances of the rows in blocks `rows[0] … rows[n − 1]` of those that begin at `base`.
    public void distances(long query, long base, int[] rows, int n, float[] out) {
        long stride = blockBytes();
        if (MachineRows.PRESENT)
            MachineRows.score(query, bytesOf(query), base, stride, components, rowBytes, rows, n, out);
        else oneByOne(query, base, rows, n, out);
    }

    void oneByOne(long query, long base, int[] rows, int n, float[] out) {
        long stride = blockBytes();
        for (int i = 0; i < n; i++) out[i] = distance(query, base + rows[i] * stride);
    }

    /// Bytes of the row in a block.
    public int rowBytes() {
        return rowBytes;
    }

    /// Estimates the distances of the 32 neighbours of fan `fan`, `distance` being that of the block's own row.
    /// Bit `slot` of the result is set where the estimate is below `limit`.
    public int scan(long query, long block, int fan, float distance, float limit) {
        long codes = block + rowBytes + (long) fan * fanBytes;
        return arithmetic.estimate(
                codes,
                tablesOf(query),
                codeBytes,
                codes + codeBytes,
                distance,
                Raw.getFloat(query + 32),
                Raw.getFloat(query + 36),
                limit,
                estimates(query));
    }

    /// The estimate of the last scan at a slot.
    public static float estimate(long query, int slot) {
        return Raw.getFloat(estimates(query) + 4L * slot);
    }

    /// The node at a slot; meaningless where none was put, and then the estimate is beyond every limit.
    public int node(long block, int fan, int slot) {
        return Raw.getInt(block + rowBytes + (long) fan * fanBytes + codeBytes + 8 * FAN + 4L * slot);
    }

    /// Whether every slot names a node below `count` or is empty, so that no scan can lead outside.
    public boolean isSound(long block, int count) {
        for (int fan = 0; fan < degree / FAN; fan++) if (!isSound(block, fan, count)) return false;
        return true;
    }

    private boolean isSound(long block, int fan, int count) {
        for (int slot = 0; slot < FAN; slot++) {
            long factors = block + rowBytes + (long) fan * fanBytes + codeBytes + 4L * slot;
            int node = Raw.getInt(factors + 8 * FAN);
            var empty = node == -1 && Raw.getFloat(factors) == Float.MAX_VALUE && Raw.getFloat(factors + 4 * FAN) == 0;
            if (!empty && (node < 0 || node >= count)) return false;
        }
        return true;
    }

    // ---- writing

    /// Writes the row. `whole` says that components are whole numbers between `low` and 255 more; otherwise the row has
    /// bounds of its own. `room` is scratch of a query.
    public void putRow(long floats, boolean whole, float wholeLow, long block) {
        float low = wholeLow, step = 1;
        Raw.fill(block, rowBytes, (byte) 0);
        if (!whole) {
            Floats.bounds(floats, components, block);
            low = Raw.getFloat(block);
            step = step(low, Raw.getFloat(block + 4));
        }
        long sums = arithmetic.quantise(floats, components, low, step == 0 ? 0 : 1 / step, block);
        Raw.fill(block + components, rowBytes - components, (byte) 0);
        long trailer = block + rowBytes - TRAILER;
        putDouble(trailer, length(low, step, sums));
        Raw.putFloat(trailer + 8, low);
        Raw.putFloat(trailer + 12, step);
        Raw.putFloat(trailer + 16, step * (int) sums);
    }

    /// Empties a fan: no slot of it is below any limit.
    public void clear(long block, int fan) {
        long at = block + rowBytes + (long) fan * fanBytes;
        Raw.fill(at, fanBytes, (byte) 0);
        for (int slot = 0; slot < FAN; slot++) {
            Raw.putFloat(at + codeBytes + 4L * slot, Float.MAX_VALUE);
            Raw.putInt(at + codeBytes + 8 * FAN + 4L * slot, -1);
        }
    }

    /// Native room to write a fan in.
    public long fanRoom() {
        return 64 + bits / 8 + (long) FAN * bits / 8;
    }

    /// Begins to write a fan: empty in the block and in `room`.
    public void beginFan(long block, int fan, long room) {
        clear(block, fan);
        Raw.fill(room, fanRoom(), (byte) 0);
    }

    /// Adds neighbour `row` of a fan that was begun. `difference` = rotated (neighbour − node), `centre` = rotated node
    /// as the query's tables see it.
    public void putNeighbour(long block, int fan, int row, int node, long difference, long centre, long room) {
        long own = room + 64, all = own + bits / 8;
        switch (code) {
            case SIGNS -> arithmetic.signs(difference, centre, turned, own, room);
            case FOURS -> arithmetic.fours(difference, centre, turned, own, room);
        }
        float squares = Raw.getFloat(room), product = Raw.getFloat(room + 4), ofCentre = Raw.getFloat(room + 8);
        float f = product > 0 ? squares / product : 0;
        long factors = block + rowBytes + (long) fan * fanBytes + codeBytes + 4L * slot(row);
        Raw.putFloat(factors, squares + 2 * f * ofCentre);
        Raw.putFloat(factors + 4 * FAN, -2 * f);
        Raw.putInt(factors + 8 * FAN, node);
        for (int eight = 0; eight < bits / 8; eight++)
            Raw.putByte(all + (long) FAN * eight + row, Raw.getByte(own + eight));
    }

    /// Writes a fan whole. Of points of `turned` floats each, rotated, that begin at `points`, the neighbours are those
    /// at the first `n` of `places` and the node itself the one at `own`.
    public void putFan(long block, int fan, int[] nodes, int[] places, int n, long points, int own, long room) {
        long at = block + rowBytes + (long) fan * fanBytes, centre = points + 4L * turned * own;
        if (MachineFan.PRESENT) MachineFan.put(points, turned, places, nodes, n, centre, code.bits, at, room);
        else putFanBy(block, fan, nodes, places, n, points, own, room);
    }

    /// The same, neighbour by neighbour.
    void putFanBy(long block, int fan, int[] nodes, int[] places, int n, long points, int own, long room) {
        long bytes = 4L * turned, centre = points + bytes * own, difference = room + putFanRoom() - bytes;
        beginFan(block, fan, room);
        for (int row = 0; row < n; row++) {
            Raw.copy(points + bytes * places[row], difference, bytes);
            Floats.subtract(difference, centre, turned);
            putNeighbour(block, fan, row, nodes[row], difference, centre, room);
        }
        endFan(block, fan, room);
    }

    /// Room for [#putFan].
    public long putFanRoom() {
        return (fanRoom() + 63 & -64) + 4L * turned;
    }

    /// Interleaves the codes of the fan, 16 rows at a time: of each eight components the lower four, then the upper.
    public void endFan(long block, int fan, long room) {
        long all = room + 64 + bits / 8, at = block + rowBytes + (long) fan * fanBytes, nibbles = 0x0f0f0f0f0f0f0f0fL;
        for (int eight = 0; eight < bits / 8; eight++, all += FAN, at += 32)
            for (int half = 0; half < 16; half += 8) {
                long low = Raw.getLong(all + half), high = Raw.getLong(all + 16 + half);
                Raw.putLong(at + half, low & nibbles | (high & nibbles) << 4);
                Raw.putLong(at + 16 + half, low >>> 4 & nibbles | high & ~nibbles);
            }
    }

    private static float step(float low, float high) {
        float step = (high - low) / 255;
        return 1 / step < Float.POSITIVE_INFINITY ? step : 0;
    }

    /// |low + step · c|² from Σ c² << 32 | Σ c.
    private double length(double low, double step, long sums) {
        return components * low * low + 2 * low * step * (int) sums + step * step * (sums >>> 32);
    }

    private static double getDouble(long address) {
        return Double.longBitsToDouble(Raw.getLong(address));
    }

    private static void putDouble(long address, double value) {
        Raw.putLong(address, Double.doubleToRawLongBits(value));
    }
}
