package dev.sextant.query;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.kernel.Job;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.kernel.Worker;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Read;
import dev.sextant.model.Reply;
import dev.sextant.world.Meters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/// Measures how much of what there is searches find: some of them are repeated exactly over the very views they were
/// answered from, below all searches and after their reply has left. A share of all is drawn, and where that is seldom,
/// whichever comes when none was for [#SELDOM]. One at a time; a sample that took so long is followed by [#REST] times
/// as much without any. It gives up where memory is short or the house closes. Any thread.
final class RecallMeter implements AutoCloseable {
    static final int MOST_HITS = 1_000;
    private static final int REST = 99;
    /// On average: whoever looks at the figures soon sees some, however little is searched.
    private static final Duration SELDOM = Duration.ofSeconds(2);
    private static final int FREE_SHARE = 8;
    private static final long PATIENCE_SECONDS = 10;

    private final Work work;
    private final Memory memory;
    private final QueryConfig config;
    private final FilterCache filters;
    private final Meters meters;
    private final Supplier<Catalog> catalog;
    private final AtomicLong asked = new AtomicLong();
    private final AtomicReference<Sample> current = new AtomicReference<>();
    private final Map<String, Figures> figures = new ConcurrentHashMap<>();
    private volatile long next;
    private volatile long due;
    private volatile boolean closed;

    /// Of one collection.
    private record Figures(LongAdder hits, LongAdder wanted, LongAdder searches, LongAdder givenUp, Shown shown) {
        void add(int found, int all) {
            hits.add(found);
            wanted.add(all);
            searches.increment();
            shown.hits.add(found);
            shown.wanted.add(all);
            shown.searches.add(1);
        }
    }

    /// The same for whoever collects figures.
    private record Shown(Meters.Counter hits, Meters.Counter wanted, Meters.Counter searches) {}

    RecallMeter(
            Work work,
            Memory memory,
            QueryConfig config,
            FilterCache filters,
            Meters meters,
            Supplier<Catalog> catalog) {
        this.meters = meters;
        this.catalog = catalog;
        this.work = work;
        this.memory = memory;
        this.config = config;
        this.filters = filters;
        next = work.nanos();
        due = next + SELDOM.toNanos();
    }

    /// Holds the views of a search that was drawn, until [Sample#begin] or [Sample#drop].
    Optional<Sample> draw(Collection collection, Read.Search search, Asked bound, List<Reader> readers, Winners found) {
        if (config.recallShare() == 0 || !suits(search, bound) || !drawn()) return Optional.empty();
        if (closed || isShort() || work.nanos() - next < 0 || current.get() != null) return Optional.empty();
        var queries = Names.queries(((Read.Target.Vectors) search.near().target()).queries(), bound.field());
        var sample = new Sample(collection, bound.question(queries), found);
        if (!current.compareAndSet(null, sample)) return Optional.empty();
        for (var reader : readers) {
            var kept = reader instanceof LocalReader local ? local.kept() : Optional.<LocalReader>empty();
            if (kept.isEmpty()) {
                sample.drop();
                return Optional.empty();
            }
            sample.readers.add(kept.get());
        }
        due = work.nanos() + (long) (SELDOM.toNanos() * (0.5 + chance(asked.get())));
        return Optional.of(sample);
    }

    private static boolean suits(Read.Search search, Asked bound) {
        return search.near().target() instanceof Read.Target.Vectors(var queries)
                && queries instanceof Column.Dense
                && queries.rows() == 1
                && !queries.isNull(0)
                && bound.field().type() instanceof dev.sextant.model.FieldType.Vector(var type, _)
                && type.isDense()
                && search.grouping().isEmpty()
                && search.order().isEmpty()
                && search.offset() == 0
                && search.limit() <= MOST_HITS
                && bound.near().radius().isEmpty()
                && bound.near().rangeFilter().isEmpty()
                && bound.after().isEmpty()
                && bound.relevance().isEmpty();
    }

    private boolean drawn() {
        return chance(asked.incrementAndGet()) < config.recallShare() || work.nanos() - due >= 0;
    }

    /// A number below one, by a hash of the number of the search, so that no rhythm of callers meets a rhythm of ours.
    private static double chance(long search) {
        long hash = search * 0x9E3779B97F4A7C15L;
        hash = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L;
        return ((hash ^ hash >>> 32) >>> 11) * 0x1p-53;
    }

    /// Whether a sample is under way.
    boolean isBusy() {
        return current.get() != null;
    }

    /// For tests, which have no time.
    void restNoMore() {
        next = work.nanos();
    }

    /// For the same: none was drawn for long.
    void longForOne() {
        due = work.nanos();
    }

    private boolean isShort() {
        return memory.inUseBytes() > memory.limitBytes() - memory.limitBytes() / FREE_SHARE;
    }

