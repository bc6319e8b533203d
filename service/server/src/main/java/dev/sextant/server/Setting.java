package dev.sextant.server;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Everything that an operator may turn: as a flag `--name`, in a YAML file as `name:`, or in the environment
/// as `SEXTANT_NAME`.
public enum Setting {
    DATA("data", "DIR", "data", "where everything is stored; an empty directory is begun"),
    HOST(
            "host",
            "ADDRESS",
            "127.0.0.1",
            "the address to listen on; any but loopback needs TLS and a password, or --insecure"),
    PORT("port", "PORT", "19530", "the one port of gRPC and REST; 0 for any that is free"),
    MANAGEMENT_HOST("management-host", "ADDRESS", "127.0.0.1", "the address of health and metrics"),
    MANAGEMENT_PORT("management-port", "PORT", "9091", "the port of health and metrics; 0 for any, -1 for none"),
    MEMORY(
            "memory",
            "SIZE",
            "half",
            "what vectors, indexes and caches may take, such as 4g; half of what the machine or container has"),
    WORKERS("workers", "N", "cores", "threads that compute; as many as there are cores"),
    DURABILITY("durability", "WHAT", "forced", "what an acknowledgment means: forced (to disk), or unsafe-os-buffered"),
    AUTHORIZATION(
            "authorization", "true|false", "auto", "whether callers must log in; as soon as there is a root password"),
    ROOT_PASSWORD_FILE(
            "root-password-file", "FILE", "", "the first password of the user root; or SEXTANT_ROOT_PASSWORD"),
    SUPER_USERS("super-users", "NAMES", "", "users who may change any password without knowing it, by commas"),
    ROOT_IS_BOUND("root-is-bound", "true|false", "false", "whether root too may do only what its roles say"),
    PUBLIC_RIGHTS(
            "public-rights",
            "true|false",
            "true",
            "whether everybody may describe collections and their indexes, and list aliases"),
    MAX_USERS("max-users", "N", "100", "how many users there may be"),
    MAX_ROLES("max-roles", "N", "10", "how many roles there may be, beside those that are built in"),
    AUDIT_LOG("audit-log", "FILE", "", "where each call leaves a line of JSON: who, what, on what, how it ended"),
    AUDIT("audit", "WHAT", "all", "which calls leave a line: all, or changes (of what exists and of who may what)"),
    RATE_INSERT("rate-insert", "SIZE", "none", "bytes that all inserts together may bring a second"),
    RATE_DELETE("rate-delete", "SIZE", "none", "bytes that all deletions together may bring a second"),
    RATE_SEARCH("rate-search", "N", "none", "vectors that may be searched for a second"),
    RATE_QUERY("rate-query", "N", "none", "queries a second"),
    RATE_DEFINE(
            "rate-define", "N", "none", "definitions a second: of collections, partitions, indexes, databases each"),
    RATE_FLUSH("rate-flush", "N", "none", "flushes of one collection a second; Milvus ships with 0.1"),
    RATE_COMPACT("rate-compact", "N", "none", "compactions a second"),
    DISK_QUOTA("disk-quota", "SIZE", "none", "with more stored in all, nothing is inserted"),
    DISK_QUOTA_DATABASE("disk-quota-database", "SIZE", "none", "the same for each database"),
    DISK_QUOTA_COLLECTION("disk-quota-collection", "SIZE", "none", "the same for each collection"),
    DENY("deny", "WHAT", "", "what is switched off for all, by commas: writing, reading, defining"),
    MODEL_ENDPOINTS(
            "model-endpoints",
            "ADDRESSES",
            "",
            "where functions of collections may send texts, by commas: beginnings of addresses, or *"),
    MODEL_KEYS_FILE("model-keys-file", "FILE", "", "keys of providers of models, a line each: openai: sk-..."),
    TLS_CERTIFICATE("tls-certificate", "FILE", "", "certificate chain in PEM"),
    TLS_KEY("tls-key", "FILE", "", "private key in PEM"),
    TLS_CLIENTS(
            "tls-clients", "FILE", "", "certificates of those who sign clients' certificates: then clients need one"),
    INSECURE("insecure", "true|false", "false", "listen beyond loopback without TLS or without log-in"),
    MAX_REQUEST("max-request", "SIZE", "64m", "the largest request that is read"),
    MAX_IN_FLIGHT(
            "max-in-flight", "SIZE", "auto", "all requests that are not answered yet; usually an eighth of the memory"),
    MAX_ARRIVING(
            "max-arriving", "DURATION", "60s", "how long a request may take to come, from its first byte to its last"),
    MAX_MODEL_CALLS(
            "max-model-calls",
            "N",
            "1024",
            "calls of a model, one after the other, that one search may need for its hits"),
    PLANNER_COSTS(
            "planner-costs",
            "WHAT",
            "measured",
            "what searches are planned by: costs measured on the indexes themselves while they are searched, or fixed"),
    RECALL_SHARE(
            "recall-share",
            "SHARE",
            "0.001",
            "of searches that are repeated exactly, when nothing else is to do, to measure recall, and one every two seconds or so; 0 for none"),
    SEAL_AFTER("seal-after", "DURATION", "10m", "rows in memory become a file at the latest after this long"),
    TRASH_FOR("trash-for", "DURATION", "24h", "how long a dropped collection can be restored"),
    IMPORT_ROOTS(
            "import-roots",
            "DIRS",
            "",
            "directories out of which files may be imported, with commas between; none by default"),
    IMPORT_MEMORY("import-memory", "SIZE", "256m", "what each import may hold of the memory while it runs"),
    IMPORT_JOBS("import-jobs", "N", "2", "imports that run at once; more of them wait"),
    MINIO_ADDRESS(
            "minio-address", "HOST:PORT", "", "S3-compatible storage to import files from: host and port, or a URL"),
    MINIO_ACCESS_KEY_ID("minio-access-key-id", "KEY", "", "who reads there; nobody in particular without it"),
    MINIO_SECRET_ACCESS_KEY_FILE(
            "minio-secret-access-key-file",
            "FILE",
            "",
            "the secret that belongs to it; or SEXTANT_MINIO_SECRET_ACCESS_KEY"),
    MINIO_USE_SSL("minio-use-ssl", "true|false", "false", "whether that storage is reached by TLS"),
    MINIO_BUCKET_NAME("minio-bucket-name", "NAME", "a-bucket", "the bucket to import files from"),
    MINIO_ROOT_PATH("minio-root-path", "PATH", "", "below which files are looked for that are not found as named"),
    MINIO_REGION("minio-region", "NAME", "us-east-1", "the region of that storage, where it has one"),
    EXTERNAL_STORES(
            "external-stores",
            "HOSTS",
            "",
            "object stores beside minio-address that external collections may name: host, host:port, *.suffix, with"
                    + " commas between"),
    LOG_LEVEL("log-level", "LEVEL", "info", "error, warn, info, debug"),
    CONFIG("config", "FILE", "", "a YAML file with settings by these names");

    public final String key;
    public final String placeholder;
    public final String usual;
    public final String meaning;

    Setting(String key, String placeholder, String usual, String meaning) {
        this.key = key;
        this.placeholder = placeholder;
        this.usual = usual;
        this.meaning = meaning;
    }

    public String variable() {
        return "SEXTANT_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /// Whether it is said by naming it alone.
    public boolean isSwitch() {
        return this == INSECURE;
    }

    static Optional<Setting> byKey(String key) {
        return Arrays.stream(values())
                .filter(setting -> setting.key.equals(key))
                .findFirst();
    }

    static Optional<Setting> byVariable(String variable) {
        return Arrays.stream(values())
                .filter(setting -> setting.variable().equals(variable))
                .findFirst();
    }

    /// Refuses a name that is none, and says which one it is most like.
    static WrongSetting unknown(String name, String place) {
        var known = List.of(values()).stream()
                .map(setting -> place.equals("the environment") ? setting.variable() : setting.key)
                .toList();
        return new WrongSetting("unknown setting '" + name + "' in " + place + Kin.hint(name, known));
    }
}
