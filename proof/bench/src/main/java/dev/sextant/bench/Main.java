package dev.sextant.bench;

import dev.sextant.bench.peer.PeerProcess;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `./dev bench …`: the figures of docs/benchmarks.md, each by one command.
@Command(
        name = "./dev bench",
        description =
                "Figures beside peers, under filters and under load. FOLDER holds SET-{train,test,truth100}.npy.gz, "
                        + "or SET.hdf5 in the layout of ann-benchmarks.",
        subcommands = {
            SideBySide.class,
            FilterGrid.class,
            Load.class,
            DiskBench.class,
            ImportBench.class,
            TextSideBySide.Options.class,
            SparseBench.Options.class,
            CommandLine.HelpCommand.class
        })
public final class Main implements Runnable {
    public static void main(String[] arguments) throws Exception {
        // A peer's own process: not a command for people.
        if (arguments.length > 0 && arguments[0].equals("peer")) {
            PeerProcess.main(Arrays.copyOfRange(arguments, 1, arguments.length));
            return;
        }
        var line = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((failure, command, _) -> {
            boolean known =
                    failure instanceof IllegalArgumentException || failure instanceof java.io.UncheckedIOException;
            command.getErr().println("bench: " + failure.getMessage());
            if (!known) failure.printStackTrace(command.getErr());
            return 1;
        });
        System.exit(line.execute(arguments));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
