package dev.sextant.query;

import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Scratch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/// The walks of several queries through one part, advanced in turn on one thread: while one computes, what the others
/// read next comes from memory, and what several read is read by one right after another. Each finds what it would have
/// found alone.
///
/// Sketch: a walk through a million rows waits at each of its fifty hops for a block that no cache holds, about as long
/// as it then computes; six in turn leave each block time to come.
final class Turns {
    /// What scratch of walks in turn may hold between searches.
    private static final long KEPT_BYTES = 16 << 20;

    private final PartSearch search;
    private final Window window;
    private final Scratch scratch;
    private final Patience patience;
    private final IntFunction<Candidates> into;
    private final List<Slot> slots = new ArrayList<>();
    private final ArrayDeque<Scratch> free = new ArrayDeque<>();
    private final ArrayDeque<Integer> queries = new ArrayDeque<>(); // that have not begun
    private int most; // walks at a time
    private long shared; // the place that was last read together
    private boolean alone; // one at a time, since there is no room for more

    /// A walk under way, and what it stands in.
    private record Slot(int query, Walking walking, Scratch own) {}

    /// @param into where hits of a query go
    Turns(PartSearch search, Window window, Scratch scratch, Patience patience, IntFunction<Candidates> into) {
        this.search = search;
        this.window = window;
        this.scratch = scratch;
        this.patience = patience;
        this.into = into;
    }

    /// Runs them all, or those that have begun when `makesWay` says that others wait; `ended` hears of each. Returns
    /// the queries that have not begun.
    List<Integer> run(int[] all, BooleanSupplier makesWay, Consumer<PartSearch.Done> ended) {
        for (int query : all) queries.add(query);
        most = Math.min(all.length, search.inTurn());
        room();
        boolean leaving = false;
        for (int at = 0; !slots.isEmpty() || !leaving && !queries.isEmpty(); ) {
            if (!leaving && !queries.isEmpty() && !free.isEmpty()) {
                begin(ended);
                leaving = makesWay.getAsBoolean();
                continue;
            }
            at = next(at + 1);
            share(slots.get(at).walking.place());
            advance(slots.get(at), ended);
        }
        scratch.keepTurns(KEPT_BYTES);
        return List.copyOf(queries);
    }

    /// Scratch for so many walks; for fewer where memory is short.
    private void room() {
        free.add(scratch);
        try {
            for (int i = 1; i < most; i++) free.add(scratch.ofTurn(i));
        } catch (OutOfBudget full) {
            // Those that there are do as well, only slower.
        }
    }

    private void begin(Consumer<PartSearch.Done> ended) {
        int query = queries.remove();
        var own = free.pop();
        try {
            var walking = search.walking(new Errand(query, into.apply(query), window, own, patience));
            if (walking.takeTurns()) {
                slots.add(new Slot(query, walking, own));
                return;
            }
            ended.accept(walking.run());
            free.push(own);
        } catch (OutOfBudget full) {
            giveUp(query, full);
        }
    }

    /// All that are about to read the same read it together, the first time that one of them comes to it.
    private void share(long place) {
        if (place == 0 || place == shared) return;
        shared = place;
        var same = slots.stream()
                .map(Slot::walking)
                .filter(walking -> walking.place() == place)
                .toList();
        if (same.size() < 2) return;
        try {
            same.getFirst().share(same, scratch.ofTurn(most));
        } catch (OutOfBudget full) {
            // Each reads it by itself.
        }
    }

    private void advance(Slot slot, Consumer<PartSearch.Done> ended) {
        try {
            if (!slot.walking.advance()) return;
            slots.remove(slot);
            ended.accept(slot.walking.done());
            free.push(slot.own);
        } catch (OutOfBudget full) {
            slots.remove(slot);
            giveUp(slot.query, full);
        }
    }

    /// What does not fit beside the others begins again later, with one walk less at a time; alone at last, with all
    /// that the others held given back. Rows that it has found by then are offered twice, which does no harm.
    private void giveUp(int query, OutOfBudget full) {
        queries.addFirst(query);
        if (!slots.isEmpty() || !free.isEmpty()) return;
        if (alone) throw full;
        alone = true;
        scratch.keepTurns(0);
        free.push(scratch);
    }

    /// From `from` on the first with the least place.
    private int next(int from) {
        int n = slots.size(), first = from % n;
        long least = slots.get(first).walking.place();
        for (int i = 1; i < n; i++) {
            int other = (from + i) % n;
            long place = slots.get(other).walking.place();
            if (place >= least) continue;
            least = place;
            first = other;
        }
        return first;
    }
}
