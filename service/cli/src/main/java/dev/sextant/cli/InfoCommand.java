package dev.sextant.cli;

import dev.sextant.kernel.Kernels;
import dev.sextant.server.Machine;
import dev.sextant.server.Server;
import dev.sextant.world.World;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sextant info`: what this machine gives, and what was made of it.
@Command(name = "info", description = "Shows what this machine gives: Java, kernels, memory, huge pages, the disk.")
final class InfoCommand implements Runnable {
    private static final int FORCES = 21;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "whose disk is timed (${DEFAULT-VALUE})",
            defaultValue = ".")
    private Path data;

    @Override
    public void run() {
        line("sextant", Server.version());
        line("java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
        line("kernels", Kernels.description());
        line("cores", "" + Machine.cores());
        line(
                "memory",
                Machine.size(Machine.memoryBytes()) + ", heap up to "
                        + Machine.size(Runtime.getRuntime().maxMemory()));
        line("huge pages", Machine.hugePages());
        line("disk force", force());
        line("search costs", Machine.searchCosts());
    }

    private static void line(String name, String value) {
        System.out.printf(Locale.ROOT, "%-12s %s%n", name, value);
    }

    /// The middle of some forced writes of one page: what an acknowledgment waits for.
    private String force() {
        Path directory;
        try {
            directory = Files.createTempDirectory(data, ".sextant-info");
        } catch (java.io.IOException unwritable) {
            return "unknown: " + data.toAbsolutePath() + " takes no writes";
        }
        var disk = World.real(directory).disk();
        try (var arena = Arena.ofConfined()) {
            var page = arena.allocate(4096);
            var times = new long[FORCES];
            try (var file = disk.create("force")) {
                for (int i = 0; i < FORCES; i++) {
                    long began = System.nanoTime();
                    file.write(4096L * i, page);
                    file.force();
                    times[i] = System.nanoTime() - began;
                }
            }
            disk.delete("force");
            Arrays.sort(times);
            return String.format(
                    Locale.ROOT, "%.2f ms, at worst %.2f ms", times[FORCES / 2] / 1e6, times[FORCES - 1] / 1e6);
        } finally {
            directory.toFile().delete();
        }
    }
}
