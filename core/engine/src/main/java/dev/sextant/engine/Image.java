package dev.sextant.engine;

import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.model.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The state of a shard after some effect, as references to what never changes: what a checkpoint can hold of it.
///
/// @param mark up to where it includes the log
/// @param active the memtable's id
/// @param inline the memtable's rows; empty when it had none
/// @param kept by snapshots
record Image(
        long shard,
        long collection,
        Shard.Mark mark,
        Schema schema,
        List<Saved> stores,
        List<Long> truncated,
        Map<Long, Long> dropped,
        long active,
        Optional<Inline> inline,
        List<Keepsake> kept) {

    /// A store, and which of its rows were gone.
    ///
    /// @param facts of its file; empty while that is not published
    record Saved(long id, Optional<SegmentFacts> facts, Deletions.Seen gone) {}

    record Inline(Memtable memtable, Memtable.Edge edge, Deletions.Seen gone) {}

    static Image of(Shard shard, Shard.Mark mark) {
        var layout = shard.layout();
        var stores = layout.stores().stream()
                .map(store -> new Saved(
                        store.id(),
                        store instanceof Segment segment ? Optional.of(segment.facts()) : Optional.empty(),
                        store.deletions().seen()))
                .toList();
        var active = layout.active();
        var inline = active.rows() == 0 ? Optional.<Inline>empty() : Optional.of(active.inline());
        return new Image(
                shard.id(),
                shard.collection(),
                mark,
                layout.schema(),
                stores,
                layout.truncated(),
                layout.dropped(),
                active.id(),
                inline,
                shard.kept());
    }

    /// Whether all its files are published.
    boolean ready() {
        return stores.stream().allMatch(saved -> saved.facts.isPresent())
                && kept.stream().allMatch(Keepsake::ready);
    }

    /// The same, knowing that a memtable has become a file.
    Image with(SegmentFacts facts) {
        if (!files().contains(facts.id())) return this;
        var filled = stores.stream()
                .map(saved -> saved.id == facts.id() ? new Saved(saved.id, Optional.of(facts), saved.gone) : saved)
                .toList();
        return new Image(
                shard,
                collection,
                mark,
                schema,
                filled,
                truncated,
                dropped,
                active,
                inline,
                kept.stream().map(each -> each.with(facts)).toList());
    }

    Image with(Inline rows) {
        return new Image(shard, collection, mark, schema, stores, truncated, dropped, active, Optional.of(rows), kept);
    }

    Image keeping(List<Keepsake> others) {
        return new Image(shard, collection, mark, schema, stores, truncated, dropped, active, inline, others);
    }

    Set<Long> files() {
        var files = stores.stream().map(Saved::id).collect(Collectors.toSet());
        kept.forEach(each -> files.addAll(each.files()));
        return files;
    }
}
