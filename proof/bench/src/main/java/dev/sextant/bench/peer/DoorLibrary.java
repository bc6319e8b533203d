package dev.sextant.bench.peer;

import dev.sextant.cli.bench.InProcess;
import dev.sextant.cli.bench.Scalars;
import dev.sextant.cli.bench.Subject;
import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.model.Metric;
import dev.sextant.server.Server;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// The embedded Sextant, through the whole door: statement, plan, walk, keys. Everything is counted that any of its
/// threads does; the build holds log, files and index.
final class DoorLibrary implements Library {
    private static final int BATCH_FLOATS = 4_000_000;

    private InProcess subject;
    private Subject.Client client;
    private Map<String, String> setting = Map.of();
    private Set<Long> caller = Set.of();
    private double bytesPerRow;

    @Override
    public void build(Matrix base, Metric metric, Map<String, String> parameters, int threads)
            throws InterruptedException, ExecutionException {
        var others = new LinkedHashMap<>(parameters);
        var type = others.remove("type");
        subject = new InProcess(metric, type == null ? "AUTOINDEX" : type, others);
        subject.create(base.dimension(), Scalars.NONE);
        insert(base, threads);
        subject.build();
        bytesPerRow = subject.footprint().memory() / base.rows();
        client = subject.client();
        caller = Set.of(Thread.currentThread().threadId());
    }

    /// By as many callers as threads may work at once, each with the next batch when its last is acknowledged.
    private void insert(Matrix base, int threads) throws InterruptedException, ExecutionException {
        int batch = Math.max(500, BATCH_FLOATS / base.dimension());
        var next = new AtomicInteger();
        try (var callers = Executors.newFixedThreadPool(threads)) {
            var all = new ArrayList<Future<?>>();
            for (int caller = 0; caller < threads; caller++)
                all.add(callers.submit(() -> {
                    for (int from; (from = next.getAndAdd(batch)) < base.rows(); )
                        subject.insert(base, Scalars.NONE, from, Math.min(base.rows(), from + batch));
                }));
            for (var each : all) each.get();
        }
    }

    @Override
    public void prepare(Map<String, String> wanted) {
        setting = wanted;
    }

    @Override
    public void search(float[] query, int k, int[] found, int at) {
        var ids = client.search(Subject.Question.of(query, k, setting)).ids();
        for (int i = 0; i < k; i++) found[at + i] = i < ids.length ? (int) ids[i] : -1;
    }

    @Override
    public long otherCpuNanos() {
        return subject.cpuNanos(caller);
    }

    @Override
    public double bytesPerRow() {
        return bytesPerRow;
    }

    @Override
    public String version() {
        return Server.version();
    }

    @Override
    public void close() {
        if (client != null) client.close();
        if (subject != null) subject.close();
    }
}
