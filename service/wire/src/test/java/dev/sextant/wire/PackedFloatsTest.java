package dev.sextant.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sextant.wire.milvus.FloatArray;
import dev.sextant.wire.milvus.PackedFloats;
import dev.sextant.wire.milvus.VectorField;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What docs/decisions/0002-packed-floats-as-bytes.md promises about the wire.
class PackedFloatsTest {
    private static final List<Float> NUMBERS = List.of(1f, -0f, Float.MIN_VALUE, Float.POSITIVE_INFINITY, 3.25f);

    @Test
    void vectorsOfThePublishedClientArriveAsTheirLittleEndianBytes() throws InvalidProtocolBufferException {
        var sent = io.milvus.grpc.VectorField.newBuilder()
                .setDim(5)
                .setFloatVector(io.milvus.grpc.FloatArray.newBuilder().addAllData(NUMBERS))
                .build();
        var received = VectorField.parseFrom(sent.toByteArray());
        assertThat(received.getDim()).isEqualTo(5);
        assertThat(received.getFloatVector().getData()).isEqualTo(littleEndian(NUMBERS));
        assertThat(received.getFloatVector().getUnknownFields().asMap()).isEmpty();
    }

    @Test
    void vectorsThatWeSendAreFloatsToThePublishedClient() throws InvalidProtocolBufferException {
        var sent = VectorField.newBuilder()
                .setDim(5)
                .setFloatVector(PackedFloats.newBuilder().setData(littleEndian(NUMBERS)))
                .build();
        var received = io.milvus.grpc.VectorField.parseFrom(sent.toByteArray());
        assertThat(received.getFloatVector().getDataList()).isEqualTo(NUMBERS);
    }

    @Test
    void numbersSentUnpackedShowAsUnknownFieldOne() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes);
        for (float number : NUMBERS) {
            out.writeFloat(FloatArray.DATA_FIELD_NUMBER, number);
        }
        out.flush();
        assertThat(FloatArray.parseFrom(bytes.toByteArray()).getDataList()).isEqualTo(NUMBERS);
        var received = PackedFloats.parseFrom(bytes.toByteArray());
        assertThat(received.getData()).isEqualTo(ByteString.EMPTY);
        assertThat(received.getUnknownFields().getField(1).getFixed32List()).hasSize(NUMBERS.size());
    }

    @Test
    void ofANumberListSentInPiecesOnlyTheLastPieceIsLeft() throws InvalidProtocolBufferException {
        var one = FloatArray.newBuilder().addAllData(NUMBERS).build().toByteString();
        var both = one.concat(FloatArray.newBuilder().addData(7f).build().toByteString());
        assertThat(FloatArray.parseFrom(both).getDataCount()).isEqualTo(NUMBERS.size() + 1);
        assertThat(PackedFloats.parseFrom(both).getData().size()).isEqualTo(Float.BYTES);
    }

    private static ByteString littleEndian(List<Float> numbers) {
        var buffer = ByteBuffer.allocate(numbers.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        numbers.forEach(buffer::putFloat);
        return ByteString.copyFrom(buffer.flip());
    }
}
