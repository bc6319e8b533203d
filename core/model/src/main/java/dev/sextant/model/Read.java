package dev.sextant.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// Statements that return rows.
public sealed interface Read<R> extends Statement<R> {
    String collection();

    /// What a search looks for.
    sealed interface Target {
        /// One query per row: [Column.Dense] or [Column.Sparse]. In a field of arrays of vectors a query that is one
        /// vector finds elements; one that is a list of them ([Column.Lists] of dense vectors) finds rows, by the sum
        /// over its vectors of how near the nearest element is.
        record Vectors(Column queries) implements Target {}

        /// Texts, made into vectors by the function that makes the searched field.
        ///
        /// @param analyzer of those of a field in several languages; empty for the default one
        record Texts(List<String> texts, String analyzer) implements Target {
            public Texts {
                texts = List.copyOf(texts);
            }
        }

        /// The vectors stored under these keys.
        record Keys(Column keys) implements Target {}

        default int count() {
            return switch (this) {
                case Vectors(var queries) -> queries.rows();
                case Texts(var texts, _) -> texts.size();
                case Keys(var keys) -> keys.rows();
            };
        }
    }

    /// The rows nearest to a vector.
    ///
    /// @param field empty when the collection has one vector field
    /// @param metric refused when it is not the index' own
    /// @param parameters of the index: ef, nprobe …; unknown ones are ignored
    /// @param radius the worst score allowed, exclusive
    /// @param rangeFilter the best score allowed, inclusive; only with a radius
    record Near(
            String field,
            Target target,
            Optional<Metric> metric,
            Map<String, String> parameters,
            OptionalDouble radius,
            OptionalDouble rangeFilter) {
        public Near {
            parameters = Map.copyOf(parameters);
        }

        public static Near of(String field, Column queries) {
            return of(field, new Target.Vectors(queries));
        }

        /// The same for something else.
        public Near looking(Target other) {
            return new Near(field, other, metric, parameters, radius, rangeFilter);
        }

        public static Near of(String field, Target target) {
            return new Near(field, target, Optional.empty(), Map.of(), OptionalDouble.empty(), OptionalDouble.empty());
        }
    }

    /// At most `size` hits for each value of `field`; `limit` then counts groups.
    ///
    /// @param strict go on searching until each group is full
    record Grouping(String field, int size, boolean strict) {}

    /// Continue behind the hit (score, key) of the page before: an order without ties, so nothing is skipped or
    /// repeated.
    ///
    /// @param element of the row, in a search that finds elements
    record After(float score, Value key, OptionalInt element) {
        public After(float score, Value key) {
            this(score, key, OptionalInt.empty());
        }
    }

    /// @param partitions none means all
    /// @param outputs field names, dynamic keys, or `*`
    /// @param roundDecimal digits of the scores, -1 for all
    /// @param sealedOnly ignore rows that are not yet in a segment
    record Search(
            String collection,
            List<String> partitions,
            Near near,
            Optional<Filter> filter,
            int limit,
            int offset,
            List<String> outputs,
            Optional<Grouping> grouping,
            Optional<After> after,
            int roundDecimal,
            boolean sealedOnly)
            implements Read<Hits> {
        public Search {
            partitions = List.copyOf(partitions);
            outputs = List.copyOf(outputs);
        }

        /// The `limit` nearest rows of one field.
        public static Search of(String collection, String field, Column queries, int limit, String... outputs) {
            return new Search(
                    collection,
                    List.of(),
                    Near.of(field, queries),
                    Optional.empty(),
                    limit,
                    0,
                    List.of(outputs),
                    Optional.empty(),
                    Optional.empty(),
                    -1,
                    false);
        }

        /// The same with other fields.
        public Search returning(List<String> names) {
            return new Search(
                    collection,
                    partitions,
                    near,
                    filter,
                    limit,
                    offset,
                    names,
                    grouping,
                    after,
                    roundDecimal,
                    sealedOnly);
        }

        /// The same for something else.
        public Search looking(Near other) {
            return new Search(
                    collection,
                    partitions,
                    other,
                    filter,
                    limit,
                    offset,
                    outputs,
                    grouping,
                    after,
                    roundDecimal,
                    sealedOnly);
        }

        public Search where(Filter condition) {
            return new Search(
                    collection,
                    partitions,
                    near,
                    Optional.of(condition),
                    limit,
                    offset,
                    outputs,
                    grouping,
                    after,
                    roundDecimal,
                    sealedOnly);
        }
    }

