package dev.sextant.catalog;

import java.util.Set;

/// Which part of a collection is to be in memory, ready to be searched. Kept over restarts.
public sealed interface Load {
    record Nothing() implements Load {
        @Override
        public Set<Integer> fields() {
            return Set.of();
        }
    }

    /// All partitions, those to come too.
    ///
    /// @param fields ids; none means all
    record Everything(Set<Integer> fields, int replicas) implements Load {
        public Everything {
            fields = Set.copyOf(fields);
        }
    }

    record Partitions(Set<Long> ids, Set<Integer> fields, int replicas) implements Load {
        public Partitions {
            ids = Set.copyOf(ids);
            fields = Set.copyOf(fields);
        }
    }

    Load NOTHING = new Nothing();

    /// Ids; none means all.
    Set<Integer> fields();

    default boolean wanted() {
        return !(this instanceof Nothing);
    }

    default boolean includes(long partition) {
        return switch (this) {
            case Nothing _ -> false;
            case Everything _ -> true;
            case Partitions(var ids, _, _) -> ids.contains(partition);
        };
    }
}
