package dev.sextant.torture.hostile;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.sextant.wire.milvus.*;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Hostile gRPC calls, one after the other: each must be answered or refused in words that a client understands.
final class Siege {
    private static final int UNEXPECTED = 65535;
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
    private final SplittableRandom random;
    private final Words words;
    private final Spoiler spoiler;
    private final List<MethodDescriptor<?, ?>> methods;
    private final Map<Class<?>, MethodDescriptor<?, ?>> byRequest = new HashMap<>();
    private final List<Message> polite = requests();
    private final Map<Integer, Integer> answers = new TreeMap<>();
    private int calls;
    private String reason = ""; // of the last refusal; empty when it was granted

    Siege(Besieged besieged, Findings findings, SplittableRandom random) {
        this.besieged = besieged;
        this.findings = findings;
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

    private void ask(MethodDescriptor<?, ?> method, byte[] request, String how) {
        calls++;
        int number = calls;
        findings.asking(() -> number + ": " + method.getBareMethodName() + " (" + how + ", " + request.length
                + " bytes)\n" + shown(method, request));
        long began = System.nanoTime();
        try {
            var raw = method.toBuilder(RAW, RAW).build();
            var answer = ClientCalls.blockingUnaryCall(
                    besieged.channel(), raw, CallOptions.DEFAULT.withDeadlineAfter(SECONDS, TimeUnit.SECONDS), request);
            judge(method, (Message) method.parseResponse(new ByteArrayInputStream(answer)));
        } catch (StatusRuntimeException ended) {
            var status = ended.getStatus();
            reason = status.toString();
            answers.merge(-status.getCode().value(), 1, Integer::sum);
            if (status.getCode() == io.grpc.Status.Code.UNIMPLEMENTED) methods.remove(method);
            if (NEVER.contains(status.getCode())) findings.add(method.getBareMethodName() + " ended " + status, "");
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        if (millis > SLOW_MILLIS) findings.add(method.getBareMethodName() + " is slow", millis + " ms");
    }

    private void judge(MethodDescriptor<?, ?> method, Message answer) {
        var status = status(answer);
        answers.merge(status.getCode(), 1, Integer::sum);
        reason = status.getCode() == 0 ? "" : status.getReason();
        if (Boolean.getBoolean("sextant.show")) System.out.println(method.getBareMethodName() + " " + reason);
        boolean internal = reason.contains("internal error") && !reason.contains("internal error: no job");
        if (status.getCode() == UNEXPECTED || internal || reason.contains("Exception") || reason.contains("\tat "))
            findings.add(
                    method.getBareMethodName() + " answers " + reason.replaceAll("fault [0-9a-f]{8}", "fault"), "");
    }

    private static Status status(Message answer) {
        if (answer instanceof Status status) return status;
        for (var field : answer.getDescriptorForType().getFields())
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && !field.isRepeated()
                    && answer.getField(field) instanceof Status status) return status;
        return Status.getDefaultInstance();
    }

    private static String shown(MethodDescriptor<?, ?> method, byte[] request) {
        String text;
        try {
            text = TextFormat.printer()
                    .emittingSingleLine(true)
                    .printToString(empty(method).getParserForType().parseFrom(request));
        } catch (IOException | StackOverflowError malformed) {
            text = "cannot be shown";
        }
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
