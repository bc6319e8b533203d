package dev.sextant.torture.hostile;

import dev.sextant.database.Audit;
import dev.sextant.database.DatabaseConfig;
import dev.sextant.database.ImportConfig;
import dev.sextant.database.Sextant;
import dev.sextant.database.embedding.EmbeddingConfig;
import dev.sextant.engine.Engine;
import dev.sextant.engine.EngineConfig;
import dev.sextant.gateway.Gateways;
import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.port.PortConfig;
import dev.sextant.gateway.rest.Rest;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.query.LocalShards;
import dev.sextant.query.Queries;
import dev.sextant.query.QueryConfig;
import dev.sextant.transfer.Transfer;
import dev.sextant.transfer.TransferConfig;
import dev.sextant.world.World;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/// A whole server inside this process, so that its memory can be looked at and its faults are seen with their stacks.
/// Nothing between it and a client is left out: real sockets, real files.
final class Besieged implements AutoCloseable {
    private static final long MEMORY_BYTES = 512L << 20;
    private static final int MOST_MESSAGE_BYTES = 16 << 20;

    private final Path directory;
    private final OddModel model = new OddModel();
    private World world;
    private Memory memory;
    private Work work;
    private Engine engine;
    private LocalShards shards;
    private Transfer transfer;
    private Sextant sextant;
    private Gateways gateways;
    private ManagedChannel channel;

    Besieged(Path directory) throws IOException {
        this.directory = directory;
        leave(Files.createDirectories(directory.resolve("roots")));
        open();
    }

    OddModel model() {
        return model;
    }

    /// Stops, and begins again on the same data.
    void restart() throws IOException {
        stop();
        open();
    }

    private void open() throws IOException {
        var roots = directory.resolve("roots");
        memory = new Memory(MEMORY_BYTES);
        work = new Work("besieged", 2, memory);
        world = World.real(directory.resolve("data"));
        engine = Engine.open(world, engineConfig(), memory, work);
        shards = new LocalShards(engine, work, memory, QueryConfig.DEFAULT);
        transfer = new Transfer(new TransferConfig(List.of(roots.toRealPath()), Optional.empty()));
        sextant = Sextant.over(
                world,
                memory,
                shards,
                new Queries(shards, work, memory, QueryConfig.DEFAULT),
                databaseConfig(),
                Audit.NONE,
                transfer,
                ImportConfig.DEFAULT);
        gateways = Gateways.open(
                sextant,
                Doorkeeper.OPEN,
                world,
                new Identity("0.1.0", "today", false),
                new PortConfig("127.0.0.1", 0, Optional.empty(), MOST_MESSAGE_BYTES));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", gateways.port())
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
    }

    /// What is dropped is gone at once, so that memory comes back; and passwords cost little.
    private static EngineConfig engineConfig() {
        var usual = EngineConfig.DEFAULT;
        return usual.with(to -> {
            to.durability = EngineConfig.Durability.UNSAFE_OS_BUFFERED;
            to.memtableBytes = 8L << 20;
            to.sealAfter = Duration.ofSeconds(5);
            to.graphRows = 500;
            to.trashFor = Duration.ZERO;
        });
    }

    private DatabaseConfig databaseConfig() {
        return DatabaseConfig.DEFAULT.with(to -> {
            to.embedding = new EmbeddingConfig(
                    Map.of("tei", model.url()), Map.of(), List.of(model.url()), 5, Duration.ofSeconds(2));
            to.access = new DatabaseConfig.Access("", Duration.ofSeconds(30), 4);
            to.trashFor = Duration.ZERO;
        });
    }

    /// Files that imports may find: a good one, and some that are not what their names say.
    private static void leave(Path roots) throws IOException {
        Files.writeString(roots.resolve("rows.json"), "{\"rows\":[{\"id\":70001,\"v\":[1,2,3,4]}]}");
        Files.writeString(roots.resolve("shapes.json"), """
                [{"id": 71001, "v": [1, 2, 3, 4], "place": "POINT (1 2)", "at": "2026-05-01T00:00:00Z", "n": null, "kind": "x",
                  "body": null, "clips": [{"v": [1, 0, 0, 1], "n": 1, "word": "red"}]}]
                """);
        Files.writeString(roots.resolve("deep.json"), "[".repeat(50_000));
        Files.writeString(roots.resolve("terms.txt"), "some\nterms 7\n\u4e2d\u6587 5 n\n");
        Files.writeString(roots.resolve("rows.csv"), "id,v\n70002,\"[1,2,3,4]\"\n\"");
        Files.write(
                roots.resolve("rows.parquet"), new byte[] {'P', 'A', 'R', '1', 0, 0, 0, 1, -1, -1, 'P', 'A', 'R', '1'});
        Files.write(roots.resolve("id.npy"), new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, -1, -1, '{'});
    }

    /// Of version 2 without their root, of version 1 with it.
    SequencedSet<String> routes() {
        var rest = new Rest(sextant, Doorkeeper.OPEN, world);
        var all = rest.paths();
        for (var route : rest.firstPaths())
            if (route.startsWith("POST ")) all.add(Rest.FIRST_ROOT + route.substring(5));
        return all;
    }

    ManagedChannel channel() {
        return channel;
    }

    int port() {
        return gateways.port();
    }

    long inFlightBytes() {
        return gateways.inFlightBytes();
    }

    /// After a full collection.
    static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    Map<String, Long> memoryByName() {
        return memory.byName();
    }

    /// Without what is kept of filters that may come again, which has a bound of its own.
    long memoryBytes() {
        return memory.inUseBytes() - memory.byName().getOrDefault("filters", 0L);
    }

    @Override
    public void close() throws IOException {
        stop();
        model.close();
    }

    private void stop() throws IOException {
        channel.shutdownNow();
        gateways.close();
        sextant.close();
        transfer.close();
        shards.close();
        engine.close();
        work.close();
    }
}
