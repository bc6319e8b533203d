package dev.sextant.query;

/// The search for the share of rows from which on a walk is cheaper than a scan, one trial after the other: below it
/// scans have been quicker, above it walks. Pure; immutable.
///
/// @param least the smallest share worth a thought, `most` the largest
/// @param next where to try
/// @param scans the largest share at which the scan was quicker; `least` until then
/// @param walks the smallest at which the walk was; `most` until then
/// @param found whether [#next] is the answer
record Crossing(double least, double most, double next, double scans, double walks, boolean found) {
    /// Between trials, while only one side is known.
    private static final double STRIDE = 1.8;
    /// A walk that costs so many times what a scan does, or the other way round, is as good.
    private static final double EVEN = 1.12;
    /// Where both sides are known and so near, it lies between.
    private static final double NEAR = 1.5;

    /// Nothing has been tried.
    static Crossing from(double least, double most, double first) {
        return new Crossing(least, most, Math.clamp(first, least, most), least, most, false);
    }

    /// With what the trial at [#next] took.
    Crossing tried(double walk, double scan) {
        if (Math.max(walk, scan) <= EVEN * Math.min(walk, scan)) return found(next);
        double low = walk > scan ? Math.max(scans, next) : scans, high = walk > scan ? walks : Math.min(walks, next);
        if (high <= NEAR * low) return found(Math.sqrt(low * high));
        boolean open = walk > scan ? high == most : low == least;
        double then = open ? (walk > scan ? next * STRIDE : next / STRIDE) : Math.sqrt(low * high);
        return new Crossing(least, most, Math.clamp(then, least, most), low, high, false);
    }

    private Crossing found(double share) {
        return new Crossing(least, most, share, scans, walks, true);
    }
}
