package dev.sextant.engine;

import dev.sextant.model.Watch.JobPhase;
import dev.sextant.model.Watch.Merge;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What a job merges, one after the other. Written by the job, read by anyone.
final class Merges {
    private final List<Merge> all = new ArrayList<>(); // guarded by this

    synchronized void begin(long collection, List<Long> sources) {
        all.add(new Merge(collection, sources, OptionalLong.empty(), JobPhase.RUNNING));
    }

    synchronized void into(long target) {
        var last = all.removeLast();
        all.add(new Merge(last.collectionId(), last.sources(), OptionalLong.of(target), JobPhase.RUNNING));
    }

    synchronized void end(JobPhase how) {
        var last = all.removeLast();
        all.add(new Merge(last.collectionId(), last.sources(), last.target(), how));
    }

    /// A segment that nothing was merged into stays as it is.
    synchronized void keep(long collection, long segment) {
        if (all.stream().noneMatch(merge -> merge.target().equals(OptionalLong.of(segment))))
            all.add(new Merge(collection, List.of(segment), OptionalLong.of(segment), JobPhase.DONE));
    }

    synchronized List<Merge> list() {
        return List.copyOf(all);
    }
}
