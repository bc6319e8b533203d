package dev.sextant.engine;

import dev.sextant.engine.segment.SegmentFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What to do next, decided from plain figures; nothing here acts.
final class Choices {
    /// A segment with this share of its rows gone is written anew.
    static final double MOST_DEAD = 0.2;
    /// Whoever writes or reads a segment holds a chunk of its rows on the heap, more than once: no merge makes chunks
    /// larger than this.
    static final long MOST_CHUNK_BYTES = 512L << 20;

    /// A segment below this share of the largest that may be is small.
    private static final double SMALL = 0.5;

    /// Who merges, and so what is worth it.
    enum Wish {
        /// The house itself, which weighs writing against reading.
        OWN,
        /// Whoever asks: what is small becomes one, and what is gone goes now.
        ASKED,
        /// Whoever names segments: they become as few as can be.
        NAMED,
        /// Whoever asks for as few segments as can be.
        FULLY
    }

    private Choices() {}

    /// @param droppable rows that no view can ask for any more
    record Candidate(long segment, long bytes, int rows, int droppable) {
        double dead() {
            return rows == 0 ? 1 : (double) droppable / rows;
        }
    }

    /// Segments to merge into one: `width` of one tier (tiers differ by a factor of `width` in size), the smallest tier
    /// first; or one whose rows are mostly gone; or none. Never more than `mostBytes` together, so that large segments
    /// stay as they are.
    static List<Candidate> chooseMerge(List<Candidate> segments, int width, long mostBytes, long smallestTierBytes) {
        for (var segment : segments) if (segment.rows == segment.droppable) return List.of(segment);
        var bySize = segments.stream()
                .sorted(Comparator.comparingLong(Candidate::bytes).thenComparingLong(Candidate::segment))
                .toList();
        var tier = new ArrayList<Candidate>();
        int level = -1;
        for (var segment : bySize) {
            int its = tier(segment.bytes, width, smallestTierBytes);
            if (its != level) tier.clear();
            level = its;
            if (!fits(tier, segment, mostBytes)) continue;
            tier.add(segment);
            if (tier.size() == width) return List.copyOf(tier);
        }
        return segments.stream()
                .filter(segment -> segment.droppable > 0 && segment.dead() >= MOST_DEAD)
                .max(Comparator.comparingDouble(Candidate::dead))
                .map(List::of)
                .orElse(List.of());
    }

    private static int tier(long bytes, int width, long smallestTierBytes) {
        int tier = 0;
        for (long most = smallestTierBytes; bytes > most; most *= Math.max(2, width)) tier++;
        return tier;
    }

    private static boolean fits(List<Candidate> chosen, Candidate more, long mostBytes) {
        long bytes = more.bytes, rows = more.rows;
        for (var segment : chosen) {
            bytes += segment.bytes;
            rows += segment.rows;
        }
        long chunk = rows <= SegmentFile.CHUNK_ROWS ? bytes : bytes / rows * SegmentFile.CHUNK_ROWS;
        return bytes <= mostBytes && (chosen.isEmpty() || chunk <= MOST_CHUNK_BYTES);
    }

    /// Segments to merge when everything is to become as few as possible: those that fit together, smallest first; a
    /// single one only when something of it can go.
    static List<Candidate> chooseMajor(List<Candidate> segments, long mostBytes) {
        var chosen = merged(segments, mostBytes);
        return chosen.size() > 1 ? chosen : purged(segments);
    }

    private static List<Candidate> merged(List<Candidate> segments, long mostBytes) {
        var chosen = new ArrayList<Candidate>();
        for (var segment : segments.stream()
                .sorted(Comparator.comparingLong(Candidate::bytes).thenComparingLong(Candidate::segment))
                .toList()) if (fits(chosen, segment, mostBytes)) chosen.add(segment);
        return chosen;
    }

    private static List<Candidate> purged(List<Candidate> segments) {
        return segments.stream()
                .filter(segment -> segment.droppable > 0)
                .limit(1)
                .toList();
    }

    /// Segments to merge when somebody asks: small ones, as many as fit together; then one at a time each of which
    /// something can go. Large ones that are whole stay as they are.
    static List<Candidate> chooseAsked(List<Candidate> segments, long mostBytes) {
        var small = merged(
                segments.stream()
                        .filter(segment -> segment.bytes < SMALL * mostBytes)
                        .toList(),
                mostBytes);
        return small.size() > 1 ? small : purged(segments);
    }

    /// Whether a memtable is to be written out though nobody asked and it is not full: it is old, or it keeps a long
    /// log from being cut, and it is too large for a checkpoint.
    static boolean chooseSeal(
            long bytes,
            long ageMillis,
            long logBytesSince,
            long mostInlineBytes,
            long sealAfterMillis,
            long mostLogBytes) {
        return bytes > mostInlineBytes && (ageMillis > sealAfterMillis || logBytesSince > mostLogBytes);
    }

    /// Whether it is time for a checkpoint: the log has grown by more than the last one cost, or files wait to be let
    /// go.
    ///
    /// @param replaced whether segments were replaced since
    static boolean chooseCheckpoint(
            long logBytesSince, long fileBytes, long lastBytes, long millisSince, boolean replaced) {
        if (logBytesSince > Math.max(fileBytes, lastBytes)) return true;
        if (millisSince > 60_000) return replaced || logBytesSince > Math.max(1 << 20, lastBytes / 8);
        return millisSince > 5_000 && replaced && lastBytes < 4 << 20;
    }
}
