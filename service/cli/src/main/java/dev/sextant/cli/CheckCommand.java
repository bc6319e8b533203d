package dev.sextant.cli;

import dev.sextant.cli.progress.Bar;
import dev.sextant.engine.Check;
import dev.sextant.server.Machine;
import dev.sextant.world.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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
        var result = run();
        result.damages().forEach(damage -> System.out.println("damaged: " + damage));
        System.out.println(result.files() + " files, " + Machine.size(result.bytes()) + ": "
                + (result.isWell() ? "all is well" : result.damages().size() + " damaged"));
        return result.isWell() ? 0 : Main.FAILED;
    }

    private Check.Result run() {
        try (var watcher = new Watcher()) {
            return Check.run(World.real(directory).disk(), watcher);
        }
    }

    /// Draws its bar as soon as it is known how much there is.
    private static final class Watcher implements Check.Progress, AutoCloseable {
        private Optional<Bar> bar = Optional.empty();

        @Override
        public void at(String path, long bytesRead, long bytesInAll) {
            if (bar.isEmpty()) bar = Optional.of(new Bar("checking", "bytes", bytesInAll));
            bar.get().to(bytesRead);
        }

        @Override
        public void close() {
            bar.ifPresent(Bar::close);
        }
    }
}
