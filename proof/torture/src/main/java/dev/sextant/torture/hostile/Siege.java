package dev.sextant.torture.hostile;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.sextant.wire.milvus.*;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Hostile gRPC calls, one after the other: each must be answered or refused in words that a client understands.
final class Siege {
    private static final int MOST_SHOWN = 1500;
    private static final int SECONDS = 30;
    private static final long SLOW_MILLIS = 15_000;

    /// After these clients try again, for minutes: only a server that is closing or flooded may say so.
    private static final Set<io.grpc.Status.Code> NEVER = Set.of(
            io.grpc.Status.Code.UNKNOWN,
            io.grpc.Status.Code.INTERNAL,
            io.grpc.Status.Code.UNAVAILABLE,
            io.grpc.Status.Code.DATA_LOSS,
            io.grpc.Status.Code.DEADLINE_EXCEEDED,
            io.grpc.Status.Code.CANCELLED);

    /// Answered with a reason, whatever is asked; or granted for numbers that other answers tell.
    private static final Set<String> REFUSED_ALWAYS = Set.of(
            "CalcDistance",
            "ListIndexedSegment",
            "DescribeSegmentIndexData",
            "ReplicateMessage",
            "GetReplicateInfo",
            "BatchUpdateManifest",
            "RefreshExternalCollection",
            "GetRefreshExternalCollectionProgress",
            "GetCompactionState",
            "GetImportState",
            "GetRestoreSnapshotState",
            "UnpinSnapshotData",
            "DeleteClientCommand");

    /// What nothing changes: these may be asked about the canary too.
    private static final Set<String> READING = Set.of(
            "Search",
            "HybridSearch",
            "Query",
            "DescribeCollection",
            "HasCollection",
            "GetCollectionStatistics",
            "ShowPartitions",
            "DescribeIndex",
            "GetLoadState",
            "GetQuerySegmentInfo",
            "GetPersistentSegmentInfo");

    private final Besieged besieged;
    private final Findings findings;
    private final Reached reached;
    private final SplittableRandom random;
    private final Words words;
    private final Spoiler spoiler;
    private final List<MethodDescriptor<?, ?>> methods;
    private final Map<Class<?>, MethodDescriptor<?, ?>> byRequest = new HashMap<>();
    private final List<Message> polite = requests();
    private final Map<Integer, Integer> answers = new TreeMap<>();
    private int calls;
    private boolean hasty;
    private String reason = ""; // of the last refusal; empty when it was granted

    Siege(Besieged besieged, Findings findings, Reached reached, SplittableRandom random) {
        this.besieged = besieged;
        this.findings = findings;
        this.reached = reached;
        this.random = random;
        words = new Words(random);
        spoiler = new Spoiler(random, words);
        methods = new ArrayList<>(MilvusServiceGrpc.getServiceDescriptor().getMethods());
        methods.addAll(ClientTelemetryServiceGrpc.getServiceDescriptor().getMethods());
        methods.removeIf(method -> method.getType() != MethodDescriptor.MethodType.UNARY);
        for (var method : methods) byRequest.put(empty(method).getClass(), method);
    }

    int calls() {
        return calls;
    }

    /// How often each code was answered.
    Map<Integer, Integer> answers() {
        return answers;
    }

    private static List<Message> requests() {
        var all = new ArrayList<>(Polite.requests());
        all.addAll(Shapes.requests());
        all.addAll(Duties.requests());
        return all;
    }

    /// Puts what hostile requests are about back into its place.
    void restore() {
        quietly(Polite.create(Polite.target("target")));
        quietly(Polite.create(Polite.words("words")));
        quietly(Polite.create(Shapes.schema(Shapes.NAME)));
        quietly(Polite.create(Shapes.grown()));
        for (var index : Polite.indexes()) quietly(index);
        for (var index : Shapes.indexes()) quietly(index);
        quietly(Polite.index("grown", "v", "FLAT", "L2", "{}"));
        for (var name : List.of("target", "words", Shapes.NAME, "grown"))
            quietly(LoadCollectionRequest.newBuilder().setCollectionName(name).build());
        quietly(Polite.rows("target", 0));
        quietly(Shapes.rows(0));
    }

    List<MethodDescriptor<?, ?>> methods() {
        return methods;
    }

    /// The calls that this server grants to somebody.
    List<String> known() {
        return methods.stream()
                .map(MethodDescriptor::getBareMethodName)
                .filter(name -> !REFUSED_ALWAYS.contains(name))
                .toList();
    }

