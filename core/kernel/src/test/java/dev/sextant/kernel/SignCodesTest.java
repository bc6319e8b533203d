package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SignCodesTest {
    private static final int ROWS = 40;
    private static final int CENTRES = 3;

    private final Memory memory = new Memory(16 << 20);

    private static void gaussian(Random random, long at, int n, float by) {
        for (int i = 0; i < n; i++) Raw.putFloat(at + 4L * i, by * (float) random.nextGaussian());
    }

    private static float distance(long a, long b, int n) {
        float sum = 0;
        for (int i = 0; i < n; i++) {
            float difference = Raw.getFloat(a + 4L * i) - Raw.getFloat(b + 4L * i);
            sum += difference * difference;
        }
        return sum;
    }

    @Test
    void estimatesAreNearTheDistancesAndTheSameOnLanes() {
        for (int bits : new int[] {64, 128, 448, 512, 576, 832, 1024, 1600}) {
            var codes = new SignCodes(bits);
            long bytes = 4L * bits;
            try (var floats = memory.allocate("floats", (ROWS + CENTRES + 3) * bytes);
                    var coded = memory.allocate("codes", ROWS * (long) codes.strideBytes() + SignCodes.BEHIND);
                    var planes = memory.allocate("query", codes.queryBytes())) {
                long rows = floats.address(), centres = rows + ROWS * bytes, query = centres + CENTRES * bytes;
                long room = query + bytes;
                var random = new Random(bits);
                Raw.fill(coded.address(), coded.size(), (byte) -1);
                gaussian(random, centres, CENTRES * bits, 1);
                for (int row = 0; row < ROWS; row++) {
                    long centre = centres + bytes * (row % CENTRES), at = rows + bytes * row;
                    gaussian(random, room, bits, 1);
                    for (int i = 0; i < bits; i++)
                        Raw.putFloat(at + 4L * i, Raw.getFloat(room + 4L * i) + Raw.getFloat(centre + 4L * i));
                    long code = coded.address() + (long) row * codes.strideBytes();
                    codes.encode(room, centre, row % CENTRES, code);
                    assertThat(codes.centre(code)).isEqualTo(row % CENTRES);
                }
                gaussian(random, query, bits, 1);
                var prepared = new SignCodes.Query();
                codes.prepare(query, centres, CENTRES, room, planes.address(), prepared);
                var all = IntStream.range(0, ROWS).toArray();
                var plain = new float[ROWS];
                var best = new float[ROWS];
                codes.scoreBy(CodeArithmetic.PLAIN, prepared, coded.address(), all, ROWS, plain);
                codes.scoreBy(CodeArithmetic.BEST, prepared, coded.address(), all, ROWS, best);
                assertThat(best).isEqualTo(plain);
                for (int row = 0; row < ROWS; row++) {
                    float exact = distance(query, rows + bytes * row, bits);
                    assertThat(plain[row])
                            .as("%d bits, row %d", bits, row)
                            .isCloseTo(exact, within(4 * exact / (float) Math.sqrt(bits)));
                }
            }
        }
        assertThat(memory.inUseBytes()).isZero();
    }
}
