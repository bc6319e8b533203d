package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Fault;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.exchange.Told;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.AllocTimestampResponse;
import dev.sextant.wire.milvus.CheckHealthResponse;
import dev.sextant.wire.milvus.ComponentInfo;
import dev.sextant.wire.milvus.ComponentStates;
import dev.sextant.wire.milvus.ConnectResponse;
import dev.sextant.wire.milvus.GetMetricsResponse;
import dev.sextant.wire.milvus.GetVersionResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.ServerInfo;
import dev.sextant.wire.milvus.StateCode;
import dev.sextant.world.Clock;

/// Who is who, and how are you: the calls that name no collection.
final class Sessions {
    private static final int NODE = 1;

    private Sessions() {}

    static void bind(Rpcs rpcs, Identity identity, Clock clock) {
        long began = clock.wallMillis();
        rpcs.on(
                        MilvusServiceGrpc.getConnectMethod(),
                        (_, exchange) -> exchange.ask(
                                new Watch.Enter(),
                                now -> ConnectResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setIdentifier(now.timestamp())
                                        .setServerInfo(serverInfo(identity))
                                        .build()))
                .on(
                        MilvusServiceGrpc.getGetVersionMethod(),
                        (_, exchange) -> exchange.answer(GetVersionResponse.newBuilder()
                                .setStatus(Statuses.SUCCESS)
                                .setVersion(Identity.MILVUS_VERSION)
                                .build()))
                .on(
                        MilvusServiceGrpc.getCheckHealthMethod(),
                        (_, exchange) -> exchange.ask(
                                new Watch.Health(),
                                health -> CheckHealthResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setIsHealthy(health.healthy())
                                        .addAllReasons(health.reasons())
                                        .build()))
                .on(
                        MilvusServiceGrpc.getAllocTimestampMethod(),
                        (_, exchange) -> exchange.ask(
                                new Watch.Timestamp(),
                                now -> AllocTimestampResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setTimestamp(now.timestamp())
                                        .build()))
                .on(
                        MilvusServiceGrpc.getGetComponentStatesMethod(),
                        (_, exchange) -> exchange.answer(ComponentStates.newBuilder()
                                .setStatus(Statuses.SUCCESS)
                                .setState(ComponentInfo.newBuilder()
                                        .setNodeID(NODE)
                                        .setRole("proxy")
                                        .setStateCode(StateCode.Healthy))
                                .build()))
                .on(MilvusServiceGrpc.getGetMetricsMethod(), (request, exchange) -> {
                    if (!SystemInfo.isAskedBy(request.getRequest()))
                        throw new Told(Fault.state(1200, "metric not found[metric=" + request.getRequest() + "]"));
                    exchange.ask(
                            new Watch.Resources(),
                            resources -> GetMetricsResponse.newBuilder()
                                    .setStatus(Statuses.SUCCESS)
                                    .setComponentName("proxy" + NODE)
                                    .setResponse(SystemInfo.json(identity, resources, began, clock.wallMillis()))
                                    .build());
                });
    }

    private static ServerInfo serverInfo(Identity identity) {
        return ServerInfo.newBuilder()
                .setBuildTags(Identity.MILVUS_VERSION)
                .setBuildTime(identity.built())
                .setGitCommit("sextant-" + identity.version())
                .setDeployMode(identity.deployMode())
                .putReserved("server", "sextant")
                .putReserved("server_version", identity.version())
                .build();
    }
}
