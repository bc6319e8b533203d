package dev.sextant.cli.bench;

import dev.sextant.server.Machine;
import dev.sextant.server.Server;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// What a figure depends on beside what is measured: another processor, page size or neighbour changes it by a half.
public record Surroundings(String processor, int cores, String java, String hugePages, double load, String version) {

    public static Surroundings now() {
        return new Surroundings(
                processorName(),
                Machine.cores(),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                Machine.hugePages(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                Server.version());
    }

    public String sentence() {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %s, huge pages: %s, load %.1f, Sextant %s",
                processor,
                cores,
                java,
                hugePages,
                load,
                version);
    }

    String json() {
        return "{\"processor\": " + Json.quoted(processor) + ", \"cores\": " + cores + ", \"java\": "
                + Json.quoted(java) + ", \"hugePages\": " + Json.quoted(hugePages) + ", \"load\": "
                + Json.number(load) + ", \"version\": " + Json.quoted(version) + "}";
    }

    private static String processorName() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException | java.io.UncheckedIOException notLinux) {
            return System.getProperty("os.arch");
        }
    }
}
