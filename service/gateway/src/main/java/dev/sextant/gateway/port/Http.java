package dev.sextant.gateway.port;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The HTTP/1.1 side of the port: codec, limits, and one [HttpConnection] for each client.
final class Http {
    private static final int LINE_BYTES = 8 << 10;
    private static final int HEADER_BYTES = 64 << 10;
    private static final int IDLE_SECONDS = 300;

    private final Route route;
    private final int maxBodyBytes;
    private final InFlight inFlight;
    private final Duration maxArriving;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean draining;

    Http(Route route, int maxBodyBytes, InFlight inFlight, Duration maxArriving) {
        this.route = route;
        this.maxBodyBytes = maxBodyBytes;
        this.inFlight = inFlight;
        this.maxArriving = maxArriving;
    }

    void install(ChannelPipeline pipeline) {
        pipeline.addLast(new HttpServerCodec(
                new HttpDecoderConfig().setMaxInitialLineLength(LINE_BYTES).setMaxHeaderSize(HEADER_BYTES)));
        pipeline.addLast(new IdleStateHandler(IDLE_SECONDS, 0, 0));
        var gate = new BodyGate(inFlight, maxArriving);
        pipeline.addLast(gate);
        pipeline.addLast(new HttpObjectAggregator(maxBodyBytes));
        pipeline.addLast(new HttpConnection(this, gate));
    }

    Route route() {
        return route;
    }

    /// Whether connections are to end after the answer at hand.
    boolean isDraining() {
        return draining;
    }

    InFlight inFlight() {
        return inFlight;
    }

    void began() {
        underWay.incrementAndGet();
    }

    void ended() {
        underWay.decrementAndGet();
    }

    /// Waits until the requests at hand are answered.
    void drain(long millis) throws InterruptedException {
        draining = true;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (underWay.get() > 0 && System.nanoTime() - end < 0) Thread.sleep(5);
    }
}
