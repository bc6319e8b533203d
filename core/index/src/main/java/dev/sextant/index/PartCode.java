package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Floats;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.model.Metric;
import java.lang.foreign.MemorySegment;

/// Product (residual) quantisation of whole rows: `| |x|² f32 | numbers of parts |`, the numbers in 4 bits, a byte or
/// two. For L2 `|q − x|²` is estimated by `|q|² + |x|² − 2 Σ table`, for the other metrics by the product alone.
record PartCode(Distance distance, Books books, int bits) implements RowCode {
    private static final int ROUNDS = 8;

    PartCode(Memory memory, DenseRows rows, Metric metric, int m, int levels, int bits) {
        this(
                Distance.of(metric, rows.type(), rows.dimension()),
                new Books(memory, rows.dimension(), m, levels, 1 << bits),
                bits);
    }

    static long bytesPerRow(int numbers, int bits) {
        return 4 + (bits <= 4 ? (numbers + 1) / 2 : bits <= 8 ? numbers : 2L * numbers);
    }

    private int size() {
        return Points.size(distance.dimension());
    }

    /// Trains all parts on `n` rows as [Points#raw] writes them, `stride` bytes apart.
    Phases.Phase train(Memory memory, long points, long stride, int n, Phases.Next then) {
        return books.train(memory, points, stride, n, ROUNDS, then);
    }

    @Override
    public long strideBytes() {
        return (bytesPerRow(books.numbers(), bits) + 3) / 4 * 4;
    }

    @Override
    public double weight() {
        return 0.5 + books.numbers() / 40.0;
    }

    @Override
    public boolean isNearlyExact() {
        return false;
    }

    @Override
    public long queryBytes() {
        return books.tableBytes() + 64;
    }

    @Override
    public MemorySegment model() {
        return books.segment();
    }

    @Override
    public void encode(long row, Beam buffers, long code) {
        long point = buffers.room(4L * size() + books.roomBytes());
        Points.raw(distance, row, buffers.floats(distance.dimension()), size(), point);
        var numbers = buffers.numbers(books.numbers());
        books.encode(point, numbers, point + 4L * size());
        Raw.fill(code, strideBytes(), (byte) 0);
        Raw.putFloat(code, distance.metric() == Metric.L2 ? books.squares(numbers) : 0);
        for (int i = 0; i < books.numbers(); i++) {
            if (bits > 8) Raw.putShort(code + 4 + 2L * i, (short) numbers[i]);
            else if (bits > 4) Raw.putByte(code + 4 + i, (byte) numbers[i]);
            else {
                long at = code + 4 + i / 2;
                Raw.putByte(at, (byte) (Raw.getByte(at) | numbers[i] << (i & 1) * 4));
            }
        }
    }

    @Override
    public long prepareBytes() {
        return 4L * size();
    }

    @Override
    public void prepare(MemorySegment vector, Beam buffers, long query, long point) {
        int d = distance.dimension();
        distance.toFloats(vector, 0, buffers.floats(d));
        Raw.fill(point, 4L * size(), (byte) 0);
        Raw.copyIn(MemorySegment.ofArray(buffers.floats(d)), 0, point, 4L * d);
        if (distance.metric() == Metric.COSINE) Points.normalise(point, size());
        Raw.putFloat(query, distance.metric() == Metric.L2 ? Floats.squares(point, size()) : 0);
        books.tables(point, query + 64);
    }

    @Override
    public void score(long query, long base, int[] rows, int n, int[] sums, float[] out, long soon, long bytes) {
        float own = Raw.getFloat(query);
        long stride = strideBytes();
        for (int i = 0; i < n; i++) {
            long code = base + rows[i] * stride;
            float sum = bits > 8
                    ? books.sumShorts(query + 64, code + 4)
                    : bits > 4 ? books.sumBytes(query + 64, code + 4) : books.sumNibbles(query + 64, code + 4);
            out[i] = own + Raw.getFloat(code) - 2 * sum;
        }
    }

    /// Whether no code of `rows` at `base` names a part that there is not.
    boolean isSound(long base, long rows) {
        if (bits == 4 || bits == 8 || bits == 16) return true;
        for (long row = 0; row < rows; row++)
            for (int i = 0; i < books.numbers(); i++) {
                long at = base + row * strideBytes() + 4;
                int number = bits > 8
                        ? Raw.getShort(at + 2L * i) & 0xffff
                        : bits > 4 ? Raw.getByte(at + i) & 255 : Raw.getByte(at + i / 2) >> (i & 1) * 4 & 15;
                if (number >= books.columns) return false;
            }
        return true;
    }

    @Override
    public void close() {
        books.close();
    }
}
