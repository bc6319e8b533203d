package dev.sextant.torture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sextant.fixture.ServerProcess;
import dev.sextant.wire.milvus.CollectionSchema;
import dev.sextant.wire.milvus.ConsistencyLevel;
import dev.sextant.wire.milvus.CreateCollectionRequest;
import dev.sextant.wire.milvus.CreateIndexRequest;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.FieldData;
import dev.sextant.wire.milvus.FieldSchema;
import dev.sextant.wire.milvus.FlushRequest;
import dev.sextant.wire.milvus.InsertRequest;
import dev.sextant.wire.milvus.KeyValuePair;
import dev.sextant.wire.milvus.LoadCollectionRequest;
import dev.sextant.wire.milvus.LongArray;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.PackedFloats;
import dev.sextant.wire.milvus.PlaceholderGroup;
import dev.sextant.wire.milvus.PlaceholderType;
import dev.sextant.wire.milvus.PlaceholderValue;
import dev.sextant.wire.milvus.ScalarField;
import dev.sextant.wire.milvus.SearchRequest;
import dev.sextant.wire.milvus.SearchResultData;
import dev.sextant.wire.milvus.Status;
import dev.sextant.wire.milvus.VectorField;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

    private static KeyValuePair pair(String key, String value) {
        return KeyValuePair.newBuilder().setKey(key).setValue(value).build();
    }

    private static void good(Status status) {
        assertThat(status.getReason()).isEmpty();
        assertThat(status.getCode()).isZero();
    }

    private static ByteString floats(Random random, int rows) {
        var bytes = ByteBuffer.allocate(4 * DIMENSION * rows).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < DIMENSION * rows; i++) bytes.putFloat(random.nextFloat());
        return ByteString.copyFrom(bytes.flip());
    }

    private static void fill(MilvusServiceGrpc.MilvusServiceBlockingStub stub) {
        var schema = CollectionSchema.newBuilder()
                .setName("c")
                .addFields(FieldSchema.newBuilder()
                        .setName("id")
                        .setDataType(DataType.Int64)
                        .setIsPrimaryKey(true))
                .addFields(FieldSchema.newBuilder()
                        .setName("v")
                        .setDataType(DataType.FloatVector)
                        .addTypeParams(pair("dim", Integer.toString(DIMENSION))))
                .build();
        good(stub.createCollection(CreateCollectionRequest.newBuilder()
                .setCollectionName("c")
                .setSchema(schema.toByteString())
                .setShardsNum(1)
                .setConsistencyLevel(ConsistencyLevel.Strong)
                .build()));
        var random = new Random(5);
        for (int first = 0; first < ROWS; first += BATCH)
            good(stub.insert(InsertRequest.newBuilder()
                            .setCollectionName("c")
                            .setNumRows(BATCH)
                            .addFieldsData(FieldData.newBuilder()
                                    .setFieldName("id")
                                    .setType(DataType.Int64)
                                    .setScalars(ScalarField.newBuilder()
                                            .setLongData(LongArray.newBuilder()
                                                    .addAllData(LongStream.range(first, first + BATCH)
                                                            .boxed()
                                                            .toList()))))
                            .addFieldsData(FieldData.newBuilder()
                                    .setFieldName("v")
                                    .setType(DataType.FloatVector)
                                    .setVectors(VectorField.newBuilder()
                                            .setDim(DIMENSION)
                                            .setFloatVector(
                                                    PackedFloats.newBuilder().setData(floats(random, BATCH)))))
                            .build())
                    .getStatus());
        good(stub.flush(FlushRequest.newBuilder().addCollectionNames("c").build())
                .getStatus());
        good(stub.createIndex(CreateIndexRequest.newBuilder()
                .setCollectionName("c")
                .setFieldName("v")
                .addExtraParams(pair("index_type", "HNSW"))
                .addExtraParams(pair("metric_type", "L2"))
                .addExtraParams(pair("params", "{\"M\": 8, \"efConstruction\": 40}"))
                .build()));
        good(stub.loadCollection(
                LoadCollectionRequest.newBuilder().setCollectionName("c").build()));
    }

    private static SearchResultData search(MilvusServiceGrpc.MilvusServiceBlockingStub stub) {
        var found = stub.search(SearchRequest.newBuilder()
                .setCollectionName("c")
                .setNq(1)
                .setConsistencyLevel(ConsistencyLevel.Strong)
                .setPlaceholderGroup(PlaceholderGroup.newBuilder()
                        .addPlaceholders(PlaceholderValue.newBuilder()
                                .setTag("$0")
                                .setType(PlaceholderType.FloatVector)
                                .addValues(floats(new Random(6), 1)))
                        .build()
                        .toByteString())
                .addSearchParams(pair("anns_field", "v"))
                .addSearchParams(pair("topk", "10"))
                .addSearchParams(pair("params", "{\"recall\": 0.9}"))
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
