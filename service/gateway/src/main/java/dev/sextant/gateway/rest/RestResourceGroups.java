package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sextant.model.Operate;
import dev.sextant.model.Operate.GroupConfig;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.ResourceGroupInfo;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;

/// Shares of the nodes: `/resource_groups/…`
final class RestResourceGroups {
    private RestResourceGroups() {}

    static void bind(Rest rest) {
        rest.on(
                        "resource_groups/create",
                        asking -> asking.exchange()
                                .ask(
                                        new Operate.CreateResourceGroup(
                                                asking.body().need("name"),
                                                config(asking.body().object("config"))),
                                        _ -> Said.EMPTY))
                .on("resource_groups/alter", asking -> {
                    var all = asking.body().object("resource_groups");
                    var groups = new HashMap<String, GroupConfig>();
                    for (var name : all.map().keySet()) groups.put(name, config(all.object(name)));
                    if (groups.isEmpty()) throw Trouble.missing("Key: 'resource_groups' is required");
                    asking.exchange().ask(new Operate.AlterResourceGroups(groups), _ -> Said.EMPTY);
                })
                .on(
                        "resource_groups/drop",
                        asking -> asking.exchange()
                                .ask(new Operate.DropResourceGroup(asking.body().need("name")), _ -> Said.EMPTY))
                .on(
                        "resource_groups/describe",
                        asking -> asking.exchange()
                                .ask(
                                        new Watch.DescribeResourceGroup(
                                                asking.body().need("name")),
                                        info -> json -> write(json, info)))
                .on(
                        "resource_groups/list",
                        asking -> asking.exchange().ask(new Watch.ListResourceGroups(), Said::names))
                .on(
                        "resource_groups/transfer_replica",
                        asking -> asking.exchange()
                                .ask(
                                        new Operate.TransferReplicas(
                                                asking.body().need("sourceRgName"),
                                                asking.body().need("targetRgName"),
                                                RestCollections.name(asking),
                                                asking.body()
                                                        .whole("replicaNum")
                                                        .orElseThrow(() ->
                                                                Trouble.missing("Key: 'replicaNum' is required"))),
                                        _ -> Said.EMPTY));
    }

    private static GroupConfig config(Body body) {
        return new GroupConfig(
                body.object("requests").count("node_num").orElse(0),
                body.object("limits").count("node_num").orElse(0),
                groups(body, "transfer_from"),
                groups(body, "transfer_to"),
                body.object("node_filter").map("node_labels"));
    }

    private static List<String> groups(Body body, String name) {
        return body.objects(name).stream()
                .map(each -> each.need("resource_group"))
                .toList();
    }

    private static void write(JsonGenerator json, ResourceGroupInfo info) throws IOException {
        var config = info.config();
        json.writeObjectFieldStart("resource_group");
        json.writeStringField("name", info.name());
        json.writeNumberField("capacity", config.requests());
        json.writeNumberField("num_available_node", info.nodes().size());
        json.writeObjectFieldStart("num_loaded_replica");
        for (var each : info.replicas().entrySet()) json.writeNumberField(each.getKey(), each.getValue());
        json.writeEndObject();
        json.writeObjectFieldStart("num_outgoing_node");
        json.writeEndObject();
        json.writeObjectFieldStart("num_incoming_node");
        json.writeEndObject();
        json.writeObjectFieldStart("config");
        number(json, "requests", config.requests());
        number(json, "limits", config.limits());
        groups(json, "transfer_from", config.transferFrom());
        groups(json, "transfer_to", config.transferTo());
        json.writeEndObject();
        json.writeArrayFieldStart("nodes");
        for (var node : info.nodes()) {
            json.writeStartObject();
            json.writeNumberField("node_id", node);
            json.writeStringField("address", "localhost");
            json.writeStringField("hostname", "localhost");
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void number(JsonGenerator json, String name, int nodes) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("node_num", nodes);
        json.writeEndObject();
    }

    private static void groups(JsonGenerator json, String name, List<String> groups) throws IOException {
        json.writeArrayFieldStart(name);
        for (var group : groups) {
            json.writeStartObject();
            json.writeStringField("resource_group", group);
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
