package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.engine.Vectors;
import dev.sextant.engine.View;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Work;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Scanned;
import dev.sextant.model.Schema;
import dev.sextant.model.VectorType;
import dev.sextant.query.filter.Binder;
import dev.sextant.query.filter.OfElements;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/// A search in one shard: chooses a plan for each part, spreads the work when that pays, and merges. Lives as long as
/// one question.
final class NearSearch {
    private final Reader.Nearest question;
    private final QueryConfig config;
    private final Patience patience;
    private final View view;
    private final List<Part> parts;
    private final Field key;
    private final Optional<GroupFields> groupField;
    private final Set<Object> among;
    private final Optional<Candidates.Elements> elements; // where hits are elements
    private final Window window;
    private final Threshold[] thresholds; // of each query
    private final List<PartSearch> searches;
    private final AtomicLong scoredRows = new AtomicLong();
    private final AtomicLong bytesTouched = new AtomicLong();
    private final boolean noted;
    private final Room room;
    private final Memory memory;
    private final Notes notes;

    NearSearch(
            View view,
            Reader.Nearest question,
            QueryConfig config,
            CostBook costs,
            FilterCache filters,
            Patience patience,
            Memory memory,
            boolean noted) {
        this.question = question;
        this.config = config;
        this.patience = patience;
        this.noted = noted;
        notes = noted ? new Notes() : Notes.NONE;
        this.memory = memory;
        room = new Room(memory, "searches");
        this.view = view;
        parts = view.parts();
        var schema = view.schema();
        key = schema.primaryKey();
        groupField = question.grouping().isEmpty()
                ? Optional.empty()
                : Optional.of(GroupFields.of(question.grouping().get(), schema));
        among = question.among().isEmpty() ? Set.of() : Set.of(GroupFields.read(question.among()));
        window = new Window(question, isSparse(schema.field(question.field()).orElseThrow()));
        thresholds = new Threshold[question.queries().rows()];
        for (int i = 0; i < thresholds.length; i++) thresholds[i] = new Threshold(window);
        var selected = new PartRows(view, config, filters, patience).select(question.where());
        var asked = schema.structs().isEmpty()
                ? Optional.<OfElements>empty()
                : Binder.bind(question.where().filter(), schema).elements();
        var recalls = new Recalls(parts, question.field());
        searches = new ArrayList<>(parts.size());
        for (int i = 0; i < selected.size(); i++)
            if (selected.get(i).count() > 0)
                searches.add(
                        new PartSearch(question, config, costs, recalls, i, selected.get(i), asked, memory, patience));
        elements = findsElements(schema) ? Optional.of(elements()) : Optional.empty();
    }

    private boolean findsElements(Schema schema) {
        return schema.field(question.field()).orElseThrow().type().isVectors()
                && !(question.queries() instanceof Column.Lists);
    }

    private Candidates.Elements elements() {
        var lists = new Vectors.Lists[parts.size()];
        for (var search : searches) lists[search.at()] = search.elements().orElseThrow();
        return new Candidates.Elements() {
            @Override
            public int row(int part, int node) {
                return lists[part].rowOfElement()[node];
            }

            @Override
            public int element(int part, int node) {
                return node - lists[part].first(row(part, node));
            }
        };
    }

    private static boolean isSparse(Field field) {
        return field.type() instanceof FieldType.Vector(var type, _) && type == VectorType.SPARSE;
    }

    /// What one worker finds, by query.
    private record Bundle(Candidates[] found) {}

    /// Times what a search must take to be shared out at all.
    private static final int LONG = 16;

    /// Of candidates beside their rows.
    private static final long CANDIDATES_BYTES = 256;

    /// The least that a hit takes in an answer: a key and a score.
    private static final long HIT_BYTES = 12;

    /// Thousands of queries times thousands of hits are more than a memory holds; such an answer is refused while it
    /// grows.
    static void refuseTooMany(long held, QueryConfig config) {
        if (held * HIT_BYTES > config.maxOutputSize())
            throw new Refused(new Refusal.LimitExceeded(
                    "the size of an answer in bytes", held * HIT_BYTES, config.maxOutputSize(), "maxOutputSize"));
    }

    /// What is to be done, in nanoseconds of one worker.
    double estimateNanos() {
        double nanos = 0;
        for (int i = 0; i < searches.size(); i++)
            nanos += searches.get(i).plan().estimateNanos();
        return Vector.count(question.queries()) * nanos;
    }

    Window window() {
        return window;
    }

