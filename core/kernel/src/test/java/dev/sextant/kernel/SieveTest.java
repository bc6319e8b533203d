package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SieveTest {
    /// Sets with chunks that are missing, lists of all lengths, room behind what is there already.
    @Test
    void whatPassesIsWhatPassesOneByOne() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var memory = new Memory(64 << 20);
        for (int rows : new int[] {1, 63, 64, 65, 511, 513, 65_536, 200_001}) {
            var builder = rows > 65_536 && random.nextBoolean() ? Bits.ALL.change(rows) : Bits.builder(rows);
            for (int i = 0; i < rows / 3; i++) {
                builder.set(random.nextInt(rows));
                builder.clear(random.nextInt(rows));
            }
            var bits = builder.build();
            try (var room = memory.allocate("sieve", Math.max(64, Sieve.bytes(rows)));
                    var list = memory.allocate("list", 4 * 300)) {
                Sieve.prepare(bits, rows, room.address());
                for (int count = 0; count <= 67; count++) {
                    var expected = new int[400];
                    int n = random.nextInt(5), from = n;
                    for (int i = 0; i < count; i++) {
                        int row = random.nextInt(rows);
                        Raw.putInt(list.address() + 4L * i, row);
                        if (bits.get(row)) expected[n++] = row;
                    }
                    var out = new int[400];
                    int end =
                            Sieve.among(bits, room.address(), list.address(), count, out, from, room.address(), 0, 64);
                    assertThat(end)
                            .as("seed %d, %d rows, %d", seed, rows, count)
                            .isEqualTo(n);
                    assertThat(Arrays.copyOfRange(out, from, n))
                            .as("seed %d, %d rows, %d", seed, rows, count)
                            .isEqualTo(Arrays.copyOfRange(expected, from, n));
                }
            }
        }
    }
}
