package dev.sextant.query;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Reply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.function.LongConsumer;

/// Searches that need rows from disk take turns: workers compute, threads that may wait read, nobody does both. So many
/// searches go together as keep what they read within some MiB. Ends in its reply, on a worker.
final class FarTurns {
    private static final long MOST_BYTES = 4 << 20;

    /// A search, and who is told when it is over and how long it was.
    record Turn(FarSearch search, LongConsumer over) {}

    private final Work work;
    private final Memory memory;
    private final Patience patience;
    private final Queue<Turn> waiting;
    private final List<Turn> reading = new ArrayList<>(); // one thread at a time
    private final long begun;

    private FarTurns(Work work, Memory memory, Patience patience, List<Turn> turns) {
        this.work = work;
        this.memory = memory;
        this.patience = patience;
        waiting = new ArrayDeque<>(turns);
        begun = patience.nanos();
    }

    /// Called on a worker.
    static void run(Work work, Memory memory, Patience patience, List<Turn> turns, Reply<FarTurns> reply) {
        var all = new FarTurns(work, memory, patience, turns);
        OnWorker.run(work, new Once<>(reply, all::close), all::seek);
    }

    private void seek(Once<FarTurns> once) {
        var scratch = OnWorker.current().scratch();
        for (long bytes = 0; bytes < MOST_BYTES && !waiting.isEmpty(); ) {
            patience.run();
            var turn = waiting.remove();
            if (turn.search.seek(scratch, patience)) {
                reading.add(turn);
                bytes += turn.search.landingBytes();
            } else turn.over.accept(patience.nanos() - begun);
        }
        share(reading);
        if (reading.isEmpty()) once.complete(this);
        else Thread.ofVirtual().name("rows to score").start(() -> read(once));
    }

    /// Of what the parts of a query want to read, the best are enough: as many as the part reads that wants most.
    private static void share(List<Turn> turns) {
        var ofQuery = new IdentityHashMap<Candidates, List<FarSearch>>();
        for (var turn : turns)
            if (turn.search.isShared())
                ofQuery.computeIfAbsent(turn.search.into(), _ -> new ArrayList<>())
                        .add(turn.search);
        for (var searches : ofQuery.values()) if (searches.size() > 1) shareAmong(searches);
    }

    private static void shareAmong(List<FarSearch> searches) {
        int most = 0, n = 0;
        for (var search : searches) {
            most = Math.max(most, search.estimates().length);
            n += search.estimates().length;
        }
        var all = new float[n];
        for (var search : searches) {
            System.arraycopy(search.estimates(), 0, all, n - search.estimates().length, search.estimates().length);
            n -= search.estimates().length;
        }
        Arrays.sort(all);
        for (var search : searches) search.keepUpTo(all[most - 1]);
    }

    private void read(Once<FarTurns> once) {
        try {
            for (var turn : reading) turn.search.read(memory);
        } catch (Throwable thrown) {
            once.fail(thrown);
            return;
        }
        OnWorker.elsewhere(work, once, this::score);
    }

    private void score(Once<FarTurns> once) {
        for (var turn : reading) {
            turn.search.score(OnWorker.current().scratch(), patience);
            waiting.add(turn);
        }
        reading.clear();
        seek(once);
    }

    /// What was read and never scored.
    private void close() {
        reading.forEach(turn -> turn.search.close());
    }
}