    /// Lets go what a search held that was not [#run].
    void close() {
        room.close();
    }

    List<PartSearch> searches() {
        return searches;
    }

    /// Runs on a worker and may go on on others; ends in `reply`.
    void run(Work work, Once<Reader.Found> answer) {
        var reply = new Once<>(answer, room::close);
        OnWorker.run(work, estimateNanos(), reply, once -> spread(work, once));
    }

    private void spread(Work work, Once<Reader.Found> reply) {
        int most = width(work);
        var pieces = Piece.of(searches, question.queries(), most);
        var ended = new Then<List<Bundle>>(reply, bundles -> finish(work, bundles, reply));
        var team = new Team<>(most == 1 ? pieces : Piece.longestFirst(pieces), ended);
        int together = (pieces.size() + most - 1) / most;
        for (int i = 1; i < Math.min(most, pieces.size()); i++)
            OnWorker.offer(work, () -> {
                if (team.join()) search(work, team, together);
            });
        search(work, team, together);
    }

    /// How many workers there should be something for. Who would share a core with others waits for them most of the
    /// time: so only what is long in any case is shared out beside jobs, which make way before it is over.
    private int width(Work work) {
        double nanos = estimateNanos();
        if (nanos < config.splitNanos() || work.waiting() > 0) return 1;
        return nanos < LONG * config.splitNanos() ? 1 + work.idle() : work.workers();
    }

    Candidates fresh(int query, Candidates.Spare spare) {
        room.take(CANDIDATES_BYTES);
        var candidates = new Candidates(
                parts,
                key.id(),
                key.type() instanceof FieldType.Varchar,
                window,
                thresholds[query],
                question.limit(),
                groupField,
                question.grouping().isEmpty() ? 1 : question.grouping().get().size(),
                elements,
                room,
                spare);
        candidates.among(among);
        return candidates;
    }

    /// Searches in memory here, then what lies on disk in turns between workers and threads that may wait.
    private void search(Work work, Team<Bundle> team, int together) {
        var once = new Once<>(team, () -> {});
        try {
            int queries = question.queries().rows();
            room.take(8L * queries);
            new Share(work, team, together, new Bundle(new Candidates[queries]), once).goOn();
        } catch (Throwable thrown) {
            if (!once.failed(thrown)) throw thrown;
        }
    }

    /// What one worker does at a time. A long one makes way for searches that wait, between its pieces.
    private final class Share {
        private final Work work;
        private final Team<Bundle> team;
        private final int together; // pieces that are read from disk in turns
        private final Bundle bundle;
        private final Once<Bundle> once;
        private List<FarTurns.Turn> far = List.of();
        private long begun;
        private long held;

        Share(Work work, Team<Bundle> team, int together, Bundle bundle, Once<Bundle> once) {
            this.work = work;
            this.team = team;
            this.together = together;
            this.bundle = bundle;
            this.once = once;
        }

        void goOn() {
            var scratch = OnWorker.current().scratch();
            begun = work.nanos();
            while (far.size() < Math.max(1, together)) {
                var piece = team.next();
                if (piece.isEmpty()) break;
                patience.run();
                run(piece.get(), scratch);
                if (makesWay() && !team.isOver()) {
                    OnWorker.elsewhere(work, once, _ -> goOn());
                    return;
                }
            }
            if (far.isEmpty()) once.complete(bundle);
            else FarTurns.run(work, memory, patience, far, new Then<>(once, _ -> goOnAfterReading()));
        }

        private void goOnAfterReading() {
            far = List.of();
            goOn();
        }

        private void goFar(Piece piece) {
            if (far.isEmpty()) far = new ArrayList<>();
            far.add(turn(piece, bundle));
        }

        private boolean makesWay() {
            return work.waiting() > 0 && work.nanos() - begun >= Work.SLICE_NANOS;
        }

        private void run(Piece piece, Scratch scratch) {
            if (piece.search().isFar()) goFar(piece);
            else if (piece.queries() == 1) held += inRows(piece, bundle, scratch);
            else if (piece.search().scoresTogether()) held += scoredTogether(piece, bundle, scratch);
            else if (piece.search().inTurn() > 1) held += inTurn(piece, scratch);
            else held += inRows(piece, bundle, scratch);
            refuseTooMany(held, config);
        }

