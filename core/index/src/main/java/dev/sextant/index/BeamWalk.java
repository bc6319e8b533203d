package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import java.util.Optional;

/// A search in a quantised graph that looks as far as a beam says, and that may find out on the way that another goes
/// on better from there: then it gives way to that, and is only its name to the caller.
abstract sealed class BeamWalk extends BlockWalk permits QuantisedWalk, CellWalk {
    final Target target;
    int wanted; // beam that was asked for
    boolean begun;
    private Optional<BlockWalk> instead = Optional.empty();

    BeamWalk(QuantisedGraph graph, Target target, Scratch scratch) {
        super(graph, target, scratch);
        this.target = target;
        int beam = target.effort().beam();
        if (beam < 1) throw new IllegalArgumentException("a beam of " + beam);
        wanted = (int) Math.max(2L * Math.min(k, 1 << 28), beam);
    }

    /// [#advance(int)] of this one itself.
    abstract Step go(int budget);

    final Step giveWayTo(BlockWalk other) {
        instead = Optional.of(other);
        return Step.MORE;
    }

    @Override
    final boolean meetsCodes() {
        return true;
    }

    @Override
    public final Step advance(int budget) {
        if (instead.isPresent()) return instead.get().advance(budget);
        buffers.hits.clear();
        return go(budget);
    }

    @Override
    public final boolean widen(Effort wider) {
        if (instead.isPresent()) return instead.get().widen(wider);
        int n = buffers.found.size();
        if (!forgetFound() || wider.beam() <= wanted && n == 0) return false;
        wanted = Math.max(wanted, wider.beam());
        begun = false;
        return true;
    }

    @Override
    public final void bound(float score) {
        super.bound(score);
        instead.ifPresent(walk -> walk.bound(score));
    }

    @Override
    public final long scored() {
        return instead.map(Walk::scored).orElse(scored);
    }

    @Override
    public final long bytesTouched() {
        return instead.map(Walk::bytesTouched).orElse(read);
    }

    @Override
    public final long expected() {
        return instead.map(Walk::expected).orElse(scored);
    }

    @Override
    public final boolean isScan() {
        return instead.map(Walk::isScan).orElse(false);
    }

    @Override
    public final boolean leavesBestFirst() {
        return instead.map(Walk::leavesBestFirst).orElse(true);
    }
}
