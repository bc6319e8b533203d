package dev.sextant.query;

import dev.sextant.index.Bm25;
import dev.sextant.index.TermFigures;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Filter;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Reply;
import dev.sextant.model.Scanned;
import dev.sextant.model.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/// One shard at one moment, here or on another machine. Any thread may ask, nothing blocks, each question is answered
/// exactly once; deadline and cancellation are the [Call]'s. A caller first asks for the winners and fetches their
/// fields afterwards, by place. Rows with equal keys are in one shard, so versions of a key are told apart here and
/// never by whoever merges shards.
public interface Reader extends AutoCloseable {
    long shard();

    /// The moment that is read.
    long timestamp();

    Schema schema();

    /// Which rows are asked about.
    ///
    /// @param partitions none means all
    /// @param sealedOnly leaves out rows that are not yet in a segment
    record Where(Optional<Filter> filter, Set<Long> partitions, boolean sealedOnly) {
        public static final Where ANY = new Where(Optional.empty(), Set.of(), false);

        public Where {
            partitions = Set.copyOf(partitions);
        }
    }

    /// A question to one shard.
    sealed interface Question {
        Where where();
    }

    /// The best `limit` rows for each query, by (score, key), one version of each key; with a grouping the best `limit`
    /// groups.
    ///
    /// @param field a vector field
    /// @param queries of the field's own type; a null row finds nothing. A row that is a list of vectors finds rows
    ///     by all of them, else a field of arrays is searched for elements
    /// @param parameters of the index, already checked
    /// @param among the only groups wanted, a column for each field of the grouping; none means all
    /// @param bm25 how term frequencies are scored, with the statistics of all shards; for that metric only
    record Nearest(
            int field,
            Metric metric,
            Column queries,
            Map<String, String> parameters,
            OptionalDouble radius,
            OptionalDouble rangeFilter,
            int limit,
            Optional<Read.Grouping> grouping,
            List<Column> among,
            Optional<Read.After> after,
            int roundDecimal,
            Optional<Bm25> bm25,
            Where where)
            implements Question {}

    /// The matching rows with the smallest keys, or the first in another order; the newest version of each key.
    ///
    /// @param limit none means all
    /// @param order by scalar fields; needs a limit
    record Matching(Where where, OptionalInt limit, List<Read.Order> order) implements Question {
        public Matching {
            order = List.copyOf(order);
        }

        public Matching(Where where, OptionalInt limit) {
            this(where, limit, List.of());
        }
    }

    /// How many rows match, versions counted apart.
    record Counting(Where where) implements Question {}

    /// Figures of the rows that match, by the values of some fields; versions counted apart.
    record Aggregating(Where where, List<String> groups, List<Read.Figure> figures) implements Question {
        public Aggregating {
            groups = List.copyOf(groups);
            figures = List.copyOf(figures);
        }
    }

    /// @param counts hits per query; hits of one query follow each other, best first, with a grouping group by group
    /// @param places for [#fetch]
    /// @param groups what each hit is grouped by, a column for each field
    /// @param elements which element of its row each hit is, where elements are found
    record Found(
            int[] counts,
            Column keys,
            float[] scores,
            long[] places,
            List<Column> groups,
            Optional<int[]> elements,
            Scanned scanned) {}

    /// @param keys each once; ascending, unless another order was asked for
    /// @param places for [#fetch]
    /// @param order the values that rows are ordered by, a column for each
    record Selected(Column keys, long[] places, List<Column> order) {
        public Selected(Column keys, long[] places) {
            this(keys, places, List.of());
        }
    }

    /// Figures of groups that are not finished: others may be added.
    ///
    /// @param groups the values of the groups, a column for each field, a row for each group
    /// @param sums for each figure what [Tally] needs to go on
    record Tallied(int count, List<Column> groups, List<List<Column>> sums) {}

    void search(Call call, Nearest question, Reply<Found> reply);

    /// What relevance must know of some terms: of all rows that are here at this moment, deleted ones included until a
    /// merge drops them, whatever a search filters.
    ///
    /// @param terms ascending as unsigned numbers, each once
    void terms(Call call, int field, int[] terms, Reply<TermFigures> reply);

    void scan(Call call, Matching question, Reply<Selected> reply);

    void count(Call call, Counting question, Reply<Long> reply);

    void aggregate(Call call, Aggregating question, Reply<Tallied> reply);

    /// The newest version of each of these keys, as far as they are here.
    void find(Call call, Column keys, Set<Long> partitions, Reply<Selected> reply);

    /// The values of some fields at places that this reader named: one column for each field, rows as in `places`,
    /// owned by the caller.
    void fetch(Call call, long[] places, List<Integer> fields, Reply<List<Column>> reply);

    /// What it would do, or with `analyze` what it did, as indented lines.
    void explain(Call call, Question question, boolean analyze, Reply<List<String>> reply);

    /// Roughly how long the answer will keep one worker busy.
    long estimateNanos(Question question);

    @Override
    void close();
}