        /// What has not begun when others wait is the next piece.
        private long inTurn(Piece piece, Scratch scratch) {
            var queries = queries(piece);
            long since = noted ? patience.nanos() : 0, before = NearSearch.this.held(queries, bundle);
            var left = new Turns(piece.search(), window, scratch, patience, query -> found(bundle, query))
                    .run(queries, this::makesWay, done -> {
                        add(done.scanned());
                        if (noted) notes.add(piece.search().part(), done, 0);
                    });
            if (noted)
                notes.add(
                        piece.search().part(),
                        new PartSearch.Done(Scanned.NOTHING, false, false),
                        patience.nanos() - since);
            team.giveBack(piece.only(left));
            return NearSearch.this.held(queries, bundle) - before;
        }
    }

    /// Query after query, a cache full of rows at a time where there are several.
    private long inRows(Piece piece, Bundle bundle, Scratch scratch) {
        var rows = piece.rows();
        if (piece.queries() == 1) return rows.count() == 0 ? 0 : search(piece, piece.query(), rows, bundle, scratch);
        long held = 0;
        int most = piece.search().rowsInCache();
        for (int from = rows.from(); from < rows.to(); from += most)
            for (int query = piece.query(); query < piece.query() + piece.queries(); query++)
                held += search(
                        piece, query, new PartSearch.Range(from, Math.min(rows.to(), from + most)), bundle, scratch);
        return held;
    }

    private long scoredTogether(Piece piece, Bundle bundle, Scratch scratch) {
        var queries = queries(piece);
        long begun = noted ? patience.nanos() : 0, before = held(queries, bundle);
        var errands = Arrays.stream(queries)
                .mapToObj(query -> errand(query, found(bundle, query), scratch))
                .toList();
        var done = piece.search().scanTogether(errands, piece.rows());
        add(done.scanned());
        if (noted) notes.add(piece.search().part(), done, patience.nanos() - begun);
        return held(queries, bundle) - before;
    }

    /// Those of a piece that are not null.
    private int[] queries(Piece piece) {
        return IntStream.range(piece.query(), piece.query() + piece.queries())
                .filter(query -> !question.queries().isNull(query))
                .toArray();
    }

    private long held(int[] queries, Bundle bundle) {
        long held = 0;
        for (int query : queries) held += found(bundle, query).held();
        return held;
    }

    private FarTurns.Turn turn(Piece piece, Bundle bundle) {
        var found = found(bundle, piece.query());
        var search = piece.search().far(piece.query(), piece.rows(), found, window);
        return new FarTurns.Turn(search, nanos -> {
            refuseTooMany(found.held(), config);
            add(search.done().scanned());
            if (noted) notes.add(piece.search().part(), search.done(), nanos);
        });
    }

    /// Returns how many rows more are held.
    private long search(Piece piece, int query, PartSearch.Range rows, Bundle bundle, Scratch scratch) {
        if (question.queries().isNull(query)) return 0;
        var found = found(bundle, query);
        long begun = noted ? patience.nanos() : 0, before = found.held();
        var done = piece.search().search(errand(query, found, scratch), rows);
        add(done.scanned());
        if (noted) notes.add(piece.search().part(), done, patience.nanos() - begun);
        return found.held() - before;
    }

    private Errand errand(int query, Candidates into, Scratch scratch) {
        return new Errand(query, into, window, scratch, patience);
    }

    private void add(Scanned scanned) {
        scoredRows.addAndGet(scanned.rows());
        bytesTouched.addAndGet(scanned.bytes());
    }

    private Candidates found(Bundle bundle, int query) {
        if (bundle.found[query] == null) bundle.found[query] = fresh(query, spare());
        return bundle.found[query];
    }

    /// Where it may take another look at every row, not on a thread that was lent for less.
    private void finish(Work work, List<Bundle> bundles, Once<Reader.Found> reply) {
        var all = new Candidates[question.queries().rows()];
        boolean again = comesAfter();
        for (int query = 0; query < all.length; query++) {
            all[query] = joined(query, bundles);
            again |= isShort(query, all[query]);
        }
        OnWorker.run(work, again ? scanAllNanos() : 0, reply, once -> once.complete(merge(all)));
    }

    private double scanAllNanos() {
        return Vector.count(question.queries())
                * searches.stream().mapToDouble(PartSearch::scanAllNanos).sum();
    }

    /// An element of a key is one hit, whatever page its row has been on.
    private boolean comesAfter() {
        return window.after().isPresent() && elements.isEmpty();
    }

    private Reader.Found merge(Candidates[] all) {
        if (all.length == 1) return found(best(0, all[0]));
        var counts = new int[all.length];
        var found = new ArrayList<Candidates.Best>(all.length);
        for (int query = 0; query < all.length; query++) {
            var best = best(query, all[query]);
            counts[query] = best.scores().length;
            found.add(best);
        }
        return found(counts, found);
    }

