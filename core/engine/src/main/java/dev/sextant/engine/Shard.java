package dev.sextant.engine;

import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.model.Schema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// One shard: the fold of its effects. Changed by the applier alone, one effect after the other; read by anyone through
/// views that never change. What an effect does depends on the effects before it and on nothing else; only which of
/// equal stores serve it (a memtable or its file) is this replica's own affair.
final class Shard implements AutoCloseable {
    private final long id;
    private final long collection;
    private final Memory memory;
    private final long mostMemtableBytes;
    private final Shelf shelf;
    // Publications whose files are not here yet, in order: what they replace goes on serving. Applier only.
    private final Deque<Late> late = new ArrayDeque<>();
    // States that a checkpoint can hold once their files are here, oldest first; under the lock of this.
    private final List<Image> images = new ArrayList<>();
    // Effects that a failing disk has left undone, and all that came after them, in order; in trouble until they are
    // done. Under the lock.
    private final Deque<Undone> undone = new ArrayDeque<>();
    // Segments that came in by adoption, and where in the log: whoever reads that entry again needs the file, whatever
    // became of it later. Under the lock.
    private final Map<Long, Long> adopted = new HashMap<>();
    private volatile List<Keepsake> kept = List.of(); // by snapshots, oldest first; replaced under the lock of this
    private volatile Layout layout; // replaced under the lock of this: by the applier, and by whoever lets residency go
    private volatile String trouble = "";
    private volatile Mark mark;
    private volatile boolean awaiting; // whether anything is late
    private volatile long replacements; // stores that gave way to others; written under the lock of this

    /// How far the fold is.
    ///
    /// @param n effects so far
    /// @param epoch of the writer of the last one
    /// @param timestamp,position of the last one
    record Mark(long n, long epoch, long timestamp, long position) {}

    /// A publication whose file is not here yet.
    ///
    /// @param schema of the shard when it was published, whatever came behind it
    record Late(Effect effect, Schema schema) {}

    private record Undone(Effect effect, Mark mark) {}

    Shard(long id, long collection, Mark mark, Layout layout, Memory memory, long mostMemtableBytes, Shelf shelf) {
        this.id = id;
        this.collection = collection;
        this.mark = mark;
        this.layout = layout;
        this.memory = memory;
        this.mostMemtableBytes = mostMemtableBytes;
        this.shelf = shelf;
        keep(Image.of(this, mark));
    }

    /// As it was saved; takes the stores over.
    ///
    /// @param missing what could not be read: then the shard is kept as it is, and not read
    static Shard restore(
            Image saved, Layout layout, String missing, Memory memory, long mostMemtableBytes, Shelf shelf) {
        var shard =
                new Shard(saved.shard(), saved.collection(), saved.mark(), layout, memory, mostMemtableBytes, shelf);
        shard.trouble = missing;
        if (!missing.isEmpty()) {
            shard.forget(1);
            shard.keep(
                    saved.inline().isEmpty()
                            ? saved
                            : saved.with(shard.layout.active().inline()));
        }
        return shard;
    }

    static Shard open(long id, Effect.Open open, Mark mark, Memory memory, long mostMemtableBytes, Shelf shelf) {
        var memtable = new Memtable(open.memtable(), open.schema(), memory, mostMemtableBytes);
        var layout = new Layout(open.schema(), List.of(), memtable, List.of(), java.util.Map.of());
        return new Shard(id, open.collection(), mark, layout, memory, mostMemtableBytes, shelf);
    }

    long id() {
        return id;
    }

    long collection() {
        return collection;
    }

    Layout layout() {
        return layout;
    }

    Mark mark() {
        return mark;
    }

    /// What a checkpoint says that snapshots keep of this shard, which was just restored from it.
    synchronized void keeps(List<Keepsake> saved) {
        kept = List.copyOf(saved);
        images.replaceAll(image -> image.keeping(kept));
    }

    /// What snapshots keep of this shard, oldest first.
    List<Keepsake> kept() {
        return kept;
    }

    Optional<Keepsake> kept(long snapshot) {
        return kept.stream().filter(each -> each.snapshot() == snapshot).findFirst();
    }

    /// How often stores gave way to others.
    long replacements() {
        return replacements;
    }

    /// Why this shard cannot be read; empty when all is well.
    String trouble() {
        return trouble;
    }

