package dev.sextant.torture;

import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.ConsistencyLevel;
import dev.sextant.wire.milvus.CreateSnapshotRequest;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.DeleteRequest;
import dev.sextant.wire.milvus.DropCollectionRequest;
import dev.sextant.wire.milvus.DropSnapshotRequest;
import dev.sextant.wire.milvus.FieldData;
import dev.sextant.wire.milvus.FlushRequest;
import dev.sextant.wire.milvus.GetLoadStateRequest;
import dev.sextant.wire.milvus.GetRestoreSnapshotStateRequest;
import dev.sextant.wire.milvus.ListSnapshotsRequest;
import dev.sextant.wire.milvus.LoadState;
import dev.sextant.wire.milvus.ManualCompactionRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.QueryRequest;
import dev.sextant.wire.milvus.RestoreSnapshotRequest;
import dev.sextant.wire.milvus.Status;
import dev.sextant.wire.milvus.UpsertRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Speaks to a server under torture: rows of (id, version, vector made of both). A call ends in one of three ways:
/// acknowledged, refused, or unknown when the connection died under it.
final class Peer implements AutoCloseable {
    static final int DIMENSION = 8;

    enum End {
        ACKNOWLEDGED,
        REFUSED,
        UNKNOWN
    }

    private final ManagedChannel channel;
    private final MilvusServiceGrpc.MilvusServiceBlockingStub stub;
    private final String collection;
    private volatile String lastRefusal = "";

    Peer(int port, String collection) {
        this.collection = collection;
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .maxInboundMessageSize(256 << 20)
                .build();
        stub = MilvusServiceGrpc.newBlockingStub(channel);
    }

    void createAndLoad(int shards) {
        require(stub().createCollection(Parts.create(
                        collection,
                        Parts.key("id"),
                        Parts.field("version", DataType.Int64),
                        Parts.vector("v", DIMENSION))
                .setShardsNum(shards)
                .setConsistencyLevel(ConsistencyLevel.Strong)
                .build()));
        require(stub().createIndex(Parts.index(
                        collection,
                        "v",
                        "index_type",
                        "HNSW",
                        "metric_type",
                        "L2",
                        "params",
                        "{\"M\": 8, \"efConstruction\": 40}")
                .build()));
        require(stub().loadCollection(Parts.load(collection)));
    }

    End insert(long[] ids, long version) {
        return ended(() -> stub().insert(Parts.insert(collection, ids.length, columns(ids, version))
                        .build())
                .getStatus());
    }

    End upsert(long[] ids, long version) {
        return ended(() -> stub().upsert(UpsertRequest.newBuilder()
                        .setCollectionName(collection)
                        .setNumRows(ids.length)
                        .addAllFieldsData(List.of(columns(ids, version)))
                        .build())
                .getStatus());
    }

    End delete(long[] ids) {
        return deleteWhere("id in " + Arrays.toString(ids));
    }

    End deleteWhere(String filter) {
        return ended(() -> stub().delete(DeleteRequest.newBuilder()
                        .setCollectionName(collection)
                        .setExpr(filter)
                        .build())
                .getStatus());
    }

    End flush() {
        return ended(() -> stub().flush(
                        FlushRequest.newBuilder().addCollectionNames(collection).build())
                .getStatus());
    }

    End compact() {
        return ended(() -> stub().manualCompaction(ManualCompactionRequest.newBuilder()
                        .setCollectionName(collection)
                        .setTargetSize(64L << 30)
                        .build())
                .getStatus());
    }

    End snapshot(String name) {
        return ended(() -> stub().createSnapshot(CreateSnapshotRequest.newBuilder()
                .setCollectionName(collection)
                .setName(name)
                .build()));
    }

    End dropSnapshot(String name) {
        return ended(() -> stub().dropSnapshot(DropSnapshotRequest.newBuilder()
                .setCollectionName(collection)
                .setName(name)
                .build()));
    }

    /// Oldest first.
    List<String> snapshots() {
        var reply = stub().listSnapshots(ListSnapshotsRequest.newBuilder()
                .setCollectionName(collection)
                .build());
        require(reply.getStatus());
        return reply.getSnapshotsList();
    }

