package dev.sextant.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;

/// Keeps the cores of a virtual machine from going idle, by a loop on each that runs only while nobody else wants to
/// and is put aside at once (`SCHED_IDLE`). A virtual core that idles is given back to its host, and to get it again
/// takes what the host makes of it: that is the machine's, and shows as stalls under every load but a full one.
final class Awake implements AutoCloseable {
    private final List<Process> loops;

    Awake() {
        loops = IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .mapToObj(Awake::loop)
                .toList();
    }

    private static Process loop(int core) {
        var command = List.of("taskset", "-c", "" + core, "chrt", "-i", "0", "sh", "-c", "while :; do :; done");
        try {
            return new ProcessBuilder(command).inheritIO().start();
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }

    @Override
    public void close() {
        loops.forEach(Process::destroyForcibly);
    }
}
