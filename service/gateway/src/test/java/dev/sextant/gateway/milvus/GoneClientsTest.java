package dev.sextant.gateway.milvus;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sextant.database.Door;
import dev.sextant.database.Sextant;
import dev.sextant.database.SextantConfig;
import dev.sextant.gateway.Gateways;
import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.port.PortConfig;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Rows;
import dev.sextant.model.Slices;
import dev.sextant.model.Statement;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.DeleteRequest;
import dev.sextant.wire.milvus.HybridSearchRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.MilvusServiceGrpc.MilvusServiceFutureStub;
import dev.sextant.wire.milvus.QueryRequest;
import dev.sextant.wire.milvus.SearchRequest;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whoever goes away takes their work along: a search that would keep the workers for a minute ends in the middle.
class GoneClientsTest {
    private static final int DIMENSION = 256;
    private static final int ROWS = 60_000;
    private static final int TOLD = 100_000;
    private static final int QUERIES = 16_000;

    @TempDir
    Path directory;

    private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
    private final BlockingQueue<Object> ended = new LinkedBlockingQueue<>();
    private final AtomicLong cancellations = new AtomicLong();
    private Sextant sextant;
    private Gateways gateways;

    /// The database, with somebody at its door who writes down how searches end.
    private final class Watched implements Door {
        @Override
        public <R> void submit(Call call, Statement<R> statement, Reply<R> reply) {
            if (!(statement instanceof Read || statement instanceof Write.Delete)) {
                sextant.submit(call, statement, reply);
                return;
            }
            sextant.submit(call, statement, new Reply<>() {
                @Override
                public void complete(R answer) {
                    ended.add("answered");
                    reply.complete(answer);
                }

                @Override
                public void fail(Throwable reason) {
                    ended.add(reason);
                    reply.fail(reason);
                }
            });
            begun.add("search");
        }
    }

    @BeforeEach
    void open() {
        var world = World.real(directory);
        sextant =
                Sextant.open(world, SextantConfig.DEFAULT.withMemory(512L << 20).withWorkers(2));
        gateways = Gateways.open(
                new Watched(),
                Doorkeeper.OPEN,
                world.with(counting()),
                new Identity("0.1.0", "today", false),
                PortConfig.DEFAULT.at("127.0.0.1", 0));
        run(Define.CreateCollection.of(
                "wide",
                Field.of("id", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY),
                Field.of("v", new FieldType.Vector(VectorType.FLOAT32, DIMENSION))));
        run(new Define.CreateIndex("wide", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of("wide"));
        var random = new Random(7);
        var numbers = new float[ROWS * DIMENSION];
        for (int i = 0; i < numbers.length; i++) numbers[i] = random.nextFloat();
        var keys = new long[ROWS];
        for (int i = 0; i < ROWS; i++) keys[i] = i;
        run(Write.Insert.of(
                "wide",
                Rows.of(ROWS)
                        .with("id", Column.longs(keys))
                        .with("v", Column.Dense.of(DIMENSION, numbers))
                        .build()));
    }

    /// How often calls of all kinds were counted as cancelled.
    private Meters counting() {
        return new Meters() {
            @Override
            public Counter counter(String name, String help, String... labels) {
                return name.equals("sextant_call_cancellations_total") ? cancellations::addAndGet : _ -> {};
            }

            @Override
            public Timer timer(String name, String help, String... labels) {
                return _ -> {};
            }

            @Override
            public void gauge(String name, String help, DoubleSupplier value, String... labels) {}
        };
    }

    /// Rows that a long condition looks at.
    private void fillTold() {
        run(Define.CreateCollection.of(
                "told",
                Field.of("id", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY),
                Field.of("j", new FieldType.Json()),
                Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 2))));
        run(new Define.CreateIndex("told", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of("told"));
        run(Write.Insert.of(
                "told",
                Rows.of(TOLD)
                        .with("id", Column.longs(LongStream.range(0, TOLD).toArray()))
                        .with(
                                "j",
                                new Column.Jsons(
                                        Slices.ofTexts(IntStream.range(0, TOLD)
                                                .mapToObj(i -> "{\"k\": " + i + "}")
                                                .toList()),
                                        Nulls.NONE))
                        .with("v", Column.Dense.of(2, new float[2 * TOLD]))
                        .build()));
    }

    /// Many seconds of work for two workers: a machine that stands still for a while must not let it end first.
    private static String condition() {
        return IntStream.range(0, 4_000)
                .mapToObj(i -> "j['k'] % " + (7_919 + i) + " == " + (20_000 + i))
                .collect(Collectors.joining(" or "));
    }

    private static HybridSearchRequest hybrid() {
        return HybridSearchRequest.newBuilder()
                .setCollectionName("wide")
                .addRequests(request())
                .addRequests(request())
                .addRankParams(Parts.pair("strategy", "rrf"))
                .addRankParams(Parts.pair("params", "{\"k\": 60}"))
                .addRankParams(Parts.pair("limit", "10"))
                .build();
    }

