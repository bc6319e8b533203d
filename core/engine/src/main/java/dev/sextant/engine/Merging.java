package dev.sextant.engine;

import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Stop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// Which segments of a shard become one, and the jobs that see to it: those that the house begins by itself, and those
/// that somebody asks for. Decides with [Choices].
final class Merging {
    private final Household house;
    private final Retries retries;
    private final Runnable hurry; // what was merged may be merged again
    private final Map<Long, Considered> considered = new HashMap<>(); // by shard; the caretaker's thread only

    /// What was looked at in vain: while it stays so, it is not looked at again.
    private record Considered(Layout layout, long horizon, Set<Long> spared) {}

    Merging(Household house, Retries retries, Runnable hurry) {
        this.house = house;
        this.retries = retries;
        this.hurry = hurry;
    }

    /// Forgets the others.
    void retain(Set<Long> shards) {
        considered.keySet().retainAll(shards);
    }

    /// Begins a job for it where something is worth merging.
    void merge(Shard shard, Layout layout) {
        var now = new Considered(layout, house.replica().state().horizon(), spared(shard));
        if (now.equals(considered.get(shard.id())) || isMerging(shard)) return;
        var chosen = choose(shard, Choices.Wish.OWN, candidates(shard, layout));
        if (chosen.isEmpty()) {
            considered.put(shard.id(), now);
            return;
        }
        var merges = new Merges();
        house.jobs()
                .start(
                        Jobs.Lane.IMPROVE,
                        "merge",
                        "shard " + shard.id(),
                        merges,
                        (progress, stop) -> merge(shard, chosen, merges, progress, stop));
    }

    private boolean isMerging(Shard shard) {
        return house.jobs().busy("merge", "shard " + shard.id());
    }

    private Set<Long> choose(Shard shard, Choices.Wish wish, List<Choices.Candidate> candidates) {
        var config = house.config();
        long most = house.indexing().mostSegmentBytes(shard, config.segmentBytes());
        var chosen = switch (wish) {
            case OWN ->
                Choices.chooseMerge(candidates, config.mergeWidth(), most, Math.max(1 << 20, config.memtableBytes()));
            case ASKED -> Choices.chooseAsked(candidates, most);
            case NAMED, FULLY -> Choices.chooseMajor(candidates, most);
        };
        return chosen.stream().map(Choices.Candidate::segment).collect(Collectors.toSet());
    }

    private void merge(Shard shard, Set<Long> segments, Merges merges, Progress progress, Stop stop)
            throws InterruptedException, IOException {
        try {
            house.keeping().merge(shard, segments, merges, progress, stop);
            hurry.run();
        } catch (RuntimeException | Error why) {
            retries.failed(shard);
            throw why;
        }
    }

    /// Merges the small segments of these shards and takes out what is gone, or makes what is named, or all of it, as
    /// few as can be; returns the id of the job that does, which may serve others who asked as well, or -1 when there
    /// is nothing to do. It begins when what merges now has ended, and chooses then. A major one answers for every
    /// segment: one that stays as it is is told as merged into itself.
    long compact(List<Long> shards, Compaction what) {
        var there = shards.stream()
                .map(house.replica().shards()::get)
                .filter(Objects::nonNull)
                .toList();
        var kind = what.name();
        var subject = there.stream().map(shard -> "" + shard.id()).collect(Collectors.joining(", ", "shards ", ""));
        if (!house.jobs().busy(kind, subject) && there.stream().allMatch(shard -> hasNothingToDo(shard, what)))
            return -1;
        var merges = new Merges();
        return house.jobs()
                .queue(
                        Jobs.Lane.IMPROVE,
                        kind,
                        subject,
                        merges,
                        (progress, stop) -> compact(there, what, merges, progress, stop));
    }

