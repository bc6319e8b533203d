package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.model.Define;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.DescribeDatabaseResponse;
import dev.sextant.wire.milvus.ListDatabasesResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import java.util.Set;

/// Databases. Their names are what these calls are about, so the name of the connection's database does not matter.
final class Databases {
    private Databases() {}

    static void bind(Rpcs rpcs) {
        rpcs.onServer(
                        MilvusServiceGrpc.getCreateDatabaseMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.CreateDatabase(
                                        request.getDbName(), Parameters.map(request.getPropertiesList())),
                                _ -> Statuses.SUCCESS))
                .onServer(
                        MilvusServiceGrpc.getDropDatabaseMethod(),
                        (request, exchange) ->
                                exchange.ask(new Define.DropDatabase(request.getDbName()), _ -> Statuses.SUCCESS))
                .onServer(
                        MilvusServiceGrpc.getAlterDatabaseMethod(),
                        (request, exchange) -> exchange.ask(
                                new Define.AlterDatabase(
                                        request.getDbName(),
                                        Parameters.map(request.getPropertiesList()),
                                        Set.copyOf(request.getDeleteKeysList())),
                                _ -> Statuses.SUCCESS))
                .onServer(
                        MilvusServiceGrpc.getListDatabasesMethod(),
                        (_, exchange) -> exchange.ask(new Watch.ListDatabases(), all -> {
                            var response = ListDatabasesResponse.newBuilder().setStatus(Statuses.SUCCESS);
                            for (var each : all)
                                response.addDbNames(each.name())
                                        .addDbIds(each.id())
                                        .addCreatedTimestamp(each.created());
                            return response.build();
                        }))
                .onServer(
                        MilvusServiceGrpc.getDescribeDatabaseMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.DescribeDatabase(request.getDbName()),
                                info -> DescribeDatabaseResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setDbName(info.name())
                                        .setDbID(info.id())
                                        .setCreatedTimestamp(info.created())
                                        .addAllProperties(Parameters.pairs(info.properties()))
                                        .build()));
    }
}
