package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.ScanBlocks;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.lang.foreign.MemorySegment;

/// Product quantisation of what a row differs from its centre. Since `|q − c − r|² = |q − c|² + (|r|² + 2 ⟨c, r⟩) − 2
/// ⟨q, r⟩`, a number kept with each row and one table of products of the query with all trained parts serve every list.
/// For IP lengths are those of the rows, not of their codes.
///
/// Up to 4 bits a part, codes are scanned in blocks ([ScanBlocks]); above, each part is a byte or two and looked up:
///
/// ```text
/// | a f32 | part 0 | part 1 | … |
/// ```
final class ProductCode implements ListCode {
    private static final int SAMPLE_PER_PART = 40;
    private static final int LEAST_SAMPLE = 4096;
    private static final int MOST_SAMPLE = 1 << 16;
    private static final int ROUNDS = 8;

    private final Memory memory;
    private final Place place;
    private final Books books;
    private final int width; // bytes of a part; 0 in blocks
    private final int stride;
    private final ScanBlocks blocks;
    private final Region region;

    ProductCode(Memory memory, Place place, int m, int bits) {
        this.memory = memory;
        this.place = place;
        int d = place.points().rows.dimension();
        books = new Books(memory, d, m, 1, 1 << bits);
        width = bits <= 4 ? 0 : bits <= 8 ? 1 : 2;
        stride = 4 + m * width;
        blocks = new ScanBlocks(m);
        try {
            region = memory.allocate("partition codes", codeBytes());
        } catch (RuntimeException refused) {
            books.close();
            throw refused;
        }
    }

    /// Parts of `sub` components each; the last may have fewer.
    static int parts(int dimension, int sub) {
        return (dimension + sub - 1) / sub;
    }

    static long bytesPerRow(int m, int bits) {
        return bits <= 4 ? (m + 3) / 4 * 2L + 8 : 4L + (bits <= 8 ? m : 2L * m);
    }

    private long codeBytes() {
        long slots = place.lists().slots();
        return width == 0 ? slots / ScanBlocks.ROWS * blocks.blockBytes() : slots * stride;
    }

    /// Rows that the parts of this are trained on, at most.
    int sampleRows() {
        return sampleRows(Integer.numberOfTrailingZeros(books.entries), Integer.MAX_VALUE);
    }

    /// Rows that parts of so many bits are trained on.
    static int sampleRows(int bits, int there) {
        return Math.min(there, Math.clamp(SAMPLE_PER_PART << bits, LEAST_SAMPLE, MOST_SAMPLE));
    }

    Books books() {
        return books;
    }

    /// Trains all parts on `n` differences of `stride` bytes.
    Phases.Phase train(long differences, long strideBytes, int n, Phases.Next then) {
        return books.train(memory, differences, strideBytes, n, ROUNDS, then);
    }

    @Override
    public MemorySegment model() {
        return books.segment();
    }

    @Override
    public MemorySegment codes() {
        return region.segment().asSlice(0, codeBytes());
    }

    @Override
    public void write(int from, int to, Scratch scratch) {
        var points = place.points();
        var lists = place.lists();
        var buffers = scratch.part(ListScan.class, ListScan::new);
        var floats = buffers.floats(points.rows.dimension());
        var codes = buffers.codes(books.m);
        var bytes = buffers.bytes(books.m);
        long point = scratch.room(points.bytes() + books.roomBytes()), room = point + points.bytes();
        for (int slot = from; slot < to; slot++) {
            long block = region.address() + slot / ScanBlocks.ROWS * blocks.blockBytes();
            if (width == 0 && slot % ScanBlocks.ROWS == 0) blocks.clear(block);
            int row = lists.row(slot);
            if (row < 0) continue;
            int list = lists.listOf(slot);
            points.row(row, floats, point);
            place.subtractCentre(point, list);
            books.encode(point, codes, room);
            float a = kept(list, codes);
            if (width == 0) {
                for (int part = 0; part < books.m; part++) bytes[part] = (byte) codes[part];
                blocks.put(block, slot % ScanBlocks.ROWS, bytes, books.m, a, -2);
            } else {
                long code = region.address() + (long) slot * stride;
                Raw.putFloat(code, a);
                for (int part = 0; part < books.m; part++)
                    if (width == 1) Raw.putByte(code + 4 + part, (byte) codes[part]);
                    else Raw.putShort(code + 4 + 2L * part, (short) codes[part]);
            }
        }
    }

    private float kept(int list, int[] codes) {
        var centres = place.centres();
        if (place.points().metric == Metric.IP) return place.points().longest - centres.norm(list);
        double sum = 0;
        for (int part = 0; part < books.m; part++)
            for (int c = books.from(part); c < books.from(part + 1); c++) {
                float r = books.component(part, 0, codes[part], c - books.from(part));
                sum += r * (r + 2.0 * centres.component(list, c));
            }
        return (float) sum;
    }

    @Override
    public long queryBytes() {
        return width == 0 ? 64L * blocks.tables() + (blocks.queryBytes() + 63) / 64 * 64 : books.tableBytes();
    }

    @Override
    public void prepare(MemorySegment vector, long point, long query, ListScan buffers) {
        if (width > 0) {
            books.tables(point, query);
            return;
        }
        long entries = query + (blocks.queryBytes() + 63) / 64 * 64;
        Raw.fill(entries, 64L * blocks.tables(), (byte) 0);
        books.tables(point, entries);
        blocks.prepare(entries, query);
    }

    @Override
    public void scan(int list, float distance, long query, ListScan into) {
        var lists = place.lists();
        if (width == 0) {
            into.scanBlocks(blocks, lists, list, region.address(), query, distance);
            return;
        }
        int end = lists.starts[list] + lists.sizes[list];
        for (int slot = lists.starts[list]; slot < end; slot = into.next) {
            int n = into.gather(lists, slot, end, stride);
            for (int i = 0; i < n; i++) {
                long code = region.address() + (long) into.slots[i] * stride;
                float sum = width == 1 ? books.sumBytes(query, code + 4) : books.sumShorts(query, code + 4);
                into.scores[i] = distance + Raw.getFloat(code) - 2 * sum;
            }
            into.offer(n);
        }
    }

    /// Whether no code names a part that there is not.
    boolean isSound() {
        if (width == 0) return true; // books of fewer than 16 are filled up with zeros
        for (long slot = 0; slot < place.lists().slots(); slot++)
            for (int part = 0; part < books.m; part++) {
                long at = region.address() + slot * stride + 4 + (long) part * width;
                int code = width == 1 ? Raw.getByte(at) & 255 : Raw.getShort(at) & 0xffff;
                if (code >= books.columns) return false;
            }
        return true;
    }

    @Override
    public double rowNanos() {
        return width == 0 ? 1 + books.m / 50.0 : 5 + 0.7 * books.m;
    }

    @Override
    public void close() {
        books.close();
        region.close();
    }
}
