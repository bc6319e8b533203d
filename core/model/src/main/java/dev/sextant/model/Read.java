package dev.sextant.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

    /// At most `size` hits for each value of `fields` together; `limit` then counts groups.
    ///
    /// @param strict go on searching until each group is full
    /// @param scorer what a group of fused hits is worth
    /// @param cast how values of a place in JSON are compared; none means as texts
    record Grouping(List<String> fields, int size, boolean strict, Combination scorer, Optional<Cast> cast) {
        public Grouping {
            fields = List.copyOf(fields);
        }

        public Grouping(String field, int size, boolean strict) {
            this(List.of(field), size, strict, Combination.MAX, Optional.empty());
        }

        /// The same with other sizes of groups.
        public Grouping of(int otherSize) {
            return new Grouping(fields, otherSize, strict, scorer, cast);
        }
    }

    /// JSON values as another type.
    ///
    /// @param type BOOL, a whole number, or text
    /// @param strict refuse what is of another type, instead of taking it for null
    record Cast(FieldType type, boolean strict) {}

    /// By what rows are put in order; what ties goes by key.
    ///
    /// @param by a scalar field, a place in a JSON value, a dynamic key, or a column of the answer
    record Order(String by, boolean descending, boolean nullsFirst) {
        public static Order ascending(String by) {
            return new Order(by, false, false);
        }

        /// Nulls come first.
        public static Order descending(String by) {
            return new Order(by, true, true);
        }
    }

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
    /// @param order of the `offset + limit` best hits, before any are skipped; none means by score
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
            boolean sealedOnly,
            List<Order> order)
            implements Read<Hits> {
        public Search {
            partitions = List.copyOf(partitions);
            outputs = List.copyOf(outputs);
            order = List.copyOf(order);
        }

        /// The same among other rows.
        public Search among(Optional<Filter> rows) {
            return with(partitions, near, rows, limit, offset, outputs, grouping, order);
        }

        /// The same in other partitions.
        public Search in(List<String> others) {
            return with(others, near, filter, limit, offset, outputs, grouping, order);
        }

        /// By score.
        public Search(
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
                boolean sealedOnly) {
            this(
                    collection,
                    partitions,
                    near,
                    filter,
                    limit,
                    offset,
                    outputs,
                    grouping,
                    after,
                    roundDecimal,
                    sealedOnly,
                    List.of());
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
            return with(partitions, near, filter, limit, offset, names, grouping, order);
        }

        /// The same for something else.
        public Search looking(Near other) {
            if (other == near) return this;
            return with(partitions, other, filter, limit, offset, outputs, grouping, order);
        }

        public Search where(Filter condition) {
            return with(partitions, near, Optional.of(condition), limit, offset, outputs, grouping, order);
        }

        /// The same with groups, so many of them, from the first on.
        public Search grouped(Grouping by, int groups) {
            return with(partitions, near, filter, groups, 0, outputs, Optional.of(by), order);
        }

        /// The same in another order.
        public Search ordered(Order... by) {
            return with(partitions, near, filter, limit, offset, outputs, grouping, List.of(by));
        }

        private Search with(
                List<String> partitions,
                Near near,
                Optional<Filter> filter,
                int limit,
                int offset,
                List<String> outputs,
                Optional<Grouping> grouping,
                List<Order> order) {
            return new Search(
                    collection,
                    partitions,
                    near,
                    filter,
                    limit,
                    offset,
                    outputs,
                    grouping,
                    after,
                    roundDecimal,
                    sealedOnly,
                    order);
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

        /// The rows of all lists, by how well a text of theirs answers the query, as a model says that runs elsewhere.
        ///
        /// @param queries one for each query of the search
        /// @param parameters of the model: provider, model_name, endpoint …
        record Model(String field, List<String> queries, Map<String, String> parameters) implements Fusion {
            public Model {
                queries = List.copyOf(queries);
                parameters = Map.copyOf(parameters);
            }
        }

        /// The hits of one list, after some steps.
        record Chain(List<Link> links) implements Fusion {
            public Chain {
                links = List.copyOf(links);
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
    /// @param boosts what weighs its hits before they are fused
    /// @param sealedOnly rows that are still collected in memory are not looked at
    record Part(
            Near near,
            Optional<Filter> filter,
            int limit,
            Optional<Collapse> collapse,
            Optional<Fusion.Boosts> boosts,
            boolean sealedOnly) {
        public Part(Near near, Optional<Filter> filter, int limit) {
            this(near, filter, limit, Optional.empty());
        }

        public Part(Near near, Optional<Filter> filter, int limit, Optional<Collapse> collapse) {
            this(near, filter, limit, collapse, Optional.empty(), false);
        }

        /// The same for something else.
        public Part looking(Near other) {
            return new Part(other, filter, limit, collapse, boosts, sealedOnly);
        }

        /// The same among other rows.
        public Part among(Optional<Filter> rows) {
            return new Part(near, rows, limit, collapse, boosts, sealedOnly);
        }

        /// The same, weighed.
        public Part boosted(Optional<Fusion.Boosts> by) {
            return new Part(near, filter, limit, collapse, by, sealedOnly);
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

        /// The same in other partitions.
        public HybridSearch in(List<String> others) {
            return new HybridSearch(collection, others, parts, fusion, limit, offset, outputs, grouping, roundDecimal);
        }

        /// The same of other parts.
        public HybridSearch of(List<Part> others) {
            return new HybridSearch(
                    collection, partitions, others, fusion, limit, offset, outputs, grouping, roundDecimal);
        }
    }

    /// The rows that match, by ascending key or in another order.
    ///
    /// @param limit none means all of them; an order needs one
    record Query(
            String collection,
            List<String> partitions,
            Optional<Filter> filter,
            List<String> outputs,
            OptionalInt limit,
            int offset,
            boolean sealedOnly,
            List<Order> order)
            implements Read<Records> {
        public Query {
            partitions = List.copyOf(partitions);
            outputs = List.copyOf(outputs);
            order = List.copyOf(order);
        }

        /// By ascending key.
        public Query(
                String collection,
                List<String> partitions,
                Optional<Filter> filter,
                List<String> outputs,
                OptionalInt limit,
                int offset,
                boolean sealedOnly) {
            this(collection, partitions, filter, outputs, limit, offset, sealedOnly, List.of());
        }

        /// The same among other rows.
        public Query among(Optional<Filter> rows) {
            return new Query(collection, partitions, rows, outputs, limit, offset, sealedOnly, order);
        }

        /// The same in other partitions.
        public Query in(List<String> others) {
            return new Query(collection, others, filter, outputs, limit, offset, sealedOnly, order);
        }

        /// The same in another order.
        public Query ordered(Order... by) {
            return new Query(collection, partitions, filter, outputs, limit, offset, sealedOnly, List.of(by));
        }
    }

    /// Figures of the rows that match, in one group or in as many as there are values of `groups`; versions of one key
    /// count apart. The answer has a row for each group: the columns of `groups`, then those of `figures`. Without
    /// groups it has one row, whatever matches.
    ///
    /// @param order by columns of the answer; what ties goes by the values of the groups
    /// @param limit none means all groups
    record Aggregate(
            String collection,
            List<String> partitions,
            Optional<Filter> filter,
            List<String> groups,
            List<Figure> figures,
            List<Order> order,
            OptionalInt limit,
            int offset,
            boolean sealedOnly)
            implements Read<Records> {
        public Aggregate {
            partitions = List.copyOf(partitions);
            groups = List.copyOf(groups);
            figures = List.copyOf(figures);
            order = List.copyOf(order);
        }

        /// The same among other rows.
        public Aggregate among(Optional<Filter> rows) {
            return new Aggregate(collection, partitions, rows, groups, figures, order, limit, offset, sealedOnly);
        }

        /// The same in other partitions.
        public Aggregate in(List<String> others) {
            return new Aggregate(collection, others, filter, groups, figures, order, limit, offset, sealedOnly);
        }

        /// Of all rows of a collection.
        public static Aggregate of(String collection, List<String> groups, Figure... figures) {
            return new Aggregate(
                    collection,
                    List.of(),
                    Optional.empty(),
                    groups,
                    List.of(figures),
                    List.of(),
                    OptionalInt.empty(),
                    0,
                    false);
        }
    }

    /// One figure of a group. Nulls are left out; of nothing but nulls, a count is 0 and everything else null.
    ///
    /// @param field `*` counts rows
    /// @param name of its column in the answer
    record Figure(Calculation calculation, String field, String name) {
        private static final Pattern WRITTEN =
                Pattern.compile("\\s*(count|sum|avg|min|max)\\s*\\(\\s*(.*?)\\s*\\)\\s*", Pattern.CASE_INSENSITIVE);

        /// `sum(price)`, whose column is called as it is written.
        public static Optional<Figure> parse(String written) {
            var matcher = WRITTEN.matcher(written);
            return matcher.matches()
                    ? Optional.of(new Figure(Calculation.of(matcher.group(1)).orElseThrow(), matcher.group(2), written))
                    : Optional.empty();
        }
    }

    enum Calculation {
        COUNT("count"),
        SUM("sum"),
        AVERAGE("avg"),
        LEAST("min"),
        MOST("max");

        public final String word;

        Calculation(String word) {
            this.word = word;
        }

        public static Optional<Calculation> of(String word) {
            return Stream.of(values())
                    .filter(one -> one.word.equalsIgnoreCase(word))
                    .findFirst();
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

    /// The hits of a search in buckets; limit, offset and grouping of the search mean nothing.
    record Bucketed(Search search, Buckets.Level level) implements Read<Buckets.Found> {
        @Override
        public String collection() {
            return search.collection();
        }
    }

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
