package dev.sextant.index;

import dev.sextant.kernel.ScanBlocks;
import dev.sextant.kernel.TopK;
import java.util.BitSet;

/// The buffers of one search over lists: gathers accepted rows of a list and keeps the best. Kept in a scratch; one
/// thread. Scores here are such that smaller is nearer.
final class ListScan {
    static final int MOST = 256;
    private static final int[] ROW_OF = new int[ScanBlocks.ROWS]; // the row of a block that stands at a slot

    static {
        for (int row = 0; row < ScanBlocks.ROWS; row++) ROW_OF[ScanBlocks.slot(row)] = row;
    }

    final TopK found = new TopK();
    final TopK probes = new TopK();
    final NodeHits hits = new NodeHits();
    final int[] slots = new int[MOST];
    final int[] rows = new int[MOST];
    final int[] sums = new int[MOST];
    final float[] scores = new float[MOST];
    int[] again = new int[64];
    float[] exact = new float[64];
    float[] distances = new float[0]; // to the centres
    float[] floats = new float[0];
    byte[] bytes = new byte[0];
    Accept accept = Accept.ALL;
    BitSet left = new BitSet(); // rows that have left before
    int queryBits; // of a component against codes of one bit; 0 takes it as it is
    private int[] codes = new int[0];
    private int[] numbers = new int[0];
    private boolean all; // every row is wanted
    long read; // bytes of codes and numbers of rows since then
    int met; // rows that are wanted since then
    long looked; // rows that were scored since the count was taken

    float[] floats(int n) {
        if (floats.length < n) floats = new float[n];
        return floats;
    }

    byte[] bytes(int n) {
        if (bytes.length < n) bytes = new byte[n];
        return bytes;
    }

    /// 0, 1, … n − 1.
    int[] upTo(int n) {
        if (numbers.length < n) {
            numbers = new int[n];
            for (int i = 0; i < n; i++) numbers[i] = i;
        }
        return numbers;
    }

    int[] codes(int n) {
        if (codes.length < n) codes = new int[n];
        return codes;
    }

    float[] distances(int n) {
        if (distances.length < n) distances = new float[n];
        return distances;
    }

    void again(int n) {
        if (again.length >= n) return;
        again = new int[2 * n];
        exact = new float[2 * n];
    }

    void begin(Accept accepted, BitSet gone) {
        accept = accepted;
        left = gone;
        all = accepted.isAll() && gone.isEmpty();
    }

    boolean wants(int row) {
        return all || accept.test(row) && !left.get(row);
    }

    int gather(Lists lists, int from, int end, long rowBytes) {
        return gather(lists, from, end, rowBytes, MOST);
    }

    /// Fills `slots` and `rows` with wanted ones of slots `from … end`, at most `most`, which is at most
    /// [#MOST]; `from` of the next call is `next`. A row that is wanted takes `rowBytes`.
    int gather(Lists lists, int from, int end, long rowBytes, int most) {
        int n = 0, slot = from;
        for (; slot < end && n < most; slot++) {
            int row = lists.row(slot);
            if (!wants(row)) continue;
            slots[n] = slot;
            rows[n++] = row;
        }
        next = slot;
        looked += n;
        met += n;
        read += 4L * (slot - from) + n * rowBytes;
        return n;
    }

    int next;

    void offer(int n) {
        for (int i = 0; i < n; i++) found.offer(rows[i], scores[i]);
    }

    /// Scans the blocks of a list; `codes` is where the block of slot 0 begins.
    void scanBlocks(ScanBlocks blocks, Lists lists, int list, long codes, long query, float distance) {
        looked += lists.sizes[list];
        for (int slot = lists.starts[list]; slot < lists.starts[list + 1]; slot += ScanBlocks.ROWS) {
            long block = codes + slot / ScanBlocks.ROWS * blocks.blockBytes();
            if (!all) read += 4L * ScanBlocks.ROWS;
            int wanted = wanted(lists, slot);
            if (wanted == 0) continue;
            met += wanted;
            read += blocks.blockBytes();
            // A row as good as the worst is looked at, too: which of two stays must not depend on who came first.
            int below = blocks.scan(query, block, distance, Math.nextUp(found.bound()));
            for (; below != 0; below &= below - 1) {
                int at = Integer.numberOfTrailingZeros(below), row = lists.row(slot + ROW_OF[at]);
                if (row >= 0 && wants(row)) found.offer(row, ScanBlocks.estimate(query, at));
            }
        }
    }

    /// Rows of a block that are wanted; one of which none is, is not scanned.
    private int wanted(Lists lists, int slot) {
        if (all) return ScanBlocks.ROWS;
        int n = 0;
        for (int i = 0; i < ScanBlocks.ROWS; i++) {
            int row = lists.row(slot + i);
            if (row >= 0 && wants(row)) n++;
        }
        return n;
    }
}
