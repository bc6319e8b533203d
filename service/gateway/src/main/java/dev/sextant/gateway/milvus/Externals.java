package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.model.Access;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.ListFileResourcesResponse;
import dev.sextant.wire.milvus.ListRefreshExternalCollectionJobsResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;

/// What lies outside of the server: files that analyzers read, and tables that collections are views of. There are
/// none, and asking for some is answered as Milvus answers where they are missing.
final class Externals {
    private Externals() {}

    static void bind(Rpcs rpcs) {
        rpcs.onServer(
                        MilvusServiceGrpc.getListFileResourcesMethod(),
                        (_, exchange) -> exchange.ask(
                                new Access.May("ListFileResources", ""),
                                _ -> ListFileResourcesResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .build()))
                .onServer(
                        MilvusServiceGrpc.getAddFileResourceMethod(),
                        (request, exchange) -> exchange.ask(new Access.May("AddFileResource", ""), _ -> {
                            throw new Refused(new Refusal.InvalidParameter(
                                    "path", "file resource path not exist: " + request.getPath()));
                        }))
                .onServer(
                        MilvusServiceGrpc.getRemoveFileResourceMethod(),
                        (_, exchange) -> exchange.ask(new Access.May("RemoveFileResource", ""), _ -> Statuses.SUCCESS))
                .on(
                        MilvusServiceGrpc.getRefreshExternalCollectionMethod(),
                        (request, exchange) ->
                                refuse("RefreshExternalCollection", request.getCollectionName(), exchange))
                .onServer(MilvusServiceGrpc.getGetRefreshExternalCollectionProgressMethod(), (request, _) -> {
                    throw noJob(request.getJobId());
                })
                .on(
                        MilvusServiceGrpc.getListRefreshExternalCollectionJobsMethod(),
                        (_, exchange) -> exchange.answer(ListRefreshExternalCollectionJobsResponse.newBuilder()
                                .setStatus(Statuses.SUCCESS)
                                .build()))
                .on(
                        MilvusServiceGrpc.getBatchUpdateManifestMethod(),
                        (request, exchange) -> refuse("Insert", request.getCollectionName(), exchange));
    }

    private static void refuse(String privilege, String collection, Exchange<?> exchange) {
        exchange.then(
                new Access.May(privilege, collection),
                _ -> exchange.then(new Watch.DescribeSchema(collection), schema -> {
                    throw notExternal(schema.collection());
                }));
    }

    static Refused notExternal(String collection) {
        return new Refused(new Refusal.InvalidParameter(
                "collection", "collection " + collection + " is not an external collection"));
    }

    static Refused noJob(long job) {
        return new Refused(new Refusal.InvalidParameter("job_id", "refresh job " + job + " not found"));
    }
}