    private Candidates.Best best(int query, Candidates all) {
        if (isShort(query, all)) complete(query, all);
        var best = comesAfter() ? unseen(query, all.best()) : all.best();
        // Once by itself, once in the answer for all queries.
        room.take(2 * best.bytes());
        all.done(spare());
        return best;
    }

    /// Where one worker did it all, as it is: its keys are known already.
    private Candidates joined(int query, List<Bundle> bundles) {
        var own = bundles.getFirst().found[query];
        if (bundles.size() == 1 && own != null) return own;
        var all = fresh(query, spare());
        for (var bundle : bundles) if (bundle.found[query] != null) all.add(bundle.found[query]);
        return all;
    }

    /// Versions of one key can crowd out others in what a graph finds.
    private boolean isShort(int query, Candidates all) {
        if (question.queries().isNull(query) || groupField.isPresent()) return false;
        int hits = all.settled();
        if (hits >= question.limit()) return false;
        long matching = 0;
        for (var search : searches) matching += search.figures().matching();
        if (hits >= matching) return false;
        // Of a part of the scores nobody knows how many there are, but what was crowded out was seen to be.
        return window.isOpen() || all.isCrowded();
    }

    /// Looks at every matching row.
    private void complete(int query, Candidates all) {
        for (var search : searches)
            if (!search.isExact())
                add(search.scanAll(errand(query, all, scratch())).scanned());
    }

    /// A key whose better version stood on a page before is no hit any more. That is rare: it takes versions that were
    /// inserted beside each other. So only then everything is looked at again, without such keys.
    private Candidates.Best unseen(int query, Candidates.Best best) {
        var banned = new HashSet<Object>();
        while (true) {
            var seen = seen(query, best.keys());
            if (!banned.addAll(seen)) return best;
            thresholds[query] = new Threshold(window);
            var again = fresh(query, spare());
            again.ban(banned);
            for (var search : searches)
                add(search.scanAll(errand(query, again, scratch())).scanned());
            best = again.best();
        }
    }

    private Set<Object> seen(int query, Column keys) {
        var places = view.find(keys, 0);
        if (places.count() <= keys.rows()) return Set.of();
        var seen = new HashSet<Object>();
        for (int i = 0; i < places.count(); i++) {
            patience.run();
            int part = places.part()[i];
            for (var search : searches) {
                if (search.at() != part) continue;
                var score = search.score(query, places.row()[i], scratch());
                if (score.isPresent() && window.isBefore(score.get(), keys, places.key()[i]))
                    seen.add(Candidates.key(keys, places.key()[i]));
            }
        }
        return seen;
    }

    private static Candidates.Spare spare() {
        return scratch().part(Candidates.Spare.class, Candidates.Spare::new);
    }

    private static Scratch scratch() {
        return OnWorker.current().scratch();
    }

    private Reader.Found found(int[] counts, List<Candidates.Best> found) {
        int total = 0;
        for (int count : counts) total += count;
        var scores = new float[total];
        var places = new long[total];
        var groups = new ArrayList<>();
        int at = 0;
        for (var best : found) {
            System.arraycopy(best.scores(), 0, scores, at, best.scores().length);
            System.arraycopy(best.places(), 0, places, at, best.places().length);
            groups.addAll(best.groups());
            at += best.scores().length;
        }
        var keys = found.isEmpty()
                ? PartRows.noKeys(key)
                : Column.concat(found.stream().map(Candidates.Best::keys).toList());
        return new Reader.Found(
                counts,
                keys,
                scores,
                places,
                groupField.map(fields -> fields.columns(groups)).orElse(List.of()),
                elements.map(_ -> found.stream()
                        .flatMapToInt(best -> Arrays.stream(best.elements()))
                        .toArray()),
                new Scanned(scoredRows.get(), bytesTouched.get()));
    }

    /// Of one query, as they are.
    private Reader.Found found(Candidates.Best best) {
        return new Reader.Found(
                new int[] {best.scores().length},
                best.keys(),
                best.scores(),
                best.places(),
                groupField.isEmpty() ? List.of() : groupField.get().columns(best.groups()),
                elements.isEmpty() ? Optional.empty() : Optional.of(best.elements()),
                new Scanned(scoredRows.get(), bytesTouched.get()));
    }

    List<Notes.Note> notes() {
        return notes.all();
    }
}
