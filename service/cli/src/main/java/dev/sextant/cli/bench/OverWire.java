package dev.sextant.cli.bench;

import com.google.protobuf.ByteString;
import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.model.Metric;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.CollectionSchema;
import dev.sextant.wire.milvus.CompactionState;
import dev.sextant.wire.milvus.ConsistencyLevel;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.DescribeCollectionRequest;
import dev.sextant.wire.milvus.DescribeIndexRequest;
import dev.sextant.wire.milvus.DoubleArray;
import dev.sextant.wire.milvus.DropCollectionRequest;
import dev.sextant.wire.milvus.DropIndexRequest;
import dev.sextant.wire.milvus.DslType;
import dev.sextant.wire.milvus.FlushRequest;
import dev.sextant.wire.milvus.GetCompactionStateRequest;
import dev.sextant.wire.milvus.GetFlushStateRequest;
import dev.sextant.wire.milvus.GetLoadingProgressRequest;
import dev.sextant.wire.milvus.IndexState;
import dev.sextant.wire.milvus.LongArray;
import dev.sextant.wire.milvus.ManualCompactionRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.QueryRequest;
import dev.sextant.wire.milvus.ReleaseCollectionRequest;
import dev.sextant.wire.milvus.ScalarField;
import dev.sextant.wire.milvus.SearchRequest;
import dev.sextant.wire.milvus.SearchResults;
import dev.sextant.wire.milvus.Status;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/// Any server that speaks Milvus' gRPC, ours or another. It is asked for nothing that only ours knows.
public final class OverWire implements Subject {
    /// Segments are merged until they are as large: a compaction that is called major is one by clustering key.
    private static final long LARGEST_SEGMENT = 64L << 30;

    private static final String NAME = "sextant_bench";
    private static final int LONGEST_LINE = 160;
    private static final int MOST_BYTES = 256 << 20;

    private final URI uri;
    private final Optional<ServerFigures> figures;
    private final Metadata headers = new Metadata();
    private final Metric metric;
    private final String index;
    private final Map<String, String> parameters;
    private final ManagedChannel channel;
    private final MilvusServiceGrpc.MilvusServiceBlockingStub stub;
    private boolean created;
    private Footprint before = Footprint.UNKNOWN; // the first row