    private static QueryRequest query(String output, String... parameters) {
        var query = QueryRequest.newBuilder()
                .setCollectionName("told")
                .setExpr(condition())
                .addOutputFields(output);
        for (int i = 0; i < parameters.length; i += 2)
            query.addQueryParams(Parts.pair(parameters[i], parameters[i + 1]));
        return query.build();
    }

    private static Stream<Arguments> calls() {
        Function<MilvusServiceFutureStub, Future<?>> hybrid = milvus -> milvus.hybridSearch(hybrid());
        Function<MilvusServiceFutureStub, Future<?>> query = milvus -> milvus.query(query("id"));
        Function<MilvusServiceFutureStub, Future<?>> count = milvus -> milvus.query(query("count(*)"));
        Function<MilvusServiceFutureStub, Future<?>> page =
                milvus -> milvus.query(query("id", "iterator", "True", "limit", "100", "reduce_stop_for_best", "True"));
        Function<MilvusServiceFutureStub, Future<?>> delete = milvus -> milvus.delete(DeleteRequest.newBuilder()
                .setCollectionName("told")
                .setExpr(condition())
                .build());
        return Stream.of(
                Arguments.of("hybrid search", hybrid),
                Arguments.of("query", query),
                Arguments.of("count", count),
                Arguments.of("page of an iterator", page),
                Arguments.of("delete", delete));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    @Tag("slow")
    void whateverACallWasAboutItsWorkEndsWithIt(String what, Function<MilvusServiceFutureStub, Future<?>> call)
            throws Exception {
        fillTold();
        var channel = NettyChannelBuilder.forAddress("127.0.0.1", gateways.port())
                .usePlaintext()
                .build();
        try {
            var answer = call.apply(MilvusServiceGrpc.newFutureStub(channel));
            assertThat(begun.poll(60, TimeUnit.SECONDS)).as(what).isNotNull();
            answer.cancel(true);
            isCancelled();
            // Its caller hears of the end a moment before it leaves.
            for (int i = 0; i < 6_000 && bytesUnderWay() != 0; i++) Thread.sleep(10);
            assertThat(bytesUnderWay()).as(what).isZero();
        } finally {
            channel.shutdownNow();
        }
    }

    private long bytesUnderWay() {
        return sextant.execute(Call.local(), new Watch.Resources()).figures().get("bytes of calls under way");
    }

    private <R> void run(Statement<R> statement) {
        sextant.execute(Call.local(), statement);
    }

    @AfterEach
    void close() {
        gateways.close();
        sextant.close();
    }

    private static SearchRequest request() {
        var query = ByteString.copyFrom(new byte[4 * DIMENSION]);
        var queries = Collections.nCopies(QUERIES, query).toArray(ByteString[]::new);
        return Parts.search("wide", "v", 10, queries).build();
    }

    /// It was not answered first.
    private void isCancelled() throws InterruptedException {
        var how = ended.poll(60, TimeUnit.SECONDS);
        assertThat(how)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.Cancelled.class));
        for (int i = 0; i < 6_000 && gateways.inFlightBytes() != 0; i++) Thread.sleep(10);
        assertThat(gateways.inFlightBytes()).isZero();
        for (int i = 0; i < 6_000 && cancellations.get() == 0; i++) Thread.sleep(10);
        assertThat(cancellations).as("counted, once").hasValue(1);
    }

    @Test
    void aCancelledCallEndsItsSearch() throws Exception {
        var channel = NettyChannelBuilder.forAddress("127.0.0.1", gateways.port())
                .usePlaintext()
                .build();
        try {
            var answer = MilvusServiceGrpc.newFutureStub(channel).search(request());
            assertThat(begun.poll(60, TimeUnit.SECONDS)).isEqualTo("search");
            answer.cancel(true);
            isCancelled();
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void aConnectionThatBreaksEndsItsSearches() throws Exception {
        var channel = NettyChannelBuilder.forAddress("127.0.0.1", gateways.port())
                .usePlaintext()
                .build();
        MilvusServiceGrpc.newFutureStub(channel).search(request());
        assertThat(begun.poll(60, TimeUnit.SECONDS)).isEqualTo("search");
        channel.shutdownNow();
        isCancelled();
    }

    @Test
    @Tag("slow")
    void anHttpClientThatHangsUpEndsItsSearch() throws IOException, InterruptedException {
        var vector = "[" + "0.5,".repeat(DIMENSION - 1) + "0.5]";
        var body = "{\"collectionName\":\"wide\",\"annsField\":\"v\",\"limit\":10,\"data\":["
                + String.join(",", Collections.nCopies(QUERIES, vector)) + "]}";
        try (var socket = new Socket("127.0.0.1", gateways.port())) {
            var head = "POST /v2/vectordb/entities/search HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length()
                    + "\r\n\r\n";
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            assertThat(begun.poll(60, TimeUnit.SECONDS)).isEqualTo("search");
        }
        isCancelled();
    }
}
