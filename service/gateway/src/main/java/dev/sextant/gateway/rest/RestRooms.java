package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sextant.gateway.exchange.Turns;
import dev.sextant.gateway.rest.Rest.Asking;
import dev.sextant.model.Define;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.AliasInfo;
import dev.sextant.model.Watch.DatabaseInfo;
import dev.sextant.model.Watch.IndexInfo;
import dev.sextant.model.Watch.IndexState;
import dev.sextant.model.Watch.PartitionInfo;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What stands around collections: `/databases/…`, `/partitions/…`, `/indexes/…`, `/aliases/…`
final class RestRooms {
    private RestRooms() {}

    static void bind(Rest rest) {
        databases(rest);
        partitions(rest);
        indexes(rest);
        aliases(rest);
    }

    private static void databases(Rest rest) {
        rest.on(
                        "databases/create",
                        asking -> server(asking)
                                .exchange()
                                .ask(
                                        new Define.CreateDatabase(
                                                asking.body().need("dbName"),
                                                asking.body().map("properties")),
                                        _ -> Said.EMPTY))
                .on(
                        "databases/drop",
                        asking -> server(asking)
                                .exchange()
                                .ask(new Define.DropDatabase(asking.body().need("dbName")), _ -> Said.EMPTY))
                .on("databases/alter", RestRooms::alterDatabase)
                .on("databases/alter_properties", RestRooms::alterDatabase)
                .on(
                        "databases/drop_properties",
                        asking -> server(asking)
                                .exchange()
                                .ask(
                                        new Define.AlterDatabase(
                                                asking.body().need("dbName"),
                                                Map.of(),
                                                Set.copyOf(asking.body().texts("propertyKeys"))),
                                        _ -> Said.EMPTY))
                .on(
                        "databases/list",
                        asking -> server(asking)
                                .exchange()
                                .ask(
                                        new Watch.ListDatabases(),
                                        all -> Said.names(all.stream()
                                                .map(DatabaseInfo::name)
                                                .toList())))
                .on(
                        "databases/describe",
                        asking -> server(asking)
                                .exchange()
                                .ask(
                                        new Watch.DescribeDatabase(asking.body().need("dbName")),
                                        info -> Said.data(json -> {
                                            json.writeStartObject();
                                            json.writeStringField("dbName", info.name());
                                            json.writeNumberField("dbID", info.id());
                                            json.writeFieldName("properties");
                                            RestSchemas.pairs(json, info.properties());
                                            json.writeEndObject();
                                        })));
    }

    private static void alterDatabase(Asking asking) {
        server(asking)
                .exchange()
                .ask(
                        new Define.AlterDatabase(
                                asking.body().need("dbName"), asking.body().map("properties"), Set.of()),
                        _ -> Said.EMPTY);
    }

    /// The database is what these calls are about, and not where they take place.
    static Asking server(Asking asking) {
        return new Asking(
                asking.body(),
                asking.exchange().in(dev.sextant.model.Call.DEFAULT_DATABASE),
                asking.textLongs(),
                asking.headers());
    }

