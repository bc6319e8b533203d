package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SieveTest {
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final Memory memory = new Memory(64 << 20);

    /// Sets with chunks that are missing, cells of all lengths, empty ones too, both kinds of codes.
    @Test
    @Tag("slow")
    void whatMayBeNearIsWhatPassesAndIsEstimatedBelowTheLimitOneByOne() {
        for (int rows : new int[] {1, 63, 64, 65, 511, 513, 65_536, 200_001})
            for (var code : NodeBlocks.Code.values())
                for (int turned : new int[] {64, 128, 832}) meets(rows, new RowCodes(turned, code), turned);
    }

    private void meets(int rows, RowCodes codes, int turned) {
        var bits = rows > 65_536 && random.nextBoolean() ? Bits.ALL.change(rows) : Bits.builder(rows);
        for (int i = 0; i < rows / 3 + 1; i++) {
            bits.set(random.nextInt(rows));
            bits.clear(random.nextInt(rows));
        }
        var passing = bits.build();
        int count = 12, largest = 67, places = 0;
        var starts = new int[count + 1];
        for (int cell = 0; cell < count; cell++) {
            starts[cell + 1] = places += cell == 5 ? 0 : 1 + random.nextInt(largest);
        }
        try (var lists = memory.allocate("lists", 4L * places);
                var written = memory.allocate("codes", (long) places * codes.bytes());
                var scratch = memory.allocate("scratch", codes.room() + 8L * turned);
                var room = memory.allocate("sieve", Sieve.bytes(codes, new Sieve.Rows(Bits.ALL, rows)))) {
            long query = scratch.address() + codes.room(), other = query + 4L * turned;
            for (int place = 0; place < places; place++) {
                Raw.putInt(lists.address() + 4L * place, random.nextInt(rows));
                gaussian(other, turned);
                long at = written.address() + (long) place * codes.bytes();
                codes.put(other, other, at, scratch.address());
            }
            gaussian(query, turned);
            var cells = new Sieve.Cells(starts, lists.address(), written.address(), largest);
            var heads = new Sieve.Heads(lists.address(), 0, 4);
            var byRow = new Sieve.Rows(passing, rows);
            var byPlace = PlaceBits.of(passing, lists.address(), places);
            var read = new int[] {3, 5, 0, 11, 7, 1, 2};
            var distances = new float[] {0, 700, 10, 5000, 20, 3, 80};
            float slack = 0.25f;
            for (float last : new float[] {Float.NEGATIVE_INFINITY, turned, 2 * turned, Float.MAX_VALUE}) {
                for (int n = 0; n < 6; n++) {
                    var plain = new Sieve(codes, byRow, query, cells, heads, room.address(), false);
                    List<Integer> expected = new ArrayList<>();
                    long passed = 0;
                    for (int i = 0; i < n; i++)
                        for (int place = starts[read[i]]; place < starts[read[i] + 1]; place++) {
                            int row = Raw.getInt(lists.address() + 4L * place);
                            if (!passing.get(row)) continue;
                            passed++;
                            if (plain.estimate(place, distances[i]) < last + slack * distances[i]) expected.add(row);
                        }
                    for (int form = 0; form < 4; form++) {
                        var by = form % 2 == 0 ? byRow : byPlace;
                        var sieve = form < 2
                                ? new Sieve(codes, by, query, cells, heads, room.address())
                                : new Sieve(codes, by, query, cells, heads, room.address(), false);
                        var out = new int[12 * largest];
                        long told = sieve.near(read, distances, n, 7, new int[Sieve.places(largest)], out, slack, last);
                        assertThat(told >>> 32).as("seed %d", seed).isEqualTo(passed);
                        assertThat(Arrays.stream(Arrays.copyOf(out, (int) told)).boxed())
                                .as(
                                        "seed %d, %d rows, %d components, last %f, %d cells, form %d",
                                        seed, rows, turned, last, n, form)
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    private void gaussian(long at, int n) {
        for (int i = 0; i < n; i++) Raw.putFloat(at + 4L * i, (float) random.nextGaussian());
    }

    /// Whoever writes natively must not write outside.
    @Test
    void tooLittleRoomIsRefused() {
        var codes = new RowCodes(64, NodeBlocks.Code.SIGNS);
        try (var lists = memory.allocate("lists", 4 * 10);
                var written = memory.allocate("codes", 10L * codes.bytes());
                var query = memory.allocate("query", 256);
                var room = memory.allocate("sieve", Sieve.bytes(codes, new Sieve.Rows(Bits.ALL, 10)))) {
            var cells = new Sieve.Cells(new int[] {0, 10}, lists.address(), written.address(), 10);
            var heads = new Sieve.Heads(lists.address(), 0, 4);
            var sieve = new Sieve(codes, new Sieve.Rows(Bits.ALL, 10), query.address(), cells, heads, room.address());
            var one = new int[1];
            var places = new int[Sieve.places(10)];
            var distances = new float[1];
            assertThat(sieve.near(one, distances, 1, 1, places, new int[11], 0, 0))
                    .isNotNegative();
            assertThatThrownBy(() -> sieve.near(one, distances, 1, 1, places, new int[10], 0, 0))
                    .hasMessageContaining("room for 10 of 10 rows");
            assertThatThrownBy(() -> sieve.near(one, distances, 1, 1, new int[20], new int[11], 0, 0))
                    .hasMessageContaining("for 20 of 52 places");
            assertThatThrownBy(() -> sieve.near(one, distances, 1, 2, places, new int[11], 0, 0))
                    .hasMessageContaining("1 of 2 of 1 cells");
            assertThatThrownBy(() -> sieve.near(one, new float[0], 1, 1, places, new int[11], 0, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            var others = PlaceBits.of(Bits.ALL, lists.address(), 9);
            assertThatThrownBy(() -> new Sieve(codes, others, query.address(), cells, heads, room.address()))
                    .hasMessageContaining("bits of 9 places for 10");
        }
    }
}
