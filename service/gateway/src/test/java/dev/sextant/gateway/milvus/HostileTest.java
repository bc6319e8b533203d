package dev.sextant.gateway.milvus;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.sextant.gateway.Running;
import dev.sextant.gateway.exchange.Fault;
import dev.sextant.wire.milvus.CreateCollectionRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.Status;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever comes in, what goes out is an answer or a refusal: never an unexpected fault, after which clients try again
/// for minutes.
class HostileTest {
    private static final int ROUNDS = 120;
    private static final EnumSet<io.grpc.Status.Code> RETRIED = EnumSet.of(
            io.grpc.Status.Code.UNKNOWN,
            io.grpc.Status.Code.INTERNAL,
            io.grpc.Status.Code.UNAVAILABLE,
            io.grpc.Status.Code.DATA_LOSS);

    @TempDir
    static Path directory;

    static Running running;

    @BeforeAll
    static void open() {
        running = new Running(directory);
        MilvusTest.milvus = running.milvus();
        MilvusTest.create("target");
        MilvusTest.good(MilvusTest.milvus.insert(MilvusTest.rows("target", 10)).getStatus());
    }

    @AfterAll
    static void close() {
        running.close();
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
                throw new IllegalStateException(impossible);
            }
        }
    };

    private record Subject(MethodDescriptor<?, ?> method, Message request) {}

    private static List<Subject> subjects() {
        return List.of(
                new Subject(MilvusServiceGrpc.getInsertMethod(), MilvusTest.rows("target", 4)),
                new Subject(
                        MilvusServiceGrpc.getSearchMethod(),
                        MilvusTest.search("target", 3)
                                .setDsl("id > 1")
                                .addOutputFields("*")
                                .build()),
                new Subject(
                        MilvusServiceGrpc.getCreateCollectionMethod(),
                        CreateCollectionRequest.newBuilder()
                                .setCollectionName("made")
                                .setSchema(ByteString.copyFrom(new byte[] {10, 4, 'm', 'a', 'd', 'e'}))
                                .build()));
    }

    @Test
    void bytesOfEveryKindAreAnsweredOrRefused() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            for (var subject : subjects()) {
                var bytes = subject.request.toByteArray();
                var changed = round % 10 == 0 ? noise(random) : damaged(bytes, random);
                check(subject.method, changed, "seed " + seed + ", round " + round);
            }
        }
    }

    @Test
    @Tag("slow")
    void valuesOfEveryKindAreAnsweredOrRefused() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++)
            for (var subject : subjects())
                check(
                        subject.method,
                        twisted(subject.request, random).toByteArray(),
                        "seed " + seed + ", round " + round);
    }

    @Test
    void fieldsOfANewerProtocolAreIgnored() {
        var newer = MilvusTest.search("target", 3)
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                25,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFromUtf8("somebody"))
                                        .build())
                        .addField(
                                9999,
                                UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                        .build());
        MilvusTest.good(MilvusTest.milvus.search(newer.build()).getStatus());
    }

    private static byte[] noise(Random random) {
        var bytes = new byte[random.nextInt(64)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        var changed =
                random.nextBoolean() ? bytes.clone() : java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        for (int i = 0, flips = random.nextInt(4); i < flips && changed.length > 0; i++)
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
        return changed;
    }

    /// The same message with some value somewhere replaced by one that nobody expects.
    private static Message twisted(Message message, Random random) {
        var builder = message.toBuilder();
        var fields = message.getAllFields().keySet().toArray(new FieldDescriptor[0]);
        if (fields.length == 0) return message;
        var field = fields[random.nextInt(fields.length)];
        if (field.isMapField()) return message;
        if (field.isRepeated()) {
            int at = random.nextInt(message.getRepeatedFieldCount(field));
            builder.setRepeatedField(field, at, odd(field, message.getRepeatedField(field, at), random));
        } else builder.setField(field, odd(field, message.getField(field), random));
        return builder.build();
    }

    private static Object odd(FieldDescriptor field, Object value, Random random) {
        long[] numbers = {
            0, -1, 1, 3, 255, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
        };
        long number = numbers[random.nextInt(numbers.length)];
        return switch (field.getJavaType()) {
            case INT -> (int) number;
            case LONG -> number;
            case FLOAT -> Float.NaN;
            case DOUBLE -> Double.NEGATIVE_INFINITY;
            case BOOLEAN -> random.nextBoolean();
            case STRING ->
                new String[] {"", " ", "../../etc", "target\u0000", "\u202e", "x".repeat(5000), "id in [1,", "v", "id"}
                        [random.nextInt(9)];
            case BYTE_STRING -> ByteString.copyFrom(noise(random));
            case ENUM -> {
                var values = field.getEnumType().getValues();
                yield values.get(random.nextInt(values.size()));
            }
            case MESSAGE -> twisted((Message) value, random);
        };
    }

    private static void check(MethodDescriptor<?, ?> method, byte[] request, String where) {
        var raw = method.toBuilder(RAW, RAW).build();
        try {
            var answer = ClientCalls.blockingUnaryCall(running.channel(), raw, CallOptions.DEFAULT, request);
            var status = status(method, answer);
            assertThat(status.getCode()).as("%s: %s", where, status.getReason()).isNotEqualTo(Fault.UNEXPECTED);
        } catch (StatusRuntimeException refused) {
            assertThat(refused.getStatus().getCode())
                    .as("%s: %s", where, refused.getStatus())
                    .isNotIn(RETRIED);
        }
    }

    private static Status status(MethodDescriptor<?, ?> method, byte[] answer) {
        var message = (Message) method.parseResponse(new ByteArrayInputStream(answer));
        if (message instanceof Status status) return status;
        return (Status) message.getField(message.getDescriptorForType().findFieldByName("status"));
    }
}
