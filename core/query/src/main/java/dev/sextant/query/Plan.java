package dev.sextant.query;

import dev.sextant.model.VectorType;

/// How the rows of one part are searched. Chosen from exact counts: the filter is evaluated first.
///
/// @param estimateNanos of one query
sealed interface Plan {
    /// What one step costs, in nanoseconds of one core.
    ///
    /// @param row to begin a row
    /// @param rowByte for each byte of a row that is scored in full
    /// @param code share of a full row that a graph pays for one code: a quarter of the bytes, but one cache miss each
    record Costs(double row, double rowByte, double code) {
        static final Costs DEFAULT = new Costs(4, 0.04, 0.6);

        double rowNanos(VectorType type, int dimension) {
            return row + rowByte * (type.isDense() ? type.rowBytes(dimension) : 512);
        }
    }

    /// What is known of a part before it is searched.
    ///
    /// @param nodes rows that have a vector
    /// @param matching those of them that the filter takes
    /// @param graphNodes how many of the nodes a graph covers; 0 without one
    /// @param graphMatching matching rows among those
    record Figures(int nodes, int matching, int graphNodes, int graphMatching) {}

    /// What a graph says a walk costs, in codes.
    @FunctionalInterface
    interface GraphCost {
        long codes(int beam, double share);
    }

    double estimateNanos();

    /// No row matches.
    record Nothing() implements Plan {
        @Override
        public double estimateNanos() {
            return 0;
        }
    }

    /// Every matching row is scored.
    record Scan(int rows, double estimateNanos) implements Plan {}

    /// The graph leads; rows that it does not cover are scanned. When it has cost as much as `scanRows` full rows it is left for the scan.
    record Walk(int beam, int scanRows, int tailRows, double estimateNanos) implements Plan {}

    /// Pure: decides, touches nothing.
    static Plan choose(Figures figures, int wanted, int beam, GraphCost cost, double rowNanos, Costs costs, QueryConfig config) {
        if (figures.matching() == 0) return new Nothing();
        var scan = new Scan(figures.matching(), figures.matching() * rowNanos);
        int tail = figures.matching() - figures.graphMatching();
        if (figures.graphNodes() == 0 || figures.graphMatching() <= Math.max(config.scanRows(), wanted)) return scan;
        int width = Math.max(beam, wanted);
        if (width > config.widestBeam() && width >= figures.graphMatching() / 4) return scan;
        double share = (double) figures.graphMatching() / figures.graphNodes();
        double walked = cost.codes(width, share) * costs.code() + Math.min(width, 2 * wanted + 16);
        if (walked >= figures.graphMatching()) return scan;
        return new Walk(width, figures.graphMatching(), tail, (walked + tail) * rowNanos);
    }
}