    static Descriptor type(MethodDescriptor.Marshaller<?> marshaller) {
        return ((Message) ((PrototypeMarshaller<?>) marshaller).getMessagePrototype()).getDescriptorForType();
    }

    /// Drops all that is not the canary's.
    void clear() {
        var milvus = MilvusServiceGrpc.newBlockingStub(besieged.channel());
        for (var database :
                milvus.listDatabases(ListDatabasesRequest.getDefaultInstance()).getDbNamesList()) {
            if (database.equals(Canary.DATABASE)) continue;
            var all = milvus.showCollections(
                    ShowCollectionsRequest.newBuilder().setDbName(database).build());
            for (var name : all.getCollectionNamesList()) {
                for (var alias : milvus.listAliases(ListAliasesRequest.newBuilder()
                                .setDbName(database)
                                .setCollectionName(name)
                                .build())
                        .getAliasesList())
                    milvus.dropAlias(DropAliasRequest.newBuilder()
                            .setDbName(database)
                            .setAlias(alias)
                            .build());
                milvus.dropCollection(DropCollectionRequest.newBuilder()
                        .setDbName(database)
                        .setCollectionName(name)
                        .build());
            }
            if (!database.equals("default"))
                milvus.dropDatabase(
                        DropDatabaseRequest.newBuilder().setDbName(database).build());
        }
    }

    private void quietly(Message request) {
        var method = byRequest.get(request.getClass());
        ask(method, request.toByteArray(), "polite");
    }

    /// Asks for all that is right, one after the other.
    List<String> refusedPolitely() {
        restore();
        var refused = new ArrayList<String>();
        for (var request : polite) {
            var method = byRequest.get(request.getClass());
            ask(method, request.toByteArray(), "polite");
            if (!reason.isEmpty()) refused.add(method.getBareMethodName() + ": " + reason);
        }
        clear();
        // What is not implemented is known by asking.
        for (var method : List.copyOf(methods))
            if (!reached.calls().contains(method.getBareMethodName())) ask(method, new byte[0], "polite");
        return refused;
    }

    void once() {
        switch (random.nextInt(26)) {
            case 0, 1, 2, 3, 4, 5, 20, 21, 22, 23, 24 -> {
                var request = words.pick(polite);
                var method = byRequest.get(request.getClass());
                ask(method, aimed(method, spoiler.spoilt(request)).toByteArray(), "spoilt");
            }
            case 6, 7, 8 -> {
                var request = words.pick(polite);
                ask(byRequest.get(request.getClass()), spoiler.damaged(request.toByteArray()), "damaged");
            }
            case 9, 10, 11, 12, 13, 14 -> {
                var method = words.pick(methods);
                ask(method, aimed(method, spoiler.made(empty(method))).toByteArray(), "made");
            }
            case 15, 16 -> {
                var method = words.pick(methods);
                ask(
                        method,
                        aimed(method, spoiler.spoilt(spoiler.made(empty(method))))
                                .toByteArray(),
                        "made, spoilt");
            }
            case 17 -> {
                var method = words.pick(methods);
                ask(method, spoiler.damaged(spoiler.made(empty(method)).toByteArray()), "made, damaged");
            }
            case 18 -> {
                var method = words.pick(methods);
                ask(method, spoiler.nested(empty(method).getDescriptorForType()), "nested");
            }
            default -> {
                var request = words.pick(polite);
                ask(byRequest.get(request.getClass()), request.toByteArray(), "polite");
            }
        }
    }

    /// Reads go to the canary now and then.
    private Message aimed(MethodDescriptor<?, ?> method, Message request) {
        if (!READING.contains(method.getBareMethodName()) || !words.oneIn(3)) return request;
        var builder = request.toBuilder();
        var type = request.getDescriptorForType();
        var database = type.findFieldByName("db_name");
        var collection = type.findFieldByName("collection_name");
        if (database != null) builder.setField(database, Canary.DATABASE);
        if (collection != null && collection.getJavaType() == FieldDescriptor.JavaType.STRING)
            builder.setField(collection, "canary");
        return builder.build();
    }

    /// Makes the next calls those of somebody who does not wait, now and then.
    void hasty() {
        hasty = true;
    }

