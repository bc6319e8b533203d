package dev.sextant.index.scalar;

import dev.sextant.index.Damaged;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Raw;
import java.util.Arrays;
import java.util.Optional;

/// Where texts with some pieces may be: the rows that have all of them. The column says whether they are.
public final class Grams extends Based {
    private static final double PIECE_NANOS = 150;
    private static final double ROW_NANOS = 4;

    private final long[] chunks; // address of each

    Grams(Standing standing) {
        super(standing);
        chunks = new long[standing.head.chunks()];
        long at = standing.region.address() + standing.head.postingsAt();
        for (int chunk = 0; chunk < chunks.length; chunk++) {
            chunks[chunk] = at;
            at += chunkBytes(hashes(chunk), postings(chunk));
        }
    }

    static long chunkBytes(int hashes, int rows) {
        return Head.up(8L * hashes + 4 + 2L * rows);
    }

    private long directory(int chunk) {
        return standing.region.address() + standing.head.keysAt() + 8L * chunk;
    }

    private int hashes(int chunk) {
        return Math.max(0, Raw.getInt(directory(chunk)));
    }

    private int postings(int chunk) {
        return Math.max(0, Raw.getInt(directory(chunk) + 4));
    }

    void check() {
        var head = standing.head;
        Head.expect("keys", 24, 0, head.keys());
        if (head.values() != Values.TEXT) throw new Damaged("kind of values", 12, Values.TEXT, head.values());
        if (head.leastGram() < 1 || head.mostGram() < head.leastGram())
            throw new Damaged("lengths of pieces", 48, "1 …", head.leastGram() + " … " + head.mostGram());
        long bytes = 0;
        for (int chunk = 0; chunk < chunks.length; chunk++) {
            bytes += chunkBytes(hashes(chunk), postings(chunk));
            if (bytes > head.postings()) throw new Damaged("postings", 32, "at least " + bytes, head.postings());
        }
        Head.expect("postings", 32, bytes, head.postings());
        for (int chunk = 0; chunk < chunks.length; chunk++) check(chunk);
    }

    private void check(int chunk) {
        int last = 0, rows = Math.min(Bits.CHUNK_BITS, standing.head.rows() - chunk * Bits.CHUNK_BITS);
        long offset = chunks[chunk] - standing.region.address();
        for (int hash = 0; hash <= hashes(chunk); hash++) {
            int start = start(chunk, hash);
            if (start < last || start > postings(chunk))
                throw new Damaged("start", offset, last + " … " + postings(chunk), start);
            last = start;
        }
        for (int i = 0; i < postings(chunk); i++)
            if (row(chunk, i) >= rows) throw new Damaged("row", offset, "0 … " + (rows - 1), row(chunk, i));
    }

    private int start(int chunk, int hash) {
        return Raw.getInt(chunks[chunk] + 4L * hashes(chunk) + 4L * hash);
    }

    private int row(int chunk, int posting) {
        return Raw.getShort(chunks[chunk] + 8L * hashes(chunk) + 4 + 2L * posting) & 0xffff;
    }

    @Override
    public Optional<Lookup> look(Sought sought) {
        var pieces = switch (sought) {
            case Sought.Like(_, var all, _) -> all;
            case Sought.Texts(var least, var leastIn, var most, var mostIn) ->
                leastIn && mostIn && least.isPresent() && most.isPresent() && Arrays.equals(least.get(), most.get())
                        ? java.util.List.of(least.get())
                        : java.util.List.<byte[]>of();
            default -> java.util.List.<byte[]>of();
        };
        var hashes = new int[16];
        int count = 0;
        var cutter = new Pieces();
        for (var piece : pieces) {
            int characters = cutter.of(piece, 0, piece.length, Integer.MAX_VALUE, 0, _ -> {});
            if (characters < standing.head.leastGram()) continue;
            int length = Math.min(characters, standing.head.mostGram());
            var into = new int[characters];
            var size = new int[1];
            cutter.of(piece, 0, piece.length, length, length, hash -> into[size[0]++] = hash);
            if (count + size[0] > hashes.length) hashes = Arrays.copyOf(hashes, 2 * (count + size[0]));
            System.arraycopy(into, 0, hashes, count, size[0]);
            count += size[0];
        }
        return count == 0 ? Optional.empty() : Optional.of(new Candidates(Arrays.copyOf(hashes, count)));
    }

    /// Where in the list of a chunk a piece stands; -1 when it is not there.
    private int place(int chunk, int hash) {
        int low = 0, high = hashes(chunk) - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            int order = Integer.compareUnsigned(Raw.getInt(chunks[chunk] + 4L * middle), hash);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    private final class Candidates implements Lookup {
        private final int[] hashes;
        private final int[][] places; // of each chunk, rarest first; null where one is missing
        private final long rows;

        Candidates(int[] hashes) {
            this.hashes = hashes;
            places = new int[chunks.length][];
            long least = 0;
            for (int chunk = 0; chunk < chunks.length; chunk++) {
                places[chunk] = places(chunk);
                if (places[chunk] != null) least += size(chunk, places[chunk][0]);
            }
            rows = least;
        }

        private int[] places(int chunk) {
            var found = new int[hashes.length];
            for (int i = 0; i < hashes.length; i++) if ((found[i] = place(chunk, hashes[i])) < 0) return null;
            for (int i = 1; i < found.length; i++)
                if (size(chunk, found[i]) < size(chunk, found[0])) {
                    int rarer = found[i];
                    found[i] = found[0];
                    found[0] = rarer;
                }
            return found;
        }

        private int size(int chunk, int place) {
            return start(chunk, place + 1) - start(chunk, place);
        }

        @Override
        public long rows() {
            return rows;
        }

        @Override
        public double nanos() {
            return PIECE_NANOS * hashes.length * chunks.length + ROW_NANOS * rows * Math.min(4, hashes.length);
        }

        @Override
        public Found find() {
            var found = new Rows(standing.head.rows());
            for (int chunk = 0; chunk < chunks.length; chunk++) if (places[chunk] != null) find(chunk, found);
            var unsure = found.build();
            return new Found(
                    Bits.none(standing.head.rows()),
                    (standing.head.sets() & Head.UNSURE) == 0 ? unsure : unsure.or(standing.unsure));
        }

        /// Each row of the rarest piece is looked up among those of the others.
        private void find(int chunk, Rows into) {
            var all = places[chunk];
            var at = new int[all.length];
            for (int i = 1; i < all.length; i++) at[i] = start(chunk, all[i]);
            for (int first = start(chunk, all[0]), end = start(chunk, all[0] + 1); first < end; first++) {
                int row = row(chunk, first);
                boolean everywhere = true;
                for (int i = 1; i < all.length && everywhere; i++) {
                    int stop = start(chunk, all[i] + 1);
                    at[i] = seek(chunk, at[i], stop, row);
                    everywhere = at[i] < stop && row(chunk, at[i]) == row;
                }
                if (everywhere) into.set(chunk * Bits.CHUNK_BITS + row);
            }
        }

        /// The first place from `from` on with at least this row: in growing steps, then between the last two.
        private int seek(int chunk, int from, int end, int row) {
            int step = 1, low = from;
            while (from + step < end && row(chunk, from + step) < row) {
                low = from + step;
                step *= 2;
            }
            int high = Math.min(end, from + step + 1);
            while (low < high) {
                int middle = low + high >>> 1;
                if (row(chunk, middle) < row) low = middle + 1;
                else high = middle;
            }
            return low;
        }
    }
}
