package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.Partition;
import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.query.Shards;
import dev.sextant.world.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// How much may be done in a time, how much may be stored, and what is switched off: by the settings for all, by the
/// properties of a database or collection for itself. Nothing is limited by itself. What is asked of something that
/// does not exist is not limited either, so that its caller hears of that. Any thread.
final class Quotas {
    private static final String FULL = "disk quota exceeded, please allocate more resources";
    private static final String OFF = "access has been disabled by the administrator";
    /// Adding up what is stored takes a while, and a quota is no budget to the byte.
    private static final long WEIGHED_EVERY_NANOS = 1_000_000_000L;
    private static final int MOST_REMEMBERED = 10_000;

    private final DatabaseConfig.Quotas config;
    private final Shards shards;
    private final Clock clock;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();
    private final Map<String, Weighed> weighed = new ConcurrentHashMap<>();
    private volatile Worked worked = new Worked(Catalog.EMPTY, new ConcurrentHashMap<>());

    /// What limits each kind of statement on each target, worked out of one catalog.
    private record Worked(Catalog catalog, Map<Place, List<Limit>> limits) {}

    /// @param partition that rows are said to go to
    private record Place(String database, String collection, Metered metered, Optional<String> partition) {}

    private record Weighed(long amount, long atNanos) {}

    /// One thing that may say no.
    private sealed interface Limit {
        record Off(String setting) implements Limit {}

        /// @param scope whose bucket it is
        record Rate(String scope, double perSecond, String setting) implements Limit {}

        record Room(String scope, LongSupplier used, double most, String reason, String setting) implements Limit {}
    }

    Quotas(DatabaseConfig.Quotas config, Shards shards, Clock clock) {
        this.config = config;
        this.shards = shards;
        this.clock = clock;
    }

    void check(Call call, Facts facts) {
        if (facts.metered() == Metered.NOTHING) return;
        var catalog = shards.catalog();
        var known = worked;
        // Callers may name what does not exist, and collections come and go: what is remembered must not grow for ever.
        if (known.catalog() != catalog || known.limits().size() > MOST_REMEMBERED) {
            worked = known = new Worked(catalog, new ConcurrentHashMap<>());
            if (buckets.size() > MOST_REMEMBERED) buckets.clear();
            if (weighed.size() > MOST_REMEMBERED) weighed.clear();
        }
        for (var target : facts.targets()) {
            var database = !target.database().isEmpty()
                    ? target.database()
                    : call.database().isEmpty() ? Call.DEFAULT_DATABASE : call.database();
            var name = target.kind() == Refusal.Kind.COLLECTION ? target.name().strip() : "";
            var limits = known.limits()
                    .computeIfAbsent(
                            new Place(database, name, facts.metered(), facts.partition()),
                            place -> limits(place, catalog));
            for (var limit : limits) check(limit, facts);
        }
    }

    Watch.QuotasInfo told() {
        var rates = new TreeMap<String, Double>();
        config.rates().forEach((metered, rate) -> rates.put(metered.word(), rate));
        return new Watch.QuotasInfo(
                rates,
                config.denied().stream()
                        .map(sort -> sort.name().toLowerCase(java.util.Locale.ROOT))
                        .sorted()
                        .toList(),
                weigh("server/", this::stored),
                config.mostBytes());
    }

    private void check(Limit limit, Facts facts) {
        var what = facts.metered().word();
        switch (limit) {
            case Limit.Off(var setting) -> throw new Refused(new Refusal.Denied(what, OFF, setting));
            case Limit.Rate(var scope, var perSecond, var setting) -> {
                long now = clock.monotonicNanos();
                var bucket = buckets.compute(
                        scope + facts.metered(),
                        (_, old) -> old == null || old.perSecond() != perSecond ? new Bucket(perSecond, now) : old);
                if (!bucket.take(facts.units(), now))
                    throw new Refused(new Refusal.RateExceeded(what, perSecond, setting));
            }
            case Limit.Room(var scope, var used, var most, var reason, var setting) -> {
                if (weigh(scope + setting, used) >= most) throw new Refused(new Refusal.Denied(what, reason, setting));
            }
        }
    }

    private long weigh(String key, LongSupplier used) {
        long now = clock.monotonicNanos();
        var last = weighed.get(key);
        if (last != null && now - last.atNanos() < WEIGHED_EVERY_NANOS) return last.amount();
        var fresh = new Weighed(used.getAsLong(), now);
        weighed.put(key, fresh);
        return fresh.amount();
    }

    private List<Limit> limits(Place place, Catalog catalog) {
        var limits = new ArrayList<Limit>();
        var database = catalog.database(place.database());
        var collection = database.flatMap(d -> catalog.resolve(d.id(), place.collection()));
        boolean creates = place.metered() == Metered.COLLECTIONS || place.metered() == Metered.DATABASES;
        if (database.isEmpty() && place.metered() != Metered.DATABASES) return List.of();
        if (!place.collection().isEmpty() && collection.isEmpty() && !creates) return List.of();
        ofServer(place.metered(), limits);
        database.ifPresent(d -> ofDatabase(place.metered(), d, limits));
        collection.ifPresent(c -> ofCollection(place.metered(), c, limits));
        if (grows(place.metered()))
            collection.ifPresent(c -> c.partition(place.partition().orElse(Partition.DEFAULT_NAME))
                    .ifPresent(partition -> ofPartition(c, partition, limits)));
        return List.copyOf(limits);
    }

