package dev.sextant.database;

import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.FieldType;
import dev.sextant.model.Moments;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidSchema;
import dev.sextant.model.Refusal.InvalidSchema.Rule;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Properties of databases, collections and fields: what is known is checked, what is not known is kept and shown as it
/// came.
final class Properties {
    static final String TTL = "collection.ttl.seconds";
    static final String TTL_FIELD = "ttl_field";
    static final String TIMEZONE = "timezone";
    static final String DESCRIPTION = "collection.description";
    static final String CONSISTENCY = "consistency_level";
    static final String DYNAMIC = "dynamicfield.enabled";
    static final String ISOLATION = "partitionkey.isolation";
    static final String ALLOW_INSERT_AUTO_ID = "allow_insert_auto_id";
    static final String ALLOW_FUNCTION_OUTPUTS = "collection.function.allowInsertNonBM25FunctionOutputs";
    static final String UNASKED = "disable_func_runtime_check";
    static final String NAMESPACES = "namespace.enabled";
    static final String NAMESPACE_MODE = "namespace.mode";
    static final String NAMESPACE_SHARDS = "namespace.sharding.enabled";
    static final String QUERY_MODE = "query_mode";
    static final String MMAP = "mmap.enabled";

    static final String DATABASE_COLLECTIONS = "database.max.collections";
    static final String DATABASE_DISK = "database.diskQuota.mb";
    static final String DATABASE_ENTITIES = "database.max.entities";
    static final String COLLECTION_DISK = "collection.diskProtection.diskQuota.mb";
    static final String PARTITION_DISK = "partition.diskProtection.diskQuota.mb";
    static final String COLLECTION_ENTITIES = "collection.max.entities";
    /// Switches of a database begin so.
    static final String DENY = "database.force.deny.";

    private static final Set<String> AMOUNTS = Set.of(
            DATABASE_COLLECTIONS,
            DATABASE_DISK,
            DATABASE_ENTITIES,
            COLLECTION_DISK,
            COLLECTION_ENTITIES,
            PARTITION_DISK);
    private static final long MAX_TTL_SECONDS = 3_155_760_000L;
    private static final Set<String> BOOLEANS = Set.of(
            ISOLATION,
            ALLOW_INSERT_AUTO_ID,
            ALLOW_FUNCTION_OUTPUTS,
            UNASKED,
            MMAP,
            DYNAMIC,
            NAMESPACES,
            NAMESPACE_SHARDS,
            "collection.autocompaction.enabled");
    private static final Set<String> WARM_UPS =
            Set.of("warmup", "warmup.scalarField", "warmup.scalarIndex", "warmup.vectorField", "warmup.vectorIndex");

    private Properties() {}

    static void checkDatabase(Map<String, String> properties) {
        properties.forEach((key, value) -> {
            if (key.equals(TIMEZONE)) checkTimezone(value);
            if (AMOUNTS.contains(key)) number(value);
            if (key.startsWith(DENY) && !Names.isBoolean(value))
                throw refused(key, "invalid " + key + " value: " + value + ", should be true or false");
            if (key.startsWith("cipher."))
                throw new Refused(new Refusal.Unsupported("encryption by property '" + key + "'"));
        });
    }

    static void checkCollection(Map<String, String> properties, Schema schema) {
        properties.forEach(Properties::checkOne);
        for (var key : properties.keySet())
            if (isExternal(key))
                throw new Refused(new Refusal.InvalidParameter(
                        key, key + " is no property to be set: a schema says external_source and external_spec"));
        checkTtlField(properties, schema);
        if (Names.isTrue(properties.getOrDefault(ISOLATION, "false"))
                && schema.partitionKey().isEmpty())
            throw new Refused(
                    new InvalidSchema(
                            ISOLATION,
                            Rule.PARTITION_KEY,
                            "partition key isolation mode is enabled but no partition key field is set, please set the partition key first"));
    }

    /// Whether a key makes a collection the view of something outside.
    static boolean isExternal(String key) {
        return key.equals("collection.external_source") || key.equals("collection.external_spec");
    }

    private static void checkTtlField(Map<String, String> properties, Schema schema) {
        var name = properties.get(TTL_FIELD);
        if (name == null) return;
        var field = schema.field(name)
                .orElseThrow(() -> refused(TTL_FIELD, "ttl field name " + name + " not found in schema"));
        if (field.type() != FieldType.Primitive.TIMESTAMPTZ)
            throw refused(TTL_FIELD, "ttl field must be timestamptz, field name = " + name);
        if (hasTtl(properties)) throw refused(TTL_FIELD, "collection TTL and ttl field cannot be set at the same time");
    }

    /// One of the two has to go before the other comes.
    static void checkTtlChange(Map<String, String> old, Map<String, String> set) {
        if (set.containsKey(TTL_FIELD) && hasTtl(old) && !set.containsKey(TTL))
            throw refused(TTL_FIELD, "collection TTL is already set, cannot be set ttl field");
        if (hasTtl(set) && old.containsKey(TTL_FIELD) && !set.containsKey(TTL_FIELD))
            throw refused(TTL, "ttl field is already set, cannot be set collection TTL");
    }

