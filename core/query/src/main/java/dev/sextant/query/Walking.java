package dev.sextant.query;

import dev.sextant.index.Effort;
import dev.sextant.index.Step;
import dev.sextant.index.Walk;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Scanned;
import java.util.List;
import java.util.Optional;

/// One query's walk through one part: it goes on until enough has left the index, and where that costs more than a scan
/// would, or does not lead to enough, the part is scanned. One worker; several may be advanced in turn, each with its
/// own scratch, and each then looks up at the moments at which it would have looked up alone.
final class Walking {
    /// Codes between two looks at what a walk expects, where its filter takes so few that a scan may be better.
    private static final long LEAST_STEP = 256;

    private final PartSearch search;
    private final Plan.Walk plan;
    private final Errand errand;
    private Walk walk;
    private Sought sought;
    private Scanned tail; // and what earlier walks took
    private int k; // of the nearest, that the walk is after
    private final boolean bounded;
    private Effort effort;
    private long look; // codes scored when the next look is due
    private Optional<PartSearch.Done> done = Optional.empty();

    Walking(PartSearch search, Plan.Walk plan, Errand errand) {
        this.search = search;
        this.plan = plan;
        this.errand = errand;
        int covered = search.figures().graphNodes();
        tail = plan.tailRows() > 0 ? search.scanExactly(errand, covered, search.rows()) : Scanned.NOTHING;
        effort = plan.effort();
        k = search.aim().hitsOfIndex();
        begin();
        bounded = search.isBounded(errand.window());
        if (bounded && errand.into().held() >= search.limit()) errand.into().settled();
        look = walk.scored() + stepCodes();
    }

    private void begin() {
        walk = search.walk(search.target(errand.query(), k, effort), errand.scratch());
        sought = errand.sought(search.aim());
    }

    private long stepCodes() {
        return (int) Math.min(search.config().stepRows(), Math.max(LEAST_STEP, plan.mostCodes() / 16));
    }

    /// To the end, with nothing in between.
    PartSearch.Done run() {
        while (!advance()) {}
        return done();
    }

    /// Whether [#advance()] will leave off before the end, for others to go on.
    boolean takeTurns() {
        return walk.takeTurns(plan.mostCodes());
    }

    /// See [Walk#place()].
    long place() {
        return walk.place();
    }

    /// See [Walk#share(List, Scratch)].
    void share(List<Walking> walkings, Scratch room) {
        walk.share(walkings.stream().map(each -> each.walk).toList(), room);
    }

    /// Goes on until the walk pauses or has looked up; whether it is over.
    boolean advance() {
        if (bounded) sought.bound(walk);
        var step = walk.advance((int) (look - walk.scored()));
        if (step instanceof Step.Paused) return false;
        errand.patience().run();
        sought.take(walk.hits(), 0, search.figures().graphNodes(), walk.leavesBestFirst());
        if (step instanceof Step.Waiting) throw new IllegalStateException("an index in memory waits for pages");
        if (step instanceof Step.Done && isDone()) return true;
        // The index costs what the scan would have cost: that is cheaper from here on, and finds everything.
        if (!walk.isScan() && walk.expected() > plan.mostCodes()) return turnToScan();
        look = walk.scored() + stepCodes();
        return false;
    }

    private boolean isDone() {
        if (!walk.isScan() && !walk.isComplete() && !sought.reaches(k)) return goFurther();
        if (sought.isEnough() || walk.isComplete()) {
            done = Optional.of(new PartSearch.Done(PartSearch.scanned(walk).and(tail), sought.isAll(), walk.isScan()));
            return true;
        }
        effort = effort.doubled();
        return (effort.beam() > search.config().widestBeam() || !walk.widen(effort)) && turnToScan();
    }

    /// Begins again, after more and in more lists: what is found twice does no harm.
    private boolean goFurther() {
        if (sought.further(k) > search.config().widestBeam()) return turnToScan();
        k = sought.further(k);
        tail = tail.and(PartSearch.scanned(walk));
        effort = plan.effort().withLists(effort.doubled().lists());
        begin();
        look = walk.scored() + stepCodes();
        return false;
    }

    private boolean turnToScan() {
        var walked = PartSearch.scanned(walk).and(tail);
        int covered = search.figures().graphNodes();
        var scanned = search.scan(errand, 0, covered, plan.byCodes());
        done = Optional.of(new PartSearch.Done(walked.and(scanned), true, true));
        return true;
    }

    /// What happened, when it is over.
    PartSearch.Done done() {
        return done.orElseThrow();
    }
}
