package dev.sextant.engine.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Column;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BatchTest {
    @Test
    void aBatchIsReadAsItWasWritten() {
        var columns = Map.<Integer, Column>of(
                100, Column.longs(1, 2), 7, Column.texts(List.of("a", "bc")), 101, Column.Dense.of(3, new float[] {
                    1, 2, 3, 4, 5, 6
                }));
        var batch = new Batch(2, new long[] {9}, columns);
        var read = Batch.decode("entry", join(batch.encode()));
        assertThat(read.rows()).isEqualTo(2);
        assertThat(read.partitions()).containsExactly(9);
        assertThat(((Column.Longs) read.columns().get(100)).values()).containsExactly(1, 2);
        assertThat(((Column.Texts) read.columns().get(7)).values().text(1)).isEqualTo("bc");
        assertThat(((Column.Dense) read.columns().get(101)).bytes().mismatch(((Column.Dense) columns.get(101)).bytes()))
                .isEqualTo(-1);
        var keys = Batch.decodeColumn("keys", join(Batch.encode(columns.get(7))));
        assertThat(((Column.Texts) keys).values().text(0)).isEqualTo("a");
    }

    @Test
    void bytesThatAreNoBatchAreRefusedAndNothingElseHappens() {
        var columns = Map.<Integer, Column>of(
                100,
                Column.longs(1, 2),
                7,
                Column.texts(List.of("a", "bc")),
                8,
                Column.nulls(new dev.sextant.model.FieldType.Json(), 2),
                101,
                Column.Dense.of(3, new float[6]));
        var good = join(new Batch(2, new long[] {1, 2}, columns).encode())
                .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        long seed = 42;
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            var bad = java.util.Arrays.copyOf(good, random.nextInt(4) == 0 ? random.nextInt(good.length) : good.length);
            int flips = random.nextInt(1, 5);
            for (int f = 0; f < flips && bad.length > 0; f++)
                bad[random.nextInt(bad.length)] = (byte) (random.nextBoolean() ? random.nextInt(256) : 0xff);
            try {
                Batch.decode("entry", MemorySegment.ofArray(bad));
            } catch (CorruptFile expected) {
                assertThat(expected.path()).isEqualTo("entry");
            } catch (RuntimeException other) {
                throw new AssertionError("seed " + seed + ", round " + i, other);
            }
        }
    }

    private static MemorySegment join(List<MemorySegment> pieces) {
        var out = new ByteOutput(64);
        pieces.forEach(out::writeBytes);
        return MemorySegment.ofArray(out.toBytes());
    }
}
