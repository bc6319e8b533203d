package dev.sextant.query;

import dev.sextant.engine.Mutation;
import dev.sextant.model.Filter;
import dev.sextant.model.Write;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A write that must look before it writes.
public sealed interface Resolution {
    /// Removes the rows that match.
    ///
    /// @param partitions none means all
    record DeleteMatching(Filter filter, Set<Long> partitions) implements Resolution {
        public DeleteMatching {
            partitions = Set.copyOf(partitions);
        }
    }

    /// Upserts rows of which some fields did not come: where a row with that key is, it lends its values; where none
    /// is, every field that is neither nullable nor defaulted is missed and the write is refused. `$meta` is merged key
    /// by key.
    ///
    /// @param parts by shard, with the columns that came (the key among them); partition 0 where the partition key
    ///     did not come, so that only the stored row can tell it
    /// @param arrays fields whose stored arrays are changed by what came
    /// @param whole all fields came: nothing is lent, and `$meta` is what came
    record MergeRows(List<Mutation.Part> parts, Map<Integer, Write.ArrayChange> arrays, boolean whole)
            implements Resolution {
        public MergeRows {
            parts = List.copyOf(parts);
            arrays = Map.copyOf(arrays);
        }

        public MergeRows(List<Mutation.Part> parts) {
            this(parts, Map.of(), false);
        }
    }
}
