package dev.sextant.query;

import dev.sextant.engine.Vectors;
import dev.sextant.engine.View;
import dev.sextant.index.TermFigures;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Reply;
import dev.sextant.model.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// A shard on this machine, read through one view. Asked on a worker it answers there; asked elsewhere it takes a
/// worker.
final class LocalReader implements Reader {
    /// Roughly, for threads that are lent for a moment only: to look a term up, a key, and to copy a value.
    private static final double TERM_NANOS = 200;
    private static final double KEY_NANOS = 1_000;
    private static final double VALUE_NANOS = 500;

    private final View view;
    private final Work work;
    private final QueryConfig config;
    private final FilterCache filters;
    private final Memory memory;
    private final CostBook costs;
    private final AtomicInteger holders; // of the view, all that are open
    private final AtomicBoolean closed = new AtomicBoolean();

    LocalReader(View view, Work work, QueryConfig config, FilterCache filters, Memory memory, CostBook costs) {
        this(view, work, config, filters, memory, costs, new AtomicInteger(1));
    }

    private LocalReader(
            View view,
            Work work,
            QueryConfig config,
            FilterCache filters,
            Memory memory,
            CostBook costs,
            AtomicInteger holders) {
        this.view = view;
        this.work = work;
        this.config = config;
        this.filters = filters;
        this.memory = memory;
        this.costs = costs;
        this.holders = holders;
    }

    /// Another reader of the same view, which lives until both are closed; none where the view is closed already.
    Optional<LocalReader> kept() {
        int before = holders.getAndUpdate(n -> n == 0 ? 0 : n + 1);
        return before == 0
                ? Optional.empty()
                : Optional.of(new LocalReader(view, work, config, filters, memory, costs, holders));
    }

    View view() {
        return view;
    }

    @Override
    public long shard() {
        return view.shard();
    }

    @Override
    public long timestamp() {
        return view.timestamp();
    }

    @Override
    public Schema schema() {
        return view.schema();
    }

    @Override
    public void search(Call call, Nearest question, Reply<Found> reply) {
        costs.searched(this, question.field(), question.metric());
        OnWorker.run(
                work,
                beginningNanos(question),
                reply,
                once -> new NearSearch(view, question, config, costs, filters, new Patience(call, work), memory, false)
                        .run(work, once));
    }

    @Override
    public void terms(Call call, int field, int[] terms, Reply<TermFigures> reply) {
        double nanos = isReady(field) ? TERM_NANOS * terms.length * view.parts().size() : Double.MAX_VALUE;
        OnWorker.run(work, nanos, reply, once -> {
            var patience = new Patience(call, work);
            var sum = TermFigures.none(terms.length);
            for (var part : view.parts()) {
                patience.run();
                if (part.vectors(field) instanceof Vectors.Sparse(var rows, _))
                    sum = sum.plus(TermFigures.of(
                            rows, part.index(field), terms, OnWorker.current().scratch()));
            }
            once.complete(sum);
        });
    }

    @Override
    public void scan(Call call, Matching question, Reply<Selected> reply) {
        OnWorker.run(work, reply, once -> {
            Selected selected;
            try (var room = new Room(memory, "queries")) {
                selected = scan(call, question, room);
            }
            once.complete(selected);
        });
    }

    private Selected scan(Call call, Matching question, Room room) {
        var patience = new Patience(call, work);
        var selected = new PartRows(view, config, filters, patience).select(question.where());
        if (!question.order().isEmpty()) {
            var first = new FirstRows(view, selected, question, room);
            for (int i = 0; i < selected.size(); i++) first.add(i, patience);
            return first.selected(patience);
        }
        var selection = new KeySelection(view, question.limit(), config, room);
        for (int i = 0; i < selected.size(); i++)
            if (selected.get(i).count() > 0) selection.add(i, selected.get(i), patience);
        return selection.selected();
    }

    @Override
    public void count(Call call, Counting question, Reply<Long> reply) {
        OnWorker.run(work, reply, once -> {
            long rows = 0;
            for (var selected : new PartRows(view, config, filters, new Patience(call, work)).select(question.where()))
                rows += selected.count();
            once.complete(rows);
        });
    }

