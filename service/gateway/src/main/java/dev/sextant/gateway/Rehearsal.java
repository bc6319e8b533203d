package dev.sextant.gateway;

import com.google.protobuf.ByteString;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.ConsistencyLevel;
import dev.sextant.wire.milvus.DslType;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.SearchRequest;
import dev.sextant.wire.milvus.Status;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/// Searches and inserts as a client sends them, asked of a server by itself in a training run: what the JVM learns of
/// them is kept in the start-up cache, so that a server is compiled for its first callers much sooner.
public final class Rehearsal implements AutoCloseable {
    private final ManagedChannel channel;
    private final MilvusServiceGrpc.MilvusServiceBlockingStub milvus;
    private final SplittableRandom random = new SplittableRandom(1);

    public Rehearsal(int port) {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .directExecutor()
                .build();
        milvus = MilvusServiceGrpc.newBlockingStub(channel);
    }

    /// Up to so many searches, one after the other, of a collection of float vectors; fewer when the time is over.
    public void search(String collection, String field, int dimension, int times, Duration most) {
        long end = System.nanoTime() + most.toNanos();
        for (int i = 0; i < times && System.nanoTime() - end < 0; i++)
            demand(milvus.search(request(collection, field, vectors(1, dimension), i % 2 == 0))
                    .getStatus());
    }

    /// Rows with consecutive keys.
    public void insert(String collection, String key, String field, int dimension, long from, int rows) {
        demand(milvus.insert(Parts.insert(
                                collection,
                                rows,
                                Parts.longs(key, LongStream.range(from, from + rows).toArray()),
                                Parts.vectors(field, dimension, vectors(rows, dimension)))
                        .build())
                .getStatus());
    }

    private static void demand(Status status) {
        if (status.getCode() != 0) throw new IllegalStateException("a rehearsal failed: " + status.getReason());
    }

    private ByteString vectors(int count, int dimension) {
        var bytes = ByteBuffer.allocate(4 * count * dimension).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) bytes.putFloat((float) random.nextDouble());
        return ByteString.copyFrom(bytes.flip());
    }

    private static SearchRequest request(String collection, String field, ByteString vector, boolean strong) {
        return Parts.search(collection, field, 10, vector)
                .setDslType(DslType.BoolExprV1)
                .setConsistencyLevel(strong ? ConsistencyLevel.Strong : ConsistencyLevel.Eventually)
                .addSearchParams(Parts.pair("params", "{\"ef\": 32}"))
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
