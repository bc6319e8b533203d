package dev.sextant.gateway.milvus;

import dev.sextant.model.Define;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.DescribeAliasResponse;
import dev.sextant.wire.milvus.ListAliasesResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import java.util.Optional;

/// Second names of collections.
final class Aliases {
    private Aliases() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getCreateAliasMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.CreateAlias(request.getAlias(), request.getCollectionName()),
                                _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getDropAliasMethod(),
                        (request, exchange) ->
                                exchange.ask(new Define.DropAlias(request.getAlias()), _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getAlterAliasMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.AlterAlias(request.getAlias(), request.getCollectionName()),
                                _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getDescribeAliasMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.DescribeAlias(request.getAlias()),
                                info -> DescribeAliasResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setDbName(info.database())
                                        .setAlias(info.alias())
                                        .setCollection(info.collection())
                                        .build()))
                .on(
                        MilvusServiceGrpc.getListAliasesMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.ListAliases(
                                        Optional.of(request.getCollectionName()).filter(name -> !name.isEmpty())),
                                all -> {
                                    var response = ListAliasesResponse.newBuilder()
                                            .setStatus(Statuses.SUCCESS)
                                            .setDbName(exchange.call().database())
                                            .setCollectionName(request.getCollectionName());
                                    all.forEach(each -> response.addAliases(each.alias()));
                                    return response.build();
                                }));
    }
}
