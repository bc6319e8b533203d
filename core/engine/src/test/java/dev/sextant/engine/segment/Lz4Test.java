package dev.sextant.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.file.ByteInput;
import dev.sextant.engine.file.CorruptFile;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Lz4Test {
    @Test
    void bytesComeBackWhateverTheyAre() {
        var random = new SplittableRandom(1);
        for (int round = 0; round < 3000; round++) {
            var raw = bytes(random, round);
            var compressed = new byte[raw.length + raw.length / 200 + 64];
            int length = Lz4.compress(raw, compressed);
            assertThat(length).isPositive();
            var back = new byte[raw.length];
            Lz4.decompress(input(Arrays.copyOf(compressed, length)), back);
            assertThat(back).isEqualTo(raw);
        }
    }

    @Test
    void whatRepeatsBecomesShortAndWhatDoesNotIsLeft() {
        var random = new SplittableRandom(1);
        var zeros = new byte[100_000];
        assertThat(Lz4.compress(zeros, new byte[1000])).isBetween(1, 500);
        random.nextBytes(zeros);
        assertThat(Lz4.compress(zeros, new byte[90_000])).isZero();
    }

    @Test
    void damagedBlocksAreRefusedOrGiveSomething() {
        long seed = 2;
        var random = new SplittableRandom(seed);
        var raw = bytes(random, 3);
        var compressed = new byte[raw.length + 100];
        compressed = Arrays.copyOf(compressed, Lz4.compress(raw, compressed));
        for (int round = 0; round < 20_000; round++) {
            var bad = Arrays.copyOf(
                    compressed, random.nextInt(3) == 0 ? random.nextInt(compressed.length) : compressed.length);
            for (int i = 0; i < 3 && bad.length > 0; i++)
                bad[random.nextInt(bad.length)] = (byte) (random.nextBoolean() ? 255 : random.nextInt(256));
            try {
                Lz4.decompress(input(bad), new byte[raw.length]);
            } catch (CorruptFile expected) {
                assertThat(expected.path()).isEqualTo("block");
            } catch (RuntimeException other) {
                throw new AssertionError("seed " + seed + ", round " + round, other);
            }
        }
    }

    private static byte[] bytes(SplittableRandom random, int round) {
        var raw = new byte[round < 40 ? round : random.nextInt(5000)];
        int letters = 1 + random.nextInt(1 << random.nextInt(1, 9));
        for (int i = 0; i < raw.length; i++) {
            boolean repeat = i > 20 && random.nextInt(5) != 0;
            raw[i] = repeat ? raw[i - 1 - (round % 20)] : (byte) random.nextInt(letters);
        }
        return raw;
    }

    private static ByteInput input(byte[] bytes) {
        return new ByteInput("block", 0, MemorySegment.ofArray(bytes));
    }
}