    private Figures of(Collection collection) {
        var database = Optional.ofNullable(catalog.get().databases().get(collection.databaseId()))
                .map(Database::name)
                .orElse("");
        return figures.computeIfAbsent(database + "." + collection.name(), _ -> {
            var labels = new String[] {"database", database, "collection", collection.name()};
            return new Figures(
                    new LongAdder(),
                    new LongAdder(),
                    new LongAdder(),
                    new LongAdder(),
                    new Shown(
                            meters.counter(
                                    "sextant_recall_hits_total",
                                    "Hits of sampled searches that an exact search has too",
                                    labels),
                            meters.counter(
                                    "sextant_recall_wanted_total", "Hits that those searches should have", labels),
                            meters.counter(
                                    "sextant_recall_searches_total", "Searches that were repeated exactly", labels)));
        });
    }

    /// By names such as `recall hits of default.docs`.
    Map<String, Long> figures() {
        var all = new TreeMap<String, Long>();
        figures.forEach((collection, own) -> {
            all.put("recall hits of " + collection, own.hits.sum());
            all.put("recall wanted of " + collection, own.wanted.sum());
            all.put("recall searches of " + collection, own.searches.sum());
            all.put("recall given up of " + collection, own.givenUp.sum());
        });
        return all;
    }

    /// What was drawn ends, and nothing more is drawn.
    @Override
    public void close() {
        closed = true;
        var last = current.get();
        if (last == null) return;
        last.handle().ifPresent(Job.Handle::cancel);
        try {
            if (!last.over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) last.drop();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// One search and its exact repetition.
    final class Sample implements Job {
        private final Collection collection;
        private final Reader.Nearest question;
        private final Winners found;
        private final List<LocalReader> readers = new ArrayList<>();
        private final CountDownLatch over = new CountDownLatch(1);
        private final List<ExactSearch> searches = new ArrayList<>(); // one worker at a time
        private volatile Optional<Handle> handle = Optional.empty();
        private int at;
        private long spent;

        private Sample(Collection collection, Reader.Nearest question, Winners found) {
            this.collection = collection;
            this.question = question;
            this.found = found;
        }

        private Optional<Handle> handle() {
            return handle;
        }

        /// A reply that begins the repetition when it has left.
        <A> Reply<A> after(Reply<A> reply) {
            return new Reply<>() {
                @Override
                public void complete(A answer) {
                    try {
                        reply.complete(answer);
                    } finally {
                        begin();
                    }
                }

                @Override
                public void fail(Throwable reason) {
                    drop();
                    reply.fail(reason);
                }
            };
        }

        private void begin() {
            if (closed) {
                drop();
                return;
            }
            try {
                var started = work.start(this);
                handle = Optional.of(started);
                if (closed) started.cancel();
            } catch (IllegalStateException closing) {
                drop();
            }
        }

        /// Lets everything go. Only before it has begun, or when it has ended.
        void drop() {
            searches.forEach(ExactSearch::close);
            readers.forEach(LocalReader::close);
            if (current.compareAndSet(this, null)) over.countDown();
        }

        @Override
        public boolean slice(Worker worker, Stop pause) {
            long begun = work.nanos();
            try {
                while (at < readers.size()) {
                    if (closed || isShort()) throw new GivenUp();
                    if (at == searches.size())
                        searches.add(new ExactSearch(
                                readers.get(at).view(),
                                question,
                                config,
                                filters,
                                new Patience(Call.local(), work),
                                memory));
                    if (searches.get(at).advance(worker.scratch())) at++;
                    if (pause.stopped()) return false;
                }
                compare(worker);
                return true;
            } finally {
                spent += work.nanos() - begun;
            }
        }

        private void compare(Worker worker) {
            boolean larger = question.metric().largerIsBetter();
            var exact = Merging.cut(
                    Merging.merge(searches.stream().map(ExactSearch::found).toList(), larger), 0, question.limit());
            var keys = new HashSet<Object>();
            for (int i = 0; i < exact.total(); i++) keys.add(Candidates.key(exact.keys(), i));
            int hits = 0;
            for (int i = 0; i < found.total(); i++) {
                // Who ties with the last is as good.
                if (keys.contains(Candidates.key(found.keys(), i))
                        || exact.total() > 0
                                && searches.get(found.reader()[i])
                                        .score(found.place()[i], worker.scratch())
                                        .filter(score ->
                                                Merging.compare(score, exact.scores()[exact.total() - 1], larger) <= 0)
                                        .isPresent()) hits++;
            }
            var own = of(collection);
            own.add(Math.min(hits, exact.total()), exact.total());
        }

        @Override
        public void ended(Ending ending) {
            if (!(ending instanceof Ending.Finished)) of(collection).givenUp.increment();
            next = work.nanos() + REST * spent;
            drop();
        }
    }

    /// No answer is owed to anybody.
    private static final class GivenUp extends RuntimeException {
        private static final long serialVersionUID = 1;

        GivenUp() {
            super("the exact repetition of a search was given up", null, false, false);
        }
    }
}