    private void ask(MethodDescriptor<?, ?> method, byte[] request, String how) {
        calls++;
        int number = calls;
        boolean polite = how.equals("polite");
        var headers = polite || !words.oneIn(8) ? new Metadata() : headers(method);
        long millis = hasty && words.oneIn(3) ? random.nextInt(1, 40) : TimeUnit.SECONDS.toMillis(SECONDS);
        findings.asking(() -> number + ": " + method.getBareMethodName() + " (" + how + ", " + request.length
                + " bytes) " + headers + "\n" + shown(method, request));
        long began = System.nanoTime();
        try {
            var raw = method.toBuilder(RAW, RAW).build();
            var channel = ClientInterceptors.intercept(
                    besieged.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
            var answer = ClientCalls.blockingUnaryCall(
                    channel, raw, CallOptions.DEFAULT.withDeadlineAfter(millis, TimeUnit.MILLISECONDS), request);
            judge(method, request, (Message) method.parseResponse(new ByteArrayInputStream(answer)));
        } catch (StatusRuntimeException ended) {
            var status = ended.getStatus();
            reason = status.toString();
            answers.merge(-status.getCode().value(), 1, Integer::sum);
            if (status.getCode() == io.grpc.Status.Code.UNIMPLEMENTED) methods.remove(method);
            boolean owed = millis < 1000 && status.getCode() == io.grpc.Status.Code.DEADLINE_EXCEEDED;
            if (NEVER.contains(status.getCode()) && !owed)
                findings.add(method.getBareMethodName() + " ended " + status, "");
            Judge.words(reason).ifPresent(wrong -> findings.add(method.getBareMethodName() + " " + told(wrong), ""));
        }
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        if (took > SLOW_MILLIS) findings.add(method.getBareMethodName() + " is slow", took + " ms");
    }

    /// What clients say of themselves beside a call. The canary's database is named by none that change something.
    private Metadata headers(MethodDescriptor<?, ?> method) {
        var headers = new Metadata();
        for (int i = random.nextInt(3); i >= 0; i--) {
            var name = words.pick(List.of(
                    "dbname",
                    "authorization",
                    "identifier",
                    "client-request-id",
                    "x-odd",
                    "client-request-unixmsec",
                    "client_request_id",
                    "grpc-accept-encoding",
                    "user-agent",
                    "traceparent"));
            var value = switch (random.nextInt(4)) {
                case 0 -> words.pick(List.of("default", "elsewhere", "nowhere", ""));
                case 1 -> Long.toString(words.number());
                case 2 -> "x".repeat(random.nextInt(4000));
                default -> words.odd();
            };
            if (value.equals(Canary.DATABASE) && !READING.contains(method.getBareMethodName())) continue;
            if (value.length() > 4000) value = value.substring(0, 4000);
            headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        }
        if (words.oneIn(4)) headers.put(Metadata.Key.of("odd-bin", Metadata.BINARY_BYTE_MARSHALLER), words.noise(60));
        return headers;
    }

    private void judge(MethodDescriptor<?, ?> method, byte[] request, Message answer) {
        var status = Judge.status(answer);
        answers.merge(status.getCode(), 1, Integer::sum);
        reason = status.getCode() == 0 ? "" : status.getReason();
        if (Boolean.getBoolean("sextant.show")) System.out.println(method.getBareMethodName() + " " + reason);
        var read = read(method, request);
        if (status.getCode() == 0 && read.isPresent()) reached.granted(method.getBareMethodName(), read.get());
        Judge.of(read.orElseGet(Status::getDefaultInstance), answer)
                .ifPresent(wrong -> findings.add(method.getBareMethodName() + " " + told(wrong), ""));
    }

    /// One finding, whatever numbers it has.
    private static String told(String wrong) {
        return wrong.replaceAll("fault [0-9a-f]{8}", "fault").replaceAll("\\d{3,}", "N");
    }

    private static Optional<Message> read(MethodDescriptor<?, ?> method, byte[] request) {
        try {
            return Optional.of(empty(method).getParserForType().parseFrom(request));
        } catch (IOException | StackOverflowError malformed) {
            return Optional.empty();
        }
    }

    private static String shown(MethodDescriptor<?, ?> method, byte[] request) {
        var text = read(method, request)
                .map(TextFormat.printer().emittingSingleLine(true)::printToString)
                .orElse("cannot be shown");
        if (text.length() > MOST_SHOWN) text = text.substring(0, MOST_SHOWN) + "…";
        return request.length > 400 ? text : text + "\n" + HexFormat.of().formatHex(request);
    }

    private static Message empty(MethodDescriptor<?, ?> method) {
        return (Message) ((PrototypeMarshaller<?>) method.getRequestMarshaller()).getMessagePrototype();
    }

    private static final MethodDescriptor.Marshaller<byte[]> RAW = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException impossible) {
                throw new java.io.UncheckedIOException(impossible);
            }
        }
    };
}
