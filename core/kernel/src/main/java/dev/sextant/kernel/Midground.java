package dev.sextant.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What callers wait for, but not at this moment, told to the operating system: a thread of the midground has as much
/// of the cores as anybody, and makes way the moment that another wakes.
public final class Midground {
    private static final long SHARE_NANOS = 100_000_000; // the longest that Linux gives

    /// As the system has them, cut to 15 bytes. Those that a compiler starts later are like the one that starts them.
    private static final List<String> OF_THE_JVM =
            List.of("C1 CompilerThre", "C2 CompilerThre", "G1 Conc#", "G1 Refine#", "G1 Main Marker");

    private Midground() {}

    /// The thread that calls this belongs to the midground from now on. Returns whether the system has agreed.
    public static boolean enter() {
        return Scheduling.ask(0, SHARE_NANOS);
    }

    /// Sends the threads there by which the JVM compiles, and collects beside others. For a process that is ours: they
    /// are shared by all that run in it. Returns how many have gone.
    public static int sendCompilers() {
        int gone = 0;
        try (var threads = Files.list(Path.of("/proc/self/task"))) {
            for (var thread : (Iterable<Path>) threads::iterator)
                if (isOfTheJvm(thread)
                        && Scheduling.ask(Integer.parseInt(thread.getFileName().toString()), 0, SHARE_NANOS)) gone++;
        } catch (IOException | UncheckedIOException notLinux) {
            return gone;
        }
        return gone;
    }

    private static boolean isOfTheJvm(Path thread) {
        try {
            var name = Files.readString(thread.resolve("comm"));
            return OF_THE_JVM.stream().anyMatch(name::startsWith);
        } catch (IOException ended) {
            return false;
        }
    }
}
