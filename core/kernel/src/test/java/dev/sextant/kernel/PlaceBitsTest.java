package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PlaceBitsTest {
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void aPlaceIsInTheSetWhereItsRowIs() {
        var memory = new Memory(1 << 20);
        for (int count : new int[] {1, 63, 64, 65, 128, 1_000})
            try (var list = memory.allocate("list", 4L * count)) {
                var rows = Bits.builder(70_000);
                for (int place = 0; place < count; place++) {
                    int row = random.nextInt(70_000);
                    Raw.putInt(list.address() + 4L * place, row);
                    if (random.nextInt(20) == 0) rows.set(row);
                }
                var bits = rows.build();
                var places = PlaceBits.of(bits, list.address(), count);
                assertThat(places.count()).isEqualTo(count);
                for (int place = 0; place < count; place++)
                    assertThat(places.get(place))
                            .as("seed %d, place %d of %d", seed, place, count)
                            .isEqualTo(bits.get(Raw.getInt(list.address() + 4L * place)));
                for (int i = 0; i < 200; i++) {
                    int from = random.nextInt(count + 1), to = from + random.nextInt(count - from + 1);
                    boolean expected = false;
                    for (int place = from; place < to; place++) expected |= places.get(place);
                    assertThat(places.any(from, to))
                            .as("seed %d, places %d to %d of %d", seed, from, to, count)
                            .isEqualTo(expected);
                }
            }
    }
}
