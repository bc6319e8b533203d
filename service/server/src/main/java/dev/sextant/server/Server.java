package dev.sextant.server;

import dev.sextant.database.Audit;
import dev.sextant.database.DatabaseConfig;
import dev.sextant.database.Sextant;
import dev.sextant.engine.Engine;
import dev.sextant.engine.EngineConfig;
import dev.sextant.gateway.Gateways;
import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.port.PortConfig;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Midground;
import dev.sextant.kernel.Work;
import dev.sextant.query.LocalShards;
import dev.sextant.query.Queries;
import dev.sextant.transfer.Transfer;
import dev.sextant.world.HaltingDisk;
import dev.sextant.world.World;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The life of a server process: starts everything from the bottom, says where it is, waits for the end, stops from the
/// top.
public final class Server {
    private static final Logger log = LoggerFactory.getLogger(Server.class);
    private static final long DRAIN_MILLIS = 3000;
    private static final long PATIENCE_SECONDS = 20;
    private static final long LOOK_SECONDS = 5;

    private final Settings settings;
    private final boolean training;
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private Server(Settings settings, boolean training) {
        this.settings = settings;
        this.training = training;
    }

    /// Runs until the process is asked to end.
    public static void run(Settings settings, Map<String, String> environment) {
        Logging.level(settings.logLevel());
        new Server(settings, Training.isAsked(environment)).run();
    }

    public static String version() {
        try (InputStream in = Server.class.getResourceAsStream("version.properties")) {
            var properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void run() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "sextant-stop"));
        try {
            serve();
        } finally {
            // Everything is closed here; and once it is told, the process may be gone before another word is written.
            if (!training && asked.getCount() == 0) log.info("stopped");
            ended.countDown();
        }
    }

    private void serve() {
        long began = System.nanoTime();
        Midground.sendCompilers(); // what they compile, searches run uncompiled meanwhile: none should wait for it
        var metrics = new Metrics();
        metrics.addJvm();
        var world = world(metrics);
        var memory = new Memory(settings.memoryBytes());
        // Downwards it reads as the start, upwards as the stop.
        try (var work = new Work("sextant", settings.workers(), memory);
                var management = new Held<>(Management.open(settings, metrics));
                var engine = Engine.open(world, engineConfig(), memory, work, Sextant.completing());
                var shards = new LocalShards(engine, work, memory, settings.query(), metrics);
                var audit = new Held<>(settings.auditLog()
                        .map(file -> new AuditLog(file, settings.auditEverything(), world.clock())));
                var transfer = new Transfer(settings.transfer());
                var sextant = database(world, memory, work, shards, audit.value(), transfer);
                var gateways = Gateways.open(sextant, keeper(sextant), world, identity(), portConfig())) {
            gauges(metrics, memory, engine);
            metrics.gauge("sextant_files_bytes", "Bytes of all files but the log", new Stored(settings.data())::bytes);
            metrics.gauge(
                    "sextant_requests_in_flight_bytes",
                    "Bytes of requests that are not answered yet",
                    gateways::inFlightBytes);
            WarmUp.run(sextant);
            gateways.ready();
            management.value().ifPresent(each -> each.ready(sextant));
            Greeting.say(
                    settings,
                    gateways.port(),
                    management.value().map(Management::port),
                    sextant,
                    System.nanoTime() - began);
            if (training) Training.run(sextant, gateways.port());
            else attend(sextant);
            log.info("stopping: new calls are turned away, those under way end");
            management.value().ifPresent(Management::notReady);
            gateways.drain(DRAIN_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Until the end is asked for.
    private void attend(Sextant sextant) throws InterruptedException {
        var troubles =
                new Troubles(trouble -> log.warn("trouble: {}", trouble), trouble -> log.info("is over: {}", trouble));
        do troubles.are(Management.troubles(sextant));
        while (!asked.await(LOOK_SECONDS, TimeUnit.SECONDS));
    }

    /// The machine; for crash tests with a disk that ends the process at a named place.
    private World world(Metrics metrics) {
        var real = World.real(settings.data()).with(metrics);
        var place = System.getenv("SEXTANT_HALT_AT");
        return place == null ? real : real.with(new HaltingDisk(real.disk(), HaltingDisk.Place.parse(place)));
    }

    private Sextant database(
            World world, Memory memory, Work work, LocalShards shards, Optional<AuditLog> audit, Transfer transfer) {
        var queries = new Queries(shards, work, memory, settings.query());
        return Sextant.over(
                world,
                memory,
                shards,
                queries,
                databaseConfig(),
                audit.<Audit>map(each -> each).orElse(Audit.NONE),
                transfer,
                settings.imports());
    }

    /// What may be absent, and is closed when it is there.
    private record Held<T extends AutoCloseable>(java.util.Optional<T> value) implements AutoCloseable {
        @Override
        public void close() {
            value.ifPresent(each -> {
                try {
                    each.close();
                } catch (Exception failed) {
                    log.warn("could not be closed: {}", failed.toString());
                }
            });
        }
    }

    /// Called by the system's wish to end the process; returns when everything is closed.
    private void stop() {
        asked.countDown();
        try {
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                log.warn(
                        "not stopped after {} s: the process ends now, and the log keeps what was acknowledged",
                        PATIENCE_SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private EngineConfig engineConfig() {
        return EngineConfig.DEFAULT.with(to -> {
            to.durability = settings.durability();
            to.sealAfter = settings.sealAfter();
            to.trashFor = settings.trashFor();
        });
    }

    private DatabaseConfig databaseConfig() {
        return DatabaseConfig.DEFAULT.with(to -> {
            to.names = to.names.allowing(settings.maxUsers(), settings.maxRoles());
            to.access = settings.access();
            to.trashFor = settings.trashFor();
            to.quotas = settings.quotas();
            to.embedding = settings.embedding();
        });
    }

    private Doorkeeper keeper(Sextant sextant) {
        return settings.authorization() ? new Gatekeeper(sextant) : Doorkeeper.OPEN;
    }

    private PortConfig portConfig() {
        return new PortConfig(settings.host(), settings.port(), settings.tls(), settings.maxRequestBytes())
                .withInFlight(settings.maxInFlightBytes())
                .withArriving(settings.maxArriving());
    }

    private static Identity identity() {
        return new Identity(version(), "", false);
    }

    private static void gauges(Metrics metrics, Memory memory, Engine engine) {
        metrics.gauge("sextant_memory_limit_bytes", "The memory budget", memory::limitBytes);
        metrics.gauge("sextant_memory_used_bytes", "What is taken of the memory budget", memory::inUseBytes);
        engine.figures()
                .keySet()
                .forEach(name -> metrics.gauge(
                        "sextant_" + name.replaceAll("[^a-zA-Z0-9_]", "_"),
                        name,
                        () -> engine.figures().getOrDefault(name, 0L)));
    }
}
