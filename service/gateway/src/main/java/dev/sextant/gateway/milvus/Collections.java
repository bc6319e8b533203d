package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.gateway.exchange.Faults;
import dev.sextant.gateway.exchange.Freshness;
import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.gateway.exchange.Turns;
import dev.sextant.model.Call;
import dev.sextant.model.Define;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.CollectionInfo;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.AlterCollectionSchemaRequest;
import dev.sextant.wire.milvus.AlterCollectionSchemaResponse;
import dev.sextant.wire.milvus.BatchDescribeCollectionResponse;
import dev.sextant.wire.milvus.BoolResponse;
import dev.sextant.wire.milvus.CreateCollectionRequest;
import dev.sextant.wire.milvus.DescribeCollectionResponse;
import dev.sextant.wire.milvus.FieldSchema;
import dev.sextant.wire.milvus.GetCollectionStatisticsResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.ShowCollectionsRequest;
import dev.sextant.wire.milvus.ShowCollectionsResponse;
import dev.sextant.wire.milvus.ShowType;
import dev.sextant.wire.milvus.TruncateCollectionResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Collections: what there is, and changing it.
final class Collections {
    private static final int LOGICAL_BITS = 18;

    private static final String CHANNELS = Replication.CLUSTER + "-rootcoord-dml_";

