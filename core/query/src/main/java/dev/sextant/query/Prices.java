package dev.sextant.query;

import java.util.Locale;

/// How many times what [Costs] say the ways through a part cost on this machine, as [Weighing] found it for parts of
/// one [Shape]. Immutable.
///
/// @param code what the index counts as a code while it walks
/// @param walk a whole walk under a filter, beside what the index says that it will cost
/// @param codes the scan of the codes that the index keeps; 1 where it keeps none
/// @param rows the scan of full rows
record Prices(double code, double walk, double codes, double rows) {
    /// A measured cost that plans go by is at most so many times a fixed one, and at least such a part of it: a
    /// measurement that went wrong can make a plan worse only by so much.
    static final double MOST = 4;

    static final Prices USUAL = new Prices(1, 1, 1, 1);

    /// Plans rest on how ways compare; what each costs moves with what else the machine does.
    private static final double AGREEING = 1.25;

    private static final double SIMILAR = 1.6;

    /// Whether both found about the same, on code that had been compiled by then.
    boolean agrees(Prices other) {
        return near(walk / codes, other.walk / other.codes, AGREEING)
                && near(walk / rows, other.walk / other.rows, AGREEING)
                && near(walk, other.walk, SIMILAR)
                && near(code, other.code, SIMILAR);
    }

    private static boolean near(double one, double other, double factor) {
        return Math.max(one, other) <= factor * Math.min(one, other);
    }

    /// What lies between both, as far as it is believed.
    Prices believed(Prices other) {
        return new Prices(
                bounded(code, other.code),
                bounded(walk, other.walk),
                bounded(codes, other.codes),
                bounded(rows, other.rows));
    }

    private static double bounded(double one, double other) {
        return Math.clamp(Math.sqrt(one * other), 1 / MOST, MOST);
    }

    /// In words.
    String describe() {
        return String.format(
                Locale.ROOT,
                "a code of the index %.2f, a walk %.2f, a scan of codes %.2f, of rows %.2f",
                code,
                walk,
                codes,
                rows);
    }
}
