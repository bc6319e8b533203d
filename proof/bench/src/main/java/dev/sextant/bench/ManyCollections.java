package dev.sextant.bench;

import com.google.protobuf.ByteString;
import dev.sextant.cli.bench.Directories;
import dev.sextant.cli.bench.ServerFigures;
import dev.sextant.fixture.ServerProcess;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.CreatePartitionRequest;
import dev.sextant.wire.milvus.DropCollectionRequest;
import dev.sextant.wire.milvus.InsertRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.MilvusServiceGrpc.MilvusServiceBlockingStub;
import dev.sextant.wire.milvus.SearchRequest;
import dev.sextant.wire.milvus.Status;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What many collections cost: each definition while their number grows, the memory of all, and a start with them; and
/// many clients at once. The server is a process of its own with a heap of 1 GB.
@Command(
        name = "collections",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Many small collections: definitions, memory, start; and many clients.")
final class ManyCollections implements Callable<Integer> {
    private static final int DIMENSION = 16;
    private static final int ROWS = 20;
    private static final int STARTS = 3;

    @Option(names = "--collections", defaultValue = "1000", description = "default ${DEFAULT-VALUE}")
    int collections;

    @Option(names = "--partitions", defaultValue = "3", description = "of each; default ${DEFAULT-VALUE}")
    int partitions;

    @Option(names = "--clients", defaultValue = "200", description = "default ${DEFAULT-VALUE}")
    int clients;

    @Option(names = "--seconds", defaultValue = "10", description = "of searches; default ${DEFAULT-VALUE}")
    int seconds;

    private final Map<String, Times> first = new LinkedHashMap<>();
    private final Map<String, Times> last = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException {
        var directory = Files.createTempDirectory("sextant-many");
        try (var server = ServerProcess.start(directory.resolve("data"))) {
            long began = System.nanoTime();
            var channel = channel(server);
            var milvus = MilvusServiceGrpc.newBlockingStub(channel);
            for (int i = 0; i < collections; i++) define(milvus, i);
            System.out.printf(
                    Locale.ROOT,
                    "%,d collections of %d partitions, %d rows of %d each: made and filled in %.1f s%n",
                    collections,
                    partitions,
                    ROWS,
                    DIMENSION,
                    (System.nanoTime() - began) / 1e9);
            told("the first hundred", first);
            told("the last hundred", last);
            memory("before the restart", server);
            channel.shutdownNow();
            starts(server);
            memory("after it", server);
            clients(server);
            drop(server);
            server.stop();
            launched(directory.resolve("data"));
        } finally {
            Directories.remove(directory);
        }
        return 0;
    }

    private static ManagedChannel channel(ServerProcess server) {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    private void define(MilvusServiceBlockingStub milvus, int number) {
        var name = "many_" + number;
        var create = Parts.create(name, Parts.key("id"), Parts.vector("v", DIMENSION))
                .build();
        timed("create a collection", number, () -> milvus.createCollection(create));
        for (int i = 1; i < partitions; i++) {
            var partition = CreatePartitionRequest.newBuilder()
                    .setCollectionName(name)
                    .setPartitionName("p" + i)
                    .build();
            timed("create a partition", number, () -> milvus.createPartition(partition));
        }
        var index = Parts.index(name, "v", "index_type", "AUTOINDEX", "metric_type", "L2")
                .build();
        timed("create an index", number, () -> milvus.createIndex(index));
        timed("load", number, () -> milvus.loadCollection(Parts.load(name)));
        timed(
                "insert " + ROWS + " rows",
                number,
                () -> milvus.insert(rows(name)).getStatus());
    }

    private void timed(String what, int number, Supplier<Status> call) {
        long began = System.nanoTime();
        var status = call.get();
        long took = System.nanoTime() - began;
        if (status.getCode() != 0) throw new IllegalStateException(what + ": " + status.getReason());
        if (number < 100) first.computeIfAbsent(what, _ -> new Times()).add(took);
        if (number >= collections - 100)
            last.computeIfAbsent(what, _ -> new Times()).add(took);
    }

    private static ByteString floats(int rows) {
        var values = new float[rows * DIMENSION];
        for (int i = 0; i < values.length; i++) values[i] = i % 11;
        return Parts.floats(values);
    }

    private static InsertRequest rows(String collection) {
        return Parts.insert(
                        collection,
                        ROWS,
                        Parts.longs("id", LongStream.range(0, ROWS).toArray()),
                        Parts.vectors("v", DIMENSION, floats(ROWS)))
                .build();
    }

    private static SearchRequest search(String collection) {
        return Parts.search(collection, "v", 5, floats(1))
                .setUseDefaultConsistency(true)
                .build();
    }

    private static void told(String when, Map<String, Times> times) {
        times.forEach((what, each) -> System.out.printf(
                Locale.ROOT,
                "  %-18s %-20s p50 %6.2f ms, p99 %6.2f ms%n",
                when,
                what,
                each.quantile(0.5) / 1e3,
                each.quantile(0.99) / 1e3));
    }

    private void starts(ServerProcess server) {
        var stopped = new ArrayList<Long>();
        var killed = new ArrayList<Long>();
        for (int i = 0; i < STARTS; i++) {
            server.stop();
            stopped.add(server.restart());
            server.kill();
            killed.add(server.restart());
        }
        System.out.println("ready again after a stop in " + stopped + " ms, after a kill in " + killed + " ms");
    }

    /// As users start it: with the start-up cache that `./dev build` makes, and without, in turns.
    private static void launched(Path data) {
        for (int i = 0; i < STARTS; i++)
            for (var options : List.of("", "-XX:AOTMode=off"))
                try (var server = StartedServer.on(data, Map.of("SEXTANT_JAVA_OPTS", options, "SEXTANT_HEAP", "1g"))) {
                    System.out.printf(
                            Locale.ROOT,
                            "./sextant serve, %-26s ready in %,d ms, %.1f s of CPU%n",
                            options.isEmpty() ? "with its start-up cache:" : "without:",
                            server.readyMillis(),
                            new ServerFigures(server.metrics()).figure("process_cpu_seconds_total"));
                }
    }

    /// The heap after a full collection, and what the engine has reserved beside it.
    private static void memory(String when, ServerProcess server) throws IOException {
        try {
            new ProcessBuilder("jcmd", Long.toString(server.pid()), "GC.run")
                    .redirectErrorStream(true)
                    .start()
                    .waitFor(30, TimeUnit.SECONDS);
        } catch (IOException | InterruptedException without) {
            System.out.println("(no full collection before: " + without.getMessage() + ")");
        }
        System.out.printf(
                Locale.ROOT,
                "%s: heap %,.0f MB in use of %,.0f, %,.0f MB reserved beside it%n",
                when,
                figure(server, "jvm_memory_used_bytes\\{area=\"heap\"\\}") / 1e6,
                figure(server, "jvm_memory_max_bytes\\{area=\"heap\"\\}") / 1e6,
                figure(server, "sextant_memory_used_bytes") / 1e6);
    }

    private static double figure(ServerProcess server, String name) throws IOException {
        try (var http = HttpClient.newHttpClient()) {
            var uri = URI.create("http://127.0.0.1:" + server.managementPort() + "/metrics");
            var page = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
            var found = Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(page);
            return found.find() ? Double.parseDouble(found.group(1)) : Double.NaN;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    /// Each with a connection of its own, each asking another collection every time.
    private void clients(ServerProcess server) {
        var times = new Times();
        var threads = new ArrayList<Thread>();
        var channels = new ArrayList<ManagedChannel>();
        for (int i = 0; i < clients; i++) channels.add(channel(server));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (int i = 0; i < clients; i++) {
            int at = i;
            threads.add(Thread.startVirtualThread(() -> ask(channels.get(at), at, end, times)));
        }
        for (var thread : threads)
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        System.out.println(clients + " clients, each on a connection of its own: " + times.sentence(seconds));
        channels.forEach(ManagedChannel::shutdownNow);
    }

    private void ask(ManagedChannel channel, int from, long end, Times times) {
        var milvus = MilvusServiceGrpc.newBlockingStub(channel);
        for (int i = from; System.nanoTime() < end; i += clients + 1) {
            var request = search("many_" + i % collections);
            long began = System.nanoTime();
            var answer = milvus.search(request);
            if (answer.getStatus().getCode() == 0) times.add(System.nanoTime() - began);
            else times.fail();
        }
    }

    private void drop(ServerProcess server) {
        var channel = channel(server);
        var milvus = MilvusServiceGrpc.newBlockingStub(channel);
        var times = new Times();
        for (int i = 0; i < Math.min(100, collections); i++) {
            long began = System.nanoTime();
            milvus.dropCollection(DropCollectionRequest.newBuilder()
                    .setCollectionName("many_" + i)
                    .build());
            times.add(System.nanoTime() - began);
        }
        told("beside the others", Map.of("drop a collection", times));
        channel.shutdownNow();
    }
}
