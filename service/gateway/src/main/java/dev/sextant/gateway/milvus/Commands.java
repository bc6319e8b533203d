package dev.sextant.gateway.milvus;

import com.google.protobuf.ByteString;
import dev.sextant.gateway.exchange.JsonTexts;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Sha256;
import dev.sextant.wire.milvus.ClientCommand;
import dev.sextant.wire.milvus.ClientHeartbeatRequest;
import dev.sextant.wire.milvus.CommandReply;
import dev.sextant.wire.milvus.PushClientCommandRequest;
import dev.sextant.world.Clock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// What clients are told in answer to their heartbeats: each command once, settings until they have them. Kept in
/// memory while the server runs, the latest thousand of them. Any thread.
final class Commands {
    static final int MOST = 1024;
    static final int MOST_BYTES = 16 << 10;
    private static final String SETTINGS = "push_config";
    /// What clients know to do.
    private static final List<String> TYPES =
            List.of(SETTINGS, "collection_metrics", "show_errors", "show_latency_history", "get_config");

    private static final String EVERYBODY = "global";

    private final Clock clock;
    /// By id, from the oldest. Guards itself and `latest`.
    private final Map<String, Pushed> all = new LinkedHashMap<>();

    private long latest;

    private record Pushed(ClientCommand command, long untilMillis) {
        boolean isFor(String client, String database) {
            var scope = command.getTargetScope();
            return scope.equals(EVERYBODY) || scope.equals("client:" + client) || scope.equals("database:" + database);
        }
    }

    Commands(Clock clock) {
        this.clock = clock;
    }

    /// Returns the id of the command.
    String push(PushClientCommandRequest request) {
        check(request);
        synchronized (all) {
            forgetTheOld();
            var scope = scope(request);
            var payload = request.getPersistent() ? merged(scope, request.getPayload()) : request.getPayload();
            latest = Math.max(latest + 1, clock.wallMillis()); // clients count on what came later having a later time
            var command = ClientCommand.newBuilder()
                    .setCommandId(UUID.randomUUID().toString())
                    .setCommandType(request.getCommandType())
                    .setPayload(payload)
                    .setCreateTime(latest)
                    .setPersistent(request.getPersistent())
                    .setTargetScope(scope)
                    .build();
            long until = request.getTtlSeconds() == 0 || request.getPersistent()
                    ? Long.MAX_VALUE
                    : latest + TimeUnit.SECONDS.toMillis(request.getTtlSeconds());
            all.put(command.getCommandId(), new Pushed(command, until));
            return command.getCommandId();
        }
    }

    /// What is not there is deleted already.
    void delete(String id) {
        synchronized (all) {
            all.remove(id);
        }
    }

    /// What a client is to be told now.
    List<ClientCommand> answer(ClientHeartbeatRequest heard, String client, String database) {
        synchronized (all) {
            forgetTheOld();
            var mine = "client:" + client;
            for (CommandReply reply : heard.getCommandRepliesList()) {
                var answered = all.get(reply.getCommandId());
                boolean over = answered != null
                        && !answered.command().getPersistent()
                        && answered.command().getTargetScope().equals(mine);
                if (over) all.remove(reply.getCommandId());
            }
            var settings = new TreeMap<String, ClientCommand>();
            var told = new ArrayList<ClientCommand>();
            for (var each : all.values()) {
                if (!each.isFor(client, database)) continue;
                var command = each.command();
                if (command.getPersistent()) settings.put(command.getCommandId(), command);
                else if (command.getCreateTime() > heard.getLastCommandTimestamp()) told.add(command);
            }
            if (!hash(settings).equals(heard.getConfigHash())) told.addAll(settings.values());
            return told;
        }
    }

    private static void check(PushClientCommandRequest request) {
        if (request.getCommandType().isBlank())
            throw new Refused(new Refusal.Missing("command_type", "say what clients are to do"));
        if (!TYPES.contains(request.getCommandType()))
            throw refused("command_type", "unknown command type: " + request.getCommandType() + ", there are " + TYPES);
        if (request.getTtlSeconds() < 0) throw refused("ttl_seconds", "ttl_seconds must not be negative");
        if (request.getPersistent() && !request.getCommandType().equals(SETTINGS))
            throw refused("command_type", "only push_config can be persistent: " + request.getCommandType());
        if (request.getPayload().size() > MOST_BYTES)
            throw new Refused(new Refusal.LimitExceeded(
                    "bytes of the payload of a command", request.getPayload().size(), MOST_BYTES, ""));
    }

    private static Refused refused(String parameter, String detail) {
        return new Refused(new Refusal.InvalidParameter(parameter, detail));
    }

    private static String scope(PushClientCommandRequest request) {
        if (!request.getTargetClientId().isEmpty()) return "client:" + request.getTargetClientId();
        return request.getTargetDatabase().isEmpty() ? EVERYBODY : "database:" + request.getTargetDatabase();
    }

    /// There is one value of the settings of each scope: what is pushed changes the one before.
    private ByteString merged(String scope, ByteString payload) {
        var before = all.values().stream()
                .map(Pushed::command)
                .filter(command ->
                        command.getPersistent() && command.getTargetScope().equals(scope))
                .toList();
        before.forEach(command -> all.remove(command.getCommandId()));
        var settings = new TreeMap<String, String>();
        before.forEach(command ->
                settings.putAll(JsonTexts.members(command.getPayload().toStringUtf8(), "payload")));
        settings.putAll(JsonTexts.members(payload.toStringUtf8(), "payload"));
        return ByteString.copyFromUtf8(settings.entrySet().stream()
                .map(each -> JsonTexts.quoted(each.getKey()) + ":" + each.getValue())
                .collect(Collectors.joining(",", "{", "}")));
    }

    /// As clients work it out of what they were told.
    private static String hash(TreeMap<String, ClientCommand> settings) {
        if (settings.isEmpty()) return "";
        var digest = Sha256.begin();
        for (var each : settings.values()) {
            digest.update(each.getCommandId().getBytes(StandardCharsets.UTF_8));
            digest.update(each.getCommandType().getBytes(StandardCharsets.UTF_8));
            digest.update(each.getPayload().toByteArray());
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    }

    private void forgetTheOld() {
        long now = clock.wallMillis();
        all.values().removeIf(each -> each.untilMillis() < now);
        var oldest = all.entrySet().iterator();
        while (all.size() > MOST && oldest.hasNext()) {
            oldest.next();
            oldest.remove();
        }
    }
}