    private static boolean hasTtl(Map<String, String> properties) {
        return properties.containsKey(TTL) && ttlSeconds(properties.get(TTL)) > 0;
    }

    static void checkOne(String key, String value) {
        if (BOOLEANS.contains(key) && !Names.isBoolean(value))
            throw refused(key, "invalid " + key + " value: " + value + ", should be true or false");
        if (WARM_UPS.contains(key) && !Set.of("disable", "sync", "async").contains(value))
            throw refused(key, "invalid " + key + " policy: " + value + ", must be one of disable, sync, async");
        if (AMOUNTS.contains(key) || isRate(key)) number(value);
        switch (key) {
            case TTL -> ttlSeconds(value);
            case TIMEZONE -> checkTimezone(value);
            case CONSISTENCY -> level(value);
            case NAMESPACE_MODE -> {
                if (!value.equals("partition_key") && !value.equals("partition"))
                    throw refused(key, "invalid namespace.mode: " + value + ", should be partition_key or partition");
            }
            case QUERY_MODE -> {
                if (!value.equals("large_topk"))
                    throw refused(key, "invalid query_mode: " + value + ", should be large_topk");
            }
            default -> {} // kept and shown as it came
        }
    }

    /// -1 and 0 mean for ever.
    static long ttlSeconds(String value) {
        try {
            long seconds = Long.parseLong(value.strip());
            if (seconds >= -1 && seconds <= MAX_TTL_SECONDS) return seconds;
        } catch (NumberFormatException _) {
            // refused below, with the value as it came
        }
        throw refused(TTL, "collection TTL is out of range, expect [-1, " + MAX_TTL_SECONDS + "], got " + value);
    }

    /// The property of a collection that limits a kind of statement, if there is one.
    static Optional<String> rateOf(Metered metered) {
        return switch (metered) {
            case INSERTS -> Optional.of("collection.insertRate.max.mb");
            case DELETES -> Optional.of("collection.deleteRate.max.mb");
            case IMPORTS -> Optional.of("collection.bulkLoadRate.max.mb");
            case SEARCHES -> Optional.of("collection.searchRate.max.vps");
            case QUERIES -> Optional.of("collection.queryRate.max.qps");
            case NOTHING, COLLECTIONS, PARTITIONS, INDEXES, DATABASES, FLUSHES, COMPACTIONS -> Optional.empty();
        };
    }

    private static boolean isRate(String key) {
        return key.startsWith("collection.") && key.contains("Rate.");
    }

    /// An amount, or -1 for no limit.
    static double number(String value) {
        try {
            double number = Double.parseDouble(value.strip());
            if (number >= 0 || number == -1) return number;
        } catch (NumberFormatException _) {
            // refused below, with the value as it came
        }
        throw refused(
                "quota", "invalid value of a quota or rate: " + value + ", should be a number, or -1 for no limit");
    }

    static ConsistencyLevel level(String value) {
        return byNumber(value)
                .or(() -> byName(value))
                .orElseThrow(() -> refused(CONSISTENCY, "invalid consistency level: " + value));
    }

    private static Optional<ConsistencyLevel> byNumber(String value) {
        return value.length() == 1 && value.charAt(0) >= '0' && value.charAt(0) < '0' + ConsistencyLevel.values().length
                ? Optional.of(ConsistencyLevel.values()[value.charAt(0) - '0'])
                : Optional.empty();
    }

    private static Optional<ConsistencyLevel> byName(String value) {
        for (var level : ConsistencyLevel.values())
            if (level.name().equals(value.toUpperCase(Locale.ROOT))) return Optional.of(level);
        return Optional.empty();
    }

    static void checkOneKindOfEdit(Map<String, String> set, Set<String> unset) {
        if (!set.isEmpty() && !unset.isEmpty())
            throw Scene.invalid("properties", "can not provide properties and deletekeys at the same time");
        if (set.isEmpty() && unset.isEmpty())
            throw Scene.invalid("properties", "no properties or delete keys provided");
        for (var key : set.keySet())
            if (key.startsWith("cipher.")) throw Scene.invalid(key, "can not alter cipher related properties");
    }

    static Map<String, String> edited(Map<String, String> old, Map<String, String> set, Set<String> unset) {
        var properties = new HashMap<>(old);
        properties.putAll(set);
        unset.forEach(properties::remove);
        return Map.copyOf(properties);
    }

    /// Whether a key decides what is in memory: it may change only while nothing is loaded.
    static boolean isResidency(String key) {
        return key.equals(MMAP) || WARM_UPS.contains(key);
    }

    private static void checkTimezone(String zone) {
        if (Moments.zone(zone).isEmpty()) throw refused(TIMEZONE, "unknown or invalid IANA Time Zone ID: " + zone);
    }

    private static Refused refused(String key, String detail) {
        return new Refused(new InvalidSchema(key, Rule.PROPERTY, detail));
    }
}
