package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Sparse;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Random sparse rows in memory of their own, and what a search of them must find.
final class SparseData implements AutoCloseable {
    final Memory memory = new Memory(1L << 32);
    final Scratch scratch = new Scratch(memory);
    final SparseRows rows;
    private final Region offsets;
    private final Region cells;

    /// @param row called once for each row: unsigned ascending index → value
    SparseData(int count, Supplier<TreeMap<Integer, Float>> row) {
        offsets = memory.allocate("test", 8L * (count + 1));
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            bytes.writeBytes(bytes(row.get()));
            Raw.putLong(offsets.address() + 8L * (i + 1), bytes.size());
        }
        cells = memory.allocate("test", Math.max(64, bytes.size()));
        cells.copyIn(0, MemorySegment.ofArray(bytes.toByteArray()), 0, bytes.size());
        rows = new SparseRows(offsets.address(), cells.address(), count);
    }

    static byte[] bytes(Map<Integer, Float> cells) {
        var buffer = ByteBuffer.allocate(8 * cells.size()).order(ByteOrder.LITTLE_ENDIAN);
        cells.forEach((index, value) -> buffer.putInt(index).putFloat(value));
        return buffer.array();
    }

    static MemorySegment query(Map<Integer, Float> cells) {
        return MemorySegment.ofArray(bytes(cells));
    }

    static TreeMap<Integer, Float> cells() {
        return new TreeMap<>(Integer::compareUnsigned);
    }

    /// Few terms are frequent, most are rare.
    static int zipf(SplittableRandom random, int terms) {
        return (int) (Math.exp(random.nextDouble() * Math.log(terms + 1.0)) - 1);
    }

    Inverted build(Metric metric, SparseParameters parameters) {
        return build(metric, parameters, InvertedBuild.STRIPE, 1);
    }

    Inverted build(Metric metric, SparseParameters parameters, int stripe, int workers) {
        try (var build = new InvertedBuild(memory, rows, metric, parameters, Accept.ALL, stripe)) {
            var threads = new Thread[workers];
            for (int i = 0; i < workers; i++) {
                threads[i] = Thread.ofPlatform().start(() -> {
                    var calls = new int[1];
                    // Stopped again and again, as between searches.
                    while (!build.work(scratch, workers == 1 ? Stop.NEVER : () -> ++calls[0] % 3 == 0))
                        Thread.onSpinWait();
                });
            }
            for (var thread : threads) thread.join();
            return build.finish();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    /// The score of a row in the plainest way; 0 where nothing is shared.
    float score(MemorySegment query, int row, Optional<Bm25> bm25) {
        try (var copy = copy(query)) {
            return score(copy.address(), (int) (query.byteSize() / 8), row, bm25);
        }
    }

    private Region copy(MemorySegment query) {
        var copy = memory.allocate("query", query.byteSize() + 64);
        copy.copyIn(0, query, 0, query.byteSize());
        return copy;
    }

    private float score(long query, int n, int row, Optional<Bm25> bm25) {
        long from = rows.cells() + Raw.getLong(rows.offsets() + 8L * row);
        int count = (int) (rows.cells() + Raw.getLong(rows.offsets() + 8L * row + 8) - from >> 3);
        if (bm25.isEmpty()) return Sparse.dot(query, n, from, count);
        float length = 0, sum = 0;
        for (int i = 0; i < count; i++) length += Raw.getFloat(from + 8L * i + 4);
        for (int i = 0; i < count; i++)
            for (int q = 0; q < n; q++)
                if (Raw.getInt(from + 8L * i) == Raw.getInt(query + 8L * q))
                    sum += Raw.getFloat(query + 8L * q + 4)
                            * bm25.get().factor(Raw.getFloat(from + 8L * i + 4), length);
        return sum;
    }

    /// All rows that score, by row.
    TreeMap<Integer, Float> all(MemorySegment query, Accept accept, Optional<Bm25> bm25) {
        var all = new TreeMap<Integer, Float>();
        try (var copy = copy(query)) {
            for (int row = 0; row < rows.count(); row++) {
                if (!accept.test(row)) continue;
                float score = score(copy.address(), (int) (query.byteSize() / 8), row, bm25);
                if (score != 0) all.put(row, score);
            }
        }
        return all;
    }

    float averageLength() {
        double sum = 0;
        for (long at = rows.cells(), end = rows.cells() + Raw.getLong(rows.offsets() + 8L * rows.count());
                at < end;
                at += 8) sum += Raw.getFloat(at + 4);
        return (float) Math.abs(sum / Math.max(1, rows.count()));
    }

    static byte[] written(Frozen index) throws IOException {
        var out = new ByteArrayOutputStream();
        index.writeTo(bytes -> out.writeBytes(bytes.toArray(ValueLayout.JAVA_BYTE)));
        return out.toByteArray();
    }

    Inverted read(byte[] bytes) throws IOException {
        var at = new int[1];
        return Inverted.read(memory, rows, bytes.length, into -> {
            if (into.byteSize() > bytes.length - at[0]) throw new java.io.EOFException();
            MemorySegment.copy(bytes, at[0], into, ValueLayout.JAVA_BYTE, 0, (int) into.byteSize());
            at[0] += (int) into.byteSize();
        });
    }

    @Override
    public void close() {
        scratch.close();
        offsets.close();
        cells.close();
        if (memory.inUseBytes() != 0) throw new AssertionError("leaked: " + memory.byName());
    }
}
