package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class QuantisedBytesTest {
    private static byte[] write(QuantisedGraph graph) throws IOException {
        return QuantisedGraphTest.write(graph);
    }

    private static QuantisedGraph read(Clusters data, byte[] bytes) throws IOException {
        var at = new int[1];
        return QuantisedGraph.read(data.memory, data.rows, bytes.length, into -> {
            if (into.byteSize() > bytes.length - at[0]) throw new EOFException();
            MemorySegment.copy(bytes, at[0], into, ValueLayout.JAVA_BYTE, 0, (int) into.byteSize());
            at[0] += (int) into.byteSize();
        });
    }

    @Test
    @Tag("slow")
    void aGraphReadBackAnswersTheSameAndWritesTheSameBytes() throws IOException {
        for (int count : new int[] {0, 1, 700, 9000})
            for (var metric : new Metric[] {Metric.L2, Metric.IP, Metric.COSINE})
                try (var data = new Clusters(1, count, 12, VectorType.FLOAT32);
                        var graph = QuantisedGraphTest.build(data, metric)) {
                    var bytes = write(graph);
                    assertThat((long) bytes.length).isEqualTo(graph.serializedBytes());
                    assertThat(new String(bytes, 0, 8, java.nio.charset.StandardCharsets.US_ASCII))
                            .isEqualTo(graph.kind().magic());
                    try (var again = read(data, bytes)) {
                        assertThat(again.metric()).isEqualTo(metric);
                        assertThat(again.parameters()).isEqualTo(graph.parameters());
                        assertThat(write(again)).isEqualTo(bytes);
                        for (int q = 0; q < 20; q++) {
                            var query = data.vector();
                            var one = Clusters.run(graph.walk(query, 10, 40, Accept.ALL, data.scratch), metric, 10);
                            var other = Clusters.run(again.walk(query, 10, 40, Accept.ALL, data.scratch), metric, 10);
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
                var graph = QuantisedGraphTest.build(data, Metric.L2)) {
            var good = write(graph);
            long before = data.memory.inUseBytes();
            var random = new Random(2);
            for (int round = 0; round < 800; round++) {
                var bad = good.clone();
                int bit = round < 8 * 64 / 2 ? 4 * round : random.nextInt(8 * bad.length);
                bad[bit >> 3] ^= (byte) (1 << (bit & 7));
                assertThatThrownBy(() -> read(data, bad)).as("bit %d", bit).isInstanceOf(Damaged.class);
                var cut = Arrays.copyOf(good, random.nextInt(good.length));
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
                var graph = QuantisedGraphTest.build(data, Metric.L2)) {
            var good = write(graph);
            // What a walk of any width keeps for the next one is there before.
            Clusters.run(graph.walk(data.vector(), 10, 1000, Accept.ALL, data.scratch), graph.metric(), 10);
            long before = data.memory.inUseBytes();
            var random = new Random(3);
            int accepted = 0;
            for (int round = 0; round < 4000; round++) {
                var bad = good.clone();
                for (int n = random.nextInt(3); n >= 0; n--) {
                    int at = random.nextInt(2) == 0
                            ? random.nextInt(QuantisedBytes.HEAD - 8)
                            : random.nextInt(bad.length);
                    bad[at] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(4));
                }
                seal(bad, (int) graph.root.region.size());
                QuantisedGraph read;
                try {
                    read = read(data, bad);
                } catch (Damaged | EOFException refused) {
                    continue;
                }
                accepted++;
                try (read) {
                    Clusters.run(read.walk(data.vector(), 10, 40, Accept.ALL, data.scratch), read.metric(), 10);
                }
            }
            assertThat(accepted).isPositive();
            assertThat(data.memory.inUseBytes()).isEqualTo(before);
        }
    }

    /// Writes the four checksums anew: of the head, of the mean (six floats), of the root, of the only piece.
    private static void seal(byte[] bytes, int root) {
        seal(bytes, 0, QuantisedBytes.HEAD - 8);
        seal(bytes, QuantisedBytes.HEAD, 24);
        int rest = QuantisedBytes.HEAD + 32 + root + 8;
        seal(bytes, QuantisedBytes.HEAD + 32, root);
        seal(bytes, rest, bytes.length - rest - 8);
    }

    private static void seal(byte[] bytes, int from, int length) {
        var crc = new CRC32C();
        crc.update(bytes, from, length);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(from + length, crc.getValue());
    }

    @Test
    void aGraphOverOtherRowsIsRefused() throws IOException {
        try (var data = new Clusters(4, 300, 6, VectorType.FLOAT32);
                var graph = QuantisedGraphTest.build(data, Metric.L2);
                var wider = new Clusters(4, 300, 7, VectorType.FLOAT32);
                var fewer = new Clusters(4, 299, 6, VectorType.FLOAT32);
                var others = new Clusters(4, 300, 6, VectorType.FLOAT16)) {
            var bytes = write(graph);
            for (var rows : new Clusters[] {wider, fewer, others})
                assertThatThrownBy(() -> read(rows, bytes)).isInstanceOf(Damaged.class);
        }
    }

    /// Their codes lay otherwise; without cells a graph is walked as it is.
    @Test
    @Tag("slow")
    void cellsOfTheThirdFormArePassedOver() throws IOException {
        try (var data = new Clusters(5, Cells.LEAST_ROWS, 6, VectorType.FLOAT32);
                var graph = QuantisedGraphTest.build(data, Metric.L2)) {
            assertThat(graph.cells).isPresent();
            var bytes = write(graph);
            bytes[7] = '3';
            seal(bytes, 0, QuantisedBytes.HEAD - 8);
            Arrays.fill(bytes, bytes.length - 10_000, bytes.length, (byte) 77);
            try (var read = read(data, bytes)) {
                assertThat(read.cells).isEmpty();
                var query = data.vector();
                var found = Clusters.run(read.walk(query, 10, 64, Accept.ALL, data.scratch), Metric.L2, 10);
                var exact = Clusters.run(graph.walk(query, 10, 64, Accept.ALL, data.scratch), Metric.L2, 10);
                assertThat(found.score(9)).isEqualTo(exact.score(9));
            }
        }
    }
}
