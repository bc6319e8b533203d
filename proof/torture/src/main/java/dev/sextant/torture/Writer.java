package dev.sextant.torture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// One client that writes to keys of its own and remembers what it was promised. Used by one thread at a time.
final class Writer {
    /// A call whose fate nobody knows: either all of it happened or nothing.
    private record InFlight(long[] ids, long version, boolean deletes) {}

    private final long first;
    private final int keys;
    private final SplittableRandom random;
    private final Map<Long, Long> promised = new HashMap<>();
    private InFlight unknown;
    private long version;
    private volatile long acknowledged; // counted by its own thread, read by the one that kills

    Writer(long first, int keys, long seed) {
        this.first = first;
        this.keys = keys;
        this.random = new SplittableRandom(seed);
    }

    long acknowledged() {
        return acknowledged;
    }

    int promisedRows() {
        return promised.size();
    }

    /// Writes until the connection breaks.
    void writeUntilBroken(Peer peer) {
        while (unknown == null) writeOnce(peer);
    }

    private void writeOnce(Peer peer) {
        var ids = someKeys();
        boolean deletes = random.nextInt(4) == 0;
        long next = ++version;
        var end = deletes ? peer.delete(ids) : peer.upsert(ids, next);
        switch (end) {
            case ACKNOWLEDGED -> {
                acknowledged = acknowledged + 1;
                settle(ids, next, deletes);
            }
            case REFUSED -> {} // nothing may have changed: the check will tell
            case UNKNOWN -> unknown = new InFlight(ids, next, deletes);
        }
    }

    /// Fills the keys once, in large batches.
    void fill(Peer peer) {
        for (int at = 0; at < keys; at += 5_000) {
            int count = Math.min(5_000, keys - at);
            var ids = new long[count];
            for (int i = 0; i < count; i++) ids[i] = first + at + i;
            long next = ++version;
            if (peer.insert(ids, next) != Peer.End.ACKNOWLEDGED)
                throw new IllegalStateException("the fill was not acknowledged");
            acknowledged = acknowledged + 1;
            settle(ids, next, false);
        }
    }

    /// Compares what is there with what was promised; every difference is a sentence. Afterwards what is there is the
    /// truth.
    List<String> check(Map<Long, Long> found) {
        var wrong = new ArrayList<String>();
        var undecided = new HashMap<Long, Boolean>();
        if (unknown != null) for (long id : unknown.ids) undecided.put(id, true);
        int happened = 0;
        int not = 0;
        for (long id = first; id < first + keys; id++) {
            var is = found.get(id);
            var was = promised.get(id);
            if (undecided.containsKey(id)) {
                Long becomes = unknown.deletes ? null : (Long) unknown.version;
                boolean done = java.util.Objects.equals(is, becomes);
                boolean undone = java.util.Objects.equals(is, was);
                if (!done && !undone)
                    wrong.add("key " + id + ": " + is + " found, " + was + " or " + becomes + " possible");
                if (done && !undone) happened++;
                if (undone && !done) not++;
            } else if (!java.util.Objects.equals(is, was)) {
                wrong.add("key " + id + ": " + is + " found, " + was + " acknowledged");
            }
        }
        if (happened > 0 && not > 0) wrong.add("half of a write: " + happened + " keys changed, " + not + " not");
        promised.clear();
        for (long id = first; id < first + keys; id++) if (found.containsKey(id)) promised.put(id, found.get(id));
        unknown = null;
        return wrong;
    }

    private void settle(long[] ids, long newVersion, boolean deletes) {
        for (long id : ids) {
            if (deletes) promised.remove(id);
            else promised.put(id, newVersion);
        }
    }

    private long[] someKeys() {
        int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 400 : 20);
        return random.longs(count * 2L, first, first + keys)
                .distinct()
                .limit(count)
                .toArray();
    }
}
