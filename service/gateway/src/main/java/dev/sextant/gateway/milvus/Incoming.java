package dev.sextant.gateway.milvus;

import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import java.io.IOException;
import java.io.InputStream;

/// A request as it came. What cannot be read is a value too: thrown, it would end its call as a fault of ours, and
/// clients repeat those.
sealed interface Incoming<Q> {
    /// @param bytes that it came in
    record Message<Q>(Q message, int bytes) implements Incoming<Q> {}

    record Malformed<Q>(String why) implements Incoming<Q> {}

    /// Reads a request into one array, of which its `bytes` fields are views: a vector is copied once, from the
    /// socket's buffers.
    record Reader<Q extends MessageLite>(PrototypeMarshaller<Q> wire) implements Marshaller<Incoming<Q>> {
        @Override
        @SuppressWarnings("unchecked")
        public Incoming<Q> parse(InputStream stream) {
            try (stream) {
                var bytes = stream.readAllBytes();
                var in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
                in.enableAliasing(true);
                var message = (Q) wire.getMessagePrototype().getParserForType().parseFrom(in);
                in.checkLastTagWas(0);
                return new Message<>(message, bytes.length);
            } catch (IOException malformed) {
                return new Malformed<>(malformed.getMessage());
            }
        }

        @Override
        public InputStream stream(Incoming<Q> value) {
            throw new UnsupportedOperationException("requests are read here, never written");
        }
    }
}
