package dev.sextant.engine;

import java.util.Set;

/// What is to be merged when somebody asks for it.
///
/// @param major everything into as few segments as possible
/// @param partitions segments with rows of these; none means of all
/// @param segments these alone, however large; none means all
public record Compaction(boolean major, Set<Long> partitions, Set<Long> segments) {
    public static final Compaction PLAIN = new Compaction(false, Set.of(), Set.of());
    public static final Compaction MAJOR = new Compaction(true, Set.of(), Set.of());

    public Compaction {
        partitions = Set.copyOf(partitions);
        segments = Set.copyOf(segments);
    }

    boolean means(long segment, Set<Long> itsPartitions) {
        return (segments.isEmpty() || segments.contains(segment))
                && (partitions.isEmpty() || partitions.stream().anyMatch(itsPartitions::contains));
    }

    Choices.Wish wish() {
        if (major) return Choices.Wish.FULLY;
        return segments.isEmpty() ? Choices.Wish.ASKED : Choices.Wish.NAMED;
    }

    /// Two that are the same need one job.
    String name() {
        var name = new StringBuilder(major ? "compact fully" : "compact");
        if (!partitions.isEmpty()) name.append(" partitions ").append(sorted(partitions));
        if (!segments.isEmpty()) name.append(" segments ").append(sorted(segments));
        return name.toString();
    }

    private static Object sorted(Set<Long> ids) {
        return ids.stream().sorted().toList();
    }
}
