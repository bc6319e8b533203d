package dev.sextant.gateway.milvus;

import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.management.OperatingSystemMXBean;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.exchange.JsonTexts;
import dev.sextant.model.Watch.ResourcesInfo;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;

/// The page on which administration tools draw a cluster: this one process stands for each of the parts that they
/// expect.
final class SystemInfo {
    private static final List<String> ROLES =
            List.of("rootcoord", "querycoord", "datacoord", "proxy", "querynode", "datanode");

    private SystemInfo() {}

    static boolean isAskedBy(String request) {
        return "system_info".equals(JsonTexts.object(request, "request").get("metric_type"));
    }

    /// @param began when this process began to serve, in milliseconds since 1970
    /// @param now likewise
    static String json(Identity identity, ResourcesInfo resources, long began, long now) {
        var text = new StringWriter();
        try (var json = JsonTexts.JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeArrayFieldStart("nodes_info");
            for (int i = 0; i < ROLES.size(); i++) node(json, i, identity, resources, began, now);
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    private static void node(
            JsonGenerator json, int index, Identity identity, ResourcesInfo resources, long began, long now)
            throws IOException {
        var role = ROLES.get(index);
        json.writeStartObject();
        json.writeNumberField("identifier", index + 1);
        json.writeArrayFieldStart("connected");
        for (int other = 0; other < ROLES.size(); other++) {
            if (other == index) continue;
            json.writeStartObject();
            json.writeNumberField("connected_identifier", other + 1);
            json.writeStringField("type", "forward");
            json.writeStringField("target_type", ROLES.get(other));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectFieldStart("infos");
        json.writeBooleanField("has_error", false);
        json.writeStringField("error_reason", "");
        json.writeStringField("name", role + (index + 1));
        json.writeStringField("type", role);
        json.writeNumberField("id", index + 1);
        hardware(json, resources);
        json.writeObjectFieldStart("system_info");
        json.writeStringField("system_version", "sextant-" + identity.version());
        json.writeStringField("deploy_mode", identity.deployMode());
        json.writeStringField("build_version", Identity.MILVUS_VERSION);
        json.writeStringField("build_time", identity.built());
        json.writeStringField("used_go_version", "");
        json.writeEndObject();
        json.writeStringField("created_time", Instant.ofEpochMilli(began).toString());
        json.writeStringField("updated_time", Instant.ofEpochMilli(now).toString());
        json.writeObjectFieldStart("system_configurations");
        for (var figure : resources.figures().entrySet())
            json.writeNumberField(figure.getKey().replace(' ', '_'), figure.getValue());
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
    }

    /// Of the whole machine or container; 0 while it is not known.
    private static double cpuPercent() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
                ? Math.max(0, Math.round(machine.getCpuLoad() * 1000) / 10.0)
                : 0;
    }

    private static void hardware(JsonGenerator json, ResourcesInfo resources) throws IOException {
        json.writeObjectFieldStart("hardware_infos");
        json.writeStringField("ip", "127.0.0.1");
        json.writeNumberField("cpu_core_count", Runtime.getRuntime().availableProcessors());
        json.writeNumberField("cpu_core_usage", cpuPercent());
        json.writeNumberField("memory", resources.memoryLimit());
        json.writeNumberField(
                "memory_usage",
                resources.memory().values().stream().mapToLong(Long::longValue).sum());
        json.writeNumberField("disk", resources.figures().getOrDefault("disk_bytes", 0L));
        json.writeNumberField("disk_usage", resources.figures().getOrDefault("disk_used_bytes", 0L));
        json.writeNumberField("io_wait_percentage", 0);
        json.writeEndObject();
    }
}
