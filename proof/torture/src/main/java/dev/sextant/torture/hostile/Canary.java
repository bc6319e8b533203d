package dev.sextant.torture.hostile;

import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.*;
import io.grpc.ManagedChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/// A collection in a database of its own that nobody may harm: whatever others ask for, it keeps its rows, is found,
/// and takes and gives up rows as it is told.
final class Canary {
    static final String DATABASE = "kept";
    private static final int ROWS = 300;
    private static final int DIMENSION = 4;

    private final Supplier<ManagedChannel> channel;
    private long first; // of the rows that it has
    private long next = ROWS; // behind the last of them

    /// @param channel to the server as it is at the moment
    Canary(Supplier<ManagedChannel> channel) {
        this.channel = channel;
    }

    /// Fewer seconds than anybody would wait.
    private MilvusServiceGrpc.MilvusServiceBlockingStub milvus() {
        return MilvusServiceGrpc.newBlockingStub(channel.get()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    void hatch() {
        good(milvus().createDatabase(
                        CreateDatabaseRequest.newBuilder().setDbName(DATABASE).build()));
        good(milvus().createCollection(Parts.create("canary", Parts.key("id"), Parts.vector("v", DIMENSION))
                .setDbName(DATABASE)
                .build()));
        good(milvus().createIndex(Parts.index("canary", "v", "index_type", "HNSW", "metric_type", "L2")
                .setDbName(DATABASE)
                .build()));
        good(milvus().loadCollection(
                        Parts.load("canary").toBuilder().setDbName(DATABASE).build()));
        insert(keys());
    }

    private void insert(List<Long> keys) {
        good(milvus().insert(Parts.insert(
                                "canary",
                                keys.size(),
                                Parts.longs(
                                        "id",
                                        keys.stream().mapToLong(key -> key).toArray()),
                                Parts.vectors("v", DIMENSION, Polite.floats(keys.size(), DIMENSION)))
                        .setDbName(DATABASE)
                        .build())
                .getStatus());
    }

    /// Those that it has, and those that it gave up.
    long rowsEver() {
        return next;
    }

    /// Takes some rows, and gives up as many of its oldest.
    void moult() {
        insert(LongStream.range(next, next + 7).boxed().toList());
        next += 7;
        good(milvus().delete(DeleteRequest.newBuilder()
                        .setDbName(DATABASE)
                        .setCollectionName("canary")
                        .setExpr("id < " + (first + 7))
                        .build())
                .getStatus());
        first += 7;
    }

    /// Throws when it is hurt.
    void sing() {
        var rows = milvus().query(QueryRequest.newBuilder()
                .setDbName(DATABASE)
                .setCollectionName("canary")
                .setExpr("id >= 0")
                .addOutputFields("id")
                .setConsistencyLevel(ConsistencyLevel.Strong)
                .build());
        good(rows.getStatus());
        var keys = rows.getFieldsData(0).getScalars().getLongData().getDataList().stream()
                .sorted()
                .toList();
        if (!keys.equals(keys()))
            throw new IllegalStateException("the canary has other rows than were acknowledged: " + keys.size()
                    + " where " + keys().size() + " were");
        var found = milvus().search(Parts.search("canary", "v", 10, Parts.floats(new float[DIMENSION]))
                .setDbName(DATABASE)
                .setUseDefaultConsistency(true)
                .build());
        good(found.getStatus());
        if (found.getResults().getIds().getIntId().getDataCount() != 10)
            throw new IllegalStateException(
                    "the canary finds " + found.getResults().getIds().getIntId().getDataCount() + " of 10 rows");
    }

    private List<Long> keys() {
        return LongStream.range(first, next).boxed().toList();
    }

    private static void good(Status status) {
        if (status.getCode() != 0) throw new IllegalStateException("the canary: " + status.getReason());
    }
}