    private void ofServer(Metered metered, List<Limit> limits) {
        if (config.denied().contains(metered.sort())) limits.add(new Limit.Off("quotas.denied"));
        // As in Milvus, flushes are counted by collection.
        if (metered != Metered.FLUSHES) rate("server/", config.rates().get(metered), "quotas.rates", limits);
        if (grows(metered)) room("server/", this::stored, config.mostBytes(), FULL, "quotas.mostBytes", limits);
    }

    private void ofDatabase(Metered metered, Database database, List<Limit> limits) {
        var properties = database.properties();
        for (var key : switches(metered))
            if (Names.isTrue(properties.getOrDefault(key, "false"))) limits.add(new Limit.Off(key));
        if (!grows(metered)) return;
        var scope = "database/" + database.id() + "/";
        LongSupplier bytes = () -> stored(database.id());
        room(scope, bytes, config.mostBytesOfDatabase(), FULL, "quotas.mostBytesOfDatabase", limits);
        room(scope, bytes, megabytes(properties, Properties.DATABASE_DISK), FULL, Properties.DATABASE_DISK, limits);
        room(
                scope,
                () -> rows(database.id()),
                number(properties, Properties.DATABASE_ENTITIES),
                "the database holds as many entities as it may",
                Properties.DATABASE_ENTITIES,
                limits);
    }

    private void ofCollection(Metered metered, Collection collection, List<Limit> limits) {
        var properties = collection.properties();
        var scope = "collection/" + collection.id() + "/";
        if (metered == Metered.FLUSHES) rate(scope, config.rates().get(metered), "quotas.rates", limits);
        Properties.rateOf(metered)
                .ifPresent(key -> rate(
                        scope,
                        key.endsWith(".mb") ? megabytes(properties, key) : number(properties, key),
                        key,
                        limits));
        if (!grows(metered)) return;
        LongSupplier bytes = () -> stored(collection);
        room(scope, bytes, config.mostBytesOfCollection(), FULL, "quotas.mostBytesOfCollection", limits);
        room(scope, bytes, megabytes(properties, Properties.COLLECTION_DISK), FULL, Properties.COLLECTION_DISK, limits);
        room(
                scope,
                () -> shards.rowCount(collection.id(), 0),
                number(properties, Properties.COLLECTION_ENTITIES),
                "the collection holds as many entities as it may",
                Properties.COLLECTION_ENTITIES,
                limits);
    }

    /// Where a partition key chooses, no partition is written to as a whole.
    private void ofPartition(Collection collection, Partition partition, List<Limit> limits) {
        var most = megabytes(collection.properties(), Properties.PARTITION_DISK);
        LongSupplier bytes = () -> shards.segments(collection.id()).stream()
                .filter(segment -> segment.partitionId() == partition.id())
                .mapToLong(Watch.SegmentInfo::bytes)
                .sum();
        room("partition/" + partition.id() + "/", bytes, most, FULL, Properties.PARTITION_DISK, limits);
    }

    private static boolean grows(Metered metered) {
        return metered == Metered.INSERTS || metered == Metered.IMPORTS;
    }

    /// The properties of a database that switch a kind of statement off.
    private static List<String> switches(Metered metered) {
        var all = switch (metered.sort()) {
            case WATCHING -> List.<String>of();
            case WRITING -> List.of("writing");
            case READING -> List.of("reading");
            case DEFINING ->
                List.of(
                        "ddl",
                        switch (metered) {
                            case COLLECTIONS -> "collectionDDL";
                            case PARTITIONS -> "partitionDDL";
                            case INDEXES -> "index";
                            case FLUSHES -> "flush";
                            case COMPACTIONS -> "compaction";
                            default -> "ddl"; // what is defined outside of databases
                        });
        };
        return all.stream().distinct().map(word -> Properties.DENY + word).toList();
    }

    private static void rate(String scope, Double perSecond, String setting, List<Limit> limits) {
        if (perSecond != null && perSecond >= 0) limits.add(new Limit.Rate(scope, perSecond, setting));
    }

    private static void room(
            String scope, LongSupplier used, double most, String reason, String setting, List<Limit> limits) {
        if (most >= 0) limits.add(new Limit.Room(scope, used, most, reason, setting));
    }

    /// -1 when it is not said.
    private static double number(Map<String, String> properties, String key) {
        return Optional.ofNullable(properties.get(key)).map(Properties::number).orElse(-1.0);
    }

    private static double megabytes(Map<String, String> properties, String key) {
        double number = number(properties, key);
        return number < 0 ? -1 : number * (1 << 20);
    }

    private long stored() {
        return shards.catalog().collections().values().stream()
                .mapToLong(this::stored)
                .sum();
    }

    private long stored(long database) {
        return shards.catalog().collectionsOf(database).stream()
                .mapToLong(this::stored)
                .sum();
    }

    private long stored(Collection collection) {
        return shards.segments(collection.id()).stream()
                .mapToLong(s -> s.bytes())
                .sum();
    }

    private long rows(long database) {
        return shards.catalog().collectionsOf(database).stream()
                .mapToLong(c -> shards.rowCount(c.id(), 0))
                .sum();
    }
}
