package dev.sextant.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One step of what is done to the hits of a search after they are found, query by query. Steps read and write columns:
/// fields of the hits, [#SCORE], [#KEY], and what a step before them wrote. Without a [Sort] the order stays, whatever
/// becomes of the scores.
public sealed interface Link {
    /// The score of a hit; may be written.
    String SCORE = "$score";

    /// The primary key of a hit.
    String KEY = "$id";

    /// Writes a column.
    record Put(String column, Term term) implements Link {}

    /// Nulls come last; what ties stays in its order, or goes by `tie` ascending.
    record Sort(String by, boolean descending, Optional<String> tie) implements Link {}

    record Limit(int limit, int offset) implements Link {}

    /// What is written, a number for each hit.
    sealed interface Term {
        /// What is left of 1 at the distance of a value from `origin`; of null, 0.
        record Decay(String column, Read.Curve curve, double origin, double scale, double offset, double decay)
                implements Term {}

        /// Several numbers as one; null counts as 0.
        ///
        /// @param weights for [Mode#WEIGHTED], one a column
        record Combine(List<String> columns, Mode mode, List<Double> weights) implements Term {
            public Combine {
                columns = List.copyOf(columns);
                weights = List.copyOf(weights);
            }
        }

        /// @param digits 0 to 6
        record Round(String column, int digits) implements Term {}

        /// How well a text answers its query, as a model says that runs elsewhere; a text that is null is an empty one.
        ///
        /// @param queries one for each query of the search
        /// @param parameters of the model: provider, model_name, endpoint …
        record Judge(String column, List<String> queries, Map<String, String> parameters) implements Term {
            public Judge {
                queries = List.copyOf(queries);
                parameters = Map.copyOf(parameters);
            }
        }

        /// What a model of boosted trees makes of several numbers, one of which may be null.
        ///
        /// @param columns in the order that the model learnt them in
        /// @param model the name that its file was given ([Operate.AddFileResource])
        /// @param margin whether what the trees add up to stays as it is, or becomes what the model was trained to say
        record Trees(List<String> columns, String model, boolean margin) implements Term {
            public Trees {
                columns = List.copyOf(columns);
            }
        }

        /// The columns that it reads.
        default List<String> reads() {
            return switch (this) {
                case Trees trees -> trees.columns;
                case Decay decay -> List.of(decay.column);
                case Combine combine -> combine.columns;
                case Round round -> List.of(round.column);
                case Judge judge -> List.of(judge.column);
            };
        }
    }

    enum Mode {
        MULTIPLY,
        SUM,
        MAX,
        MIN,
        AVERAGE,
        WEIGHTED
    }

    /// The columns that it reads.
    default List<String> reads() {
        return switch (this) {
            case Put(_, var term) -> term.reads();
            case Sort(var by, _, var tie) ->
                tie.map(other -> List.of(by, other)).orElse(List.of(by));
            case Limit _ -> List.of();
        };
    }
}
