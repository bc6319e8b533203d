package dev.sextant.index.scalar;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Pieces of texts, chunk by chunk of 65,536 rows: so a row takes two bytes, and no sort is larger than a chunk.
final class GramsBuild implements AutoCloseable {
    /// Longer texts are looked at whatever is sought.
    private static final int LONGEST_TEXT = 16 << 10;
    private static final int MOST_PAIRS = 1 << 25;

    private final Memory memory;
    private final Heap heap;
    private final int least;
    private final int most;
    private final Pieces pieces = new Pieces();
    private final List<Region> chunks = new ArrayList<>();
    private final List<int[]> counts = new ArrayList<>(); // pieces and rows of each chunk
    private long[] pairs = new long[1 << 12]; // hash, row in the chunk
    private int size;

    GramsBuild(Memory memory, Heap heap, int least, int most) {
        this.memory = memory;
        this.heap = heap;
        this.least = least;
        this.most = most;
        heap.grow(8L * pairs.length);
    }

    /// Rows in order; returns whether it was taken in.
    boolean add(byte[] text, int from, int to, int row) {
        int chunk = row / Bits.CHUNK_BITS;
        while (chunks.size() < chunk) endChunk();
        long worst = (long) (to - from) * (most - least + 1);
        if (to - from > LONGEST_TEXT || size + worst > MOST_PAIRS) return false;
        room((int) worst);
        long low = row % Bits.CHUNK_BITS;
        pieces.of(text, from, to, least, most, hash -> pairs[size++] = (hash & 0xffffffffL) << 16 | low);
        return true;
    }

    private void room(int more) {
        if (size + more <= pairs.length) return;
        int larger = Math.max(size + more, (int) Math.min(MOST_PAIRS, 2L * pairs.length));
        heap.grow(8L * (larger - pairs.length));
        pairs = Arrays.copyOf(pairs, larger);
    }

    private void endChunk() {
        Arrays.sort(pairs, 0, size);
        int rows = 0, hashes = 0;
        for (int i = 0; i < size; i++) {
            if (i > 0 && pairs[i] == pairs[i - 1]) continue;
            if (i == 0 || pairs[i] >>> 16 != pairs[i - 1] >>> 16) hashes++;
            rows++;
        }
        var region = memory.allocate("index building", Grams.chunkBytes(hashes, rows));
        chunks.add(region);
        counts.add(new int[] {hashes, rows});
        long hashAt = region.address(), startAt = hashAt + 4L * hashes, rowAt = startAt + 4L * (hashes + 1);
        int row = 0, hash = 0;
        for (int i = 0; i < size; i++) {
            if (i > 0 && pairs[i] == pairs[i - 1]) continue;
            if (i == 0 || pairs[i] >>> 16 != pairs[i - 1] >>> 16) {
                Raw.putInt(hashAt + 4L * hash, (int) (pairs[i] >>> 16));
                Raw.putInt(startAt + 4L * hash++, row);
            }
            Raw.putShort(rowAt + 2L * row++, (short) pairs[i]);
        }
        Raw.putInt(startAt + 4L * hashes, rows);
        size = 0;
    }

    /// Bytes of all chunks together.
    long end(int allChunks) {
        while (chunks.size() < allChunks) endChunk();
        long bytes = 0;
        for (var count : counts) bytes += Grams.chunkBytes(count[0], count[1]);
        return bytes;
    }

    /// Writes how many pieces and rows each chunk has, then the chunks.
    void write(long directory, long at) {
        for (int chunk = 0; chunk < chunks.size(); chunk++) {
            Raw.putInt(directory + 8L * chunk, counts.get(chunk)[0]);
            Raw.putInt(directory + 8L * chunk + 4, counts.get(chunk)[1]);
            long bytes = Grams.chunkBytes(counts.get(chunk)[0], counts.get(chunk)[1]);
            Raw.copy(chunks.get(chunk).address(), at, bytes);
            at += bytes;
        }
    }

    @Override
    public void close() {
        chunks.forEach(Region::close);
    }
}