    private boolean hasNothingToDo(Shard shard, Compaction what) {
        var candidates = candidates(shard, shard.layout(), what);
        // Who named none of its segments need not wait for what is merged there.
        if (!what.segments().isEmpty() && candidates.isEmpty()) return true;
        return !isMerging(shard)
                && (what.major()
                        ? candidates.isEmpty()
                        : choose(shard, what.wish(), candidates).isEmpty());
    }

    private void compact(List<Shard> shards, Compaction what, Merges merges, Progress progress, Stop stop)
            throws InterruptedException, IOException {
        var failed = new ArrayList<RuntimeException>();
        for (var shard : shards)
            try {
                // Each merge makes fewer segments or takes rows away. What comes meanwhile is for the next one.
                for (int left = shard.layout().segments().size(); left > 0 && !stop.stopped(); left--) {
                    var chosen = choose(shard, what.wish(), candidates(shard, shard.layout(), what));
                    if (chosen.isEmpty()) break;
                    merge(shard, chosen, merges, progress, stop);
                }
                if (what.major() && !stop.stopped())
                    for (var left : candidates(shard, shard.layout(), what))
                        merges.keep(shard.collection(), left.segment());
            } catch (RuntimeException why) { // the others are merged all the same
                failed.add(why);
            }
        if (!failed.isEmpty()) throw failed.getFirst();
    }

    private List<Choices.Candidate> candidates(Shard shard, Layout layout) {
        return candidates(shard, layout, Compaction.PLAIN);
    }

    private List<Choices.Candidate> candidates(Shard shard, Layout layout, Compaction what) {
        long horizon = house.replica().state().horizon();
        var moment = layout.moment(horizon, house.keeping().expiry(shard.collection()));
        var spared = spared(shard);
        return layout.segments().stream()
                .filter(segment -> !spared.contains(segment.id()))
                .filter(segment -> what.means(segment.id(), segment.facts().partitions()))
                .map(segment -> {
                    var facts = segment.facts();
                    return new Choices.Candidate(segment.id(), facts.bytes(), facts.rows(), droppable(segment, moment));
                })
                .toList();
    }

    /// Rows that a merge would leave out, or a few more than that, but none where there are none: a segment that stays
    /// as it is would be merged again and again.
    private int droppable(Segment segment, Moment moment) {
        var facts = segment.facts();
        long horizon = moment.timestamp();
        if (facts.leastInsert() > horizon) return 0; // there are views that see them come
        boolean hidden =
                facts.mostInsert() < moment.leastInsert() || moment.gone().containsAll(facts.partitions());
        if (hidden && facts.mostInsert() <= horizon) return facts.rows();
        int most = segment.deletions().seen().upTo(horizon) + expired(segment, moment);
        // What came after the horizon stays, be it deleted or expired; looked at row by row only where that matters.
        if (facts.mostInsert() > horizon && most > 0) return SegmentMaker.dropped(segment, moment).length;
        return Math.min(facts.rows(), most);
    }

    /// Segments that are not merged for now, because a snapshot wants them to be stored once.
    private Set<Long> spared(Shard shard) {
        if (shard.kept().isEmpty()) return Set.of();
        long now = house.world().clock().wallMillis();
        var snapshots = house.replica().catalog().snapshots().all();
        var spared = new HashSet<Long>();
        for (var kept : shard.kept()) {
            var snapshot = snapshots.get(kept.snapshot());
            if (snapshot != null && snapshot.protectedUntilMillis() > now) spared.addAll(kept.files());
        }
        return spared;
    }

    /// Rows whose own moment has come; those that were deleted too count twice.
    private static int expired(Segment segment, Moment moment) {
        if (moment.lastMoment().isEmpty()) return 0;
        int field = moment.lastMoment().getAsInt();
        var part = segment.part(moment);
        if (segment.expired().none(part, field, moment.micros())) return 0;
        return segment.expired()
                .ends(part, field)
                .map(ends -> ends.upTo(moment.micros()))
                .orElseGet(() -> segment.rows()
                        - Expired.living(part, field, moment.micros()).count(segment.rows()));
    }
}
