package dev.sextant.query;

import dev.sextant.index.Effort;

/// How the rows of one part are searched. Chosen from exact counts: the filter is evaluated first.
///
/// @param estimateNanos of one query
sealed interface Plan {
    /// What is known of a part before it is searched.
    ///
    /// @param nodes rows that have a vector
    /// @param matching those of them that the filter takes
    /// @param graphNodes how many of the nodes a graph covers; 0 without one
    /// @param graphMatching matching rows among those
    record Figures(int nodes, int matching, int graphNodes, int graphMatching) {
        Figures withoutIndex() {
            return new Figures(nodes, matching, 0, 0);
        }
    }

    /// What a graph says a walk costs, in codes.
    @FunctionalInterface
    interface GraphCost {
        long codes(Effort effort, double share);
    }

    /// To make a query ready for codes.
    double PREPARED_NANOS = 1_000;

    double estimateNanos();

    /// No row matches.
    record Nothing() implements Plan {
        @Override
        public double estimateNanos() {
            return 0;
        }
    }

    /// Every matching row is scored, those in the index by its codes where `byCodes` says so.
    record Scan(int rows, boolean byCodes, double estimateNanos) implements Plan {}

    /// The index leads; rows that it does not cover are scanned. When it has cost `mostCodes`, or expects to, it is
    /// left for the scan, which would have been done by then.
    ///
    /// @param byCodes how that scan goes
    record Walk(Effort effort, int tailRows, boolean byCodes, long mostCodes, double estimateNanos) implements Plan {}

    /// What scoring a row takes, in nanoseconds: the full row, and the code that the index keeps of it; beyond every
    /// number where it keeps none.
    record RowNanos(double full, double code) {
        RowNanos(double full) {
            this(full, Double.POSITIVE_INFINITY);
        }
    }

    /// A scan that costs so many times what it takes a walk to find its way is worth a try: a filter that takes what
    /// lies near the query makes the walk far cheaper than it is estimated, and one that does not shows it soon to an
    /// index that keeps codes.
    double WORTH_A_TRY = 16;

    /// Hops until a walk knows what it will cost.
    int UNSURE_BEAM = 16;

    /// Pure: decides, touches nothing.
    ///
    /// @param wanted hits that the part must give
    /// @param row by the fixed costs
    /// @param prices that were measured beside them
    static Plan choose(
            Figures figures,
            int wanted,
            Effort effort,
            GraphCost cost,
            RowNanos row,
            Costs costs,
            Prices prices,
            QueryConfig config) {
        if (figures.matching() == 0) return new Nothing();
        int covered = figures.graphMatching(), tail = figures.matching() - covered;
        int filtered = figures.matching() < figures.nodes() ? figures.nodes() : 0;
        double full = prices.rows() * row.full(), code = prices.codes() * row.code();
        double byFullRows = scannedNanos(filtered, covered, full, costs);
        double byCodes = PREPARED_NANOS + scannedNanos(filtered, covered, code, costs);
        boolean codes = covered > 0 && byCodes < byFullRows;
        double scanned = codes ? byCodes : byFullRows;
        var scan = new Scan(figures.matching(), codes, scanned + tail * full);
        if (figures.graphNodes() == 0 || covered <= Math.max(config.scanRows(), wanted)) return scan;
        var wide = effort.withBeam(Math.max(effort.beam(), wanted));
        if (wide.beam() > config.widestBeam()) return scan;
        double share = (double) covered / figures.graphNodes();
        double walked = walkedNanos(prices.walked(cost.codes(wide, share) * costs.code()), covered, wanted, full);
        double tried = cost.codes(wide.withBeam(Math.min(wide.beam(), UNSURE_BEAM)), 1) * costs.code();
        boolean mayTry = row.code() < Double.POSITIVE_INFINITY && WORTH_A_TRY * tried < scanned;
        if (walked >= scanned && !mayTry) return scan;
        // What is under way is left no sooner than by the fixed costs: most of its cost may be behind it.
        double usual = scannedNanos(filtered, covered, codes ? row.code() : row.full(), costs);
        long most = (long) (Math.max(usual, scanned / prices.walk()) / costs.code());
        return new Walk(wide, tail, codes, most, Math.min(walked, scanned) + tail * full);
    }

    /// What scoring the matching rows takes, each of them so long.
    ///
    /// @param filtered bits to be looked at; 0 where every row matches
    static double scannedNanos(int filtered, int matching, double row, Costs costs) {
        return filtered * costs.bit() + matching * row;
    }

    /// What a walk takes that scores codes for so long, and then the best of the rows in full.
    static double walkedNanos(double codes, int matching, int wanted, double row) {
        return codes + Math.min(matching, 2.0 * wanted + 16) * row;
    }
}
