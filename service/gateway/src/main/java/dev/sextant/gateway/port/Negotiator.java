package dev.sextant.gateway.port;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.InternalWriteBufferingAndExceptionHandlerUtils;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Decides what a connection speaks. The only class that knows the inside of gRPC's transport: see docs/decisions/0001.
final class Negotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
    private static final byte[] PREFACE = "PRI * HTTP/2.0".getBytes(StandardCharsets.US_ASCII);
    private static final int SECONDS_TO_SPEAK = 10;

    private final Http http;
    private final Optional<SslContext> tls;
    private final InternalProtocolNegotiator.ProtocolNegotiator plain = InternalProtocolNegotiators.serverPlaintext();

    Negotiator(Http http, Optional<SslContext> tls) {
        this.http = http;
        this.tls = tls;
    }

    @Override
    public AsciiString scheme() {
        return AsciiString.of(tls.isPresent() ? "https" : "http");
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
        return new Sniffer(grpc);
    }

    @Override
    public void close() {
        plain.close();
    }

    /// Reads just enough to know. It stands between TLS, if any, and what it chooses.
    private final class Sniffer extends ByteToMessageDecoder {
        private final GrpcHttp2ConnectionHandler grpc;
        private ProtocolNegotiationEvent negotiated;
        private ScheduledFuture<?> impatience;

        private Sniffer(GrpcHttp2ConnectionHandler grpc) {
            this.grpc = grpc;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            tls.ifPresent(ssl -> context.pipeline()
                    .addBefore(
                            context.name(),
                            null,
                            ssl.newHandler(context.channel().alloc())));
            impatience = context.executor().schedule(() -> context.close(), SECONDS_TO_SPEAK, TimeUnit.SECONDS);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            // Kept for whoever is chosen; a failed TLS handshake closes the channel by itself.
            if (event instanceof ProtocolNegotiationEvent start) negotiated = start;
            else if (!(event instanceof SslHandshakeCompletionEvent)) context.fireUserEventTriggered(event);
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            int seen = Math.min(in.readableBytes(), PREFACE.length);
            for (int i = 0; i < seen; i++) {
                if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
                    chooseHttp(context);
                    return;
                }
            }
            if (seen == PREFACE.length) chooseGrpc(context);
        }

        private void chooseGrpc(ChannelHandlerContext context) {
            impatience.cancel(false);
            context.pipeline().addAfter(context.name(), null, plain.newHandler(grpc));
            context.fireUserEventTriggered(negotiated);
            context.pipeline().remove(this); // hands on what was read
        }

        private void chooseHttp(ChannelHandlerContext context) {
            impatience.cancel(false);
            InternalWriteBufferingAndExceptionHandlerUtils.writeBufferingAndRemove(context.channel());
            http.install(context.pipeline());
            context.pipeline().remove(this);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // Noise of port scanners and broken TLS: nothing that an operator could act on.
            context.close();
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext context) {
            impatience.cancel(false);
        }
    }
}
