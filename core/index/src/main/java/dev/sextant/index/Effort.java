package dev.sextant.index;

/// How hard a search tries, in the terms of the structures; each takes what it knows and leaves the rest.
///
/// @param beam candidates that a graph keeps (`ef`, `search_list_size`)
/// @param lists posting lists that are read (`nprobe`)
/// @param refine how many times k candidates are scored again on better values than their codes (`refine_k`,
///     `reorder_k` / k); 0 leaves it to the structure, anything else goes for one that was not asked to, too
/// @param queryBits bits of a query's component against 1-bit codes (`rbq_bits_query`); 0 takes it as it is
/// @param drop share of a sparse query's smallest values that may be left out (`drop_ratio_search`); 0 is exact
/// @param slack how far block maxima may be trusted in an approximate sparse search (`dim_max_score_ratio`); 1 is exact
/// @param widened how many times as much this is as what the search began with
public record Effort(int beam, int lists, double refine, int queryBits, double drop, double slack, int widened) {
    public static final Effort DEFAULT = new Effort(64, 8, 0, 0, 0, 1, 1);
    private static final int MOST = 1 << 30;
    /// Times k.
    private static final double LEAST_RESCORED = 4;

    public Effort {
        if (beam < 1) throw new IllegalArgumentException("a beam of " + beam);
        if (lists < 1) throw new IllegalArgumentException(lists + " lists");
        if (!(refine >= 0)) throw new IllegalArgumentException("refine is " + refine);
        if (queryBits < 0 || queryBits > 8) throw new IllegalArgumentException(queryBits + " bits a component");
        if (!(drop >= 0 && drop < 1)) throw new IllegalArgumentException("drop is " + drop);
        if (!(slack > 0)) throw new IllegalArgumentException("slack is " + slack);
        if (widened < 1) throw new IllegalArgumentException("widened " + widened + " times");
    }

    /// Of a search that begins.
    public Effort(int beam, int lists, double refine, int queryBits, double drop, double slack) {
        this(beam, lists, refine, queryBits, drop, slack, 1);
    }

    public static Effort ofBeam(int beam) {
        return DEFAULT.withBeam(beam);
    }

    public Effort withBeam(int candidates) {
        if (candidates == beam) return this;
        return new Effort(candidates, lists, refine, queryBits, drop, slack, widened);
    }

    public Effort withLists(int read) {
        return new Effort(beam, read, refine, queryBits, drop, slack, widened);
    }

    public Effort withRefine(double times) {
        return new Effort(beam, lists, times, queryBits, drop, slack, widened);
    }

    /// As many are scored again as are kept on the way, and some in any case: what a search by codes takes that asks
    /// for a recall, for the best `k`.
    Effort rescored(int k) {
        return withRefine(Math.max(refine, Math.max(LEAST_RESCORED, (double) beam / Math.max(1, k))));
    }

    /// Twice as many candidates and lists: what a walk is widened to that has found too little.
    public Effort doubled() {
        int candidates = (int) Math.min(MOST, 2L * beam), read = (int) Math.min(MOST, 2L * lists);
        int times = (int) Math.min(MOST, 2L * widened);
        return new Effort(candidates, read, refine, queryBits, drop, slack, times);
    }
}
