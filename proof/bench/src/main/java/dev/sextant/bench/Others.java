package dev.sextant.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongSupplier;

/// What other processes have of the cores meanwhile, as Linux tells (`/proc/stat`); nothing where it does not. A
/// stretch in which others worked says nothing of an idle machine.
final class Others {
    /// Up to this share of all cores is taken for nobody: the watches for stalls, and what is counted by ticks.
    private static final double NOBODY = 0.05;

    private static final Path MACHINE = Path.of("/proc/stat");
    private static final long TICK_NANOS = 10_000_000;
    private static final int KINDS_OF_WORK = 3; // user, nice, system
    private static final long LOOK_MILLIS = 300;

    private final LongSupplier server;

    /// @param server CPU time that a server under measurement has used, in nanoseconds, which is in another process; 0
    ///     of one that is not
    Others(LongSupplier server) {
        this.server = server;
    }

    /// What was used until now.
    record Look(long wallNanos, long nanos) {}

    Look look() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Look(System.nanoTime(), machineNanos() - system.getProcessCpuTime() - server.getAsLong());
    }

    /// The share of all cores that others have had between the two.
    static double share(Look before, Look after) {
        int cores = Runtime.getRuntime().availableProcessors();
        double share = (double) (after.nanos - before.nanos) / (cores * (double) (after.wallNanos - before.wallNanos));
        return Math.clamp(share, 0, 1);
    }

    static boolean nobody(double share) {
        return share <= NOBODY;
    }

    /// Waits until nobody else works, but no longer than that.
    void await(double seconds) {
        long end = System.nanoTime() + (long) (1e9 * seconds);
        while (System.nanoTime() < end) {
            var before = look();
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
            if (nobody(share(before, look()))) return;
        }
    }

    private static long machineNanos() {
        try (var lines = Files.lines(MACHINE)) {
            var kinds = lines.findFirst().orElse("").split(" +");
            return TICK_NANOS
                    * Arrays.stream(kinds, 1, 1 + KINDS_OF_WORK)
                            .mapToLong(Long::parseLong)
                            .sum();
        } catch (IOException notLinux) {
            var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return system.getProcessCpuTime();
        }
    }
}
