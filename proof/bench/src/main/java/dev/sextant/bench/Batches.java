package dev.sextant.bench;

import dev.sextant.cli.bench.Form;
import dev.sextant.cli.bench.Point;
import dev.sextant.cli.bench.Subject;
import dev.sextant.cli.bench.Sweep;
import dev.sextant.model.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
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
    private static final double WARM_SECONDS = 2;

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

    @Option(
            names = "--form",
            defaultValue = "FLOATS",
            description = "in process, what rows are stored as: FLOATS, BITS (above the mean, HAMMING) or CELLS "
                    + "(what is not 0, IP); default ${DEFAULT-VALUE}")
    Form form;

    enum Where {
        IN_PROCESS,
        SERVER,
        BOTH
    }

    @Override
    public Integer call() {
        var data = options.data();
        if (only != Where.SERVER)
            try (var subject = options.inProcess(form, metric())) {
                run(subject, data);
            }
        if (only != Where.IN_PROCESS)
            try (var served = options.served()) {
                run(served.subject(), data);
            }
        return 0;
    }

    private Metric metric() {
        return switch (form) {
            case FLOATS -> options.metric;
            case BITS -> Metric.HAMMING;
            case CELLS -> Metric.IP;
        };
    }

    /// Sizes in turn, round by round: a slow moment of the machine is met by all of them.
    private void run(Subject subject, DataSet data) {
        LoadOptions.fill(subject, data.base(), data.base().rows());
        var rows = new ArrayList<List<Point>>();
        for (int size : sizes) sweep(subject, data, size, WARM_SECONDS);
        for (int round = 0; round < rounds; round++)
            rows.add(sizes.stream().map(size -> sweep(subject, data, size, 0)).toList());
        System.out.printf(
                "%s, %s as %s, %d rounds in turn%n%8s %9s %14s %16s %12s%n",
                subject.description(),
                options.index,
                form,
                rounds,
                "nq",
                "recall",
                "us a query",
                "CPU us a query",
                "of nq 1");
        for (int i = 0; i < sizes.size(); i++) {
            int at = i;
            System.out.printf(
                    Locale.ROOT,
                    "%8d %9.4f %14.1f %16.1f %12.2f%n",
                    sizes.get(i),
                    form == Form.FLOATS ? rows.getFirst().get(at).recall() : Double.NaN,
                    middle(rows, round -> 1e6 / round.get(at).qpsWall()),
                    middle(rows, round -> 1e6 / round.get(at).qpsCpu()),
                    middle(
                            rows,
                            round -> round.getFirst().qpsCpu() / round.get(at).qpsCpu()));
        }
    }

    private Point sweep(Subject subject, DataSet data, int size, double warmSeconds) {
        return new Sweep(subject, data.truth(), 1, size, 1, warmSeconds)
                .runQuietly(List.of(options.setting()))
                .getFirst();
    }

    private static double middle(List<List<Point>> rounds, ToDoubleFunction<List<Point>> of) {
        var sorted = rounds.stream().mapToDouble(of).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
