package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sextant.gateway.exchange.Clustering;
import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.gateway.exchange.Faults.Asked;
import dev.sextant.gateway.exchange.Freshness;
import dev.sextant.gateway.exchange.Turns;
import dev.sextant.gateway.rest.Rest.Asking;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Moments;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.CollectionInfo;
import dev.sextant.model.Watch.IndexInfo;
import dev.sextant.model.Watch.JobPhase;
import dev.sextant.model.Watch.LoadProgress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// `/collections/…`
final class RestCollections {
    private static final int FLUSH_POLL_MILLIS = 50;

    private RestCollections() {}

    static void bind(Rest rest) {
        rest.on(
                        "collections/list",
                        asking -> asking.exchange()
                                .ask(
                                        new Watch.ListCollections(),
                                        all -> Said.names(all.stream()
                                                .map(CollectionInfo::name)
                                                .toList())))
                .on(
                        "collections/has",
                        asking -> asking.exchange()
                                .then(
                                        Watch.DescribeCollection.of(name(asking)),
                                        _ -> asking.exchange().answer(has(true)),
                                        unlessMissing(
                                                Refusal.Kind.COLLECTION,
                                                () -> asking.exchange().answer(has(false)),
                                                asking.exchange())))
                .on("collections/describe", Asked.DESCRIBE_COLLECTION, RestCollections::describe)
                .on(
                        "collections/get_stats",
                        asking -> asking.exchange()
                                .ask(
                                        new Watch.Statistics(name(asking), Optional.empty()),
                                        statistics -> rowCount(statistics.rows())))
                .on("collections/get_load_state", RestCollections::loadState)
                .on("collections/create", RestCollections::create)
                .on(
                        "collections/drop",
                        asking -> asking.exchange().ask(new Define.DropCollection(name(asking)), _ -> Said.EMPTY))
                .on(
                        "collections/truncate",
                        asking -> asking.exchange().ask(new Define.TruncateCollection(name(asking)), _ -> Said.EMPTY))
                .on(
                        "collections/rename",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.RenameCollection(
                                                name(asking),
                                                asking.body().need("newCollectionName"),
                                                Optional.of(asking.body().text("newDbName"))
                                                        .filter(each -> !each.isEmpty())),
                                        _ -> Said.EMPTY))
                .on("collections/load", asking -> asking.exchange().ask(load(asking, false), _ -> Said.EMPTY))
                .on("collections/refresh_load", asking -> asking.exchange().ask(load(asking, true), _ -> Said.EMPTY))
                .on(
                        "collections/release",
                        asking -> asking.exchange().ask(new Operate.Release(name(asking), List.of()), _ -> Said.EMPTY))
                .on(
                        "collections/alter_properties",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.AlterCollection(
                                                name(asking), asking.body().map("properties"), Set.of()),
                                        _ -> Said.EMPTY))
                .on(
                        "collections/drop_properties",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.AlterCollection(
                                                name(asking),
                                                Map.of(),
                                                Set.copyOf(asking.body().texts("propertyKeys"))),
                                        _ -> Said.EMPTY))
                .on("collections/compact", asking -> {
                    boolean major = asking.body().truth("isClustering", false);
                    Clustering.check(
                            name(asking),
                            major,
                            asking.exchange(),
                            () -> asking.exchange()
                                    .ask(
                                            new Operate.Compact(name(asking), major),
                                            started -> Said.data(json -> {
                                                json.writeStartObject();
                                                json.writeNumberField("compactionID", started.job());
                                                json.writeEndObject();
                                            })));
                })
                .on("collections/get_compaction_state", RestCollections::compactionState)
                .on("collections/flush", RestCollections::flush)
                .on(
                        "collections/fields/alter_properties",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.AlterField(
                                                name(asking),
                                                asking.body().need("fieldName"),
                                                asking.body().map("fieldParams"),
                                                Set.of()),
                                        _ -> Said.EMPTY))
                .on(
                        "collections/fields/add",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.AddField(
                                                name(asking),
                                                RestSchemas.field(asking.body().object("schema"), false),
                                                Optional.of(asking.body()
                                                                .object("schema")
                                                                .text("externalField"))
                                                        .filter(column -> !column.isEmpty())),
                                        _ -> Said.EMPTY))
                .on("collections/struct_fields/add", RestCollections::addStruct);
    }

    private static void addStruct(Asking asking) {
        var schema = asking.body().object("schema");
        asking.exchange()
                .ask(
                        new Define.AddStruct(name(asking), RestSchemas.struct(schema), RestSchemas.fieldsOf(schema)),
                        _ -> Said.EMPTY);
    }

    static String name(Asking asking) {
        return asking.body().need("collectionName");
    }

    static Said has(boolean value) {
        return Said.data(json -> {
            json.writeStartObject();
            json.writeBooleanField("has", value);
            json.writeEndObject();
        });
    }

    static Said rowCount(long rows) {
        return Said.data(json -> {
            json.writeStartObject();
            json.writeNumberField("rowCount", rows);
            json.writeEndObject();
        });
    }

    static Consumer<Throwable> unlessMissing(Refusal.Kind kind, Runnable missing, Exchange<?> exchange) {
        return reason -> {
            if (reason instanceof Refused refused
                    && refused.refusal() instanceof Refusal.NotFound absent
                    && absent.kind() == kind) missing.run();
            else exchange.fail(reason);
        };
    }

    private static Operate.Load load(Asking asking, boolean refresh) {
        return new Operate.Load(
                name(asking),
                List.of(),
                asking.body().count("replicaNumber").orElse(0),
                asking.body().texts("loadFields"),
                refresh);
    }

    /// By hand, or quickly: a key, a vector, everything else dynamic. With indexes named it is loaded at once.
    private static void create(Asking asking) {
        var body = asking.body();
        var collection = name(asking);
        if (body.has("externalSource") || body.has("externalSpec"))
            throw new Refused(new Refusal.InvalidParameter(
                    "externalSource", "externalSource and externalSpec belong into the schema"));
        var indexes = new ArrayList<Define.CreateIndex>();
        List<Field> fields;
        boolean dynamic;
        if (body.has("schema")) {
            var schema = body.object("schema");
            fields = RestSchemas.fields(schema);
            dynamic = schema.truth("enableDynamicField", false);
            for (var index : body.objects("indexParams")) indexes.add(RestRooms.index(collection, index));
        } else {
            int dimension = body.count("dimension")
                    .orElseThrow(() -> new Refused(new Refusal.Missing(
                            "dimension",
                            "dimension is required for quickly create collection(default metric type: COSINE)")));
            fields = quickFields(body, dimension);
            dynamic = body.object("params").truth("enableDynamicField", true);
            var vector = fields.getLast().name();
            indexes.add(new Define.CreateIndex(
                    collection,
                    vector,
                    vector,
                    Map.of(
                            "index_type",
                            "AUTOINDEX",
                            "metric_type",
                            text(body, "metricType", "COSINE").toUpperCase(Locale.ROOT))));
        }
        var create = statement(body, collection, fields, dynamic);
        asking.exchange().then(create, _ -> indexAll(indexes, collection, asking.exchange()));
    }

    private static Define.CreateCollection statement(
            Body body, String collection, List<Field> fields, boolean dynamic) {
        var params = body.object("params");
        var properties = new HashMap<>(body.map("properties"));
        var given = params.map();
        given.forEach((key, value) -> {
            switch (key) {
                case "shardsNum", "consistencyLevel", "partitionsNum", "max_length", "enableDynamicField" -> {}
                case "ttlSeconds" -> properties.put("collection.ttl.seconds", value);
                case "ttlField" -> properties.put("ttl_field", value);
                case "partitionKeyIsolation" -> properties.put("partitionkey.isolation", value);
                default -> properties.put(key, value);
            }
        });
        return new Define.CreateCollection(
                collection,
                body.text("description"),
                fields,
                body.object("schema").objects("functions").stream()
                        .map(RestFunctions::function)
                        .toList(),
                RestSchemas.structs(body.object("schema")),
                dynamic,
                params.count("shardsNum").orElse(1),
                params.count("partitionsNum").orElse(0),
                given.containsKey("consistencyLevel")
                        ? Freshness.level(given.get("consistencyLevel"))
                        : ConsistencyLevel.BOUNDED,
                properties,
                RestExternals.of(body.object("schema")));
    }

    private static List<Field> quickFields(Body body, int dimension) {
        var traits = body.truth("autoID", false)
                ? new Trait[] {Trait.PRIMARY_KEY, Trait.AUTO_ID}
                : new Trait[] {Trait.PRIMARY_KEY};
        FieldType keyType = switch (text(body, "idType", "Int64").toLowerCase(Locale.ROOT)) {
            case "int64" -> FieldType.Primitive.INT64;
            case "varchar" -> new FieldType.Varchar(keyBytes(body));
            default ->
                throw new Refused(new Refusal.InvalidParameter(
                        "idType", "idType can only be [Int64, VarChar](case insensitive)"));
        };
        return List.of(
                Field.of(text(body, "primaryFieldName", "id"), keyType, traits),
                Field.of(text(body, "vectorFieldName", "vector"), new FieldType.Vector(VectorType.FLOAT32, dimension)));
    }

    private static int keyBytes(Body body) {
        var given = body.map("params").get("max_length");
        return given == null ? 65_535 : RestSchemas.whole("max_length", given);
    }

    static String text(Body body, String name, String otherwise) {
        var text = body.text(name);
        return text.isEmpty() ? otherwise : text;
    }

    static void indexAll(List<Define.CreateIndex> indexes, String collection, Exchange<Said> exchange) {
        if (indexes.isEmpty()) exchange.answer(Said.EMPTY);
        else
            Turns.take(
                    indexes,
                    (index, next) -> exchange.then(index, _ -> next.run()),
                    () -> exchange.ask(Operate.Load.of(collection), _ -> Said.EMPTY));
    }

    private static void describe(Asking asking) {
        var exchange = asking.exchange();
        exchange.then(
                Watch.DescribeCollection.of(name(asking)),
                info -> exchange.then(
                        new Watch.DescribeIndexes(info.name(), Optional.empty()),
                        indexes -> exchange.answer(described(info, indexes)),
                        unlessMissing(
                                Refusal.Kind.INDEX, () -> exchange.answer(described(info, List.of())), exchange)));
    }

    private static Said described(CollectionInfo info, List<IndexInfo> indexes) {
        return Said.data(json -> {
            json.writeStartObject();
            json.writeStringField("collectionName", info.name());
            json.writeNumberField("collectionID", info.id());
            json.writeStringField("description", info.description());
            json.writeBooleanField("autoId", info.schema().primaryKey().has(Trait.AUTO_ID));
            json.writeBooleanField("enableDynamicField", info.schema().dynamic().isPresent());
            json.writeStringField("consistencyLevel", levelName(info.consistency()));
            json.writeNumberField("shardsNum", info.shards());
            json.writeNumberField("partitionsNum", info.partitions().size());
            json.writeStringField("load", stateName(info.load()));
            json.writeArrayFieldStart("fields");
            var zone = Moments.zoneOf(info.properties());
            for (var field : info.schema().plainFields())
                if (!field.has(Trait.DYNAMIC) && !field.isNamespace())
                    RestSchemas.write(
                            json,
                            field,
                            zone,
                            info.external().map(from -> from.columns().get(field.name())));
            json.writeEndArray();
            json.writeArrayFieldStart("structFields");
            for (var struct : info.schema().structs()) RestSchemas.write(json, struct, info.schema());
            json.writeEndArray();
            json.writeArrayFieldStart("functions");
            for (var function : info.schema().functions()) RestFunctions.write(json, function);
            json.writeEndArray();
            json.writeArrayFieldStart("aliases");
            for (var alias : info.aliases()) json.writeString(alias);
            json.writeEndArray();
            json.writeArrayFieldStart("indexes");
            for (var index : indexes) describeIndex(json, index);
            json.writeEndArray();
            json.writeFieldName("properties");
            RestSchemas.pairs(json, info.properties());
            if (info.external().isPresent()) {
                json.writeStringField("externalSource", info.external().get().source());
                json.writeStringField("externalSpec", info.external().get().spec());
            }
            json.writeEndObject();
        });
    }

    static void describeIndex(JsonGenerator json, IndexInfo index) throws IOException {
        json.writeStartObject();
        json.writeStringField("indexName", index.name());
        json.writeStringField("fieldName", index.field());
        json.writeStringField("metricType", index.parameters().getOrDefault("metric_type", ""));
        json.writeEndObject();
    }

    private static String levelName(ConsistencyLevel level) {
        var name = level.name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }

    static String stateName(LoadProgress progress) {
        if (!progress.wanted()) return "LoadStateNotLoad";
        return progress.ready() ? "LoadStateLoaded" : "LoadStateLoading";
    }

    private static void loadState(Asking asking) {
        var exchange = asking.exchange();
        exchange.then(
                new Watch.LoadState(name(asking), asking.body().texts("partitionNames")),
                progress -> exchange.answer(loadState(stateName(progress), progress.wanted() ? progress.percent() : 0)),
                unlessMissing(
                        Refusal.Kind.COLLECTION, () -> exchange.answer(loadState("LoadStateNotExist", 0)), exchange));
    }

    private static Said loadState(String name, int percent) {
        return Said.data(json -> {
            json.writeStartObject();
            json.writeStringField("loadState", name);
            json.writeNumberField("loadProgress", percent);
            json.writeStringField("message", "");
            json.writeEndObject();
        });
    }

    private static void compactionState(Asking asking) {
        var exchange = asking.exchange();
        long job = asking.body().whole("jobID").orElseThrow(() -> Trouble.missing("Key: 'jobID' is required"));
        if (job < 0) exchange.answer(compactionState(job, JobPhase.DONE));
        else
            exchange.then(
                    new Watch.JobState(job),
                    info -> exchange.answer(compactionState(job, info.phase())),
                    unlessMissing(
                            Refusal.Kind.JOB, () -> exchange.answer(compactionState(job, JobPhase.DONE)), exchange));
    }

    private static Said compactionState(long job, JobPhase phase) {
        boolean runs = phase == JobPhase.WAITING || phase == JobPhase.RUNNING;
        return Said.data(json -> {
            json.writeStartObject();
            json.writeNumberField("compactionID", job);
            json.writeStringField("state", runs ? "Executing" : "Completed");
            json.writeNumberField("executingPlanNumber", runs ? 1 : 0);
            json.writeNumberField("timeoutPlanNumber", 0);
            json.writeNumberField("completedPlanNumber", phase == JobPhase.DONE ? 1 : 0);
            json.writeEndObject();
        });
    }

    /// Answers when everything is in files.
    private static void flush(Asking asking) {
        var collection = name(asking);
        asking.exchange()
                .then(
                        new Operate.Flush(List.of(collection)),
                        flushed -> awaitFlushed(collection, flushed.timestamp(), asking.exchange()));
    }

    private static void awaitFlushed(String collection, long timestamp, Exchange<Said> exchange) {
        exchange.then(new Watch.FlushState(Optional.of(collection), List.of(), timestamp), done -> {
            if (done) exchange.answer(Said.EMPTY);
            else if (exchange.call().cancellation().isCancelled()) exchange.fail(new Refused(new Refusal.Cancelled()));
            else if (System.nanoTime() - exchange.call().deadlineNanos() > 0)
                exchange.fail(new Refused(new Refusal.DeadlinePassed(false)));
            else
                CompletableFuture.delayedExecutor(FLUSH_POLL_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(() -> exchange.guarded(() -> awaitFlushed(collection, timestamp, exchange)));
        });
    }
}
