package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Sieve;
import java.util.Optional;

/// A search in a quantised graph that looks as far as a beam says, and that may find out on the way that another goes
/// on better from there: then it gives way to that, and is only its name to the caller.
abstract sealed class BeamWalk extends BlockWalk permits QuantisedWalk, CellWalk {
    int wanted; // beam that was asked for
    boolean begun;
    private Optional<BlockWalk> instead = Optional.empty();

    BeamWalk(QuantisedGraph graph, Target target, Scratch scratch) {
        super(graph, target, scratch);
        int beam = target.effort().beam();
        if (beam < 1) throw new IllegalArgumentException("a beam of " + beam);
        wanted = (int) Math.max(2L * Math.min(k, 1 << 28), beam);
    }

    /// [#advance(int)] of this one itself.
    abstract Step go(int budget);

    /// Takes the place of another.
    BeamWalk(BeamWalk start) {
        super(start);
        wanted = start.wanted;
    }

    /// Cells that may be read, for which room is asked then.
    abstract Optional<Cells> cells();

    /// What is accepted, or more, in their order.
    final Optional<Arranged> arranged() {
        return cells().flatMap(accept::arranged);
    }

    /// What passes the filter, as they are read.
    final Sieve.Passing passing() {
        return arranged()
                .<Sieve.Passing>map(found -> found.places)
                .orElseGet(() -> new Sieve.Rows(accept.bits(), graph.count()));
    }

    @Override
    final long extraBytes() {
        var cells = cells();
        return cells.isEmpty() ? 0 : Sieve.bytes(cells.get().codes, passing());
    }

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

    // Asked at every hop: without a function, which would box the number.
    @Override
    public final long scored() {
        return instead.isPresent() ? instead.get().scored() : scored;
    }

    @Override
    public final long bytesTouched() {
        return instead.isPresent() ? instead.get().bytesTouched() : read;
    }

    @Override
    public final long expected() {
        return instead.isPresent() ? instead.get().expected() : scored;
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
