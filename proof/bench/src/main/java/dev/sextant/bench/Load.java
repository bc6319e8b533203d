package dev.sextant.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Searches under load.
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = "Searches under load: open-loop, arriving, batch, clients, collections.",
        subcommands = {OpenLoop.class, Arriving.class, Batches.class, Clients.class, ManyCollections.class})
final class Load implements Runnable {
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
