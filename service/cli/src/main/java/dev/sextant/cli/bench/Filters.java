package dev.sextant.cli.bench;

import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.model.Metric;
import java.math.BigDecimal;
import java.util.BitSet;
import java.util.stream.IntStream;

/// Which condition each query comes with, and which rows it takes: known here without asking the subject.
public sealed interface Filters {
    Filters NONE = new None();

    /// The condition of a query as it is written; empty for none.
    String text(int query);

    /// The same condition in other words, so that nobody has its answer ready: `again` tells them apart.
    String freshText(int query, int again);

    boolean accepts(int query, int row);

    /// How many of `rows` rows match.
    int matching(int query, int rows);

    /// How what a filter takes lies to the query.
    enum Correlation {
        /// Anywhere.
        NONE,
        /// Around the query.
        WITH,
        /// As far from the query as may be.
        AGAINST
    }

    record None() implements Filters {
        @Override
        public String text(int query) {
            return "";
        }

        @Override
        public String freshText(int query, int again) {
            return "";
        }

        @Override
        public boolean accepts(int query, int row) {
            return true;
        }

        @Override
        public int matching(int query, int rows) {
            return rows;
        }
    }

    /// One condition for all.
    record Written(String text, BitSet rows) implements Filters {
        @Override
        public String text(int query) {
            return text;
        }

        @Override
        public String freshText(int query, int again) {
            return "(" + text + ") and id != " + (-1 - again);
        }

        @Override
        public boolean accepts(int query, int row) {
            return rows.get(row);
        }

        @Override
        public int matching(int query, int rows) {
            return this.rows.cardinality();
        }
    }

    /// A share of the rows by rank: those below `share`, or those from `1 - share` on.
    ///
    /// @param fields name of the field for each query
    record Share(double share, boolean top, String[] fields, Scalars scalars) implements Filters {
        @Override
        public String text(int query) {
            return condition(query, 0);
        }

        /// A bound that lies a little off, between the same two ranks.
        @Override
        public String freshText(int query, int again) {
            return condition(query, 1e-12 * (1 + again));
        }

        private String condition(int query, double less) {
            var field = fields[query];
            return top ? field + " >= " + plain(1 - share - less) : field + " < " + plain(share - less);
        }

        @Override
        public boolean accepts(int query, int row) {
            double value = scalars.reals().get(fields[query])[row];
            return top ? value >= 1 - share : value < share;
        }

        @Override
        public int matching(int query, int rows) {
            return (int)
                    IntStream.range(0, rows).filter(row -> accepts(query, row)).count();
        }

        private static String plain(double value) {
            return new BigDecimal(Double.toString(value)).toPlainString();
        }
    }

    static Filters share(
            double share, Correlation correlation, Scalars scalars, Matrix base, Matrix queries, Metric metric) {
        var fields = new String[queries.rows()];
        for (int query = 0; query < fields.length; query++)
            fields[query] =
                    correlation == Correlation.NONE ? "u" : "c" + scalars.pivotOf(base, queries.row(query), metric);
        return new Share(share, correlation == Correlation.AGAINST, fields, scalars);
    }
}
