package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class GraphBytesTest {
    private static final HnswParameters PARAMETERS = new HnswParameters(8, 60, 3);

    private static byte[] write(Hnsw graph) throws IOException {
        var out = new ByteArrayOutputStream();
        graph.writeTo(bytes -> out.writeBytes(bytes.toArray(ValueLayout.JAVA_BYTE)));
        return out.toByteArray();
    }

    private static Hnsw read(Clusters data, byte[] bytes) throws IOException {
        var at = new int[1];
        return Hnsw.read(data.memory, data.rows, bytes.length, into -> {
            if (into.byteSize() > bytes.length - at[0]) throw new EOFException();
            MemorySegment.copy(bytes, at[0], into, ValueLayout.JAVA_BYTE, 0, (int) into.byteSize());
            at[0] += (int) into.byteSize();
        });
    }

    @Test
    void aGraphReadBackAnswersTheSameAndWritesTheSameBytes() throws IOException {
        for (int count : new int[] {0, 1, 700, 20_000})
            try (var data = new Clusters(1, count, 12, VectorType.FLOAT32);
                    var graph = data.build(Metric.COSINE, PARAMETERS)) {
                var bytes = write(graph);
                assertThat((long) bytes.length).isEqualTo(graph.serializedBytes());
                try (var again = read(data, bytes)) {
                    assertThat(again.metric()).isEqualTo(Metric.COSINE);
                    assertThat(again.parameters()).isEqualTo(PARAMETERS);
                    assertThat(write(again)).isEqualTo(bytes);
                    for (int q = 0; q < 20; q++) {
                        var query = data.vector();
                        var one = Clusters.run(graph.walk(query, 10, 40, Accept.ALL, data.scratch), Metric.COSINE, 10);
                        var other =
                                Clusters.run(again.walk(query, 10, 40, Accept.ALL, data.scratch), Metric.COSINE, 10);
                        assertThat(other.size()).isEqualTo(one.size());
                        for (int i = 0; i < one.size(); i++)
                            assertThat(other.row(i)).isEqualTo(one.row(i));
                    }
                }
            }
    }

    @Test
    void aFlippedBitAndACutAreRefusedAndLeaveNoMemoryBehind() throws IOException {
        try (var data = new Clusters(2, 300, 6, VectorType.FLOAT32);
                var graph = data.build(Metric.L2, PARAMETERS)) {
            var good = write(graph);
            long before = data.memory.inUseBytes();
            var random = new Random(2);
            for (int round = 0; round < 400; round++) {
                var bad = good.clone();
                int bit = round < 8 * 64 / 2 ? 2 * round : random.nextInt(8 * bad.length);
                bad[bit >> 3] ^= (byte) (1 << (bit & 7));
                assertThatThrownBy(() -> read(data, bad))
                        .as("bit %d", bit)
                        .isInstanceOfAny(Damaged.class, EOFException.class);
                var cut = java.util.Arrays.copyOf(good, random.nextInt(good.length));
                assertThatThrownBy(() -> read(data, cut))
                        .as("cut to %d", cut.length)
                        .isInstanceOfAny(Damaged.class, EOFException.class);
            }
            assertThat(data.memory.inUseBytes()).isEqualTo(before);
        }
    }

    @Test
    void bytesThatLieUnderARightChecksumLeadNoWalkAstray() throws IOException {
        try (var data = new Clusters(3, 200, 6, VectorType.FLOAT32);
                var graph = data.build(Metric.L2, PARAMETERS)) {
            var good = write(graph);
            var random = new Random(3);
            int accepted = 0;
            for (int round = 0; round < 3000; round++) {
                var bad = good.clone();
                for (int n = random.nextInt(3); n >= 0; n--) {
                    int at = random.nextInt(3) == 0 ? random.nextInt(64 + 200) : random.nextInt(bad.length - 8);
                    bad[at] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(4));
                }
                seal(bad);
                Hnsw read;
                try {
                    read = read(data, bad);
                } catch (Damaged | EOFException refused) {
                    continue;
                } catch (dev.sextant.kernel.OutOfBudget refused) {
                    continue; // a lie about m asks for more memory than there is: refused before it is taken
                }
                accepted++;
                try (read) {
                    Clusters.run(read.walk(data.vector(), 10, 40, Accept.ALL, data.scratch), read.metric(), 10);
                }
            }
            assertThat(accepted).isPositive();
        }
    }

    private static void seal(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 8);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length - 8, crc.getValue());
    }

    @Test
    void aGraphOverOtherRowsIsRefused() throws IOException {
        try (var data = new Clusters(4, 300, 6, VectorType.FLOAT32);
                var graph = data.build(Metric.L2, PARAMETERS);
                var wider = new Clusters(4, 300, 7, VectorType.FLOAT32);
                var fewer = new Clusters(4, 299, 6, VectorType.FLOAT32);
                var others = new Clusters(4, 300, 6, VectorType.FLOAT16)) {
            var bytes = write(graph);
            for (var rows : new Clusters[] {wider, fewer, others})
                assertThatThrownBy(() -> read(rows, bytes)).isInstanceOf(Damaged.class);
        }
    }
}