    private static void partitions(Rest rest) {
        rest.on(
                        "partitions/list",
                        asking -> asking.exchange()
                                .ask(
                                        new Watch.ListPartitions(RestCollections.name(asking)),
                                        all -> Said.names(all.stream()
                                                .map(PartitionInfo::name)
                                                .toList())))
                .on("partitions/has", asking -> {
                    var partition = asking.body().need("partitionName");
                    asking.exchange()
                            .ask(
                                    new Watch.ListPartitions(RestCollections.name(asking)),
                                    all -> RestCollections.has(all.stream()
                                            .anyMatch(each -> each.name().equals(partition))));
                })
                .on(
                        "partitions/get_stats",
                        asking -> asking.exchange()
                                .ask(
                                        new Watch.Statistics(
                                                RestCollections.name(asking),
                                                Optional.of(asking.body().need("partitionName"))),
                                        statistics -> RestCollections.rowCount(statistics.rows())))
                .on(
                        "partitions/create",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.CreatePartition(
                                                RestCollections.name(asking),
                                                asking.body().need("partitionName")),
                                        _ -> Said.EMPTY))
                .on(
                        "partitions/drop",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.DropPartition(
                                                RestCollections.name(asking),
                                                asking.body().need("partitionName")),
                                        _ -> Said.EMPTY))
                .on(
                        "partitions/load",
                        asking -> asking.exchange()
                                .ask(
                                        new Operate.Load(
                                                RestCollections.name(asking),
                                                partitionNames(asking),
                                                0,
                                                List.of(),
                                                false),
                                        _ -> Said.EMPTY))
                .on(
                        "partitions/release",
                        asking -> asking.exchange()
                                .ask(
                                        new Operate.Release(RestCollections.name(asking), partitionNames(asking)),
                                        _ -> Said.EMPTY));
    }

    private static List<String> partitionNames(Asking asking) {
        var names = asking.body().texts("partitionNames");
        if (names.isEmpty()) throw Trouble.missing("Key: 'partitionNames' is required");
        return names;
    }

    private static void indexes(Rest rest) {
        rest.on(
                        "indexes/list",
                        asking -> asking.exchange()
                                .then(
                                        new Watch.DescribeIndexes(RestCollections.name(asking), Optional.empty()),
                                        all -> asking.exchange()
                                                .answer(Said.names(all.stream()
                                                        .map(IndexInfo::name)
                                                        .toList())),
                                        RestCollections.unlessMissing(
                                                Refusal.Kind.INDEX,
                                                () -> asking.exchange().answer(Said.names(List.of())),
                                                asking.exchange())))
                .on(
                        "indexes/describe",
                        asking -> asking.exchange()
                                .ask(
                                        new Watch.DescribeIndexes(
                                                RestCollections.name(asking),
                                                Optional.of(asking.body().text("indexName"))
                                                        .filter(name -> !name.isEmpty())),
                                        all -> Said.data(json -> {
                                            json.writeStartArray();
                                            for (var each : all) write(json, each);
                                            json.writeEndArray();
                                        })))
                .on("indexes/create", asking -> {
                    var collection = RestCollections.name(asking);
                    var all = asking.body().objects("indexParams").stream()
                            .map(each -> index(collection, each))
                            .toList();
                    if (all.isEmpty()) throw Trouble.missing("Key: 'indexParams' is required");
                    createIndexes(all, asking);
                })
                .on(
                        "indexes/drop",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.DropIndex(
                                                RestCollections.name(asking),
                                                asking.body().need("indexName")),
                                        _ -> Said.EMPTY))
                .on(
                        "indexes/alter_properties",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.AlterIndex(
                                                RestCollections.name(asking),
                                                asking.body().need("indexName"),
                                                asking.body().map("properties"),
                                                Set.of()),
                                        _ -> Said.EMPTY))
                .on(
                        "indexes/drop_properties",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.AlterIndex(
                                                RestCollections.name(asking),
                                                asking.body().need("indexName"),
                                                Map.of(),
                                                Set.copyOf(asking.body().texts("propertyKeys"))),
                                        _ -> Said.EMPTY));
    }

    static Define.CreateIndex index(String collection, Body body) {
        var parameters = new HashMap<>(body.map("params"));
        if (body.has("metricType")) parameters.put("metric_type", body.text("metricType"));
        if (body.has("indexType")) parameters.put("index_type", body.text("indexType"));
        parameters.putIfAbsent("index_type", "AUTOINDEX");
        return new Define.CreateIndex(collection, body.need("fieldName"), body.text("indexName"), parameters);
    }

    private static void createIndexes(List<Define.CreateIndex> all, Asking asking) {
        var exchange = asking.exchange();
        Turns.take(all, (index, next) -> exchange.then(index, _ -> next.run()), () -> exchange.answer(Said.EMPTY));
    }

    private static void write(JsonGenerator json, IndexInfo info) throws IOException {
        json.writeStartObject();
        json.writeStringField("indexName", info.name());
        json.writeStringField("fieldName", info.field());
        json.writeStringField("indexType", info.parameters().getOrDefault("index_type", ""));
        json.writeStringField("metricType", info.parameters().getOrDefault("metric_type", ""));
        json.writeStringField("indexState", state(info.state()));
        json.writeStringField("failReason", info.failure());
        json.writeNumberField("totalRows", info.totalRows());
        json.writeNumberField("indexedRows", info.indexedRows());
        json.writeNumberField("pendingRows", info.pendingRows());
        json.writeNumberField("minIndexVersion", 0);
        json.writeNumberField("maxIndexVersion", 0);
        json.writeFieldName("indexParams");
        RestSchemas.pairs(json, info.parameters());
        json.writeEndObject();
    }

    private static String state(IndexState state) {
        return switch (state) {
            case WAITING -> "Unissued";
            case BUILDING -> "InProgress";
            case FINISHED -> "Finished";
            case FAILED -> "Failed";
        };
    }

    private static void aliases(Rest rest) {
        rest.on(
                        "aliases/list",
                        asking -> asking.exchange()
                                .ask(
                                        new Watch.ListAliases(
                                                Optional.of(asking.body().text("collectionName"))
                                                        .filter(name -> !name.isEmpty())),
                                        all -> Said.names(all.stream()
                                                .map(AliasInfo::alias)
                                                .toList())))
                .on(
                        "aliases/describe",
                        asking -> asking.exchange()
                                .ask(
                                        new Watch.DescribeAlias(asking.body().need("aliasName")),
                                        info -> Said.data(json -> {
                                            json.writeStartObject();
                                            json.writeStringField("dbName", info.database());
                                            json.writeStringField("collectionName", info.collection());
                                            json.writeStringField("aliasName", info.alias());
                                            json.writeEndObject();
                                        })))
                .on(
                        "aliases/create",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.CreateAlias(
                                                asking.body().need("aliasName"), RestCollections.name(asking)),
                                        _ -> Said.EMPTY))
                .on(
                        "aliases/alter",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.AlterAlias(
                                                asking.body().need("aliasName"), RestCollections.name(asking)),
                                        _ -> Said.EMPTY))
                .on(
                        "aliases/drop",
                        asking -> asking.exchange()
                                .ask(new Define.DropAlias(asking.body().need("aliasName")), _ -> Said.EMPTY));
    }
}
