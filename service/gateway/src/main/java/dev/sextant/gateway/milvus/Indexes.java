package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.gateway.exchange.JsonTexts;
import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.model.Define;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.IndexInfo;
import dev.sextant.wire.milvus.DescribeIndexResponse;
import dev.sextant.wire.milvus.DropIndexRequest;
import dev.sextant.wire.milvus.GetIndexBuildProgressResponse;
import dev.sextant.wire.milvus.GetIndexStateResponse;
import dev.sextant.wire.milvus.GetIndexStatisticsResponse;
import dev.sextant.wire.milvus.IndexDescription;
import dev.sextant.wire.milvus.IndexState;
import dev.sextant.wire.milvus.KeyValuePair;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Indexes: asking for them, and how far they are.
final class Indexes {
    private Indexes() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getCreateIndexMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.CreateIndex(
                                        request.getCollectionName(),
                                        request.getFieldName(),
                                        request.getIndexName(),
                                        parameters(request.getExtraParamsList())),
                                _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getDescribeIndexMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.DescribeIndexes(request.getCollectionName(), named(request.getIndexName())),
                                all -> DescribeIndexResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .addAllIndexDescriptions(descriptions(all))
                                        .build()))
                .on(MilvusServiceGrpc.getDropIndexMethod(), Indexes::drop)
                .on(MilvusServiceGrpc.getAlterIndexMethod(), (request, exchange) -> {
                    if (request.getIndexName().isEmpty())
                        throw new Refused(new Refusal.InvalidParameter("index_name", "index name is empty"));
                    exchange.ask(
                            new Define.AlterIndex(
                                    request.getCollectionName(),
                                    request.getIndexName(),
                                    Parameters.map(request.getExtraParamsList()),
                                    Set.copyOf(request.getDeleteKeysList())),
                            _ -> Statuses.SUCCESS);
                })
                .on(
                        MilvusServiceGrpc.getGetIndexStatisticsMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.DescribeIndexes(request.getCollectionName(), named(request.getIndexName())),
                                all -> GetIndexStatisticsResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .addAllIndexDescriptions(descriptions(all))
                                        .build()));
        bindOld(rpcs);
    }

    private static void bindOld(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getGetIndexStateMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.DescribeIndexes(request.getCollectionName(), named(request.getIndexName())),
                                all -> GetIndexStateResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setState(worst(all))
                                        .setFailReason(all.stream()
                                                .map(IndexInfo::failure)
                                                .filter(each -> !each.isEmpty())
                                                .findFirst()
                                                .orElse(""))
                                        .build()))
                .on(
                        MilvusServiceGrpc.getGetIndexBuildProgressMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.DescribeIndexes(request.getCollectionName(), named(request.getIndexName())),
                                all -> GetIndexBuildProgressResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setIndexedRows(all.stream()
                                                .mapToLong(IndexInfo::indexedRows)
                                                .sum())
                                        .setTotalRows(all.stream()
                                                .mapToLong(IndexInfo::totalRows)
                                                .sum())
                                        .build()));
    }

    /// By its name; without one, the only index there is.
    private static void drop(DropIndexRequest request, Exchange<Status> exchange) {
        var collection = request.getCollectionName();
        var name = request.getIndexName().isEmpty() ? request.getFieldName() : request.getIndexName();
        if (!name.isEmpty()) {
            exchange.ask(new Define.DropIndex(collection, name), _ -> Statuses.SUCCESS);
            return;
        }
        exchange.then(
                new Watch.DescribeIndexes(collection, Optional.empty()),
                all -> {
                    if (all.size() > 1)
                        throw new Refused(new Refusal.AlreadyExists(
                                Refusal.Kind.INDEX,
                                "",
                                collection,
                                "the collection has several indexes, please specify the index name"));
                    exchange.ask(new Define.DropIndex(collection, all.getFirst().name()), _ -> Statuses.SUCCESS);
                },
                Collections.unlessMissing(Refusal.Kind.INDEX, () -> exchange.answer(Statuses.SUCCESS), exchange));
    }

    private static Optional<String> named(String name) {
        return Optional.of(name).filter(each -> !each.isEmpty());
    }

    /// What stands in the JSON under `params`, and what stands beside it; one key twice is a mistake.
    static Map<String, String> parameters(List<KeyValuePair> pairs) {
        var all = new LinkedHashMap<String, String>();
        for (var pair : pairs) {
            if (pair.getKey().equals("params")) {
                if (!pair.getValue().isBlank())
                    JsonTexts.object(pair.getValue(), "params").forEach((key, value) -> put(all, key, value));
            } else put(all, pair.getKey(), pair.getValue());
        }
        return all;
    }

    private static void put(Map<String, String> all, String key, String value) {
        var before = all.put(key, value);
        if (before != null && !before.equals(value))
            throw new Refused(
                    new Refusal.InvalidParameter(key, "duplicated index param: duplicated param key: " + key));
    }

    private static List<IndexDescription> descriptions(List<IndexInfo> all) {
        return all.stream().map(Indexes::description).toList();
    }

    private static IndexDescription description(IndexInfo info) {
        return IndexDescription.newBuilder()
                .setIndexName(info.name())
                .setIndexID(info.id())
                .setFieldName(info.field())
                .addAllParams(Parameters.pairs(info.parameters()))
                .setState(state(info))
                .setIndexStateFailReason(info.failure())
                .setIndexedRows(info.indexedRows())
                .setTotalRows(info.totalRows())
                .setPendingIndexRows(info.pendingRows())
                .build();
    }

    static IndexState state(IndexInfo info) {
        return switch (info.state()) {
            case WAITING -> IndexState.Unissued;
            case BUILDING -> IndexState.InProgress;
            case FINISHED -> IndexState.Finished;
            case FAILED -> IndexState.Failed;
        };
    }

    private static IndexState worst(List<IndexInfo> all) {
        var states = all.stream().map(Indexes::state).toList();
        for (var state : List.of(IndexState.Failed, IndexState.InProgress, IndexState.Unissued))
            if (states.contains(state)) return state;
        return IndexState.Finished;
    }
}
