package dev.sextant.engine;

import dev.sextant.model.Watch.JobPhase;
import dev.sextant.model.Watch.Merge;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What a job merges, one after the other. Written by the job, read by anyone.
final class Merges {
    private final List<Merge> all = new ArrayList<>(); // guarded by this

    synchronized void begin(List<Long> sources) {
        all.add(new Merge(sources, OptionalLong.empty(), JobPhase.RUNNING));
    }

    synchronized void into(long target) {
        all.add(new Merge(all.removeLast().sources(), OptionalLong.of(target), JobPhase.RUNNING));
    }

    synchronized void end(JobPhase how) {
        var last = all.removeLast();
        all.add(new Merge(last.sources(), last.target(), how));
    }

    /// A segment that nothing was merged into stays as it is.
    synchronized void keep(long segment) {
        if (all.stream().noneMatch(merge -> merge.target().equals(OptionalLong.of(segment))))
            all.add(new Merge(List.of(segment), OptionalLong.of(segment), JobPhase.DONE));
    }

    synchronized List<Merge> list() {
        return List.copyOf(all);
    }
}
