package dev.sextant.gateway;

import dev.sextant.database.DatabaseConfig;
import dev.sextant.database.ImportConfig;
import dev.sextant.database.RowFiles;
import dev.sextant.database.Sextant;
import dev.sextant.database.SextantConfig;
import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.port.PortConfig;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.world.World;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;

/// A real database behind real gateways, on some free port.
public final class Running implements AutoCloseable {
    private final Sextant sextant;
    private final Gateways gateways;
    private final ManagedChannel channel;
    private final HttpClient http = HttpClient.newHttpClient();

    public Running(Path directory) {
        this(directory, DatabaseConfig.DEFAULT);
    }

    public Running(Path directory, DatabaseConfig config) {
        this(directory, config, RowFiles.NONE);
    }

    public Running(Path directory, DatabaseConfig config, RowFiles files) {
        var world = World.real(directory);
        sextant = Sextant.open(
                world,
                SextantConfig.DEFAULT.withMemory(256L << 20).withWorkers(2).with(config),
                files,
                ImportConfig.DEFAULT);
        gateways = Gateways.open(
                sextant,
                Doorkeeper.OPEN,
                world,
                new Identity("0.1.0", "today", false),
                PortConfig.DEFAULT.at("127.0.0.1", 0));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", gateways.port())
                .usePlaintext()
                .intercept(Witness.OF_CALLS)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
    }

    public MilvusServiceGrpc.MilvusServiceBlockingStub milvus() {
        return MilvusServiceGrpc.newBlockingStub(channel);
    }

    public ManagedChannel channel() {
        return channel;
    }

    /// The answer's body to a POST under `/v2/vectordb/`.
    public String rest(String route, String body, String... headers) {
        return ask("POST", "/v2/vectordb/" + route, body, headers);
    }

    /// The answer's body.
    public String ask(String method, String path, String body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateways.port() + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) request.headers(headers);
        try {
            var answer = http.send(request.build(), BodyHandlers.ofString()).body();
            Witness.sawRoute(method, path, answer);
            return answer;
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        http.close();
        gateways.close();
        sextant.close();
    }
}