    private Collections() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getCreateCollectionMethod(),
                        (request, exchange) -> exchange.ask(create(request), _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getDropCollectionMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.DropCollection(request.getCollectionName()), _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getHasCollectionMethod(),
                        (request, exchange) -> exchange.then(
                                new Watch.DescribeSchema(request.getCollectionName()),
                                _ -> exchange.answer(truth(true)),
                                unlessMissing(Refusal.Kind.COLLECTION, () -> exchange.answer(truth(false)), exchange)))
                .on(
                        MilvusServiceGrpc.getDescribeCollectionMethod(),
                        Faults.Asked.DESCRIBE_COLLECTION,
                        (request, exchange) -> exchange.ask(
                                new Watch.DescribeCollection(request.getCollectionName(), request.getCollectionID()),
                                Collections::described))
                .on(MilvusServiceGrpc.getBatchDescribeCollectionMethod(), (request, exchange) -> {
                    var subjects = new ArrayList<Watch.DescribeCollection>();
                    request.getCollectionNameList().forEach(name -> subjects.add(Watch.DescribeCollection.of(name)));
                    request.getCollectionIDList().forEach(id -> subjects.add(new Watch.DescribeCollection("", id)));
                    describeAll(subjects, exchange);
                })
                .on(
                        MilvusServiceGrpc.getShowCollectionsMethod(),
                        (request, exchange) -> exchange.ask(new Watch.ListCollections(), all -> shown(request, all)))
                .on(
                        MilvusServiceGrpc.getRenameCollectionMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.RenameCollection(
                                        request.getOldName(),
                                        request.getNewName(),
                                        Optional.of(request.getNewDBName()).filter(name -> !name.isEmpty())),
                                _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getAlterCollectionMethod(),
                        (request, exchange) -> byName(
                                request.getCollectionName(),
                                request.getCollectionID(),
                                exchange,
                                name -> exchange.ask(
                                        new Define.AlterCollection(
                                                name,
                                                Parameters.map(request.getPropertiesList()),
                                                Set.copyOf(request.getDeleteKeysList())),
                                        _ -> Statuses.SUCCESS)))
                .on(
                        MilvusServiceGrpc.getAlterCollectionFieldMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.AlterField(
                                        request.getCollectionName(),
                                        request.getFieldName(),
                                        Parameters.map(request.getPropertiesList()),
                                        Set.copyOf(request.getDeleteKeysList())),
                                _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getAddCollectionFieldMethod(),
                        (request, exchange) -> exchange.ask(
                                added(request.getCollectionName(), Schemas.field(request.getSchema())),
                                _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getAddCollectionStructFieldMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.AddStruct(
                                        request.getCollectionName(),
                                        Structs.struct(request.getStructArrayFieldSchema()),
                                        Structs.fields(request.getStructArrayFieldSchema())),
                                _ -> Statuses.SUCCESS))
                .on(MilvusServiceGrpc.getAlterCollectionSchemaMethod(), Collections::alterSchema)
                .on(
                        MilvusServiceGrpc.getTruncateCollectionMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.TruncateCollection(request.getCollectionName()),
                                _ -> TruncateCollectionResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .build()))
                .on(
                        MilvusServiceGrpc.getGetCollectionStatisticsMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.Statistics(request.getCollectionName(), Optional.empty()),
                                statistics -> GetCollectionStatisticsResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .addStats(Parts.pair("row_count", Long.toString(statistics.rows())))
                                        .build()));
    }

    private static Define.CreateCollection create(CreateCollectionRequest request) {
        var schema = Schemas.collection(request.getSchema());
        var properties = Parameters.map(schema.getPropertiesList());
        properties.putAll(Parameters.map(request.getPropertiesList()));
        if (schema.getEnableNamespace()) properties.put(Schemas.NAMESPACES, "true");
        return new Define.CreateCollection(
                request.getCollectionName(),
                schema.getDescription(),
                Schemas.fields(schema),
                Functions.functions(schema.getFunctionsList()),
                schema.getStructArrayFieldsList().stream().map(Structs::struct).toList(),
                schema.getEnableDynamicField(),
                request.getShardsNum() == 0 ? 1 : request.getShardsNum(),
                Math.clamp(request.getNumPartitions(), Integer.MIN_VALUE, Integer.MAX_VALUE),
                Freshness.level(request.getConsistencyLevelValue()),
                properties,
                Externals.of(schema));
    }

    private static void alterSchema(
            AlterCollectionSchemaRequest request, Exchange<AlterCollectionSchemaResponse> exchange) {
        exchange.ask(
                switch (request.getAction().getOpCase()) {
                    case ADD_REQUEST ->
                        added(request.getCollectionName(), request.getAction().getAddRequest());
                    case DROP_REQUEST ->
                        dropped(request.getCollectionName(), request.getAction().getDropRequest());
                    case OP_NOT_SET ->
                        throw new Refused(new Refusal.Missing("action", "say what is to be added or dropped"));
                },
                _ -> ALTERED);
    }

    private static Define added(String collection, FieldSchema field) {
        return new Define.AddField(
                collection,
                Schemas.field(field),
                Optional.of(field.getExternalField()).filter(column -> !column.isEmpty()));
    }

    private static Define added(String collection, AlterCollectionSchemaRequest.AddRequest add) {
        if (add.getFieldInfosCount() != 1)
            throw new Refused(new Refusal.InvalidParameter("field_infos", "exactly one field can be added at a time"));
        if (add.getFuncSchemaCount() > 1)
            throw new Refused(
                    new Refusal.InvalidParameter("func_schema", "at most one function can be added at a time"));
        var info = add.getFieldInfos(0);
        var field = Schemas.field(info.getFieldSchema());
        return add.getFuncSchemaCount() == 0
                ? added(collection, info.getFieldSchema())
                : new Define.AddFunctionField(
                        collection,
                        field,
                        Functions.function(add.getFuncSchema(0)),
                        info.getIndexName(),
                        Indexes.parameters(info.getExtraParamsList()));
    }

    private static Define dropped(String collection, AlterCollectionSchemaRequest.DropRequest drop) {
        return switch (drop.getIdentifierCase()) {
            case FUNCTION_NAME ->
                drop.getDropFunctionOutputFields()
                        ? new Define.DropFunctionFields(collection, drop.getFunctionName())
                        : new Define.DropFunction(collection, drop.getFunctionName());
            case FIELD_NAME -> new Define.DropField(collection, drop.getFieldName(), 0);
            case FIELD_ID ->
                new Define.DropField(
                        collection, "", Math.clamp(drop.getFieldId(), Integer.MIN_VALUE, Integer.MAX_VALUE));
            case IDENTIFIER_NOT_SET ->
                throw new Refused(new Refusal.Missing("identifier", "say which field or function is to be dropped"));
        };
    }

    private static final AlterCollectionSchemaResponse ALTERED = AlterCollectionSchemaResponse.newBuilder()
            .setAlterStatus(Statuses.SUCCESS)
            .build();

    /// A short request may name one large collection many times.
    private static void describeAll(
            List<Watch.DescribeCollection> subjects, Exchange<BatchDescribeCollectionResponse> exchange) {
        var all = BatchDescribeCollectionResponse.newBuilder().setStatus(Statuses.SUCCESS);
        var bytes = new AtomicLong();
        Turns.take(
                subjects,
                (subject, next) -> exchange.then(
                        subject,
                        info -> {
                            var described = described(info);
                            if (bytes.addAndGet(described.getSerializedSize()) > Rpcs.LARGEST_ANSWER)
                                throw Rpcs.tooLarge();
                            all.addResponses(described);
                            next.run();
                        },
                        reason -> {
                            all.addResponses(DescribeCollectionResponse.newBuilder()
                                    .setStatus(Statuses.of(Faults.of(reason, Faults.Asked.DESCRIBE_COLLECTION))));
                            next.run();
                        }),
                () -> exchange.answer(all.build()));
    }

    static DescribeCollectionResponse described(CollectionInfo info) {
        var response = DescribeCollectionResponse.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setSchema(Schemas.wire(
                        info.name(),
                        info.description(),
                        info.database(),
                        info.schema(),
                        info.properties(),
                        info.external()))
                .setCollectionID(info.id())
                .setCollectionName(info.name())
                .setDbName(info.database())
                .setDbId(info.databaseId())
                .setCreatedTimestamp(info.created())
                .setCreatedUtcTimestamp(info.created() >>> LOGICAL_BITS)
                .setShardsNum(info.shards())
                .setNumPartitions(info.partitions().size())
                .addAllAliases(info.aliases())
                .setConsistencyLevelValue(info.consistency().ordinal())
                .addAllProperties(Parameters.pairs(info.properties()))
                .setRequestTime(info.altered())
                .setUpdateTimestamp(info.altered())
                .setUpdateTimestampStr(Long.toString(info.altered()));
        for (int shard = 0; shard < info.shards(); shard++) {
            response.addVirtualChannelNames(channel(info.id(), shard));
            response.addPhysicalChannelNames(physicalChannel(shard));
        }
        return response.build();
    }

    static String channel(long collection, int shard) {
        return physicalChannel(shard) + "_" + collection + "v" + shard;
    }

    static String physicalChannel(int shard) {
        return CHANNELS + shard;
    }

    static boolean isPhysicalChannel(String name) {
        return name.startsWith(CHANNELS) && name.substring(CHANNELS.length()).matches("\\d{1,4}");
    }

    private static ShowCollectionsResponse shown(ShowCollectionsRequest request, List<CollectionInfo> all) {
        var named = new HashSet<>(request.getCollectionNamesList());
        boolean loadedOnly = request.getType() == ShowType.InMemory;
        var response = ShowCollectionsResponse.newBuilder().setStatus(Statuses.SUCCESS);
        for (var info : all) {
            if (!named.isEmpty() && !named.contains(info.name())) continue;
            if (loadedOnly && !info.load().wanted()) {
                if (named.isEmpty()) continue;
                throw new Refused(new Refusal.NotLoaded(info.name(), List.of()));
            }
            response.addCollectionNames(info.name())
                    .addCollectionIds(info.id())
                    .addCreatedTimestamps(info.created())
                    .addCreatedUtcTimestamps(info.created() >>> LOGICAL_BITS)
                    .addShardsNum(info.shards());
            if (loadedOnly)
                response.addInMemoryPercentages(info.load().percent())
                        .addQueryServiceAvailable(info.load().ready());
        }
        return response.build();
    }

    static BoolResponse truth(boolean value) {
        return BoolResponse.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setValue(value)
                .build();
    }

    /// Some calls name a collection by its id alone: its name means something else in another database.
    static void byName(String name, long id, Exchange<?> exchange, java.util.function.Consumer<String> next) {
        if (!name.isEmpty() || id == 0) next.accept(name);
        else
            exchange.then(new Watch.DescribeCollection("", id), info -> {
                var database = exchange.call().database();
                var here = database.isEmpty() ? Call.DEFAULT_DATABASE : database;
                if (!info.database().equals(here))
                    throw new Refused(new Refusal.NotFound(Refusal.Kind.COLLECTION, Long.toString(id), here));
                next.accept(info.name());
            });
    }

    /// A missing thing is an answer here, every other refusal one too, but not a good one.
    static java.util.function.Consumer<Throwable> unlessMissing(
            Refusal.Kind kind, Runnable missing, Exchange<?> exchange) {
        return reason -> {
            if (reason instanceof Refused refused
                    && refused.refusal() instanceof Refusal.NotFound absent
                    && absent.kind() == kind) missing.run();
            else exchange.fail(reason);
        };
    }
}