    @Override
    public void aggregate(Call call, Aggregating question, Reply<Tallied> reply) {
        OnWorker.run(work, reply, once -> {
            Tallied tallied;
            try (var room = new Room(memory, "queries")) {
                var patience = new Patience(call, work);
                var tally = new Tally(view.schema(), question.groups(), question.figures(), config.maxGroups(), room);
                for (var selected : new PartRows(view, config, filters, patience).select(question.where()))
                    if (selected.count() > 0) tally.add(selected, patience);
                tallied = tally.tallied();
            }
            once.complete(tallied);
        });
    }

    @Override
    public void find(Call call, Column keys, Set<Long> partitions, Reply<Selected> reply) {
        OnWorker.run(work, KEY_NANOS * keys.rows() * view.parts().size(), reply, once -> {
            new Patience(call, work).run();
            Selected found;
            try (var room = new Room(memory, "queries")) {
                found = found(view, keys, partitions, config, room);
            }
            once.complete(found);
        });
    }

    /// The newest version of each key.
    static Selected found(View view, Column keys, Set<Long> partitions, QueryConfig config, Room room) {
        var places =
                view.find(keys, partitions.size() == 1 ? partitions.iterator().next() : 0);
        var selection = new KeySelection(view, OptionalInt.empty(), config, room);
        var allowed = new Bits[view.parts().size()];
        for (int i = 0; i < places.count(); i++) {
            int part = places.part()[i];
            if (allowed[part] == null)
                allowed[part] =
                        partitions.isEmpty() ? Bits.ALL : view.parts().get(part).ofPartitions(partitions);
            if (allowed[part].get(places.row()[i]))
                selection.offer(keys, places.key()[i], (long) part << 32 | places.row()[i]);
        }
        return selection.selected();
    }

    @Override
    public void fetch(Call call, long[] places, List<Integer> fields, Reply<List<Column>> reply) {
        OnWorker.run(work, VALUE_NANOS * places.length * fields.size(), reply, once -> {
            var patience = new Patience(call, work);
            var columns = new ArrayList<Column>();
            for (int field : fields) {
                patience.run();
                columns.add(fetch(view, places, field));
            }
            once.complete(columns);
        });
    }

    /// The values of one field at some places, in their order.
    static Column fetch(View view, long[] places, int field) {
        var parts = view.parts();
        var at = new int[places.length];
        var fetched = new ArrayList<Column>();
        int done = 0;
        for (int p = 0; p < parts.size(); p++) {
            var rows = new int[places.length];
            int n = 0;
            for (int i = 0; i < places.length; i++)
                if ((int) (places[i] >>> 32) == p) {
                    at[i] = done + n;
                    rows[n++] = (int) places[i];
                }
            if (n == 0) continue;
            fetched.add(parts.get(p).fetch(field, java.util.Arrays.copyOf(rows, n)));
            done += n;
        }
        if (fetched.isEmpty())
            return Column.empty(view.schema().field(field).orElseThrow().type());
        return fetched.size() == 1 ? fetched.getFirst() : Column.concat(fetched).take(at);
    }

    @Override
    public void explain(Call call, Question question, boolean analyze, Reply<List<String>> reply) {
        OnWorker.run(
                work,
                reply,
                once -> new Explaining(view, work, config, costs, filters, memory, call)
                        .explain(question, analyze, once));
    }

    @Override
    public long estimateNanos(Question question) {
        return switch (question) {
            case Nearest near ->
                Vector.count(near.queries()) * 20_000L
                        + (near.where().filter().isPresent() ? filterNanos(near.where()) : rows());
            case Matching _, Counting _ -> rows() * 5;
            case Aggregating aggregating ->
                rows()
                        * 10L
                        * (1
                                + aggregating.groups().size()
                                + aggregating.figures().size());
        };
    }

    /// What it takes to make a plan, which says how long the rest takes; of lists of vectors it does not. To load
    /// vectors first takes as long as it takes.
    private double beginningNanos(Nearest question) {
        return question.queries() instanceof Column.Lists || !isReady(question.field())
                ? Double.MAX_VALUE
                : filterNanos(question.where());
    }

    private boolean isReady(int field) {
        var parts = view.parts();
        for (int i = 0; i < parts.size(); i++) if (!parts.get(i).isReady(field)) return false;
        return true;
    }

    private long filterNanos(Where where) {
        return where.filter().isPresent() ? rows() * 5 : 0;
    }

    private long rows() {
        long rows = 0;
        var parts = view.parts();
        for (int i = 0; i < parts.size(); i++) rows += parts.get(i).rows();
        return rows;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true) && holders.decrementAndGet() == 0) view.close();
    }
}
