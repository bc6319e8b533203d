package dev.sextant.bench;

import dev.sextant.cli.bench.Subject;
import dev.sextant.cli.bench.Sweep;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The same queries one by one and many a request.
@Command(
        name = "batch",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Time a query with 1, 10, 100, 1000 queries a request, in process and over gRPC.")
final class Batches implements Callable<Integer> {
    @Mixin
    LoadOptions options;

    @Option(names = "--nq", split = ",", defaultValue = "1,10,100,1000", description = "default ${DEFAULT-VALUE}")
    List<Integer> sizes;

    @Option(names = "--rounds", defaultValue = "3", description = "default ${DEFAULT-VALUE}")
    int rounds;

    @Option(
            names = "--only",
            defaultValue = "BOTH",
            description = "IN_PROCESS, SERVER or BOTH (default ${DEFAULT-VALUE})")
    Where only;

    enum Where {
        IN_PROCESS,
        SERVER,
        BOTH
    }

    @Override
    public Integer call() {
        var data = options.data();
        if (only != Where.SERVER)
            try (var subject = options.inProcess()) {
                run(subject, data);
            }
        if (only != Where.IN_PROCESS)
            try (var served = options.served()) {
                run(served.subject(), data);
            }
        return 0;
    }

    private void run(Subject subject, DataSet data) {
        LoadOptions.fill(subject, data.base(), data.base().rows());
        System.out.printf(
                "%s%n%8s %9s %14s %16s %12s%n",
                subject.description(), "nq", "recall", "us a query", "CPU us a query", "of nq 1");
        double single = Double.NaN;
        for (int size : sizes) {
            var point = new Sweep(subject, data.truth(), 1, size, rounds, 2)
                    .run(List.of(options.setting()))
                    .getFirst();
            double micros = 1e6 / point.qpsWall();
            if (size == sizes.getFirst()) single = micros;
            System.out.printf(
                    Locale.ROOT,
                    "%8d %9.4f %14.1f %16.1f %12.2f%n",
                    size,
                    point.recall(),
                    micros,
                    1e6 / point.qpsCpu(),
                    micros / single);
        }
    }
}
