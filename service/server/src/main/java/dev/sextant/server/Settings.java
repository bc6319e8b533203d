package dev.sextant.server;

import dev.sextant.database.DatabaseConfig;
import dev.sextant.database.ImportConfig;
import dev.sextant.database.Metered;
import dev.sextant.database.embedding.EmbeddingConfig;
import dev.sextant.engine.EngineConfig.Durability;
import dev.sextant.gateway.port.Tls;
import dev.sextant.query.QueryConfig;
import dev.sextant.transfer.S3Config;
import dev.sextant.transfer.TransferConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// What was set, read and checked: a server starts with all of it, or not at all.
public record Settings(
        Path data,
        String host,
        int port,
        String managementHost,
        int managementPort,
        long memoryBytes,
        int workers,
        Durability durability,
        boolean authorization,
        String rootPassword,
        Optional<Tls> tls,
        boolean insecure,
        int maxRequestBytes,
        long maxInFlightBytes,
        Duration maxArriving,
        Duration sealAfter,
        Duration trashFor,
        TransferConfig transfer,
        ImportConfig imports,
        String logLevel,
        DatabaseConfig.Access access,
        int maxUsers,
        int maxRoles,
        DatabaseConfig.Quotas quotas,
        EmbeddingConfig embedding,
        Optional<Path> auditLog,
        boolean auditEverything,
        QueryConfig query) {

    /// Set by launchers and platforms, and none of our settings.
    private static final Set<String> OTHERS = Set.of(
            "SEXTANT_HEAP",
            "SEXTANT_JAVA_OPTS",
            "SEXTANT_TRAINING",
            "SEXTANT_HALT_AT",
            "SEXTANT_STALE_OK",
            "SEXTANT_ROOT_PASSWORD",
            "SEXTANT_MINIO_SECRET_ACCESS_KEY",
            "SEXTANT_HOME",
            "SEXTANT_SERVICE_HOST",
            "SEXTANT_SERVICE_PORT");

    private static final int SHORTEST_PASSWORD = 6;

    /// Flags before the environment before the file before what is usual.
    public static Settings read(Map<Setting, String> flags, Map<String, String> environment) {
        var values = new EnumMap<Setting, String>(Setting.class);
        var fromEnvironment = fromEnvironment(environment);
        var file = flags.getOrDefault(Setting.CONFIG, fromEnvironment.getOrDefault(Setting.CONFIG, ""));
        if (!file.isEmpty()) values.putAll(fromFile(Path.of(file)));
        values.putAll(fromEnvironment);
        values.putAll(flags);
        return new Reading(
                        values,
                        environment.getOrDefault("SEXTANT_ROOT_PASSWORD", ""),
                        environment.getOrDefault("SEXTANT_MINIO_SECRET_ACCESS_KEY", ""))
                .settings();
    }

    private static Map<Setting, String> fromEnvironment(Map<String, String> environment) {
        var values = new EnumMap<Setting, String>(Setting.class);
        environment.forEach((name, value) -> {
            // Kubernetes announces a service called `sextant` under names like ours.
            if (!name.startsWith("SEXTANT_")
                    || OTHERS.contains(name)
                    || name.startsWith("SEXTANT_PORT_")
                    || name.startsWith("SEXTANT_SERVICE_")
                    || value.startsWith("tcp://")) return;
            values.put(Setting.byVariable(name).orElseThrow(() -> Setting.unknown(name, "the environment")), value);
        });
        return values;
    }

    private static Map<Setting, String> fromFile(Path file) {
        Object read;
        try {
            read = new Load(LoadSettings.builder().setLabel(file.toString()).build())
                    .loadFromString(Files.readString(file));
        } catch (NoSuchFileException _) {
            throw new WrongSetting("there is no file of settings " + file.toAbsolutePath());
        } catch (IOException unreadable) {
            throw new WrongSetting("cannot read the settings in " + file + ": " + unreadable.getMessage());
        } catch (YamlEngineException malformed) {
            throw new WrongSetting("the settings in " + file + " are no YAML: " + malformed.getMessage());
        }
        var values = new EnumMap<Setting, String>(Setting.class);
        if (read == null) return values;
        if (!(read instanceof Map<?, ?> map))
            throw new WrongSetting("the settings in " + file + " must be YAML, a `name: value` on each line");
        map.forEach((key, value) -> {
            var setting = Setting.byKey(String.valueOf(key))
                    .orElseThrow(() -> Setting.unknown(String.valueOf(key), file.toString()));
            if (value instanceof Map || value instanceof Iterable)
                throw new WrongSetting("the setting " + key + " in " + file + " takes one value");
            values.put(setting, value == null ? "" : value.toString());
        });
        return values;
    }

    /// Whether an address is reached from this machine alone.
    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            throw new WrongSetting("the address " + host + " is not known here: " + unknown.getMessage());
        }
    }

    /// Turns texts into what they mean.
    private record Reading(Map<Setting, String> values, String passwordOfEnvironment, String minioSecretOfEnvironment) {
        Settings settings() {
            var password = password();
            long memory = text(Setting.MEMORY).equals("half")
                    ? Machine.memoryBytes() / 2
                    : size(Setting.MEMORY, 64L << 20, 1L << 50);
            int largest = (int) size(Setting.MAX_REQUEST, 1 << 16, 1 << 30);
            var settings = new Settings(
                    Path.of(text(Setting.DATA)).toAbsolutePath().normalize(),
                    text(Setting.HOST),
                    number(Setting.PORT, 0, 65_535),
                    text(Setting.MANAGEMENT_HOST),
                    number(Setting.MANAGEMENT_PORT, -1, 65_535),
                    memory,
                    text(Setting.WORKERS).equals("cores") ? Machine.cores() : number(Setting.WORKERS, 1, 4096),
                    durability(),
                    text(Setting.AUTHORIZATION).equals("auto") ? !password.isEmpty() : truth(Setting.AUTHORIZATION),
                    password,
                    tls(),
                    truth(Setting.INSECURE),
                    largest,
                    text(Setting.MAX_IN_FLIGHT).equals("auto")
                            ? Math.max(2L * largest, memory / 8)
                            : size(Setting.MAX_IN_FLIGHT, largest, 1L << 50),
                    arriving(),
                    duration(Setting.SEAL_AFTER),
                    duration(Setting.TRASH_FOR),
                    new TransferConfig(importRoots(), bucket(), externalStores()),
                    ImportConfig.DEFAULT.with(
                            number(Setting.IMPORT_JOBS, 1, 64), size(Setting.IMPORT_MEMORY, 16L << 20, 1L << 40)),
                    logLevel(),
                    access(password),
                    number(Setting.MAX_USERS, 1, 1_000_000),
                    number(Setting.MAX_ROLES, 1, 1_000_000),
                    quotas(),
                    embedding(),
                    Optional.of(text(Setting.AUDIT_LOG))
                            .filter(file -> !file.isEmpty())
                            .map(Path::of),
                    choice(Setting.AUDIT, List.of("all", "changes")).equals("all"),
                    query());
            settings.checkExposure();
            return settings;
        }

        private String text(Setting setting) {
            return values.getOrDefault(setting, setting.usual).strip();
        }

        private int number(Setting setting, int least, int most) {
            try {
                int value = Integer.parseInt(text(setting));
                if (value >= least && value <= most) return value;
            } catch (NumberFormatException noNumber) {
                throw wrong(setting, "a number from " + least + " to " + most);
            }
            throw wrong(setting, "a number from " + least + " to " + most);
        }

        private boolean truth(Setting setting) {
            return switch (text(setting).toLowerCase(Locale.ROOT)) {
                case "true", "yes", "on", "" -> true;
                case "false", "no", "off" -> false;
                default -> throw wrong(setting, "true or false");
            };
        }

        private long size(Setting setting, long least, long most) {
            var text = text(setting).toLowerCase(Locale.ROOT).replaceAll("i?b$", "");
            if (!text.matches("\\d{1,15}[kmgt]?")) throw wrong(setting, "a size such as 512m or 4g");
            int unit = "kmgt".indexOf(text.charAt(text.length() - 1)) + 1;
            long number = Long.parseLong(unit == 0 ? text : text.substring(0, text.length() - 1));
            long bytes = number > most ? most + 1 : number << 10 * unit;
            if (bytes < least || bytes > most || bytes >>> 10 * unit != number)
                throw wrong(setting, "a size from " + Machine.size(least) + " to " + Machine.size(most));
            return bytes;
        }

        private Duration duration(Setting setting) {
            var text = text(setting).toLowerCase(Locale.ROOT);
            if (!text.matches("\\d{1,9}(ms|s|m|h|d)")) throw wrong(setting, "a duration such as 30s, 10m or 24h");
            long number = Long.parseLong(text.replaceAll("\\D", ""));
            return switch (text.replaceAll("\\d", "")) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }

        private Duration arriving() {
            var most = duration(Setting.MAX_ARRIVING);
            if (most.isZero()) throw wrong(Setting.MAX_ARRIVING, "a duration such as 30s or 5m");
            return most;
        }

        private QueryConfig query() {
            var costs = choice(Setting.PLANNER_COSTS, List.of("measured", "fixed"));
            return QueryConfig.DEFAULT.measuring(costs.equals("measured"), share(Setting.RECALL_SHARE));
        }

        private DatabaseConfig.Access access(String password) {
            var usual = DatabaseConfig.Access.DEFAULT;
            return new DatabaseConfig.Access(
                    password,
                    usual.rememberFor(),
                    usual.hashCost(),
                    Set.copyOf(list(Setting.SUPER_USERS)),
                    truth(Setting.ROOT_IS_BOUND),
                    truth(Setting.PUBLIC_RIGHTS));
        }

        private DatabaseConfig.Quotas quotas() {
            var rates = new EnumMap<Metered, Double>(Metered.class);
            bytes(Setting.RATE_INSERT).ifPresent(rate -> rates.put(Metered.INSERTS, (double) rate));
            bytes(Setting.RATE_DELETE).ifPresent(rate -> rates.put(Metered.DELETES, (double) rate));
            rate(Setting.RATE_SEARCH).ifPresent(rate -> rates.put(Metered.SEARCHES, rate));
            rate(Setting.RATE_QUERY).ifPresent(rate -> rates.put(Metered.QUERIES, rate));
            rate(Setting.RATE_DEFINE).ifPresent(rate -> {
                for (var each : List.of(Metered.COLLECTIONS, Metered.PARTITIONS, Metered.INDEXES, Metered.DATABASES))
                    rates.put(each, rate);
            });
            rate(Setting.RATE_FLUSH).ifPresent(rate -> rates.put(Metered.FLUSHES, rate));
            rate(Setting.RATE_COMPACT).ifPresent(rate -> rates.put(Metered.COMPACTIONS, rate));
            var denied = new HashSet<Metered.Sort>();
            for (var word : list(Setting.DENY))
                denied.add(
                        switch (word) {
                            case "writing" -> Metered.Sort.WRITING;
                            case "reading" -> Metered.Sort.READING;
                            case "defining" -> Metered.Sort.DEFINING;
                            default -> throw wrong(Setting.DENY, "writing, reading and defining, by commas");
                        });
            return new DatabaseConfig.Quotas(
                    rates,
                    denied,
                    bytes(Setting.DISK_QUOTA).orElse(-1L),
                    bytes(Setting.DISK_QUOTA_DATABASE).orElse(-1L),
                    bytes(Setting.DISK_QUOTA_COLLECTION).orElse(-1L));
        }

        private EmbeddingConfig embedding() {
            var usual = EmbeddingConfig.DEFAULT;
            return new EmbeddingConfig(
                    usual.urls(),
                    modelKeys(),
                    list(Setting.MODEL_ENDPOINTS),
                    usual.batchFactor(),
                    usual.patience(),
                    number(Setting.MAX_MODEL_CALLS, 1, 1_000_000));
        }

        private Map<String, String> modelKeys() {
            var file = text(Setting.MODEL_KEYS_FILE);
            var keys = new HashMap<String, String>();
            if (file.isEmpty()) return keys;
            try {
                for (var line : Files.readAllLines(Path.of(file))) {
                    if (line.isBlank() || line.startsWith("#")) continue;
                    int colon = line.indexOf(':');
                    if (colon < 1) throw wrong(Setting.MODEL_KEYS_FILE, "a file of lines such as openai: sk-...");
                    keys.put(
                            line.substring(0, colon).strip(),
                            line.substring(colon + 1).strip());
                }
            } catch (IOException unreadable) {
                throw new WrongSetting("cannot read the keys in " + file + ": " + unreadable.getMessage());
            }
            return keys;
        }

        private List<String> list(Setting setting) {
            return Stream.of(text(setting).split(","))
                    .map(String::strip)
                    .filter(word -> !word.isEmpty())
                    .toList();
        }

        private Optional<Long> bytes(Setting setting) {
            return text(setting).equals("none") ? Optional.empty() : Optional.of(size(setting, 1, 1L << 50));
        }

        private Optional<Double> rate(Setting setting) {
            if (text(setting).equals("none")) return Optional.empty();
            if (!text(setting).matches("\\d{1,9}(\\.\\d{1,6})?")) throw wrong(setting, "a number such as 10 or 0.1");
            return Optional.of(Double.parseDouble(text(setting)));
        }

        private double share(Setting setting) {
            if (!text(setting).matches("0|1|0\\.\\d{1,9}")) throw wrong(setting, "a share from 0 to 1, such as 0.001");
            return Double.parseDouble(text(setting));
        }

        private String choice(Setting setting, List<String> words) {
            if (!words.contains(text(setting))) throw wrong(setting, String.join(" or ", words));
            return text(setting);
        }

        private Durability durability() {
            return switch (text(Setting.DURABILITY)) {
                case "forced" -> Durability.FORCED;
                case "unsafe-os-buffered" -> Durability.UNSAFE_OS_BUFFERED;
                default -> throw wrong(Setting.DURABILITY, "forced or unsafe-os-buffered");
            };
        }

        private String logLevel() {
            var level = text(Setting.LOG_LEVEL).toLowerCase(Locale.ROOT);
            if (!Set.of("error", "warn", "info", "debug").contains(level))
                throw wrong(Setting.LOG_LEVEL, "error, warn, info or debug");
            return level;
        }

        private List<Path> importRoots() {
            var roots = new ArrayList<Path>();
            for (var part : text(Setting.IMPORT_ROOTS).split(",")) {
                if (part.isBlank()) continue;
                var root = Path.of(part.strip()).toAbsolutePath().normalize();
                if (!Files.isDirectory(root)) throw new WrongSetting("import-roots: there is no directory " + root);
                roots.add(root);
            }
            return roots;
        }

        private List<String> externalStores() {
            var stores = new ArrayList<String>();
            for (var part : text(Setting.EXTERNAL_STORES).split(",")) {
                var store = part.strip();
                if (store.isEmpty()) continue;
                if (!store.matches("(\\*\\.)?[A-Za-z0-9._-]+(:\\d+)?"))
                    throw wrong(Setting.EXTERNAL_STORES, "hosts, as in store:9000 or *.amazonaws.com");
                stores.add(store);
            }
            return stores;
        }

        private Optional<S3Config> bucket() {
            var address = text(Setting.MINIO_ADDRESS);
            if (address.isEmpty()) return Optional.empty();
            var file = text(Setting.MINIO_SECRET_ACCESS_KEY_FILE);
            return Optional.of(new S3Config(
                    address,
                    text(Setting.MINIO_ACCESS_KEY_ID),
                    file.isEmpty() ? minioSecretOfEnvironment : content(Setting.MINIO_SECRET_ACCESS_KEY_FILE, file),
                    truth(Setting.MINIO_USE_SSL),
                    text(Setting.MINIO_BUCKET_NAME),
                    text(Setting.MINIO_ROOT_PATH),
                    text(Setting.MINIO_REGION)));
        }

        private static String content(Setting setting, String file) {
            try {
                return Files.readString(Path.of(file)).strip();
            } catch (IOException unreadable) {
                throw new WrongSetting(setting.key + ": cannot read " + file + ": " + unreadable.getMessage());
            }
        }

        private Optional<Tls> tls() {
            var certificate = text(Setting.TLS_CERTIFICATE);
            var key = text(Setting.TLS_KEY);
            if (certificate.isEmpty() && key.isEmpty()) return Optional.empty();
            if (certificate.isEmpty() || key.isEmpty())
                throw new WrongSetting("TLS needs both tls-certificate and tls-key");
            var clients = text(Setting.TLS_CLIENTS);
            return Optional.of(new Tls(
                    readable(Setting.TLS_CERTIFICATE, certificate),
                    readable(Setting.TLS_KEY, key),
                    clients.isEmpty() ? Optional.empty() : Optional.of(readable(Setting.TLS_CLIENTS, clients))));
        }

        private static Path readable(Setting setting, String file) {
            var path = Path.of(file);
            if (!Files.isReadable(path)) throw new WrongSetting(setting.key + ": cannot read " + path);
            return path;
        }

        /// From a file or the environment, never from the command line, which everybody on the machine can read.
        private String password() {
            var file = text(Setting.ROOT_PASSWORD_FILE);
            var password = passwordOfEnvironment;
            if (!file.isEmpty()) {
                try {
                    password = Files.readString(Path.of(file)).strip();
                } catch (IOException unreadable) {
                    throw new WrongSetting("root-password-file: cannot read " + file + ": " + unreadable.getMessage());
                }
                if (password.isEmpty()) throw new WrongSetting("root-password-file: " + file + " is empty");
            }
            if (!password.isEmpty() && password.length() < SHORTEST_PASSWORD)
                throw new WrongSetting("the root password is too short: at least " + SHORTEST_PASSWORD + " characters");
            return password;
        }

        private WrongSetting wrong(Setting setting, String expected) {
            return new WrongSetting(setting.key + " cannot be '" + text(setting) + "': it takes " + expected);
        }
    }

    private void checkExposure() {
        if (isLoopback(host) || insecure) return;
        if (tls.isEmpty())
            throw new WrongSetting("host " + host
                    + " can be reached from other machines, and without TLS everything is readable on the way:"
                    + " set tls-certificate and tls-key, or say --insecure");
        if (!authorization)
            throw new WrongSetting("host " + host + " can be reached from other machines, and nobody has to log in:"
                    + " set root-password-file, or say --insecure");
        if (rootPassword.equalsIgnoreCase("Milvus") || rootPassword.equalsIgnoreCase("password"))
            throw new WrongSetting(
                    "the root password is the one that everybody tries first: choose another, or say --insecure");
    }

    @Override
    public String toString() {
        return "Settings[data=" + data + ", host=" + host + ", port=" + port + "]"; // never the password
    }
}
