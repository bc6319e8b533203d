package dev.sextant.query;

import dev.sextant.index.Effort;
import dev.sextant.model.VectorType;

/// How the rows of one part are searched. Chosen from exact counts: the filter is evaluated first.
///
/// @param estimateNanos of one query
sealed interface Plan {
    /// What one step costs, in nanoseconds of one core; measured on graphs and scans of 16 to 256 dimensions. Only
    /// their relation matters to the choice.
    ///
    /// @param row to begin a row that is scored in full, out of order
    /// @param rowByte for each of its bytes
    /// @param code for each code that a graph is said to score: cache misses, not bytes, so its dimension does not
    ///     matter
    record Costs(double row, double rowByte, double code) {
        static final Costs DEFAULT = new Costs(10, 0.1, 43);

        /// A row that is read from disk first: a call to the system, a checksum, two threads that take turns.
        double storedRowNanos(VectorType type, int dimension) {
            return 2_000 + rowNanos(type, dimension);
        }

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
        long codes(Effort effort, double share);
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

    /// The index leads; rows that it does not cover are scanned. When it has cost `mostCodes` it is left for the scan,
    /// which would have been done by then.
    record Walk(Effort effort, int tailRows, long mostCodes, double estimateNanos) implements Plan {}

    /// Pure: decides, touches nothing.
    ///
    /// @param wanted hits that the part must give
    static Plan choose(
            Figures figures,
            int wanted,
            Effort effort,
            GraphCost cost,
            double rowNanos,
            Costs costs,
            QueryConfig config) {
        if (figures.matching() == 0) return new Nothing();
        var scan = new Scan(figures.matching(), figures.matching() * rowNanos);
        int covered = figures.graphMatching();
        if (figures.graphNodes() == 0 || covered <= Math.max(config.scanRows(), wanted)) return scan;
        var wide = effort.withBeam(Math.max(effort.beam(), wanted));
        if (wide.beam() > config.widestBeam()) return scan;
        double share = (double) covered / figures.graphNodes();
        double scanned = covered * rowNanos;
        double walked = cost.codes(wide, share) * costs.code() + Math.min(covered, 2.0 * wanted + 16) * rowNanos;
        if (walked >= scanned) return scan;
        int tail = figures.matching() - covered;
        return new Walk(wide, tail, (long) (scanned / costs.code()), walked + tail * rowNanos);
    }
}
