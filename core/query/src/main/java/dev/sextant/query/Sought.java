package dev.sextant.query;

import dev.sextant.index.NodeHits;
import dev.sextant.index.Walk;
import java.util.Optional;

/// What has left the walks and scans of one query in one part, against what is wanted of it. One thread at a time.
final class Sought {
    /// What is wanted of a part.
    ///
    /// @param at which part
    /// @param hits that it must give so that nothing is missing
    /// @param findable matching rows that its index can find
    /// @param rowOfNode what is offered for a node; empty for the node itself
    /// @param strictGroups where hits are grouped, whether each group must be full
    record Aim(int at, int hits, int findable, Optional<int[]> rowOfNode, Optional<Boolean> strictGroups) {
        /// Of the hits that the part must give those that an index can find.
        int hitsOfIndex() {
            return Math.min(hits, findable);
        }

        private int row(int node) {
            return rowOfNode.isEmpty() ? node : rowOfNode.get()[node];
        }

        /// How many of the nearest a walk must have been after so that what it found behind `before` of them is good:
        /// twice as many as if those before were wanted too. A page of an iterator that were looked for with the effort
        /// of one page would end too far out, and what lies nearer would be on no page.
        int reach(int before) {
            return (int) Math.min(findable, before == 0 ? hits : 2L * before + 2L * hits);
        }

        /// The same where no more than `inside` stand behind those before: the last of them are as easily left out.
        int reach(int before, int inside) {
            return (int) Math.min(reach(before), 2L * before + 2L * inside);
        }

        /// What a walk is after next that was after `k`: at least twice as much, so that all walks together cost little
        /// more than the last.
        int further(int k, int before) {
            return Math.max(reach(before), (int) Math.min(findable, 2L * k));
        }
    }

    private final Aim aim;
    private final Candidates into;
    private final Window window;
    private int left; // hits that left the walk
    private int inside; // of them, those the window wants for sure
    private int before; // of them, those nearer, or as near as the last hit of the page before
    private boolean behind; // the walk has reached the far side of the window

    Sought(Aim aim, Candidates into, Window window) {
        this.aim = aim;
        this.into = into;
        this.window = window;
    }

    /// @param base node of the first row that the hits may name
    /// @param nodes from there on that count: a graph that grows may reach nodes that came after this view
    /// @param bestFirst nothing nearer leaves after what is told here
    void take(NodeHits hits, int base, int nodes, boolean bestFirst) {
        for (int i = 0; i < hits.count(); i++)
            if (hits.rows()[i] < nodes) take(base + hits.rows()[i], hits.scores()[i], bestFirst);
    }

    void take(int node, float score, boolean bestFirst) {
        left++;
        switch (window.place(score)) {
            case BEFORE -> before++;
            case BEHIND -> behind |= bestFirst;
            case INSIDE -> {
                if (window.ties(score)) before++;
                else inside++;
                into.offer(aim.at, aim.row(node), window.round(score));
            }
        }
    }

    /// What is worse than this is not wanted any more; the worst score of all while everything is.
    float bound() {
        return into.bound() == window.worst() ? window.worst() : window.loosened(into.bound());
    }

    /// Tells a walk what is not wanted any more.
    void bound(Walk walk) {
        if (into.bound() != window.worst()) walk.bound(bound());
    }

    /// Whether everything that an index can find has left.
    boolean isAll() {
        return left >= aim.findable;
    }

    /// Whether a walk that was after `k` could not leave out hits that stand where those do that it found.
    boolean reaches(int k) {
        if (!window.skips() || isAll() || aim.strictGroups.isPresent()) return true;
        return k >= (behind ? aim.reach(before, inside) : aim.reach(before));
    }

    /// What a walk is after next that was after `k`.
    int further(int k) {
        return aim.further(k, before);
    }

    boolean isEnough() {
        if (isAll() || behind) return true;
        if (aim.strictGroups.isPresent()) return into.isFull(aim.strictGroups.get());
        return inside >= aim.hitsOfIndex();
    }
}
