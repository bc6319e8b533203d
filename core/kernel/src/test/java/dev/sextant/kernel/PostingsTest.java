package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PostingsTest {
    private static final long SEED = new Random().nextLong();

    private final Memory memory = new Memory(64 << 20);
    private final SplittableRandom random = new SplittableRandom(SEED);

    @Test
    void sumsAreLookedThroughAlikeByAllForms() {
        var plain = new Plain();
        for (int count = 0; count <= 1024; count += Postings.ROUND)
            try (var sums = memory.allocate("sums", 4L * count + 64)) {
                for (int i = 0; i < count; i++)
                    Raw.putInt(sums.address() + 4L * i, random.nextInt(-3, random.nextInt(3) == 0 ? 4 : 0));
                for (int least : new int[] {1, 2, 3, 4}) {
                    var one = new int[count];
                    var other = new int[count];
                    int found = plain.atLeast(sums.address(), count, least, one);
                    assertThat(Kernels.BEST.atLeast(sums.address(), count, least, other))
                            .as("seed %d", SEED)
                            .isEqualTo(found);
                    assertThat(other).isEqualTo(one);
                    assertThat(plain.countAtLeast(sums.address(), count, least)).isEqualTo(found);
                    assertThat(Kernels.BEST.countAtLeast(sums.address(), count, least))
                            .isEqualTo(found);
                }
            }
    }

    @Test
    void whatListsAddIsFoundAndLeavesNothingBehind() {
        for (int round = 0; round < 60; round++) {
            int window = Postings.ROUND * (1 + random.nextInt(20)), base = random.nextInt(window);
            boolean wide = random.nextBoolean(), clipped = random.nextBoolean(), seldom = random.nextBoolean();
            var rows = new TreeSet<Integer>();
            for (int i = random.nextInt(window - base + 1); i > 0; i--) rows.add(random.nextInt(window - base));
            var places = rows.stream().mapToInt(i -> i).toArray();
            var codes = new byte[places.length];
            random.nextBytes(codes);
            try (var room = memory.allocate("postings", 10L * window + 256)) {
                long codesAt = room.address() + 4L * places.length, sums = room.address() + 5L * window + 64 & -64;
                put(room.address(), wide, codesAt, places, codes);
                int low = random.nextInt(-40, 40), step = random.nextInt(-3, 9);
                var expected = new int[window];
                for (int i = 0; i < places.length; i++)
                    expected[base + places[i]] =
                            clipped ? Math.max(1, low + step * (codes[i] & 255)) : Math.max(1, step) * (codes[i] & 255);
                if (clipped) Postings.addClipped(room.address(), wide, codesAt, places.length, base, low, step, sums);
                else Postings.add(room.address(), wide, codesAt, places.length, base, Math.max(1, step), sums);
                var found = new int[window];
                var values = new int[window];
                int n = seldom
                        ? Postings.take(room.address(), wide, places.length, base, sums, 5, found, values, 0)
                        : Postings.collect(sums, window, 5, found, values);
                int[] wanted = java.util.stream.IntStream.range(0, window)
                        .filter(row -> expected[row] >= 5)
                        .toArray();
                assertThat(Arrays.copyOf(found, n)).as("seed %d", SEED).isEqualTo(wanted);
                for (int i = 0; i < n; i++) assertThat(values[i]).isEqualTo(expected[found[i]]);
                assertThat(Postings.count(sums, window, 1)).isZero();
            }
        }
    }

    private static void put(long at, boolean wide, long codesAt, int[] places, byte[] codes) {
        for (int i = 0; i < places.length; i++) {
            if (wide) Raw.putInt(at + 4L * i, places[i]);
            else Raw.putShort(at + 2L * i, (short) places[i]);
            Raw.putByte(codesAt + i, codes[i]);
        }
    }

    @Test
    void aPlaceIsSoughtFromWhereOneStands() {
        try (var room = memory.allocate("postings", 4096)) {
            var places = random.ints(100, 0, 3000).distinct().sorted().toArray();
            put(room.address(), false, room.address() + 1024, places, new byte[places.length]);
            for (int place = 0; place <= 3000; place += 7) {
                int from = random.nextInt(places.length), expected = from;
                while (expected < places.length && places[expected] < place) expected++;
                assertThat(Postings.seek(room.address(), false, from, places.length, place))
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aTableGivesTheProductsOfTheMergeBitForBit() {
        for (int round = 0; round < 200; round++) {
            int queryCells = random.nextInt(round % 10 == 0 ? 900 : 60), rowCells = random.nextInt(400);
            try (var room =
                    memory.allocate("cells", 64 + 8L * (queryCells + rowCells) + SparseTable.bytes(queryCells))) {
                long query = room.address(), row = query + 8L * queryCells, table = row + 8L * rowCells;
                int terms = 1 + random.nextInt(2000);
                int left = cells(query, queryCells, terms), right = cells(row, rowCells, terms);
                assertThat(Float.floatToRawIntBits(new SparseTable(query, left, table).dot(row, right)))
                        .as("seed %d", SEED)
                        .isEqualTo(Float.floatToRawIntBits(Sparse.dot(query, left, row, right)));
            }
        }
    }

    private int cells(long at, int count, int terms) {
        var indexes = random.ints(count, 0, terms)
                .map(term -> term * 0x01000193)
                .distinct()
                .boxed()
                .sorted(Integer::compareUnsigned)
                .toList();
        for (int i = 0; i < indexes.size(); i++) {
            Raw.putInt(at + 8L * i, indexes.get(i));
            Raw.putFloat(at + 8L * i + 4, (float) (random.nextDouble() - 0.3));
        }
        return indexes.size();
    }
}
