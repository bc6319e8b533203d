package dev.sextant.engine;

import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.SegmentFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a snapshot keeps of one shard: its segments as they were at that moment, which rows of them were gone, and what
/// hid rows wholesale. References to files that never change, so making one copies nothing.
///
/// @param snapshot its id
record Keepsake(long snapshot, List<Held> stores, List<Long> truncated, Map<Long, Long> dropped) {

    /// A store of the snapshot.
    ///
    /// @param facts of its file; empty while that is not published
    /// @param gone the first `count` of these are its rows that were deleted, in any order; shared with whoever adds
    ///     behind them
    record Held(long id, Optional<SegmentFacts> facts, int[] gone, int count) {
        private static Held of(Store store) {
            var seen = store.deletions().seen();
            var facts =
                    store instanceof Segment segment ? Optional.of(segment.facts()) : Optional.<SegmentFacts>empty();
            return new Held(store.id(), facts, seen.rows(), seen.count());
        }

        /// Ascending.
        int[] sorted() {
            var rows = Arrays.copyOf(gone, count);
            Arrays.sort(rows);
            return rows;
        }
    }

    Keepsake {
        stores = List.copyOf(stores);
        truncated = List.copyOf(truncated);
        dropped = Map.copyOf(dropped);
    }

    /// Of a layout whose memtable has just been frozen.
    static Keepsake of(long snapshot, Layout layout) {
        return new Keepsake(
                snapshot, layout.stores().stream().map(Held::of).toList(), layout.truncated(), layout.dropped());
    }

    /// The same, knowing that a memtable has become a file.
    Keepsake with(SegmentFacts facts) {
        if (stores.stream().noneMatch(held -> held.id == facts.id())) return this;
        var filled = new ArrayList<Held>();
        for (var held : stores)
            filled.add(held.id == facts.id() ? new Held(held.id, Optional.of(facts), held.gone, held.count) : held);
        return new Keepsake(snapshot, filled, truncated, dropped);
    }

    /// Whether all its files are published.
    boolean ready() {
        return stores.stream().allMatch(held -> held.facts.isPresent());
    }

    Set<Long> files() {
        return stores.stream().map(Held::id).collect(Collectors.toSet());
    }

    /// What a new shard begins with to show just this.
    Effect.Inherit legacy(long next) {
        var inherited = stores.stream()
                .map(held -> new Effect.Inherited(held.facts.orElseThrow(), held.sorted()))
                .toList();
        return new Effect.Inherit(inherited, truncated, dropped, next);
    }
}
