package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/// Finds in cells of rows those that pass a filter and may be near a query, by their [RowCodes]. Machine code made from
/// src/main/native/sieve.c does it where a [MachineCode] is: then bits of rows lie side by side in native memory, 16
/// rows are tested at once, and memory is asked for before it is read. The same rows without.
///
/// One search of one thread; what it was given must outlive it.
public final class Sieve {
    private static final String RESOURCE = "sieve-amd64-avx512vnni.hex";
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(
            JAVA_LONG,
            JAVA_LONG,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            JAVA_LONG,
            ADDRESS,
            JAVA_LONG,
            ADDRESS,
            JAVA_FLOAT,
            JAVA_FLOAT);

    /// Places that may be written behind those that pass.
    private static final int SLACK = 16;

    /// Bytes of what says where everything stands.
    private static final long WHERE = 128;

    private static final MethodHandle SIEVE = MachineCode.function(RESOURCE, SHAPE, Sieve::agrees);

    private static final boolean PRESENT = SIEVE != null;

    private final RowCodes codes;
    private final Passing passing;
    private final MemorySegment places; // NULL where bits are those of rows
    private final Cells cells;
    private final long where;
    private final long query;

    /// What passes a filter: said of rows, or of places, which takes no list to be read and no bits to be gathered.
    public sealed interface Passing permits Rows, PlaceBits {}

    /// @param count bits below this are asked for
    public record Rows(Bits bits, int count) implements Passing {}

    /// Cells of rows, those of cell `c` at `starts[c] … starts[c + 1]`.
    ///
    /// @param lists their numbers, four bytes each
    /// @param codes their codes
    /// @param largest rows of a cell
    public record Cells(int[] starts, long lists, long codes, int largest) {
        /// Places in all.
        int count() {
            return starts[starts.length - 1];
        }
    }

    /// What is asked for of a row that may be near: `bytes` at `base + row · stride`.
    public record Heads(long base, long stride, int bytes) {}

    /// @param rotated the rotated components of the query
    /// @param room of [#bytes(RowCodes, Passing)]
    public Sieve(RowCodes codes, Passing passing, long rotated, Cells cells, Heads heads, long room) {
        this(codes, passing, rotated, cells, heads, room, PRESENT);
    }

    Sieve(RowCodes codes, Passing passing, long rotated, Cells cells, Heads heads, long room, boolean fast) {
        this.codes = codes;
        this.passing = passing;
        this.cells = cells;
        if (passing instanceof PlaceBits bits && bits.count() != cells.count())
            throw new IllegalArgumentException("bits of " + bits.count() + " places for " + cells.count());
        places = passing instanceof PlaceBits bits ? MemorySegment.ofArray(bits.words) : MemorySegment.NULL;
        where = fast ? room : 0;
        query = room + WHERE;
        codes.prepare(rotated, query);
        if (!fast) {
            codes.preparePlanes(query);
            return;
        }
        long words = query + codes.queryBytes();
        if (passing instanceof Rows(var bits, var count)) bits.copyTo(words, bitBytes(count));
        Raw.putLong(where, words);
        Raw.putLong(where + 8, cells.lists);
        Raw.putLong(where + 16, cells.codes);
        Raw.putLong(where + 24, query);
        Raw.putLong(where + 32, heads.base);
        Raw.putLong(where + 40, heads.stride);
        Raw.putLong(where + 48, heads.bytes);
        Raw.putLong(where + 56, codes.words());
        Raw.putLong(where + 64, codes.hasUpperBits() ? 1 : 0);
    }

    /// Native room for one search, a multiple of 64.
    public static long bytes(RowCodes codes, Passing passing) {
        return WHERE + codes.queryBytes() + (PRESENT && passing instanceof Rows(_, var rows) ? bitBytes(rows) : 0);
    }

    private static long bitBytes(int rows) {
        return (rows + 511L) / 512 * 64;
    }

    /// Room in places for cells of at most so many rows.
    public static int places(int largest) {
        return 2 * (largest + SLACK);
    }

    /// Reads the cells `read[0 … n)`, whose centres are `distances` away: writes to `out` the rows that pass and whose
    /// estimate is below `last + slack · distance`. The cells up to `known` are those that will be read next.
    ///
    /// @return how many were written, and in the upper 32 bits how many passed
    public long near(
            int[] read, float[] distances, int n, int known, int[] places, int[] out, float slack, float last) {
        int all = 0;
        for (int i = 0; i < n; i++) all += cells.starts[read[i] + 1] - cells.starts[read[i]];
        if (out.length <= all
                || places.length < places(cells.largest)
                || known > read.length
                || n > known
                || n > distances.length)
            throw new IllegalArgumentException("room for " + out.length + " of " + all + " rows, for " + places.length
                    + " of " + places(cells.largest) + " places; " + n + " of " + known + " of " + read.length
                    + " cells");
        return where != 0
                ? call(SIEVE, where, this.places, cells.starts, read, distances, n, known, places, out, slack, last)
                : oneByOne(read, distances, n, places, out, slack, last);
    }

