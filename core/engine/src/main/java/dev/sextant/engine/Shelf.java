package dev.sextant.engine;

import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.Optional;

/// Which files this replica has. The state names files; having them is each replica's own business.
interface Shelf {
    /// The file, open and checked against what the state says of it; empty while it is not here. The caller closes it.
    Optional<SegmentFile> open(SegmentFacts facts);

    /// The same, together with what becomes of it when it is closed.
    default Optional<Prepared> prepare(SegmentFacts facts) {
        return open(facts).map(file -> new Prepared(facts, file, () -> closed(facts)));
    }

    /// A file that was opened here is closed.
    default void closed(SegmentFacts facts) {}

    /// What a reader is told whom an open file failed: it is not what was written, or could not be read.
    ///
    /// @param shard which holds the segment
    default Refused unreadable(long shard, SegmentFacts facts, RuntimeException why) {
        return new Refused(damaged(shard, String.valueOf(why.getMessage())));
    }

    static Refusal damaged(long shard, String why) {
        return new Refusal.Damaged("a segment of shard " + shard, why);
    }

    /// The vectors of a field of an open segment that are to stay on disk; empty where they belong into memory.
    ///
    /// @param shard which holds the segment
    default Optional<FarRows> stored(long shard, SegmentFacts facts, SegmentFile file, int field) {
        return Optional.empty();
    }

    /// The file of a segment that is published now, open, with what of it is in memory already, where the job that made
    /// it has left that; the caller takes it over.
    default Optional<Prepared> takePrepared(SegmentFacts facts) {
        return Optional.empty();
    }

    /// Memory for what an open segment keeps; throws [dev.sextant.kernel.OutOfBudget].
    default Reservation room(Memory memory, long bytes) {
        return memory.reserve("segment", bytes);
    }
}
