package dev.sextant.gateway.milvus;

import dev.sextant.model.Access;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.ClientHeartbeatRequest;
import dev.sextant.wire.milvus.ClientHeartbeatResponse;
import dev.sextant.wire.milvus.ClientTelemetry;
import dev.sextant.wire.milvus.ClientTelemetryServiceGrpc;
import dev.sextant.wire.milvus.DeleteClientCommandResponse;
import dev.sextant.wire.milvus.GetClientTelemetryRequest;
import dev.sextant.wire.milvus.GetClientTelemetryResponse;
import dev.sextant.wire.milvus.Metrics;
import dev.sextant.wire.milvus.OperationMetrics;
import dev.sextant.wire.milvus.PushClientCommandResponse;
import dev.sextant.world.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What clients tell of themselves every half minute, and what they are told then. Kept for as long as they go on, of
/// the last few thousand. Who commands the clients of others needs the right to manage what others own.
final class Telemetry {
    private static final String COMMANDING = "ManageOwnership";
    private static final int MOST_CLIENTS = 4096;
    private static final int MOST_BYTES = 16 << 10;
    private static final long SILENT_MILLIS = 90_000;
    private static final long FORGOTTEN_MILLIS = 24 * 3_600_000L;

    private final Clock clock;
    /// By client id, from the one heard of longest ago. Guarded by itself.
    private final Map<String, Heard> clients = new LinkedHashMap<>();

    private record Heard(ClientHeartbeatRequest said, String database, long atMillis) {}

    private Telemetry(Clock clock) {
        this.clock = clock;
    }

    static void bind(Rpcs rpcs, Clock clock) {
        var telemetry = new Telemetry(clock);
        var commands = new Commands(clock);
        rpcs.on(ClientTelemetryServiceGrpc.getClientHeartbeatMethod(), (request, exchange) -> {
                    telemetry.hear(request, exchange.call().database());
                    exchange.answer(ClientHeartbeatResponse.newBuilder()
                            .setStatus(Statuses.SUCCESS)
                            .setServerTimestamp(clock.wallMillis())
                            .addAllCommands(commands.answer(
                                    request, id(request), exchange.call().database()))
                            .build());
                })
                .onServer(
                        ClientTelemetryServiceGrpc.getPushClientCommandMethod(),
                        (request, exchange) -> exchange.ask(
                                new Access.May(COMMANDING, ""),
                                _ -> PushClientCommandResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setCommandId(commands.push(request))
                                        .build()))
                .onServer(
                        ClientTelemetryServiceGrpc.getDeleteClientCommandMethod(),
                        (request, exchange) -> exchange.ask(new Access.May(COMMANDING, ""), _ -> {
                            commands.delete(request.getCommandId());
                            return DeleteClientCommandResponse.newBuilder()
                                    .setStatus(Statuses.SUCCESS)
                                    .build();
                        }))
                .onServer(
                        ClientTelemetryServiceGrpc.getGetClientTelemetryMethod(),
                        (request, exchange) ->
                                exchange.ask(new Watch.ListDatabases(), visible -> telemetry.told(request, visible)));
    }

    private static String id(ClientHeartbeatRequest request) {
        return request.getClientInfo().getReservedMap().getOrDefault("client_id", "");
    }

    private void hear(ClientHeartbeatRequest request, String database) {
        var id = id(request);
        if (id.isEmpty() || request.getSerializedSize() > MOST_BYTES) return;
        long now = clock.wallMillis();
        synchronized (clients) {
            clients.remove(id); // to the end, where the newest are
            clients.put(id, new Heard(request, database, now));
            var oldest = clients.entrySet().iterator();
            while (oldest.hasNext()) {
                var next = oldest.next().getValue();
                if (clients.size() <= MOST_CLIENTS && now - next.atMillis() < FORGOTTEN_MILLIS) break;
                oldest.remove();
            }
        }
    }

    private GetClientTelemetryResponse told(GetClientTelemetryRequest request, List<Watch.DatabaseInfo> visible) {
        List<Map.Entry<String, Heard>> all;
        synchronized (clients) {
            all = new ArrayList<>(clients.entrySet());
        }
        long now = clock.wallMillis();
        var response = GetClientTelemetryResponse.newBuilder().setStatus(Statuses.SUCCESS);
        var sum = new long[3];
        for (var each : all) {
            var heard = each.getValue();
            if (visible.stream().noneMatch(database -> database.name().equals(heard.database()))) continue;
            if (!request.getDatabase().isEmpty() && !request.getDatabase().equals(heard.database())) continue;
            if (!request.getClientId().isEmpty() && !request.getClientId().equals(each.getKey())) continue;
            var client = ClientTelemetry.newBuilder()
                    .setClientInfo(heard.said().getClientInfo())
                    .setLastHeartbeatTime(heard.atMillis())
                    .setStatus(now - heard.atMillis() < SILENT_MILLIS ? "active" : "inactive")
                    .addDatabases(heard.database());
            if (request.getIncludeMetrics()) client.addAllMetrics(heard.said().getMetricsList());
            heard.said().getMetricsList().forEach(metrics -> add(sum, metrics));
            response.addClients(client);
        }
        return response.setAggregated(Metrics.newBuilder()
                        .setRequestCount(sum[0])
                        .setSuccessCount(sum[1])
                        .setErrorCount(sum[2]))
                .build();
    }

    private static void add(long[] sum, OperationMetrics metrics) {
        sum[0] += metrics.getGlobal().getRequestCount();
        sum[1] += metrics.getGlobal().getSuccessCount();
        sum[2] += metrics.getGlobal().getErrorCount();
    }
}
