package dev.sextant.query;

import java.util.Locale;

/// How many times what [Costs] say the ways through a part cost on this machine, as [Weighing] found it for parts of
/// one [Shape]. Bounded: a measurement that went wrong can make a plan worse only by so much. Immutable.
///
/// @param walk the walk of the index, so that it is taken from the share on from which it is cheaper than a scan
/// @param codes the scan of the codes that the index keeps; 1 where it keeps none
/// @param rows the scan of full rows
/// @param upTo nanoseconds of the walks that were measured, by the fixed costs: what was found beyond these is for what
///     every walk begins with, and longer ones are not taken for so much dearer
record Prices(double walk, double codes, double rows, double upTo) {
    /// A measured cost is at most so many times a fixed one, and at least such a part of it.
    static final double MOST = 4;

    static final Prices USUAL = new Prices(1, 1, 1, 0);

    Prices {
        walk = bounded(walk);
        codes = bounded(codes);
        rows = bounded(rows);
    }

    private static double bounded(double price) {
        return Math.clamp(price, 1 / MOST, MOST);
    }

    /// What a walk takes that costs so much by the fixed costs.
    double walked(double nanos) {
        return walk <= 1 ? walk * nanos : nanos + (walk - 1) * Math.min(nanos, upTo);
    }

    /// In words.
    String describe() {
        return String.format(Locale.ROOT, "a walk %.2f, a scan of codes %.2f, of rows %.2f", walk, codes, rows);
    }
}