    /// How the lists of several searches become one.
    sealed interface Fusion {
        /// Sum of 1 / (k + rank).
        record ReciprocalRank(double k) implements Fusion {}

        /// The score, times what is left of it at the distance of a field's value from `origin`: all of it
        /// within `offset`, the share `decay` at `scale` beyond. A row without a value has the score 0.
        record Decay(
                String field,
                Curve curve,
                double origin,
                double scale,
                double offset,
                double decay,
                Combination combination,
                boolean normalised)
                implements Fusion {}

        /// The hits of one list, each weighed by the boosts whose condition it meets; a hit that meets none keeps its
        /// score. What is a score and not a distance rises with a weight above 1.
        ///
        /// @param functionsAdd what several boosts give a hit is added, else multiplied
        /// @param scoresAdd what they give is added to the score, else multiplied with it
        record Boosts(List<Boost> functions, boolean functionsAdd, boolean scoresAdd) implements Fusion {
            public Boosts {
                functions = List.copyOf(functions);
            }
        }

        /// Weighted sum of scores, normalised to [0, 1] first when asked.
        record Weighted(List<Double> weights, boolean normalised) implements Fusion {
            public Weighted {
                weights = List.copyOf(weights);
            }
        }
    }

    /// What some hits are worth more, or less.
    ///
    /// @param filter which ones; none means all
    /// @param chance makes the weight a random share of itself
    record Boost(double weight, Optional<Filter> filter, Optional<Chance> chance) {}

    /// Numbers that look random and are always the same for a seed and a value.
    ///
    /// @param field whose whole numbers they depend on; none means the primary key
    record Chance(long seed, Optional<String> field) {}

    /// How a value that lies off is worth less.
    enum Curve {
        GAUSS,
        EXPONENTIAL,
        LINEAR
    }

    /// How the scores that a row has in several lists become one.
    enum Combination {
        MAX,
        SUM,
        AVERAGE
    }

    /// One of the searches of a [HybridSearch]: `limit` is the length of its own list.
    ///
    /// @param collapse how elements that are found become rows; none where all parts find elements of one struct, and
    ///     the fused hits are elements then
    record Part(Near near, Optional<Filter> filter, int limit, Optional<Collapse> collapse) {
        public Part(Near near, Optional<Filter> filter, int limit) {
            this(near, filter, limit, Optional.empty());
        }
    }

    /// What a row is worth by those of its elements that were found: their best score, the sum of the scores, or the
    /// average.
    ///
    /// @param most only so many of the best ones count
    record Collapse(Combination combination, OptionalInt most) {
        public static final Collapse BEST = new Collapse(Combination.MAX, OptionalInt.empty());
    }

    record HybridSearch(
            String collection,
            List<String> partitions,
            List<Part> parts,
            Fusion fusion,
            int limit,
            int offset,
            List<String> outputs,
            Optional<Grouping> grouping,
            int roundDecimal)
            implements Read<Hits> {
        public HybridSearch {
            partitions = List.copyOf(partitions);
            parts = List.copyOf(parts);
            outputs = List.copyOf(outputs);
        }

        /// The same of other parts.
        public HybridSearch of(List<Part> others) {
            return new HybridSearch(
                    collection, partitions, others, fusion, limit, offset, outputs, grouping, roundDecimal);
        }
    }

    /// The rows that match, by ascending key.
    ///
    /// @param limit none means all of them
    record Query(
            String collection,
            List<String> partitions,
            Optional<Filter> filter,
            List<String> outputs,
            OptionalInt limit,
            int offset,
            boolean sealedOnly)
            implements Read<Records> {
        public Query {
            partitions = List.copyOf(partitions);
            outputs = List.copyOf(outputs);
        }
    }

    /// How many rows match; versions of one key count apart.
    record Count(String collection, List<String> partitions, Optional<Filter> filter, boolean sealedOnly)
            implements Read<Counted> {
        public Count {
            partitions = List.copyOf(partitions);
        }
    }

    record Counted(long rows, long timestamp) {}

    /// The plan of a read; with `analyze` it is run and the plan carries what happened.
    record Explain(Read<?> read, boolean analyze) implements Read<Explanation> {
        @Override
        public String collection() {
            return read.collection();
        }
    }

    /// A plan as text, a line for each step, indented by depth.
    record Explanation(List<String> lines) {
        public Explanation {
            lines = List.copyOf(lines);
        }
    }
}