    /// Whether files are awaited.
    boolean awaitsFiles() {
        return awaiting;
    }

    /// Applies the next effect. Never fails: what cannot be read makes the shard unavailable, never wrong.
    synchronized void apply(Effect effect, Mark next) {
        if (undone.isEmpty()) takeOrLeave(effect, next);
        else undone.add(new Undone(effect, next));
        mark = next;
    }

    private void takeOrLeave(Effect effect, Mark next) {
        try {
            take(effect, next);
        } catch (dev.sextant.engine.file.CorruptFile broken) {
            trouble = broken.getMessage();
        } catch (dev.sextant.world.DiskFailure failed) {
            // A write looks its keys up before it adds rows, and what it has deleted so far it may delete once more: it
            // can be repeated. So can an adoption, which changes nothing before all files are open.
            if (trouble.isEmpty() && isRepeatable(effect)) undone.add(new Undone(effect, next));
            trouble = failed.getMessage();
        }
    }

    private static boolean isRepeatable(Effect effect) {
        return effect instanceof Effect.Write || effect instanceof Effect.Adopt || effect instanceof Effect.Inherit;
    }

    private void take(Effect effect, Mark next) {
        brought(effect).forEach(file -> adopted.put(file.id(), next.position));
        fold(effect, next.timestamp);
        if (freezes(effect) && (trouble.isEmpty() || !undone.isEmpty())) keep(Image.of(this, next));
    }

    /// Files that come in from elsewhere.
    private static List<SegmentFacts> brought(Effect effect) {
        return switch (effect) {
            case Effect.Adopt(var files, _) -> files;
            case Effect.Inherit(var files, _, _, _) ->
                files.stream().map(Effect.Inherited::file).toList();
            default -> List.of();
        };
    }

    /// Whether effects are left undone because the disk failed.
    synchronized boolean lags() {
        return !undone.isEmpty();
    }

    /// Does what was left undone, as far as the disk lets it; then this shard can be read again.
    synchronized void catchUp() {
        if (undone.isEmpty()) return;
        try {
            for (var next = undone.peek(); next != null; next = undone.peek()) {
                take(next.effect, next.mark);
                undone.remove();
            }
            trouble = "";
        } catch (dev.sextant.engine.file.CorruptFile | dev.sextant.world.DiskFailure still) {
            trouble = still.getMessage();
        }
    }

    /// An image holds the memtable whose rows it carries: of a shard in trouble it may be needed longer than by the
    /// layout.
    private synchronized void keep(Image image) {
        hold(image);
        images.add(image);
    }

    private static Image hold(Image image) {
        image.inline().ifPresent(inline -> {
            boolean there = inline.memtable().acquire();
            assert there : "an image of a memtable that was let go";
        });
        return image;
    }

    /// Lets the oldest images go.
    private synchronized void forget(int count) {
        var gone = images.subList(0, count);
        gone.forEach(
                image -> image.inline().ifPresent(inline -> inline.memtable().release()));
        gone.clear();
    }

    /// Lets all images go that are older than the newest whose files are here.
    private void forgetOlder() {
        int newest = images.size() - 1;
        while (newest > 0 && !images.get(newest).ready()) newest--;
        forget(newest);
    }

    private static boolean freezes(Effect effect) {
        return effect instanceof Effect.Seal
                || effect instanceof Effect.ChangeSchema
                || effect instanceof Effect.Truncate
                || effect instanceof Effect.Adopt
                || effect instanceof Effect.Keep
                || effect instanceof Effect.Inherit;
    }

    /// What a checkpoint may hold of this shard: its state now, when no file is awaited and the memtable is small;
    /// otherwise the newest state whose files are all here.
    ///
    /// The caller holds the memtable whose rows it carries.
    ///
    /// @param epoch,position of the log now
    synchronized Image image(long epoch, long position, long mostInlineBytes) {
        var now = layout;
        if (trouble.isEmpty()
                && late.isEmpty()
                && now.frozen().isEmpty()
                && now.active().memoryBytes() <= mostInlineBytes) {
            forget(images.size());
            keep(Image.of(
                    this,
                    new Mark(mark.n, Math.max(mark.epoch, epoch), mark.timestamp, Math.max(mark.position, position))));
        }
        forgetOlder();
        return hold(images.getFirst());
    }

