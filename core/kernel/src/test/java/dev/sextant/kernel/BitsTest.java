package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BitsTest {
    private static final int SIZE = 3 * Bits.CHUNK_BITS + 777;

    @Test
    void everyOperationAgreesWithASetOfBits() {
        for (long seed = 0; seed < 12; seed++) {
            var random = new Random(seed);
            var left = new BitSet(SIZE);
            var right = new BitSet(SIZE);
            var a = fill(random, left);
            var b = fill(random, right);
            same(a, left, seed);
            same(b, right, seed);
            var both = (BitSet) left.clone();
            both.and(right);
            same(a.and(b), both, seed);
            var either = (BitSet) left.clone();
            either.or(right);
            same(a.or(b), either, seed);
            var without = (BitSet) left.clone();
            without.andNot(right);
            same(a.andNot(b, SIZE), without, seed);
            int from = random.nextInt(SIZE), to = from + random.nextInt(SIZE - from);
            var cleared = (BitSet) left.clone();
            cleared.clear(from, to);
            same(a.change(SIZE).clearRange(from, to).build(), cleared, seed);
            compressed(a, left, b, right, seed);
            gathered(a, left, from, random, seed);
            among(a, left, random, seed);
        }
    }

    private static void among(Bits bits, BitSet set, Random random, long seed) {
        var memory = new Memory(1 << 20);
        try (var region = memory.allocate("rows", 400)) {
            var wanted = new int[100];
            int most = 1 + random.nextInt(100), n = 0;
            for (int i = 0; i < most; i++) {
                int row = random.nextInt(10) == 0 ? -1 - random.nextInt(5) : random.nextInt(SIZE);
                Raw.putInt(region.address() + 4L * i, row);
                if (row >= 0 && set.get(row)) wanted[n++] = i;
            }
            var places = new int[100];
            assertThat(bits.placesAmong(region.address(), most, places))
                    .as("seed %d", seed)
                    .isEqualTo(n);
            for (int i = 0; i < n; i++)
                assertThat(places[i]).as("seed %d", seed).isEqualTo(wanted[i]);
        }
    }

    private static void compressed(Bits a, BitSet left, Bits kept, BitSet right, long seed) {
        for (int size : new int[] {0, 1, 63, 64, 65, Bits.CHUNK_BITS, SIZE}) {
            var dense = a.compress(kept, size);
            int next = 0;
            for (int row = right.nextSetBit(0); row >= 0 && row < size; row = right.nextSetBit(row + 1))
                assertThat(dense.get(next++))
                        .as("seed %d, row %d of %d", seed, row, size)
                        .isEqualTo(left.get(row));
        }
    }

    private static void gathered(Bits a, BitSet left, int from, Random random, long seed) {
        for (int size : new int[] {1, 64, 65, Bits.CHUNK_BITS, SIZE}) {
            int most = 1 + random.nextInt(300), at = Math.min(from, size);
            var rows = new int[most];
            for (int row = left.nextSetBit(at); row >= 0 && row < size; ) {
                int n = a.gather(at, size, rows, most);
                for (int i = 0; i < n; i++, row = left.nextSetBit(row + 1))
                    assertThat(rows[i]).as("seed %d, below %d", seed, size).isEqualTo(row);
                assertThat(n == most || row < 0 || row >= size).isTrue();
                at = rows[n - 1] + 1;
            }
            assertThat(a.gather(size, size, rows, most)).isZero();
        }
    }

    private static Bits fill(Random random, BitSet set) {
        var builder = Bits.builder(SIZE);
        int from = random.nextInt(SIZE), to = from + random.nextInt(SIZE - from);
        builder.setRange(from, to);
        set.set(from, to);
        for (int i = 0; i < 2000; i++) {
            int row = random.nextInt(SIZE);
            if (random.nextBoolean()) {
                builder.set(row);
                set.set(row);
            } else {
                builder.clear(row);
                set.clear(row);
            }
        }
        return builder.build();
    }

    private static void same(Bits bits, BitSet set, long seed) {
        assertThat(bits.count(SIZE)).as("seed %d", seed).isEqualTo(set.cardinality());
        int at = 0;
        for (int row = bits.next(0, SIZE); row >= 0; row = row + 1 < SIZE ? bits.next(row + 1, SIZE) : -1) {
            assertThat(row).as("seed %d", seed).isEqualTo(set.nextSetBit(at));
            assertThat(bits.get(row)).isTrue();
            at = row + 1;
        }
        assertThat(set.nextSetBit(at)).isEqualTo(-1);
    }

    @Test
    void everyRowIsAmongAllAndNoneThatIsBelowZero() {
        var memory = new Memory(1 << 20);
        try (var region = memory.allocate("rows", 16)) {
            Raw.putInt(region.address(), Integer.MAX_VALUE);
            Raw.putInt(region.address() + 4, -1);
            Raw.putInt(region.address() + 8, 0);
            var places = new int[4];
            assertThat(Bits.ALL.placesAmong(region.address(), 3, places)).isEqualTo(2);
            assertThat(places).startsWith(0, 2);
        }
    }

    @Test
    void whatHasNoChunkPasses() {
        assertThat(Bits.ALL.isAll()).isTrue();
        assertThat(Bits.ALL.get(Integer.MAX_VALUE)).isTrue();
        assertThat(Bits.ALL.count(123_456)).isEqualTo(123_456);
        assertThat(Bits.ALL.next(17, 18)).isEqualTo(17);
        var without = Bits.ALL.change(70_000).clear(66_000).build();
        assertThat(without.get(66_000)).isFalse();
        assertThat(without.count(200_000)).isEqualTo(199_999);
        assertThat(without.and(Bits.ALL).get(66_000)).isFalse();
        assertThat(without.or(Bits.ALL).isAll()).isTrue();
        assertThat(Bits.none(10).next(0, 10)).isEqualTo(-1);
    }

    @Test
    void aChangedCopyLeavesTheOldBitsAlone() {
        var before = Bits.builder(100).setRange(0, 100).build();
        var after = before.change(100).clear(5).build();
        assertThat(before.get(5)).isTrue();
        assertThat(after.get(5)).isFalse();
        assertThat(after.count(100)).isEqualTo(99);
    }
}
