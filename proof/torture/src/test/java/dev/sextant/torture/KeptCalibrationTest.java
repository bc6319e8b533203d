package dev.sextant.torture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sextant.fixture.ServerProcess;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.ConsistencyLevel;
import dev.sextant.wire.milvus.FlushRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.SearchResultData;
import dev.sextant.wire.milvus.Status;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that was killed tries as hard for a recall as it did before, from its first search by the index on. How
/// hard it tries shows in the rows and codes that a search says it scored: all rows where there is no index yet.
@Tag("slow")
class KeptCalibrationTest {
    /// More than the least that are found by a graph.
    private static final int ROWS = 21_000;
    private static final int DIMENSION = 8;
    private static final int BATCH = 7_000;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private static MilvusServiceGrpc.MilvusServiceBlockingStub stub(ManagedChannel channel) {
        return MilvusServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    private static ManagedChannel channel(ServerProcess server) {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    private static void good(Status status) {
        assertThat(status.getReason()).isEmpty();
        assertThat(status.getCode()).isZero();
    }

    private static ByteString floats(Random random, int rows) {
        var values = new float[rows * DIMENSION];
        for (int i = 0; i < values.length; i++) values[i] = random.nextFloat();
        return Parts.floats(values);
    }

    private static void fill(MilvusServiceGrpc.MilvusServiceBlockingStub stub) {
        good(stub.createCollection(Parts.create("c", Parts.key("id"), Parts.vector("v", DIMENSION))
                .setConsistencyLevel(ConsistencyLevel.Strong)
                .build()));
        var random = new Random(5);
        for (int first = 0; first < ROWS; first += BATCH)
            good(stub.insert(Parts.insert(
                                    "c",
                                    BATCH,
                                    Parts.longs(
                                            "id",
                                            LongStream.range(first, first + BATCH)
                                                    .toArray()),
                                    Parts.vectors("v", DIMENSION, floats(random, BATCH)))
                            .build())
                    .getStatus());
        good(stub.flush(FlushRequest.newBuilder().addCollectionNames("c").build())
                .getStatus());
        good(stub.createIndex(Parts.index(
                        "c",
                        "v",
                        "index_type",
                        "HNSW",
                        "metric_type",
                        "L2",
                        "params",
                        "{\"M\": 8, \"efConstruction\": 40}")
                .build()));
        good(stub.loadCollection(Parts.load("c")));
    }

    private static SearchResultData search(MilvusServiceGrpc.MilvusServiceBlockingStub stub) {
        var found = stub.search(Parts.search("c", "v", 10, floats(new Random(6), 1))
                .setConsistencyLevel(ConsistencyLevel.Strong)
                .addSearchParams(Parts.pair("params", "{\"recall\": 0.9}"))
                .build());
        good(found.getStatus());
        assertThat(found.getResults().getIds().getIntId().getDataList())
                .hasSize(10)
                .doesNotHaveDuplicates();
        return found.getResults();
    }

    /// How many rows and codes searches score, one after the other, until one scores `last`.
    private static Set<Long> scored(ServerProcess server, long last) throws InterruptedException {
        var channel = channel(server);
        try {
            var seen = new HashSet<Long>();
            long end = System.nanoTime() + PATIENCE_NANOS;
            while (!seen.contains(last) && System.nanoTime() < end) {
                seen.add(search(stub(channel)).getAllSearchCount());
                Thread.sleep(5);
            }
            assertThat(seen).contains(last);
            return seen;
        } finally {
            channel.shutdownNow();
        }
    }

    private static Optional<Path> kept(Path data) throws IOException {
        try (var files = Files.list(data.resolve("segments"))) {
            return files.filter(file -> file.toString().endsWith(".calibration"))
                    .findFirst();
        }
    }

    private static void await(Path data) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (kept(data).isEmpty() && System.nanoTime() < end) Thread.sleep(20);
        assertThat(kept(data)).isPresent();
    }

    @Test
    void aKilledServerTriesAsHardAsBeforeAndMeasuresAgainWhatWasDamaged(@TempDir Path directory) throws Exception {
        var data = directory.resolve("data");
        try (var server = ServerProcess.start(data)) {
            var channel = channel(server);
            fill(stub(channel));
            await(data);
            long effort = search(stub(channel)).getAllSearchCount();
            channel.shutdownNow();
            assertThat(effort).isLessThan(ROWS / 4);
            var before = Files.readAllBytes(kept(data).orElseThrow());
            var written = Files.getLastModifiedTime(kept(data).orElseThrow());

            server.again();
            // All rows while the index is not there, and then at once what was measured: never as hard as can be.
            assertThat(scored(server, effort)).isSubsetOf(Set.of((long) ROWS, effort));
            assertThat(Files.getLastModifiedTime(kept(data).orElseThrow())).isEqualTo(written);

            server.kill();
            var damaged = before.clone();
            damaged[50] ^= 1;
            Files.write(kept(data).orElseThrow(), damaged);
            server.restart();
            scored(server, effort); // not before it was measured again
            await(data);
            assertThat(Files.readAllBytes(kept(data).orElseThrow())).isEqualTo(before);
        }
    }
}