    /// @param token `user:password`, empty for none
    /// @param figures where the server shows its own, if it does
    public OverWire(
            URI uri,
            String token,
            Optional<ServerFigures> figures,
            Metric metric,
            String index,
            Map<String, String> parameters) {
        this.uri = uri;
        this.figures = figures;
        this.metric = metric;
        this.index = index;
        this.parameters = parameters;
        if (!token.isEmpty())
            headers.put(
                    Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                    Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8)));
        channel = channel();
        stub = identified(MilvusServiceGrpc.newBlockingStub(channel));
    }

    private <S extends AbstractStub<S>> S identified(S bare) {
        return bare.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private ManagedChannel channel() {
        boolean secured = uri.getScheme().equals("https");
        var builder = NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort() < 0 ? 19530 : uri.getPort())
                .directExecutor()
                .maxInboundMessageSize(MOST_BYTES);
        return (secured ? builder.useTransportSecurity() : builder.usePlaintext()).build();
    }

    @Override
    public String description() {
        return "gRPC to " + uri;
    }

    @Override
    public void create(int dimension, Scalars scalars) {
        figures.ifPresent(ServerFigures::cpuNanos); // a page that cannot be read is told of now
        try {
            check(() -> stub.dropCollection(
                    DropCollectionRequest.newBuilder().setCollectionName(NAME).build()));
        } catch (UncheckedIOException absent) {
            throw new UncheckedIOException(uri + ": " + absent.getMessage(), absent.getCause());
        }
        var schema = CollectionSchema.newBuilder()
                .setName(NAME)
                .addFields(Parts.key("id"))
                .addFields(Parts.vector("v", dimension));
        for (var real : scalars.reals().keySet()) schema.addFields(Parts.field(real, DataType.Double));
        if (!scalars.isNone()) schema.addFields(Parts.field("label", DataType.Int64));
        check(() -> stub.createCollection(Parts.create(schema.build()).build()));
        created = true;
        before = taken();
    }

    @Override
    public void rehearse(List<Question> questions) {
        index();
        while (!isReady()) Waiting.millis(10);
        try (var client = client()) {
            questions.forEach(client::search);
        }
        check(() -> stub.releaseCollection(
                ReleaseCollectionRequest.newBuilder().setCollectionName(NAME).build()));
        check(() -> stub.dropIndex(DropIndexRequest.newBuilder()
                .setCollectionName(NAME)
                .setFieldName("v")
                .build()));
    }

    @Override
    public void insert(Matrix base, Scalars scalars, int from, int to) {
        insert(stub, base, scalars, from, to, from);
    }

    private static void insert(
            MilvusServiceGrpc.MilvusServiceBlockingStub stub,
            Matrix base,
            Scalars scalars,
            int from,
            int to,
            long firstKey) {
        var ids = LongStream.range(firstKey, firstKey + to - from).toArray();
        var request = Parts.insert(
                NAME,
                to - from,
                Parts.longs("id", ids),
                Parts.vectors("v", base.dimension(), Parts.floats(base.rows(from, to))));
        scalars.reals().forEach((name, values) -> {
            var reals = DoubleArray.newBuilder();
            for (int row = from; row < to; row++) reals.addData(values[row]);
            request.addFieldsData(
                    Parts.column(name, DataType.Double, ScalarField.newBuilder().setDoubleData(reals)));
        });
        if (!scalars.isNone())
            request.addFieldsData(Parts.longs("label", Arrays.copyOfRange(scalars.labels(), from, to)));
        check(() -> stub.insert(request.build()).getStatus());
    }

    @Override
    public void build() {
        flush();
        compact();
        index();
        while (!isReady()) Waiting.millis(10);
    }

    private void index() {
        var request = Parts.index(NAME, "v", "index_type", index, "metric_type", metric.name());
        if (!parameters.isEmpty()) request.addExtraParams(Parts.pair("params", Json.object(parameters)));
        check(() -> stub.createIndex(request.build()));
        check(() -> stub.loadCollection(Parts.load(NAME)));
    }

    /// Returns when the files are written: what is merged before that would be merged again.
    @Override
    public void flush() {
        var flushed = called(() ->
                stub.flush(FlushRequest.newBuilder().addCollectionNames(NAME).build()));
        check(flushed::getStatus);
        var state = GetFlushStateRequest.newBuilder()
                .setCollectionName(NAME)
                .addAllSegmentIDs(flushed.getCollSegIDsOrDefault(NAME, LongArray.getDefaultInstance())
                        .getDataList())
                .setFlushTs(flushed.getCollFlushTsOrDefault(NAME, 0))
                .build();
        while (!called(() -> stub.getFlushState(state)).getFlushed()) Waiting.millis(10);
    }

    /// Into as few segments as the server sees fit. A server that does not want to is measured as it is.
    private void compact() {
        long id = called(() -> stub.describeCollection(DescribeCollectionRequest.newBuilder()
                        .setCollectionName(NAME)
                        .build()))
                .getCollectionID();
        var started = called(() -> stub.manualCompaction(ManualCompactionRequest.newBuilder()
                .setCollectionID(id)
                .setCollectionName(NAME)
                .setTargetSize(LARGEST_SEGMENT)
                .build()));
        if (started.getStatus().getCode() != 0) {
            System.err.println("not merged: " + started.getStatus().getReason());
            return;
        }
        var state = GetCompactionStateRequest.newBuilder()
                .setCompactionID(started.getCompactionID())
                .build();
        while (started.getCompactionID() > 0
                && called(() -> stub.getCompactionState(state)).getState() == CompactionState.Executing)
            Waiting.millis(10);
    }

    private boolean isReady() {
        var described = called(() -> stub.describeIndex(
                DescribeIndexRequest.newBuilder().setCollectionName(NAME).build()));
        check(described::getStatus);
        for (var each : described.getIndexDescriptionsList())
            if (each.getState() == IndexState.Failed)
                throw new IllegalArgumentException("the index failed: " + each.getIndexStateFailReason());
        boolean built = described.getIndexDescriptionsList().stream()
                .allMatch(i -> i.getState() == IndexState.Finished && i.getPendingIndexRows() == 0);
        return built
                && called(() -> stub.getLoadingProgress(GetLoadingProgressRequest.newBuilder()
                                        .setCollectionName(NAME)
                                        .build()))
                                .getProgress()
                        == 100;
    }

    @Override
    public Client client() {
        return new Caller();
    }

    /// One connection.
    private final class Caller implements Client {
        private final ManagedChannel own = channel();
        private final MilvusServiceGrpc.MilvusServiceBlockingStub blocking =
                identified(MilvusServiceGrpc.newBlockingStub(own));

        @Override
        public Found search(Question question) {
            return prepared(question).get();
        }

        @Override
        public Supplier<Found> prepared(Question question) {
            var request = request(question);
            return () -> found(called(() -> blocking.search(request)));
        }

        @Override
        public long count(String filter) {
            var reply = called(() -> blocking.query(QueryRequest.newBuilder()
                    .setCollectionName(NAME)
                    .setExpr(filter)
                    .addOutputFields("count(*)")
                    .setConsistencyLevel(ConsistencyLevel.Eventually)
                    .setGuaranteeTimestamp(1)
                    .build()));
            check(reply::getStatus);
            return reply.getFieldsData(0).getScalars().getLongData().getData(0);
        }

        @Override
        public void insert(Matrix base, Scalars scalars, int from, int to, long firstKey) {
            OverWire.insert(blocking, base, scalars, from, to, firstKey);
        }

        private SearchRequest request(Question question) {
            int dimension = question.vectors().length / question.count();
            var all = Parts.floats(question.vectors());
            var queries = new ByteString[question.count()];
            for (int i = 0; i < queries.length; i++)
                queries[i] = all.substring(4 * dimension * i, 4 * dimension * (i + 1));
            return Parts.search(NAME, "v", question.k(), queries)
                    .setDslType(DslType.BoolExprV1)
                    .setDsl(question.filter())
                    .setConsistencyLevel(ConsistencyLevel.Eventually)
                    .setGuaranteeTimestamp(1)
                    .addSearchParams(Parts.pair("metric_type", metric.name()))
                    .addSearchParams(Parts.pair("params", Json.object(question.parameters())))
                    .build();
        }

        private static Found found(SearchResults reply) {
            check(reply::getStatus);
            var results = reply.getResults();
            var ids = new long[results.getIds().getIntId().getDataCount()];
            for (int i = 0; i < ids.length; i++)
                ids[i] = results.getIds().getIntId().getData(i);
            var counts = new int[results.getTopksCount()];
            for (int i = 0; i < counts.length; i++) counts[i] = (int) results.getTopks(i);
            long evaluations = results.getAllSearchCount();
            var bytes = reply.getStatus().getExtraInfoOrDefault("scanned_total_bytes", "-1");
            return new Found(ids, counts, evaluations > 0 ? evaluations : -1, Long.parseLong(bytes));
        }

        @Override
        public void close() {
            own.shutdownNow();
        }
    }

    @Override
    public Footprint footprint() {
        var now = taken();
        return new Footprint(now.memory() - before.memory(), now.disk() - before.disk(), Map.of());
    }

    private Footprint taken() {
        return figures.map(ServerFigures::footprint).orElse(Footprint.UNKNOWN);
    }

    /// The server's own word, if it has one. What callers use is theirs.
    @Override
    public long cpuNanos(Set<Long> callers) {
        return figures.map(ServerFigures::cpuNanos).orElse(-1L);
    }

    @Override
    public boolean worksForCallers() {
        return false;
    }

    @Override
    public void close() {
        try {
            if (created)
                called(() -> stub.dropCollection(DropCollectionRequest.newBuilder()
                        .setCollectionName(NAME)
                        .build()));
        } catch (UncheckedIOException gone) {
            System.err.println("the collection " + NAME + " may be left: " + gone.getMessage());
        }
        channel.shutdownNow();
    }

    private static <T> T called(Supplier<T> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException failed) {
            throw new UncheckedIOException(sentence(failed), new IOException(failed));
        }
    }

    private static String sentence(StatusRuntimeException failed) {
        var said = line(failed.getMessage());
        return switch (failed.getStatus().getCode()) {
            case UNAVAILABLE, INTERNAL, UNKNOWN, DEADLINE_EXCEEDED -> {
                var root = failed.getStatus().getCause();
                while (root != null && root.getCause() != null) root = root.getCause();
                yield "the server did not answer: " + said + (root == null ? "" : ": " + line(root.getMessage()));
            }
            case UNAUTHENTICATED -> "the server refused: " + said + "; --token takes user:password";
            default -> "the server refused: " + said;
        };
    }

    /// The beginning of what may be bytes as well.
    private static String line(String message) {
        var line = String.valueOf(message).lines().findFirst().orElse("");
        return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + " ...";
    }

    private static void check(Supplier<Status> call) {
        var status = called(call);
        if (status.getCode() != 0 || status.getErrorCodeValue() != 0)
            throw new IllegalArgumentException("the server refused: " + status.getReason());
    }
}
