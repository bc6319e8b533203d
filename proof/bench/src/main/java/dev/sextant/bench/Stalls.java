package dev.sextant.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// When each core of the machine stood still, as a [StallWatch] on each saw it: times of [System#nanoTime()].
///
/// @param perCore of each core, from early to late
record Stalls(List<List<Stall>> perCore) {
    record Stall(long from, long to) {
        long nanos() {
            return to - from;
        }
    }

    static final Stalls NONE = new Stalls(List.of());

    /// Watches until it is asked what it saw.
    static final class Watch implements AutoCloseable {
        private final List<Process> processes;

        /// The watch goes first where the system lets it, and stays on its core where there is a command for that.
        Watch() {
            int cores = Runtime.getRuntime().availableProcessors();
            processes = IntStream.range(0, cores).mapToObj(Watch::start).toList();
        }

        private static Process start(int core) {
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            var command = List.of(
                    "taskset",
                    "-c",
                    Integer.toString(core),
                    "chrt",
                    "-f",
                    "1",
                    java,
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx32m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    StallWatch.class.getName());
            try {
                var process = new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                var said = process.inputReader().readLine();
                if ("ready".equals(said)) return process;
                process.destroyForcibly();
                throw new IllegalStateException("no watch for stalls on core " + core + ": " + said);
            } catch (IOException none) {
                throw new UncheckedIOException(none);
            }
        }

        Stalls seen() {
            return new Stalls(processes.stream().map(Watch::seen).toList());
        }

        private static List<Stall> seen(Process process) {
            try (BufferedReader lines = process.inputReader()) {
                process.getOutputStream().close();
                var stalls = new ArrayList<Stall>();
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    var ends = line.split(" ");
                    stalls.add(new Stall(Long.parseLong(ends[0]), Long.parseLong(ends[1])));
                }
                return stalls;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public void close() {
            processes.forEach(Process::destroyForcibly);
        }
    }

    String sentence(double seconds) {
        var all = perCore.stream().flatMap(List::stream).toList();
        return String.format(
                Locale.ROOT,
                "the machine stood still %.2f %% of the time: %,d times on one core or another, at most %.1f ms",
                100 * all.stream().mapToLong(Stall::nanos).sum() / (Math.max(1, perCore.size()) * seconds * 1e9),
                all.size(),
                all.stream().mapToLong(Stall::nanos).max().orElse(0) / 1e6);
    }
}
