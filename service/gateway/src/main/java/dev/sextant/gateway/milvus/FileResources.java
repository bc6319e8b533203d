package dev.sextant.gateway.milvus;

import dev.sextant.model.Operate;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.FileResourceInfo;
import dev.sextant.wire.milvus.ListFileResourcesResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;

/// Names of files that analyzers read their words from.
final class FileResources {
    private FileResources() {}

    static void bind(Rpcs rpcs) {
        rpcs.onServer(
                        MilvusServiceGrpc.getAddFileResourceMethod(),
                        (request, exchange) -> exchange.ask(
                                new Operate.AddFileResource(request.getName(), request.getPath()),
                                _ -> Statuses.SUCCESS))
                .onServer(
                        MilvusServiceGrpc.getRemoveFileResourceMethod(),
                        (request, exchange) ->
                                exchange.ask(new Operate.RemoveFileResource(request.getName()), _ -> Statuses.SUCCESS))
                .onServer(
                        MilvusServiceGrpc.getListFileResourcesMethod(),
                        (_, exchange) -> exchange.ask(new Watch.ListFileResources(), files -> {
                            var told = ListFileResourcesResponse.newBuilder().setStatus(Statuses.SUCCESS);
                            for (var file : files)
                                told.addResources(FileResourceInfo.newBuilder()
                                        .setId(file.id())
                                        .setName(file.name())
                                        .setPath(file.path()));
                            return told.build();
                        }));
    }
}