    /// Segments that something of this shard names: the state, or a state that a checkpoint may hold yet.
    synchronized java.util.Set<Long> named() {
        var named = new java.util.HashSet<Long>();
        layout.all().forEach(store -> named.add(store.id()));
        images.forEach(image -> named.addAll(image.files()));
        kept.forEach(each -> named.addAll(each.files()));
        var published = new ArrayList<>(late.stream().map(Late::effect).toList());
        undone.forEach(next -> published.add(next.effect));
        named.addAll(adopted.keySet());
        for (var effect : published) {
            if (effect instanceof Effect.PublishMerged(_, var output))
                output.ifPresent(facts -> named.add(facts.id()));
            brought(effect).forEach(facts -> named.add(facts.id()));
        }
        return named;
    }

    /// The log no longer has what came before `position`: the files that were adopted there are kept only while a state
    /// names them.
    synchronized void cutBefore(long position) {
        adopted.values().removeIf(at -> at < position);
    }

    /// The publication whose file is awaited first.
    synchronized Optional<Late> awaited() {
        return Optional.ofNullable(late.peek());
    }

    private void fold(Effect effect, long t) {
        switch (effect) {
            case Effect.Write write -> write(write, t);
            case Effect.Seal(var next) -> freeze(layout.schema(), next);
            case Effect.ChangeSchema(var schema, var next) -> freeze(schema, next);
            case Effect.Truncate(var next) -> {
                freeze(layout.schema(), next);
                layout = layout.truncatedAt(t);
            }
            case Effect.DropPartition(var partition) -> layout = layout.dropped(partition, t);
            case Effect.Adopt(var files, var next) ->
                take(
                        files.stream()
                                .map(file -> new Effect.Inherited(file.insertedAt(t), new int[0]))
                                .toList(),
                        next);
            case Effect.Inherit(var files, var truncated, var dropped, var next) -> {
                take(files, next);
                layout = layout.hiding(truncated, dropped);
            }
            case Effect.Keep(var snapshot, var next) -> {
                freeze(layout.schema(), next);
                var more = new ArrayList<>(kept);
                more.add(Keepsake.of(snapshot, layout));
                kept = List.copyOf(more);
            }
            case Effect.LetGo(var snapshot) ->
                kept = kept.stream().filter(each -> each.snapshot() != snapshot).toList();
            case Effect.PublishSealed _, Effect.PublishMerged _ -> {
                late.add(new Late(effect, layout.schema()));
                awaiting = true;
                try {
                    filesArrived();
                } catch (dev.sextant.world.DiskFailure later) {
                    assert awaiting : "what is late is looked for again";
                }
            }
            case Effect.Lead _, Effect.Open _, Effect.Remove _, Effect.Define _, Effect.Forget _ ->
                throw new IllegalStateException(effect + " is not for the inside of a shard");
        }
    }

    private void write(Effect.Write write, long t) {
        write.removal().ifPresent(removal -> {
            for (var store : layout.all()) remove(store, removal, t);
        });
        var active = layout.active();
        write.rows().ifPresent(rows -> active.add(rows, t));
    }

    private void remove(Store store, Effect.Removal removal, long t) {
        if (store.rows() == 0) return;
        var found = store.findToRemove(removal.keys(), removal.partition() == 0);
        for (int i = 0; i < found.count(); i++) {
            int row = found.row()[i];
            if (removal.partition() == 0 || store.partitionOf(row) == removal.partition())
                store.deletions().add(row, t);
        }
        store.deleted();
    }

    /// Nothing changes before all files are here: there is nothing that could serve in their place, so until then this
    /// shard cannot be read.
    private void take(List<Effect.Inherited> files, long next) {
        var come = new ArrayList<Segment>();
        for (var each : files) {
            var segment = segment(each.file(), () -> Deletions.always(each.gone()));
            if (segment.isEmpty()) {
                come.forEach(Store::release);
                throw new dev.sextant.world.DiskFailure.NotFound(
                        "the file of segment " + each.file().id() + ", which came from elsewhere,");
            }
            come.add(segment.get());
        }
        freeze(layout.schema(), next);
        var stores = new ArrayList<>(layout.stores());
        stores.addAll(come);
        layout = layout.with(stores);
        replacements++;
    }

    private void freeze(Schema schema, long next) {
        var active = layout.active();
        var stores = new ArrayList<>(layout.stores());
        if (active.rows() > 0) stores.add(active);
        layout = layout.with(schema, stores, new Memtable(next, schema, memory, mostMemtableBytes));
        if (active.rows() == 0) active.release();
    }

