package dev.sextant.engine;

import dev.sextant.catalog.Catalog;
import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.Entry;
import dev.sextant.kernel.Memory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// Everything that one log says, folded: the catalog and the shards. Entries come one after the other; views are taken
/// by anyone. Equal logs give equal answers, however fast they are read, wherever reading began, whatever was proposed
/// twice or too late.
final class Replica implements AutoCloseable {
    private final Memory memory;
    private final long mostMemtableBytes;
    private final Shelf shelf;
    private final Map<Long, Shard> shards = new ConcurrentHashMap<>();
    private final long base; // position of the checkpoint: up to here a shard that is not known has been removed
    // Positions of entries without effect. Only here is known that they had none: a shard that lags behind its
    // checkpoint sees part of them.
    private final TreeSet<Long> voids = new TreeSet<>(); // under the lock of this
    private long
            leadSeen; // the newest epoch that began among the entries read; a shard may have been checkpointed long
    // before
    private volatile Catalog catalog;
    private volatile State state;

    /// What stands beside catalog and shards.
    ///
    /// @param n effects on the catalog's stream
    /// @param position of the last entry
    /// @param horizon views before it are refused
    record State(long n, long epoch, long position, long timestamp, long timeCeiling, long idCeiling, long horizon) {
        static final State EMPTY = new State(0, 0, 0, 0, 0, 0, 0);
    }

    Replica(Memory memory, long mostMemtableBytes, Shelf shelf) {
        this(memory, mostMemtableBytes, shelf, Catalog.EMPTY, State.EMPTY, List.of(), Map.of());
    }

    /// Goes on from a checkpoint; takes the shards over.
    Replica(
            Memory memory,
            long mostMemtableBytes,
            Shelf shelf,
            Catalog catalog,
            State state,
            List<Long> voids,
            Map<Long, Shard> shards) {
        this.memory = memory;
        this.mostMemtableBytes = mostMemtableBytes;
        this.shelf = shelf;
        this.catalog = catalog;
        this.state = state;
        base = state.position;
        this.voids.addAll(voids);
        this.shards.putAll(shards);
    }

    Catalog catalog() {
        return catalog;
    }

    State state() {
        return state;
    }

    Map<Long, Shard> shards() {
        return shards;
    }

    /// Applies an entry; returns whether all of it took effect. Entries of a deposed writer and repeated ones take
    /// none.
    synchronized boolean apply(long position, Entry entry) {
        var now = state;
        boolean all = position <= base ? !voids.contains(position) : fits(entry);
        if (all) for (var part : entry.parts()) apply(position, entry, part);
        else if (position > base) voids.add(position);
        var then = state;
        boolean newer = position > now.position;
        state = new State(
                then.n,
                then.epoch,
                Math.max(position, then.position),
                newer ? Math.max(then.timestamp, entry.timestamp()) : then.timestamp,
                Math.max(then.timeCeiling, entry.timeCeiling()),
                Math.max(then.idCeiling, entry.idCeiling()),
                then.horizon);
        return all;
    }

    /// Whether every part is the next of its stream: an entry takes effect as a whole or not at all.
    private boolean fits(Entry entry) {
        var numbers = new HashMap<Long, Long>();
        for (var part : entry.parts()) {
            if (part.effect() instanceof Effect.Lead) {
                if (entry.epoch() <= state.epoch) return false;
                continue;
            }
            if (entry.epoch() < state.epoch) return false;
            var last = numbers.get(part.stream());
            if (last == null) {
                var shard = shards.get(part.stream());
                if (part.stream() == Effect.CATALOG) last = state.n;
                else if (shard != null) last = shard.mark().n();
                else if (part.effect() instanceof Effect.Open) last = 0L;
                else return false;
            }
            if (part.n() != last + 1) return false;
            numbers.put(part.stream(), part.n());
        }
        return true;
    }

    private boolean apply(long position, Entry entry, Entry.Part part) {
        return part.stream() == Effect.CATALOG ? applyToCatalog(entry, part) : applyToShard(position, entry, part);
    }

    private boolean applyToCatalog(Entry entry, Entry.Part part) {
        var now = state;
        if (part.effect() instanceof Effect.Lead) return lead(entry);
        if (entry.epoch() < now.epoch || part.n() != now.n + 1) return false;
        long horizon = now.horizon;
        switch (part.effect()) {
            case Effect.Define(var changes) -> catalog = catalog.apply(changes, entry.timestamp());
            case Effect.Forget(var earlier) -> horizon = Math.max(horizon, earlier);
            default -> throw new IllegalStateException(part.effect() + " is not for the catalog");
        }
        state = new State(part.n(), now.epoch, now.position, now.timestamp, now.timeCeiling, now.idCeiling, horizon);
        return true;
    }

    /// Needs no number: a writer cannot know how many its predecessor used. Its epoch is what orders it.
    private boolean lead(Entry entry) {
        var now = state;
        leadSeen = Math.max(leadSeen, entry.epoch());
        if (entry.epoch() <= now.epoch) return false;
        state = new State(
                now.n, entry.epoch(), now.position, now.timestamp, now.timeCeiling, now.idCeiling, now.horizon);
        return true;
    }

    private boolean applyToShard(long position, Entry entry, Entry.Part part) {
        var shard = shards.get(part.stream());
        var mark = new Shard.Mark(part.n(), entry.epoch(), entry.timestamp(), position);
        if (shard == null) {
            if (!(part.effect() instanceof Effect.Open open)
                    || part.n() != 1
                    || position <= base
                    || entry.epoch() < state.epoch) return false;
            shards.put(part.stream(), Shard.open(part.stream(), open, mark, memory, mostMemtableBytes, shelf));
            return true;
        }
        long epoch = Math.max(shard.mark().epoch(), position > base ? state.epoch : leadSeen);
        if (entry.epoch() < epoch || part.n() != shard.mark().n() + 1) return false;
        if (part.effect() instanceof Effect.Remove) {
            shards.remove(part.stream());
            shard.close();
        } else shard.apply(part.effect(), mark);
        return true;
    }

    /// Segments that any shard names, all at one moment: files of a snapshot may go over from one shard to another.
    synchronized java.util.Set<Long> named() {
        var named = new java.util.HashSet<Long>();
        shards.values().forEach(shard -> named.addAll(shard.named()));
        return named;
    }

    /// What a checkpoint holds: everything at one position, but for the shards whose files are not here yet. Holds the
    /// memtables whose rows it carries.
    record Captured(State state, Catalog catalog, List<Long> voids, List<Image> shards) implements AutoCloseable {
        /// The first entry that is needed to go on from here.
        long neededFrom() {
            return shards.stream().mapToLong(image -> image.mark().position()).reduce(state.position, Math::min) + 1;
        }

        @Override
        public void close() {
            shards.forEach(image ->
                    image.inline().ifPresent(inline -> inline.memtable().release()));
        }
    }

    synchronized Captured capture(long mostInlineBytes) {
        var now = state;
        var images = shards.values().stream()
                .sorted(java.util.Comparator.comparingLong(Shard::id))
                .map(shard -> shard.image(now.epoch, now.position, mostInlineBytes))
                .toList();
        long needed =
                images.stream().mapToLong(image -> image.mark().position()).reduce(now.position, Math::min);
        voids.headSet(needed, true).clear();
        return new Captured(now, catalog, List.copyOf(voids), images);
    }

    @Override
    public void close() {
        shards.values().forEach(Shard::close);
    }
}
