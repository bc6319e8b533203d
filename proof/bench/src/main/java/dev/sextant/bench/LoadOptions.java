package dev.sextant.bench;

import dev.sextant.cli.bench.Form;
import dev.sextant.cli.bench.InProcess;
import dev.sextant.cli.bench.OverWire;
import dev.sextant.cli.bench.Scalars;
import dev.sextant.cli.bench.ServerFigures;
import dev.sextant.cli.bench.Settings;
import dev.sextant.cli.bench.Subject;
import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.cli.progress.Bar;
import dev.sextant.model.Metric;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What all scenarios of load share: the data, and whom they ask.
final class LoadOptions {
    @Parameters(index = "0", paramLabel = "FOLDER", description = "where the data set is")
    Path folder;

    @Parameters(index = "1", paramLabel = "SET", description = "its name")
    String set;

    @Option(names = "--index", defaultValue = "AUTOINDEX", description = "index type (default ${DEFAULT-VALUE})")
    String index;

    @Option(names = "--params", split = ",", description = "to build the index with")
    Map<String, String> params = Map.of();

    @Option(names = "--at", defaultValue = "ef=32", description = "search parameters (default ${DEFAULT-VALUE})")
    String at;

    @Option(names = "--metric", defaultValue = "L2", description = "L2, IP or COSINE (default ${DEFAULT-VALUE})")
    Metric metric;

    @Option(names = "--k", defaultValue = "10", description = "hits a query (default ${DEFAULT-VALUE})")
    int k;

    @Option(names = "--rows", description = "at most so many rows")
    int mostRows = Integer.MAX_VALUE;

    @Option(names = "--queries", description = "at most so many queries")
    int mostQueries = Integer.MAX_VALUE;

    @Option(
            names = "--uri",
            description = "a server that runs already; without it ./sextant serve is started on a directory of its own")
    URI uri;

    @Option(names = "--metrics", description = "page of that server's own figures")
    URI metrics;

    @Option(names = "--token", defaultValue = "", description = "user:password for it")
    String token;

    DataSet data() {
        return DataSet.read(folder, set, metric, k, mostRows, mostQueries);
    }

    Map<String, String> setting() {
        return Settings.parse(at).getFirst();
    }

    /// Each query of the data set, made before anything is measured.
    List<Subject.Question> questions(DataSet data) {
        var setting = setting();
        return IntStream.range(0, data.queries().rows())
                .mapToObj(q -> Subject.Question.of(data.queries().row(q), k, setting))
                .toList();
    }

    Subject inProcess() {
        return inProcess(Form.FLOATS, metric);
    }

    /// Rows stored in another form, which has metrics of its own.
    Subject inProcess(Form form, Metric own) {
        return new InProcess(form, own, index, params, Optional.empty());
    }

    /// The server that was named, or one started for this.
    Served served() {
        if (uri != null)
            return new Served(
                    new OverWire(
                            uri, token, Optional.ofNullable(metrics).map(ServerFigures::new), metric, index, params),
                    Optional.empty());
        var started = StartedServer.start();
        return new Served(
                new OverWire(
                        started.uri(), token, Optional.of(new ServerFigures(started.metrics())), metric, index, params),
                Optional.of(started));
    }

    record Served(Subject subject, Optional<StartedServer> server) implements AutoCloseable {
        @Override
        public void close() {
            subject.close();
            server.ifPresent(StartedServer::close);
        }
    }

    /// Creates the collection, puts the first `rows` rows in and builds the index.
    static void fill(Subject subject, Matrix base, int rows) {
        subject.create(base.dimension(), Scalars.NONE);
        int batch = Math.max(500, 2_000_000 / base.dimension());
        try (var bar = new Bar("inserting", "rows", rows)) {
            for (int from = 0; from < rows; from += batch) {
                int to = Math.min(rows, from + batch);
                subject.insert(base, Scalars.NONE, from, to);
                bar.to(to);
            }
        }
        System.err.println("building the index ...");
        subject.build();
    }
}