    /// Puts published files in the place of what they replace, as far as they are here, in the order of their
    /// publication.
    synchronized void filesArrived() {
        while (!late.isEmpty() && publish(late.peek().effect)) late.remove();
        awaiting = !late.isEmpty();
    }

    /// Whether the publication is done with: it took effect or never will.
    private boolean publish(Effect effect) {
        return switch (effect) {
            case Effect.PublishSealed(var facts) -> publishSealed(facts);
            case Effect.PublishMerged merged -> publishMerged(merged);
            default -> throw new IllegalStateException(effect + " publishes nothing");
        };
    }

    private boolean publishSealed(SegmentFacts facts) {
        var replaced = layout.store(facts.id());
        if (replaced.isEmpty() || !(replaced.get() instanceof Memtable memtable) || memtable.rows() != facts.rows())
            return true;
        var segment = segment(facts, memtable::deletions);
        if (segment.isEmpty()) return false;
        images.replaceAll(image -> image.with(facts));
        kept = kept.stream().map(each -> each.with(facts)).toList();
        forgetOlder();
        replace(List.of(memtable), segment);
        return true;
    }

    private boolean publishMerged(Effect.PublishMerged merged) {
        var inputs = new ArrayList<Store>();
        long kept = 0;
        for (var input : merged.inputs()) {
            var store = layout.store(input.segment());
            if (store.isEmpty() || store.get().rows() != input.rows())
                return true; // no longer current: nothing happens
            inputs.add(store.get());
            kept += input.rows() - input.dropped().length;
        }
        if (kept != merged.output().map(SegmentFacts::rows).orElse(0))
            return true; // rows in = rows out + accounted deletes, or nothing
        var output = Optional.<Segment>empty();
        if (merged.output().isPresent()) {
            output = segment(merged.output().get(), () -> Carry.over(merged.inputs(), inputs));
            if (output.isEmpty()) return false;
        }
        replace(inputs, output);
        return true;
    }

    /// The segment over a file, if that is here and there is memory for what an open file keeps.
    private Optional<Segment> segment(SegmentFacts facts, Supplier<Deletions> deletions) {
        var ready = shelf.takePrepared(facts).or(() -> shelf.prepare(facts));
        if (ready.isEmpty()) return Optional.empty();
        try {
            var segment = new Segment(id, facts, ready.get().file(), deletions.get(), shelf, memory);
            segment.take(ready.get());
            return Optional.of(segment);
        } catch (OutOfBudget none) {
            ready.get().close();
            return Optional.empty();
        }
    }

    private void replace(List<? extends Store> gone, Optional<Segment> come) {
        var stores = new ArrayList<Store>();
        for (var store : layout.stores()) {
            if (!gone.contains(store)) stores.add(store);
            else if (store == gone.getFirst()) come.ifPresent(stores::add);
        }
        layout = layout.with(stores);
        replacements++;
        gone.forEach(Store::release);
    }

    /// Lets go what is in memory of a segment, as soon as the views that use it are closed: another one over the same
    /// file takes its place.
    synchronized void unload(Segment segment) {
        if (!layout.stores().contains(segment)) return;
        var fresh = segment(segment.facts(), segment::deletions);
        if (fresh.isPresent()) replace(List.of(segment), fresh);
    }

    /// What this shard shows at `t`.
    ShardView view(long t, Expiry expiry) {
        if (!trouble.isEmpty())
            throw new dev.sextant.model.Refused(new dev.sextant.model.Refusal.Damaged("shard " + id, trouble));
        while (true) {
            var now = layout;
            var held = held(now);
            if (held.length > 0) return new ShardView(id, now.moment(t, expiry), held);
        }
    }

    /// All that holds rows, the memtable last; nothing where some of it was replaced in between.
    private static Store[] held(Layout layout) {
        var stores = layout.stores();
        var held = new Store[stores.size() + 1];
        for (int i = 0; i < held.length; i++) {
            held[i] = i < stores.size() ? stores.get(i) : layout.active();
            if (held[i].acquire()) continue;
            for (int taken = 0; taken < i; taken++) held[taken].release();
            return new Store[0];
        }
        return held;
    }

    @Override
    public synchronized void close() {
        forget(images.size());
        layout.all().forEach(Store::release);
    }
}
