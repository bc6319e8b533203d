package dev.sextant.cli;

import dev.sextant.engine.Check;
import dev.sextant.server.Machine;
import dev.sextant.world.World;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `sextant check`: reads everything that a data directory holds, and verifies it.
@Command(name = "check", description = "Verifies every checksum of a data directory that no server has open.")
final class CheckCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DIR", description = "the data directory")
    private Path directory;

    @Override
    public Integer call() {
        if (!Files.isDirectory(directory))
            throw new IllegalArgumentException("there is no directory " + directory.toAbsolutePath());
        var bar = new Bar(System.err, System.console() != null);
        var result = Check.run(World.real(directory).disk(), bar::show);
        bar.clear();
        result.damages().forEach(damage -> System.out.println("damaged: " + damage));
        System.out.println(result.files() + " files, " + Machine.size(result.bytes()) + ": "
                + (result.isWell() ? "all is well" : result.damages().size() + " damaged"));
        return result.isWell() ? 0 : Main.FAILED;
    }

    /// One line that grows, with rate and remaining time; nothing where nobody watches.
    private static final class Bar {
        private static final int WIDTH = 30;
        private static final long EVERY_NANOS = 100_000_000;

        private final PrintStream out;
        private final boolean watched;
        private final long began = System.nanoTime();
        private long shown;

        private Bar(PrintStream out, boolean watched) {
            this.out = out;
            this.watched = watched;
        }

        private void show(String path, long done, long all) {
            long now = System.nanoTime();
            if (!watched || now - shown < EVERY_NANOS) return;
            shown = now;
            double share = all == 0 ? 1 : (double) done / all;
            double seconds = (now - began) / 1e9;
            int full = (int) (share * WIDTH);
            out.printf(
                    Locale.ROOT,
                    "\r%s%s %3.0f %%  %s/s  %.0f s left  %-40.40s",
                    "█".repeat(full),
                    "░".repeat(WIDTH - full),
                    share * 100,
                    Machine.size((long) (done / Math.max(seconds, 1e-3))),
                    share == 0 ? 0 : seconds / share - seconds,
                    path);
        }

        private void clear() {
            if (watched) out.print("\r" + " ".repeat(WIDTH + 80) + "\r");
        }
    }
}