    private long oneByOne(int[] read, float[] distances, int n, int[] places, int[] out, float slack, float last) {
        int found = 0;
        long met = 0;
        for (int i = 0; i < n; i++) {
            int start = cells.starts[read[i]];
            long list = cells.lists + 4L * start;
            int passed = passed(start, cells.starts[read[i] + 1] - start, places);
            float limit = last + slack * distances[i];
            for (int p = 0; p < passed; p++) {
                out[found] = Raw.getInt(list + 4L * places[p]);
                if (estimate(start + places[p], distances[i]) < limit) found++;
            }
            met += passed;
        }
        return met << 32 | found;
    }

    /// Writes those of a cell that pass, counted from its first.
    private int passed(int start, int count, int[] places) {
        return switch (passing) {
            case Rows(var bits, _) -> bits.placesAmong(cells.lists + 4L * start, count, places);
            case PlaceBits bits -> {
                int n = 0;
                for (int i = 0; i < count; i++) if (bits.get(start + i)) places[n++] = i;
                yield n;
            }
        };
    }

    /// Makes ready what [#estimate] asks for.
    public Sieve forEstimates() {
        codes.preparePlanes(query);
        return this;
    }

    /// The estimated squared distance of the row at a place in all cells, whose centre is `distance` away.
    public float estimate(int place, float distance) {
        return codes.estimate(query, cells.codes + (long) place * codes.bytes(), distance);
    }

    private static long call(
            MethodHandle sieve,
            long where,
            MemorySegment passing,
            int[] starts,
            int[] read,
            float[] distances,
            int n,
            int known,
            int[] places,
            int[] out,
            float slack,
            float last) {
        try {
            return (long) sieve.invokeExact(
                    where,
                    passing,
                    MemorySegment.ofArray(starts),
                    MemorySegment.ofArray(read),
                    MemorySegment.ofArray(distances),
                    (long) n,
                    (long) known,
                    MemorySegment.ofArray(places),
                    places.length / 2L,
                    MemorySegment.ofArray(out),
                    slack,
                    last);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// By hand: of rows 0 … 39, which lie backwards in two cells, each third passes. All components are 31, row `r` has
    /// the signs below `r` set and its estimate is 100 + 62 · r − 1984.
    private static boolean agrees(MethodHandle sieve) {
        try (var memory = Arena.ofConfined()) {
            var codes = new RowCodes(64, NodeBlocks.Code.SIGNS, BlockArithmetic.PLAIN);
            var floats = memory.allocate(256, 64);
            for (int i = 0; i < 64; i++) floats.set(Raw.F32, 4L * i, 31);
            var bits = Bits.builder(40);
            var lists = memory.allocate(4 * 40, 64);
            var of = memory.allocate(40L * codes.bytes(), 64);
            for (int place = 0; place < 40; place++) {
                int row = 39 - place;
                if (row % 3 == 0) bits.set(row);
                lists.set(Raw.I32, 4L * place, row);
                of.set(Raw.I64, (long) place * codes.bytes(), (1L << row) - 1);
                of.set(Raw.F32, (long) place * codes.bytes() + 12, 1f);
            }
            var cells = new Cells(new int[] {0, 17, 40}, lists.address(), of.address(), 23);
            var byRow = new Rows(bits.build(), 40);
            var byPlace = PlaceBits.of(byRow.bits, lists.address(), 40);
            var room = memory.allocate(WHERE + codes.queryBytes() + bitBytes(40), 64);
            var heads = new Heads(lists.address(), 0, 0);
            for (var passing : new Passing[] {byRow, byPlace}) {
                var it = new Sieve(codes, passing, floats.address(), cells, heads, room.address(), true);
                if (!it.findsTheNear(sieve)) return false;
            }
            return true;
        } catch (RuntimeException thrown) {
            return false;
        }
    }

    /// Of 40 rows 14 pass, of which 39, 36, 33 and 30 are too far.
    private boolean findsTheNear(MethodHandle sieve) {
        var out = new int[41];
        float last = 100 + 62 * 30 - 1984 - 50;
        var distances = new float[] {100, 100};
        long told = call(
                sieve,
                where,
                places,
                cells.starts,
                new int[] {1, 0},
                distances,
                2,
                2,
                new int[places(23)],
                out,
                0.5f,
                last);
        int[] expected = {21, 18, 15, 12, 9, 6, 3, 0, 27, 24};
        return told == (14L << 32 | expected.length)
                && Arrays.equals(out, 0, expected.length, expected, 0, expected.length);
    }
}
