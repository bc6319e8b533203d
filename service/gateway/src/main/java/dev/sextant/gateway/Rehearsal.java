package dev.sextant.gateway;

import com.google.protobuf.ByteString;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.ConsistencyLevel;
import dev.sextant.wire.milvus.DslType;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.SearchRequest;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.SplittableRandom;

/// Searches as a client sends them, asked of a server by itself in a training run: what the JVM learns of them is kept
/// in the start-up cache, so that a server is compiled for its first callers much sooner.
public final class Rehearsal {
    private Rehearsal() {}

    /// Up to so many searches, one after the other, of a collection of float vectors; fewer when the time is over.
    public static void search(int port, String collection, String field, int dimension, int times, Duration most) {
        var channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .directExecutor()
                .build();
        try {
            var milvus = MilvusServiceGrpc.newBlockingStub(channel);
            var random = new SplittableRandom(1);
            long end = System.nanoTime() + most.toNanos();
            for (int i = 0; i < times && System.nanoTime() - end < 0; i++) {
                var status = milvus.search(request(collection, field, vector(random, dimension), i % 2 == 0))
                        .getStatus();
                if (status.getCode() != 0) throw new IllegalStateException("a rehearsal failed: " + status.getReason());
            }
        } finally {
            channel.shutdownNow();
        }
    }

    private static ByteString vector(SplittableRandom random, int dimension) {
        var bytes = ByteBuffer.allocate(4 * dimension).order(ByteOrder.LITTLE_ENDIAN);
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
}
