package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import java.util.List;

/// One search under way. It moves only when it is told to, so its caller decides about cancellation, deadline, shared
/// thresholds and giving up in favour of another way. Uses its scratch until it is done or dropped; one thread at a
/// time. Scores have the natural sign of the metric.
public interface Walk {
    /// Scores about `budget` rows and then says how things stand.
    Step advance(int budget);

    /// Asks the walk to stop short, with [Step.Paused], wherever it would wait for memory, which is on its way by then:
    /// for whoever advances several walks in turn. Returns whether it will: a walk that has no such places, or that
    /// might cost more than `most` when it goes another way, goes on as it is. What it finds is the same.
    default boolean takeTurns(long most) {
        return false;
    }

    /// Of walks that are paused those with the least place go first: what they read next lies together. 0 where that
    /// does not matter.
    default long place() {
        return 0;
    }

    /// Reads at once what is at [#place()] for walks that are paused there, this one among them: walks of one index
    /// under the same filter. Each finds what it would have found alone, when it is advanced. A walk that gains nothing
    /// by that reads nothing.
    ///
    /// @param room that none of the walks stands in
    default void share(List<Walk> walks, Scratch room) {}

    /// After [Step.Waiting]: the rows whose exact scores are to be had only from the rows themselves, ascending. This
    /// walk is over then: who wants more walks again, with more effort.
    default int[] awaited() {
        throw new IllegalStateException("this walk waits for nothing");
    }

    /// What each of [#awaited()] is thought to score, smaller is better; comparable between walks of one query.
    default float[] estimates() {
        throw new IllegalStateException("this walk waits for nothing");
    }

    /// What the last step found, each row once in the life of a walk, in no promised order.
    NodeHits hits();

    /// From now on only hits at least as good as `score` are wanted. A promise by the caller that lets the walk drop
    /// rows early; a worse bound than before wins nothing back.
    void bound(float score);

    /// Rows scored so far, codes and full rows alike: what the caller compares with the cost of an exact scan.
    long scored();

    /// Bytes of rows, codes, edges, blocks and postings that were read so far: their number times their size, counted
    /// each time, whichever cache they come from. What prepares the query, bits of filters and directories of a few
    /// bytes are not in it.
    long bytesTouched();

    /// What [#scored()] will be when the walk is done, as far as it can tell by now: a caller that has a scan to turn
    /// to need not wait until the walk has cost as much.
    default long expected() {
        return scored();
    }

    /// Whether this goes over all that is accepted, from the start or by now: no other way costs less from here on.
    default boolean isScan() {
        return false;
    }

    /// Looks further after [Step.Done]: a graph walk lets the next best leave, going on with the wider beam when all of
    /// its present beam has left; lists beyond those read are read. Hits that have left do not leave again. Returns
    /// whether there is anything further to look at with that effort.
    default boolean widen(Effort wider) {
        return false;
    }

    /// Whether, after [Step.Done], every hit that is as good as the bound has left: the walk knows that nothing else is
    /// wanted, however few have left. A walk that cannot know says no.
    default boolean isComplete() {
        return false;
    }

    /// Whether hits leave the better the earlier, step by step: then a bad one tells that no good one is behind it.
    default boolean leavesBestFirst() {
        return true;
    }
}
