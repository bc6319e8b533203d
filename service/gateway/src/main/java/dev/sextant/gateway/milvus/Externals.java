package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.model.Access;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.ListRefreshExternalCollectionJobsResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;

/// Tables outside of the server that collections are views of. There are none, and asking for some is answered as
/// Milvus answers where they are missing.
final class Externals {
    private Externals() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
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
