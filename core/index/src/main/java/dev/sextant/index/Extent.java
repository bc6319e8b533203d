package dev.sextant.index;

import dev.sextant.kernel.Scratch;

/// How far a walk goes under a filter. It goes outwards from the query, accepted or not, and ends when
///
/// ```text
/// nodes followed · accepted nodes nearer than the next one to follow ≥ reach²
/// ```
///
/// and no sooner than [#INSIDE] of what is wanted lies there. Where everything is accepted that is a beam of `reach`.
/// Where a share s is, it follows about `reach / √s` nodes, among which `reach · √s` accepted ones lie: fewer than are
/// wanted, since a node that is followed names many around it. So the share where the query lies decides, and nobody
/// need know it. What will not be followed even so is left as soon as that many accepted nodes are known.
///
/// One thread; kept between walks, and what it grows to is taken from the budget of its scratch.
final class Extent {
    /// Rows that are wanted as a rule.
    static final int USUAL = 10;

    final Pool near = new Pool(); // accepted
    final Frontier ahead = new Frontier();
    /// Of the rows that are wanted, so many accepted ones must lie nearer than the end, however rare they are.
    private static final double INSIDE = 0.7;
    /// What was seen is half forgotten after so many nodes: the share matters where the walk is now.
    private static final int REMEMBERED = 1024;
    /// What is known of the share before anything is seen weighs as much as so many accepted nodes.
    private static final double PRIOR = 4;
    /// Nodes that are followed between two looks at what is left.
    private static final int LOOK = 16;

    private Scratch scratch; // whose budget this grows in
    private double area; // reach²
    private int reach;
    private int least;
    private int inside;
    private int followed;
    private double seen;
    private double seenAccepted;

    /// @param scratch where this is kept
    /// @param kept so many accepted nodes are remembered at least
    /// @param wanted so many must have been found before the end
    /// @param accepted how many there are
    void begin(Scratch scratch, int reach, int kept, int wanted, int accepted) {
        this.scratch = scratch;
        this.reach = reach;
        least = Math.min(wanted, accepted);
        area = (double) reach * reach;
        followed = 0;
        seen = seenAccepted = 0;
        inside = inside(least);
        int most = Math.clamp(Math.max(reach, kept), 1, Math.max(1, accepted));
        count(near.bytes(most) + ahead.bytes());
        near.begin(most);
        ahead.clear();
    }

    private void count(long bytes) {
        scratch.count(Extent.class, bytes);
    }

    private static int inside(int wanted) {
        return (int) Math.ceil(INSIDE * wanted);
    }

    /// About how many nodes a walk follows where a share is accepted.
    static double hops(double reach, int wanted, double share) {
        return Math.max(reach / Math.sqrt(share), inside(wanted) / share);
    }

    /// How many times what it has cost so far this walk will cost in all, by what was seen of the way.
    ///
    /// @param overall the share of all that is accepted
    double times(double overall) {
        return followed < LOOK ? 1 : Math.max(1, hops(reach, least, share(overall)) / followed);
    }

    /// Whether the scan of the codes of all that is accepted costs less than what is left of the way, by what was seen
    /// of it, or than the walk has cost so far. To be asked before each node; looks up now and then.
    ///
    /// @param accepted of `all` nodes
    /// @param scored codes so far
    /// @param codesOfAScan so many of them cost as much as one of a walk
    boolean costsMoreThanScan(int accepted, int all, long scored, double codesOfAScan) {
        if (followed == 0 || followed % LOOK != 0) return false;
        double left = times(Accept.share(accepted, all)) - 1;
        return codesOfAScan * scored * Math.max(1, left) > accepted;
    }

    /// Meets nodes for the first time; of the rejected ones only what is nearer than `limit` is kept.
    void meet(int[] nodes, float[] distances, int n, Accept accept, float limit) {
        int accepted = 0;
        for (int i = 0; i < n; i++) {
            if (accept.test(nodes[i])) {
                near.offer(nodes[i], distances[i]);
                add(nodes[i], distances[i]);
                accepted++;
            } else if (distances[i] < limit) add(nodes[i], distances[i]);
        }
        saw(accepted, n);
    }

    private void saw(int accepted, int all) {
        seen += all;
        seenAccepted += accepted;
        if (seen > REMEMBERED) {
            seen /= 2;
            seenAccepted /= 2;
        }
    }

    /// The share that is accepted near the query, as far as it is known.
    ///
    /// @param overall the share of all
    private double share(double overall) {
        return (seenAccepted + PRIOR) / (seen + PRIOR / overall);
    }

    /// What is as far as this will not be followed any more.
    float limit() {
        // At the end no more than this will have to be nearer. As long as little was seen, all may be accepted.
        double most = reach * Math.sqrt((seenAccepted + PRIOR) / (seen + PRIOR));
        int accepted = Math.max(inside, (int) Math.ceil(Math.min(most, area / Math.max(1, followed))));
        return near.size() >= Math.max(accepted, least) ? near.distance(accepted - 1) : Float.MAX_VALUE;
    }

    /// The node to follow now; -1 at the end.
    int next(float limit) {
        if (ahead.isEmpty() || ahead.ahead() >= limit) return -1;
        followed++;
        return ahead.poll();
    }

    /// The node that will be followed next unless nearer ones turn up; -1 when there is none.
    int soon() {
        return ahead.isEmpty() ? -1 : ahead.peek();
    }

    private void add(int node, float distance) {
        if (ahead.isFull()) count(near.bytes(0) + 2 * ahead.bytes());
        ahead.add(node, distance);
    }
}
