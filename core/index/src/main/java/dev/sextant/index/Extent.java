package dev.sextant.index;

/// How far a walk goes under a filter. It goes outwards from the query, accepted or not, and ends when
///
/// ```text
/// nodes followed · accepted nodes nearer than the next one to follow ≥ reach²
/// ```
///
/// and no sooner than [#INSIDE] of what is wanted lies there. Where everything is accepted that is a beam of `reach`.
/// Where a share s is, it follows about `reach / √s` nodes, among which `reach · √s` accepted ones lie: fewer than are
/// wanted, since a node that is followed names many around it. So the share where the query lies decides, and nobody
/// need know it. One thread; kept between walks.
final class Extent {
    /// Rows that are wanted as a rule.
    static final int USUAL = 10;

    final Pool near = new Pool(); // accepted
    final Frontier ahead = new Frontier();
    /// Of the rows that are wanted, so many accepted ones must lie nearer than the end, however rare they are.
    private static final double INSIDE = 0.7;

    private double area; // reach²
    private int reach;
    private int least;
    private int inside;
    private int followed;

    /// @param kept so many accepted nodes are remembered at least
    /// @param wanted so many must have been found before the end
    /// @param accepted how many there are
    void begin(int reach, int kept, int wanted, int accepted) {
        this.reach = reach;
        least = Math.min(wanted, accepted);
        area = (double) reach * reach;
        followed = 0;
        inside = inside(least);
        near.begin(Math.clamp(Math.max(reach, kept), 1, Math.max(1, accepted)));
        ahead.clear();
    }

    private static int inside(int wanted) {
        return (int) Math.ceil(INSIDE * wanted);
    }

    /// About how many nodes a walk follows where a share is accepted.
    static double hops(double reach, int wanted, double share) {
        return Math.max(reach / Math.sqrt(share), inside(wanted) / share);
    }

    int followed() {
        return followed;
    }

    /// What is as far as this will not be followed any more.
    float limit() {
        int accepted = Math.max(inside, (int) Math.min(reach, Math.ceil(area / Math.max(1, followed))));
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

    void reject(int node, float distance) {
        ahead.add(node, distance);
    }

    void accept(int node, float distance) {
        near.offer(node, distance);
        ahead.add(node, distance);
    }
}
