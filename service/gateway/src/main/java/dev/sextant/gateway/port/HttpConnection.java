package dev.sextant.gateway.port;

import dev.sextant.model.Cancellation;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client that speaks HTTP/1.1. A request that comes before the last one was answered waits its turn, and reading
/// pauses; until then reading goes on, since it is how a hang-up is noticed. Everything but [Answer#send] happens on
/// the connection's event loop.
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

    private final Http http;
    private final BodyGate gate;
    private final ArrayDeque<Asked> waiting = new ArrayDeque<>(2);
    private Optional<Answer> current = Optional.empty();

    /// A request that was read.
    ///
    /// @param keepAlive whether its connection is to be kept
    /// @param bytes of it that are counted until it is answered
    private record Asked(Route.Inquiry inquiry, boolean keepAlive, long bytes) {}

    HttpConnection(Http http, BodyGate gate) {
        this.http = http;
        this.gate = gate;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            respond(context, 400, "text/plain", "malformed request\n", false);
            return;
        }
        var asked = new Asked(inquiry(request), HttpUtil.isKeepAlive(request), gate.takeOver());
        if (current.isPresent()) {
            waiting.add(asked);
            context.channel().config().setAutoRead(false);
        } else begin(context, asked);
    }

    private static Route.Inquiry inquiry(FullHttpRequest request) {
        var uri = new QueryStringDecoder(request.uri());
        var headers = request.headers();
        return new Route.Inquiry(
                request.method().name(),
                path(uri),
                uri.rawQuery(),
                name -> Optional.ofNullable(headers.get(name)),
                ByteBufUtil.getBytes(request.content()),
                new Cancellation());
    }

    private static String path(QueryStringDecoder uri) {
        try {
            return uri.path();
        } catch (IllegalArgumentException badEscape) {
            return uri.rawPath();
        }
    }

    private void begin(ChannelHandlerContext context, Asked asked) {
        var answer = new Answer(context, asked);
        current = Optional.of(answer);
        http.began();
        try {
            http.route().serve(asked.inquiry, answer);
        } catch (RuntimeException | Error fault) {
            log.error("a route failed: {} {}", asked.inquiry.method(), asked.inquiry.path(), fault);
            answer.send(500, "text/plain", "internal error\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    private void finished(ChannelHandlerContext context) {
        var next = waiting.poll();
        if (next == null) {
            current = Optional.empty();
            context.channel().config().setAutoRead(true);
            return;
        }
        // From an empty stack: thousands of short requests may have come in one piece, and each may be answered at
        // once. Until then the answer that was sent keeps those behind in line.
        context.executor().execute(() -> {
            if (context.channel().isActive()) begin(context, next);
            else forget(next);
        });
    }

    private static void respond(
            ChannelHandlerContext context, int status, String type, String text, boolean keepAlive) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        write(context, status, Map.of("content-type", type), bytes, bytes.length, keepAlive);
    }

    private static void write(
            ChannelHandlerContext context,
            int status,
            Map<String, String> headers,
            byte[] body,
            int length,
            boolean keepAlive) {
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body, 0, length));
        headers.forEach(response.headers()::set);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, length);
        response.headers().set("x-content-type-options", "nosniff");
        if (!keepAlive) response.headers().set(HttpHeaderNames.CONNECTION, "close");
        var written = context.writeAndFlush(response);
        if (!keepAlive) written.addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        current.ifPresent(answer -> answer.asked.inquiry.gone().cancel());
        waiting.forEach(this::forget);
        waiting.clear();
        context.fireChannelInactive();
    }

    private void forget(Asked asked) {
        http.inFlight().give(asked.bytes);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent && current.isEmpty()) context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // reset by the client, or bytes that are no HTTP
    }

    private final class Answer implements Route.Answering {
        private final ChannelHandlerContext context;
        private final Asked asked;
        private final AtomicBoolean sent = new AtomicBoolean();

        private Answer(ChannelHandlerContext context, Asked asked) {
            this.context = context;
            this.asked = asked;
        }

        @Override
        public void send(int status, Map<String, String> headers, byte[] body, int length) {
            if (!sent.compareAndSet(false, true)) return;
            http.ended();
            forget(asked);
            boolean keepAlive = asked.keepAlive && !http.isDraining();
            if (context.executor().inEventLoop()) finish(status, headers, body, length, keepAlive);
            else context.executor().execute(() -> finish(status, headers, body, length, keepAlive));
        }

        private void finish(int status, Map<String, String> headers, byte[] body, int length, boolean keepAlive) {
            write(context, status, headers, body, length, keepAlive);
            finished(context);
        }
    }
}
