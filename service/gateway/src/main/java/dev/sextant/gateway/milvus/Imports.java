package dev.sextant.gateway.milvus;

import dev.sextant.model.Operate;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.ImportInfo;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.GetImportStateResponse;
import dev.sextant.wire.milvus.ImportRequest;
import dev.sextant.wire.milvus.ImportResponse;
import dev.sextant.wire.milvus.ImportState;
import dev.sextant.wire.milvus.ListImportTasksResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Rows out of files.
final class Imports {
    private Imports() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getImportMethod(),
                        (request, exchange) -> exchange.ask(
                                new Operate.Import(
                                        request.getCollectionName(),
                                        named(request.getPartitionName()),
                                        groups(request.getFilesList()),
                                        options(request, Metadata.current().idempotencyKey())),
                                started -> ImportResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .addTasks(started.job())
                                        .build()))
                .on(
                        MilvusServiceGrpc.getGetImportStateMethod(),
                        (request, exchange) -> exchange.ask(new Watch.ImportState(request.getTask()), Imports::state))
                .on(
                        MilvusServiceGrpc.getListImportTasksMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.ListImports(named(request.getCollectionName())),
                                all -> ListImportTasksResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .addAllTasks(all.stream()
                                                .limit(request.getLimit() > 0 ? request.getLimit() : Long.MAX_VALUE)
                                                .map(Imports::state)
                                                .toList())
                                        .build()));
    }

    /// Files of columns belong together, each file of rows stands alone.
    private static List<List<String>> groups(List<String> files) {
        boolean columns =
                files.stream().allMatch(file -> file.toLowerCase(Locale.ROOT).endsWith(".npy"));
        return columns && !files.isEmpty()
                ? List.of(files)
                : files.stream().map(List::of).toList();
    }

    private static Map<String, String> options(ImportRequest request, String key) {
        var options = new HashMap<String, String>();
        request.getOptionsList().forEach(option -> options.put(option.getKey(), option.getValue()));
        if (!key.isEmpty()) options.put("idempotency_key", key);
        if (!request.getIdempotencyKey().isEmpty()) options.put("idempotency_key", request.getIdempotencyKey());
        return options;
    }

    private static Optional<String> named(String name) {
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    private static GetImportStateResponse state(ImportInfo info) {
        return GetImportStateResponse.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setState(
                        switch (info.phase()) {
                            case PENDING -> ImportState.ImportPending;
                            case IMPORTING -> ImportState.ImportStarted;
                            case COMPLETED -> ImportState.ImportCompleted;
                            // Older clients know no other word for what waits to be committed.
                            case UNCOMMITTED -> ImportState.ImportStarted;
                            case FAILED -> ImportState.ImportFailed;
                        })
                .setRowCount(info.rows())
                .addInfos(Parts.pair("failed_reason", info.reason()))
                .addInfos(Parts.pair("progress_percent", Integer.toString(info.percent())))
                .addInfos(Parts.pair("collection", info.collection()))
                .addInfos(Parts.pair(
                        "files",
                        info.files().stream()
                                .flatMap(file -> file.paths().stream())
                                .collect(Collectors.joining(","))))
                .setId(info.id())
                .setCollectionId(info.collectionId())
                .setCreateTs(info.created() / 1000)
                .build();
    }
}
