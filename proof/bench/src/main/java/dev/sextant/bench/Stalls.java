package dev.sextant.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
                    "50",
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

    /// How much of a stretch of time the cores stood still, of all cores together.
    double share(long from, long to) {
        long stood = perCore.stream()
                .flatMap(List::stream)
                .mapToLong(stall -> Math.max(0, Math.min(to, stall.to()) - Math.max(from, stall.from())))
                .sum();
        return (double) stood / (Math.max(1, perCore.size()) * (to - from));
    }
}
