package dev.sextant.cli.bench;

import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.database.Sextant;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Filter;
import dev.sextant.model.Hits;
import dev.sextant.model.Metric;
import dev.sextant.model.Nulls;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The embedded form, on a directory of its own that is removed afterwards, or on one that is kept: where the rows and
/// the index of a run before stand in that, they are used as they are.
public final class InProcess implements Subject {
    private static final String NAME = "bench";
    private static final int STEADY_LOOKS = 4;
    private static final long LOOK_EVERY_MILLIS = 20;

    private final Form form;
    private final Metric metric;
    private final String index;
    private final Map<String, String> parameters;
    private final Path directory;
    private final boolean kept;
    private final Sextant database;
    private final Map<String, Long> memoryBefore;
    private final Call call = Call.local();
    // The lock of this object guards both.
    private Map<Long, Long> cpuByThread = Map.of();
    private long cpuNanos;

    public InProcess(Metric metric, String index, Map<String, String> parameters) {
        this(Form.FLOATS, metric, index, parameters, Optional.empty());
    }

    /// @param keep a directory that outlives this
    public InProcess(Form form, Metric metric, String index, Map<String, String> parameters, Optional<Path> keep) {
        this.form = form;
        this.metric = metric;
        this.index = index;
        this.parameters = parameters;
        kept = keep.isPresent();
        try {
            directory = kept ? Files.createDirectories(keep.get()) : Files.createTempDirectory("sextant-bench");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        database = Sextant.open(directory);
        memoryBefore = memory();
    }

    /// Whether a run before has left everything here; then it is only waited for.
    public boolean isFilled() {
        if (!kept || !Files.exists(mark())) return false;
        database.execute(call, Operate.Load.of(NAME));
        awaitReady();
        return true;
    }

    @Override
    public String description() {
        return "Sextant in process";
    }

    @Override
    public void create(int dimension, Scalars scalars) {
        var fields = new java.util.ArrayList<Field>();
        fields.add(Field.of("id", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY));
        fields.add(Field.of("v", new FieldType.Vector(form.type(), form.dimension(dimension))));
        for (var real : scalars.reals().keySet()) fields.add(Field.of(real, FieldType.Primitive.DOUBLE));
        if (!scalars.isNone()) fields.add(Field.of("label", FieldType.Primitive.INT64));
        database.execute(call, Define.CreateCollection.of(NAME, fields.toArray(Field[]::new)));
    }

    @Override
    public void rehearse(List<Question> questions) {
        index();
        try (var client = client()) {
            questions.forEach(client::search);
        }
        database.execute(call, new Operate.Release(NAME, List.of()));
        database.execute(call, new Define.DropIndex(NAME, "v"));
    }

    @Override
    public void insert(Matrix base, Scalars scalars, int from, int to) {
        insert(base, scalars, from, to, from);
    }

    private void insert(Matrix base, Scalars scalars, int from, int to, long firstKey) {
        var ids = new long[to - from];
        Arrays.setAll(ids, i -> firstKey + i);
        var rows = Rows.of(ids.length)
                .with("id", Column.longs(ids))
                .with("v", form.column(base.dimension(), base.rows(from, to)));
        scalars.reals()
                .forEach((name, values) ->
                        rows.with(name, new Column.Doubles(Arrays.copyOfRange(values, from, to), Nulls.NONE)));
        if (!scalars.isNone()) rows.with("label", Column.longs(Arrays.copyOfRange(scalars.labels(), from, to)));
        database.execute(call, Write.Insert.of(NAME, rows.build()));
    }

    /// Merged before the index is made, so that it is built once.
    @Override
    public void build() {
        flush();
        merge();
        index();
        awaitReady();
        if (kept) markFilled();
    }

    private void index() {
        var settings = new HashMap<>(parameters);
        settings.put("index_type", index);
        settings.put("metric_type", metric.name());
        database.execute(call, new Define.CreateIndex(NAME, "v", "", settings));
        database.execute(call, Operate.Load.of(NAME));
    }

    /// What is sealed is merged only when it is a file, and that is a job that may not have begun.
    @Override
    public void flush() {
        var flushed = database.execute(call, new Operate.Flush(List.of(NAME)));
        var state = new Watch.FlushState(Optional.of(NAME), List.of(), flushed.timestamp());
        while (!database.execute(call, state)) Waiting.millis(5);
    }

    /// What is asked for waits its turn behind a merge that the engine has begun by itself, and is over with its jobs.
    private void merge() {
        while (!isIdle()) Waiting.millis(5);
        database.execute(call, new Operate.Compact(NAME, true));
        while (!isIdle()) Waiting.millis(5);
    }

    /// Beside the directory, which belongs to the engine alone.
    private Path mark() {
        return directory.resolveSibling(directory.getFileName() + ".filled");
    }

    private void markFilled() {
        try {
            Files.writeString(mark(), index + " " + parameters);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// An index is finished when its file is written, and may come into memory a moment later by a job of its own:
    /// ready is what stays ready with nothing more in memory.
    private void awaitReady() {
        long before = -1;
        for (int steady = 0; steady < STEADY_LOOKS; Waiting.millis(LOOK_EVERY_MILLIS)) {
            long now = memory().values().stream().mapToLong(Long::longValue).sum();
            steady = isReady() && now == before ? steady + 1 : 0;
            before = now;
        }
    }

    private boolean isReady() {
        var indexes = database.execute(call, new Watch.DescribeIndexes(NAME, Optional.empty()));
        for (var each : indexes)
            if (each.state() == Watch.IndexState.FAILED)
                throw new IllegalArgumentException("the index failed: " + each.failure());
        boolean built = indexes.stream().allMatch(i -> i.state() == Watch.IndexState.FINISHED && i.pendingRows() == 0);
        return built
                && isIdle()
                && database.execute(call, new Watch.LoadState(NAME, List.of())).ready();
    }

    private boolean isIdle() {
        boolean written = database.execute(call, new Watch.Segments(NAME)).stream()
                .noneMatch(segment -> segment.growing() && segment.rows() > 0);
        return written
                && database.execute(call, new Watch.ListJobs()).stream()
                        .noneMatch(
                                job -> job.phase() == Watch.JobPhase.RUNNING || job.phase() == Watch.JobPhase.WAITING);
    }

    @Override
    public Client client() {
        return new Caller();
    }

    /// One thread's way in. Conditions are parsed once, as an embedding program would.
    private final class Caller implements Client {
        private static final int MOST_FILTERS = 4096;

        private final Map<String, Filter> filters = new HashMap<>();

        @Override
        public Found search(Question question) {
            return prepared(question).get();
        }

        @Override
        public Supplier<Found> prepared(Question question) {
            var statement = statement(question);
            return () -> found(database.execute(call, statement));
        }

        @Override
        public long count(String filter) {
            return database.execute(call, new Read.Count(NAME, List.of(), filter(filter), false))
                    .rows();
        }

        @Override
        public void insert(Matrix base, Scalars scalars, int from, int to, long firstKey) {
            InProcess.this.insert(base, scalars, from, to, firstKey);
        }

        private Read.Search statement(Question question) {
            var near = new Read.Near(
                    "v",
                    new Read.Target.Vectors(
                            form.column(question.vectors().length / question.count(), question.vectors())),
                    Optional.empty(),
                    question.parameters(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty());
            return new Read.Search(
                    NAME,
                    List.of(),
                    near,
                    filter(question.filter()),
                    question.k(),
                    0,
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    -1,
                    false);
        }

        private Optional<Filter> filter(String text) {
            if (text.isEmpty()) return Optional.empty();
            if (filters.size() > MOST_FILTERS) filters.clear();
            return Optional.of(filters.computeIfAbsent(text, Sextant::filter));
        }

        private static Found found(Hits hits) {
            return new Found(
                    ((Column.Longs) hits.keys()).values(),
                    hits.counts(),
                    hits.scanned().rows(),
                    hits.scanned().bytes());
        }

        @Override
        public void close() {}
    }

    /// What was added since the database was opened.
    @Override
    public Footprint footprint() {
        var byUse = new TreeMap<String, Long>();
        memory().forEach((use, bytes) -> {
            long more = bytes - memoryBefore.getOrDefault(use, 0L);
            if (more != 0 && !use.startsWith("spare")) byUse.put(use, more);
        });
        return new Footprint(byUse.values().stream().mapToLong(Long::longValue).sum(), bytesOnDisk(), byUse);
    }

    private Map<String, Long> memory() {
        return database.execute(call, new Watch.Resources()).memory();
    }

    private double bytesOnDisk() {
        return bytesOnDisk(
                directory,
                database.execute(call, new Watch.Segments(NAME)).stream()
                        .map(segment -> HexFormat.of().toHexDigits(segment.id()))
                        .collect(Collectors.toSet()));
    }

    /// Without the log, and without what was merged into these segments and waits for the next checkpoint to be
    /// deleted.
    static double bytesOnDisk(Path directory, Set<String> segments) {
        try (var files = Files.walk(directory)) {
            long bytes = 0;
            for (var file : (Iterable<Path>) files::iterator)
                if (Files.isRegularFile(file) && stays(directory.relativize(file), segments)) bytes += Files.size(file);
            return bytes;
        } catch (IOException | UncheckedIOException changing) {
            return Double.NaN;
        }
    }

    private static boolean stays(Path file, Set<String> segments) {
        var name = file.getFileName().toString();
        if (file.startsWith("segments")) return segments.stream().anyMatch(name::startsWith);
        return !file.startsWith("log");
    }

    /// All Java threads of this process but the callers: not compilers, not collectors. Counted on from one call to the
    /// next, so that a thread that has ended takes nothing away.
    @Override
    public synchronized long cpuNanos(Set<Long> callers) {
        var threads = ManagementFactory.getThreadMXBean();
        var alive = new HashMap<Long, Long>();
        for (long id : threads.getAllThreadIds()) {
            if (callers.contains(id)) continue;
            long used = Math.max(0, threads.getThreadCpuTime(id));
            cpuNanos += Math.max(0, used - cpuByThread.getOrDefault(id, 0L));
            alive.put(id, used);
        }
        cpuByThread = alive;
        return cpuNanos;
    }

    @Override
    public boolean worksForCallers() {
        return true;
    }

    @Override
    public void close() {
        database.close();
        if (!kept) Directories.remove(directory);
    }
}