    /// Makes the collection of `copy` of a snapshot; ends when it is there.
    void restore(String snapshot, Peer copy) {
        var reply = stub().restoreSnapshot(RestoreSnapshotRequest.newBuilder()
                .setCollectionName(collection)
                .setName(snapshot)
                .setTargetCollectionName(copy.collection)
                .build());
        require(reply.getStatus());
        while (true) {
            var state = stub().getRestoreSnapshotState(GetRestoreSnapshotStateRequest.newBuilder()
                    .setJobId(reply.getJobId())
                    .build());
            require(state.getStatus());
            switch (state.getInfo().getState()) {
                case RestoreSnapshotCompleted -> {
                    require(stub().loadCollection(Parts.load(copy.collection)));
                    return;
                }
                case RestoreSnapshotFailed ->
                    throw new IllegalStateException(state.getInfo().getReason());
                default -> Thread.onSpinWait();
            }
        }
    }

    void drop() {
        require(stub().dropCollection(DropCollectionRequest.newBuilder()
                .setCollectionName(collection)
                .build()));
    }

    /// Every row that the server has, after checking that each vector fits its row.
    Map<Long, Long> everything() {
        var reply = stub().query(QueryRequest.newBuilder()
                .setCollectionName(collection)
                .setExpr("id >= 0")
                .addOutputFields("version")
                .addOutputFields("v")
                .setConsistencyLevel(ConsistencyLevel.Strong)
                .build());
        require(reply.getStatus());
        var columns = new HashMap<String, FieldData>();
        reply.getFieldsDataList().forEach(field -> columns.put(field.getFieldName(), field));
        var ids = columns.get("id").getScalars().getLongData();
        var versions = columns.get("version").getScalars().getLongData();
        var floats = columns.get("v")
                .getVectors()
                .getFloatVector()
                .getData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
        var rows = new HashMap<Long, Long>();
        for (int i = 0; i < ids.getDataCount(); i++) {
            long id = ids.getData(i);
            long version = versions.getData(i);
            if (rows.put(id, version) != null) throw new AssertionError("key " + id + " came twice");
            for (int d = 0; d < DIMENSION; d++) {
                float found = floats.getFloat(4 * (i * DIMENSION + d));
                if (found != component(id, version, d))
                    throw new AssertionError("key " + id + " version " + version + ": component " + d + " is " + found);
            }
        }
        return rows;
    }

    long count() {
        var reply = stub().query(QueryRequest.newBuilder()
                .setCollectionName(collection)
                .addOutputFields("count(*)")
                .setConsistencyLevel(ConsistencyLevel.Strong)
                .build());
        require(reply.getStatus());
        return reply.getFieldsData(0).getScalars().getLongData().getData(0);
    }

    /// Whether the server knows that the collection is to be loaded, done or under way.
    boolean loaded() {
        var reply = stub().getLoadState(GetLoadStateRequest.newBuilder()
                .setCollectionName(collection)
                .build());
        return reply.getState() == LoadState.LoadStateLoaded || reply.getState() == LoadState.LoadStateLoading;
    }

    /// Why the server refused the last call that it refused; empty when it refused none.
    String lastRefusal() {
        return lastRefusal;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private MilvusServiceGrpc.MilvusServiceBlockingStub stub() {
        return stub.withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    private interface Attempt {
        Status make();
    }

    private End ended(Attempt attempt) {
        try {
            var status = attempt.make();
            if (status.getCode() == 0 && status.getErrorCodeValue() == 0) return End.ACKNOWLEDGED;
            lastRefusal = status.getReason();
            return End.REFUSED;
        } catch (StatusRuntimeException broken) {
            return End.UNKNOWN;
        }
    }

    private static void require(Status status) {
        if (status.getCode() != 0) throw new IllegalStateException(status.getReason());
    }

    private static float component(long id, long version, int d) {
        return (float) ((id * 31 + version * 17 + d * 7) % 1009);
    }

    private static FieldData[] columns(long[] ids, long version) {
        var versions = new long[ids.length];
        Arrays.fill(versions, version);
        var floats = new float[ids.length * DIMENSION];
        for (int i = 0; i < floats.length; i++) floats[i] = component(ids[i / DIMENSION], version, i % DIMENSION);
        return new FieldData[] {
            Parts.longs("id", ids),
            Parts.longs("version", versions),
            Parts.vectors("v", DIMENSION, Parts.floats(floats))
        };
    }
}
