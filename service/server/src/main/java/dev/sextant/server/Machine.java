package dev.sextant.server;

import dev.sextant.kernel.Memory;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import dev.sextant.query.CostBook;
import dev.sextant.query.Costs;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// What this machine, or the container around us, has to give.
public final class Machine {
    private Machine() {}

    /// The limit of the control group where there is one, else the memory of the machine. Java's own bean reads both.
    public static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 4 * Runtime.getRuntime().maxMemory();
    }

    public static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /// How the system gives out huge pages, in its own words.
    public static String hugePages() {
        try {
            var text = Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"));
            int open = text.indexOf('[');
            return open < 0 ? text.strip() : text.substring(open + 1, text.indexOf(']'));
        } catch (IOException unreadable) {
            return "unknown";
        }
    }

    /// What the steps of searches over vectors of floats take here, and what plans go by where nothing was measured on
    /// an index itself; that alone where no two measurements agree. Takes a fraction of a second.
    public static String searchCosts() {
        var memory = new Memory(128L << 20);
        var usual = "by default " + Costs.DEFAULT.describe(VectorType.FLOAT32);
        return CostBook.measureNow(VectorType.FLOAT32, Metric.L2, System::nanoTime, memory)
                .map(found -> found.describe(VectorType.FLOAT32) + "; " + usual)
                .orElse(usual);
    }

    public static String size(long bytes) {
        if (bytes >= 1L << 40) return String.format(Locale.ROOT, "%.1f TiB", bytes / (double) (1L << 40));
        if (bytes >= 1L << 30) return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
        if (bytes >= 1L << 20) return String.format(Locale.ROOT, "%.0f MiB", bytes / (double) (1L << 20));
        return String.format(Locale.ROOT, "%.0f KiB", bytes / 1024.0);
    }
}
