package dev.sextant.server;

import dev.sextant.database.Sextant;
import dev.sextant.engine.EngineConfig.Durability;
import dev.sextant.kernel.Kernels;
import dev.sextant.model.Call;
import dev.sextant.model.Watch;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a server says when it is ready: where it listens, where it stores, whether it is secured, how to connect.
final class Greeting {
    private static final Logger log = LoggerFactory.getLogger("dev.sextant.Sextant");

    private Greeting() {}

    static void say(Settings settings, int port, Optional<Integer> managementPort, Sextant sextant, long tookNanos) {
        int collections = 0;
        for (var database : sextant.execute(Call.local(), new Watch.ListDatabases()))
            collections += sextant.execute(Call.local().in(database.name()), new Watch.ListCollections())
                    .size();
        log.info(
                "ready in {} s, version {}, {}",
                String.format(Locale.ROOT, "%.2f", tookNanos / 1e9),
                Server.version(),
                Kernels.description());
        log.info(
                "listens on {}:{} for gRPC and REST, {}, {}",
                settings.host(),
                port,
                encryption(settings),
                access(settings));
        managementPort.ifPresent(number ->
                log.info("health and metrics on http://{}:{}/healthz and /metrics", settings.managementHost(), number));
        log.info(
                "stores in {} ({}), {} collections; memory {} of {}",
                settings.data(),
                settings.durability() == Durability.FORCED
                        ? "acknowledged means forced to disk"
                        : "UNSAFE: acknowledged means handed to the operating system",
                collections,
                Machine.size(settings.memoryBytes()),
                Machine.size(Machine.memoryBytes()));
        log.info("connect with {}", connection(settings, port));
    }

    private static String encryption(Settings settings) {
        return settings.tls().isPresent() ? "encrypted" : "in plain text";
    }

    private static String access(Settings settings) {
        if (settings.authorization()) return "with log-in";
        return Settings.isLoopback(settings.host())
                ? "open to whoever is on this machine"
                : "OPEN TO EVERYBODY who reaches it";
    }

    private static String connection(Settings settings, int port) {
        var scheme = settings.tls().isPresent() ? "https" : "http";
        var host = settings.host().equals("0.0.0.0") || settings.host().equals("::") ? "localhost" : settings.host();
        var token = settings.authorization() ? ", token=\"root:…\"" : "";
        return "MilvusClient(\"" + scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "\""
                + token + ")";
    }
}
