package dev.sextant.query;

import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Scratch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/// The walks of several queries through one part, advanced in turn on one thread: while one computes, what the others
/// read next comes from memory, and what several read is read by one right after another. Each finds what it would have
/// found alone.
///
/// Sketch: a walk through a million rows waits at each of its fifty hops for a block that no cache holds, about as long
/// as it then computes; six in turn leave each block time to come.
final class Turns {
    private final PartSearch search;
    private final Window window;
    private final Scratch scratch;
    private final Patience patience;
    private final List<Slot> slots = new ArrayList<>();
    private final ArrayDeque<Scratch> free = new ArrayDeque<>();

    /// A walk under way, and what it stands in.
    private record Slot(Walking walking, Scratch own) {}

    Turns(PartSearch search, Window window, Scratch scratch, Patience patience) {
        this.search = search;
        this.window = window;
        this.scratch = scratch;
        this.patience = patience;
    }

    /// Runs them all; `ended` hears of each.
    void run(int[] queries, IntFunction<Candidates> into, Consumer<PartSearch.Done> ended) {
        room(Math.min(queries.length, search.inTurn()));
        int begun = 0, at = 0;
        while (begun < queries.length || !slots.isEmpty()) {
            if (begun < queries.length && !free.isEmpty()) {
                begin(queries[begun], into.apply(queries[begun]), ended);
                begun++;
                continue;
            }
            at = next(at + 1);
            var slot = slots.get(at);
            if (!slot.walking.advance()) continue;
            ended.accept(slot.walking.done());
            slots.remove(at);
            free.push(slot.own);
        }
    }

    /// Scratch for so many walks; for fewer where memory is short.
    private void room(int most) {
        for (int i = 0; i < most; i++) {
            try {
                free.add(scratch.ofTurn(i));
            } catch (OutOfBudget full) {
                if (i == 0) throw full;
                return;
            }
        }
    }

    private void begin(int query, Candidates into, Consumer<PartSearch.Done> ended) {
        var own = free.pop();
        var walking = search.walking(query, into, window, own, patience);
        if (walking.takeTurns()) {
            slots.add(new Slot(walking, own));
            return;
        }
        ended.accept(walking.run());
        free.push(own);
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
