package dev.sextant.cli.bench;

import com.google.protobuf.ByteString;
import dev.sextant.model.Metric;
import dev.sextant.wire.milvus.CollectionSchema;
import dev.sextant.wire.milvus.ConsistencyLevel;
import dev.sextant.wire.milvus.CreateCollectionRequest;
import dev.sextant.wire.milvus.CreateIndexRequest;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.DescribeIndexRequest;
import dev.sextant.wire.milvus.DropCollectionRequest;
import dev.sextant.wire.milvus.DslType;
import dev.sextant.wire.milvus.FieldData;
import dev.sextant.wire.milvus.FieldSchema;
import dev.sextant.wire.milvus.FlushRequest;
import dev.sextant.wire.milvus.GetLoadingProgressRequest;
import dev.sextant.wire.milvus.IndexState;
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
import dev.sextant.wire.milvus.Status;
import dev.sextant.wire.milvus.VectorField;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/// Any server that speaks Milvus' gRPC, ours or another.
final class OverWire implements Subject {
    private static final String NAME = "sextant_bench";

    private final URI uri;
    private final Metric metric;
    private final String index;
    private final Map<String, String> parameters;
    private final ManagedChannel channel;
    private final MilvusServiceGrpc.MilvusServiceBlockingStub stub;

    OverWire(URI uri, Metric metric, String index, Map<String, String> parameters) {
        this.uri = uri;
        this.metric = metric;
        this.index = index;
        this.parameters = parameters;
        channel = channel();
        stub = MilvusServiceGrpc.newBlockingStub(channel);
    }

    private ManagedChannel channel() {
        return NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort())
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(256 << 20)
                .build();
    }

    @Override
    public String description() {
        return "gRPC to " + uri;
    }

    @Override
    public void create(int dimension) {
        check(stub.dropCollection(
                DropCollectionRequest.newBuilder().setCollectionName(NAME).build()));
        var schema = CollectionSchema.newBuilder()
                .setName(NAME)
                .addFields(FieldSchema.newBuilder()
                        .setName("id")
                        .setDataType(DataType.Int64)
                        .setIsPrimaryKey(true))
                .addFields(FieldSchema.newBuilder()
                        .setName("v")
                        .setDataType(DataType.FloatVector)
                        .addTypeParams(pair("dim", Integer.toString(dimension))));
        check(stub.createCollection(CreateCollectionRequest.newBuilder()
                .setCollectionName(NAME)
                .setSchema(schema.build().toByteString())
                .setShardsNum(1)
                .build()));
    }

    @Override
    public void insert(VectorFile base, int from, int to) {
        int dimension = base.dimension();
        var ids = LongArray.newBuilder();
        var bytes = ByteBuffer.allocate(4 * dimension * (to - from)).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = from; row < to; row++) {
            ids.addData(row);
            for (int i = 0; i < dimension; i++) bytes.putFloat(base.value(row, i));
        }
        check(stub.insert(InsertRequest.newBuilder()
                        .setCollectionName(NAME)
                        .setNumRows(to - from)
                        .addFieldsData(FieldData.newBuilder()
                                .setFieldName("id")
                                .setType(DataType.Int64)
                                .setScalars(ScalarField.newBuilder().setLongData(ids)))
                        .addFieldsData(FieldData.newBuilder()
                                .setFieldName("v")
                                .setType(DataType.FloatVector)
                                .setVectors(VectorField.newBuilder()
                                        .setDim(dimension)
                                        .setFloatVector(
                                                PackedFloats.newBuilder().setData(ByteString.copyFrom(bytes.flip())))))
                        .build())
                .getStatus());
    }

    @Override
    public void build() {
        check(stub.flush(FlushRequest.newBuilder().addCollectionNames(NAME).build())
                .getStatus());
        var request = CreateIndexRequest.newBuilder()
                .setCollectionName(NAME)
                .setFieldName("v")
                .addExtraParams(pair("index_type", index))
                .addExtraParams(pair("metric_type", metric.name()));
        if (!parameters.isEmpty()) request.addExtraParams(pair("params", json(parameters)));
        check(stub.createIndex(request.build()));
        check(stub.loadCollection(
                LoadCollectionRequest.newBuilder().setCollectionName(NAME).build()));
        while (!ready()) pause();
    }

    private boolean ready() {
        var described = stub.describeIndex(
                DescribeIndexRequest.newBuilder().setCollectionName(NAME).build());
        check(described.getStatus());
        boolean built = described.getIndexDescriptionsList().stream()
                .allMatch(i -> i.getState() == IndexState.Finished && i.getPendingIndexRows() == 0);
        return built
                && stub.getLoadingProgress(GetLoadingProgressRequest.newBuilder()
                                        .setCollectionName(NAME)
                                        .build())
                                .getProgress()
                        == 100;
    }

    @Override
    public Client client() {
        var own = channel();
        var search = MilvusServiceGrpc.newBlockingStub(own);
        return new Client() {
            @Override
            public float[] search(float[] query, int k, Map<String, String> searchParameters) {
                var bytes = ByteBuffer.allocate(4 * query.length).order(ByteOrder.LITTLE_ENDIAN);
                for (float value : query) bytes.putFloat(value);
                var group = PlaceholderGroup.newBuilder()
                        .addPlaceholders(PlaceholderValue.newBuilder()
                                .setTag("$0")
                                .setType(PlaceholderType.FloatVector)
                                .addValues(ByteString.copyFrom(bytes.flip())));
                var reply = search.search(SearchRequest.newBuilder()
                        .setCollectionName(NAME)
                        .setDslType(DslType.BoolExprV1)
                        .setPlaceholderGroup(group.build().toByteString())
                        .setNq(1)
                        .setConsistencyLevel(ConsistencyLevel.Eventually)
                        .setGuaranteeTimestamp(1)
                        .addSearchParams(pair("anns_field", "v"))
                        .addSearchParams(pair("topk", Integer.toString(k)))
                        .addSearchParams(pair("metric_type", metric.name()))
                        .addSearchParams(pair("params", json(searchParameters)))
                        .build());
                check(reply.getStatus());
                var scores = new float[reply.getResults().getScoresCount()];
                for (int i = 0; i < scores.length; i++)
                    scores[i] = reply.getResults().getScores(i);
                return scores;
            }

            @Override
            public void close() {
                own.shutdownNow();
            }
        };
    }

    @Override
    public Footprint footprint(long rows) {
        return new Footprint(Double.NaN, Double.NaN);
    }

    @Override
    public long cpuNanos() {
        return -1;
    }

    @Override
    public void close() {
        stub.dropCollection(
                DropCollectionRequest.newBuilder().setCollectionName(NAME).build());
        channel.shutdownNow();
    }

    /// Numbers stay numbers: servers check the types of parameters.
    private static String json(Map<String, String> values) {
        var text = new StringBuilder("{");
        values.forEach((key, value) -> {
            boolean plain = value.matches("-?\\d+(\\.\\d+)?|true|false");
            text.append(text.length() == 1 ? "" : ",").append('"').append(key).append("\":");
            text.append(plain ? value : '"' + value + '"');
        });
        return text.append('}').toString();
    }

    private static KeyValuePair pair(String key, String value) {
        return KeyValuePair.newBuilder().setKey(key).setValue(value).build();
    }

    private static void check(Status status) {
        if (status.getCode() != 0 || status.getErrorCodeValue() != 0)
            throw new IllegalStateException("the server refused: " + status.getReason());
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
