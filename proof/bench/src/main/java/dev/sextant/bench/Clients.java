package dev.sextant.bench;

import dev.sextant.cli.bench.Figures;
import dev.sextant.cli.bench.Settings;
import dev.sextant.cli.bench.Sweep;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What a search over gRPC costs the server: its process' CPU time, by its own figures, with a few clients in a closed
/// loop.
@Command(
        name = "clients",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Queries per CPU second of the server over gRPC, at equal recall.")
final class Clients implements Callable<Integer> {
    @Mixin
    LoadOptions options;

    @Option(names = "--clients", defaultValue = "2", description = "default ${DEFAULT-VALUE}")
    int clients;

    @Option(names = "--sweep", defaultValue = "ef=10,16,24,32,48,64,96,128", description = "default ${DEFAULT-VALUE}")
    String sweep;

    @Option(names = "--rounds", defaultValue = "3", description = "default ${DEFAULT-VALUE}")
    int rounds;

    @Option(
            names = "--recalls",
            split = ",",
            defaultValue = "0.95,0.98,0.99,0.995",
            description = "default ${DEFAULT-VALUE}")
    List<Double> recalls;

    /// The server's compilers work beside the first searches, for longer than those would let one think.
    @Option(names = "--warm", defaultValue = "30", description = "seconds before (default ${DEFAULT-VALUE})")
    double warmSeconds;

    @Override
    public Integer call() {
        var data = options.data();
        try (var served = options.served()) {
            LoadOptions.fill(served.subject(), data.base(), data.base().rows());
            ClosedLoop.run(served.subject(), data, options, clients, warmSeconds);
            var points = new Sweep(served.subject(), data.truth(), clients, 1, rounds, 1).run(Settings.parse(sweep));
            System.out.printf(
                    "%s, %d clients%n%-20s %9s %12s %14s %9s %9s%n",
                    served.subject().description(),
                    clients,
                    "search",
                    "recall",
                    "QPS",
                    "QPS/server CPU s",
                    "p50 us",
                    "p99 us");
            for (var point : points)
                System.out.printf(
                        Locale.ROOT,
                        "%-20s %9.4f %12.0f %16.0f %9.0f %9.0f%n",
                        Settings.text(point.params()),
                        point.recall(),
                        point.qpsWall(),
                        point.qpsCpu(),
                        point.p50Micros(),
                        point.p99Micros());
            var curve = points.stream()
                    .map(point -> new Figures.At(point.recall(), point.qpsCpu()))
                    .toList();
            for (double recall : recalls)
                System.out.printf(
                        Locale.ROOT,
                        "at recall@%d %s: %.0f queries per CPU second of the server%n",
                        options.k,
                        recall,
                        Figures.rateAt(curve, recall));
        }
        return 0;
    }
}
