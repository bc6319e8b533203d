package dev.sextant.gateway.port;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Counts the body of an HTTP request as it comes, before it is put together, and refuses it when all requests together
/// have too much, or when it takes too long to come. On the event loop of one connection.
final class BodyGate extends ChannelInboundHandlerAdapter {
    /// What Milvus answers to whom it limits.
    private static final int LIMITED = 1807;

    private final InFlight all;
    private long counted; // of the request that comes at the moment
    private boolean refused;
    private final Duration maxArriving;
    private boolean arriving;
    private Optional<Future<?>> limit = Optional.empty();

    BodyGate(InFlight all, Duration maxArriving) {
        this.all = all;
        this.maxArriving = maxArriving;
    }

    /// Hands the count of the request that has just come over: whoever took it gives it back.
    long takeOver() {
        long bytes = counted;
        counted = 0;
        return bytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (refused) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest) arriving = true;
        if (message instanceof LastHttpContent) arrived();
        if (message instanceof HttpContent content) {
            int bytes = content.content().readableBytes();
            boolean taken = all.take(counted, bytes);
            counted += bytes;
            if (!taken) {
                refuse(context, HttpResponseStatus.TOO_MANY_REQUESTS, all.sentence());
                ReferenceCountUtil.release(message);
                return;
            }
        }
        context.fireChannelRead(message);
        // Nobody took it over: it was malformed or too large.
        if (message instanceof LastHttpContent) giveBack();
    }

    /// Only what did not come in one piece needs a limit.
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (arriving && limit.isEmpty())
            limit = Optional.of(
                    context.executor().schedule(() -> late(context), maxArriving.toMillis(), TimeUnit.MILLISECONDS));
        context.fireChannelReadComplete();
    }

    private void late(ChannelHandlerContext context) {
        if (!arriving || refused) return;
        refuse(
                context,
                HttpResponseStatus.REQUEST_TIMEOUT,
                "the request did not come within " + maxArriving.toSeconds() + " seconds");
    }

    private void arrived() {
        arriving = false;
        limit.ifPresent(each -> each.cancel(false));
        limit = Optional.empty();
    }

    private void refuse(ChannelHandlerContext context, HttpResponseStatus status, String sentence) {
        refused = true;
        arrived();
        var text = "{\"code\":" + LIMITED + ",\"message\":\"" + sentence + "\"}";
        giveBack();
        var body = Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        response.headers().set(HttpHeaderNames.CONNECTION, "close");
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private void giveBack() {
        all.give(takeOver());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        arrived();
        giveBack();
        context.fireChannelInactive();
    }
}
