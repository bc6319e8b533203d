package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Link;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/// Hits on their way through the steps of a chain: which are left and in what order, their scores, and the columns that
/// steps wrote. Everything is addressed by the row that a hit had in the beginning, so that what was fetched once is
/// never moved. One thread at a time.
final class Chaining {
    private static final long TEXT_BYTES = 64; // of a string but for its characters
    private static final int ROWS_BETWEEN = 1_024; // so many in between two looks at whether anybody still waits

    private final Winners begun;
    private final Map<String, Column> fields; // what the steps read of the hits
    private final Map<String, double[]> written = new HashMap<>(); // NaN is null
    private final double[] scores;
    private int[] counts;
    private int[] rows; // those that are left, query by query
    private final Room room;
    private final Patience patience;

    /// @param fields columns of the hits, by name
    /// @param room pays for the columns that are written
    Chaining(Winners begun, Map<String, Column> fields, Room room, Patience patience) {
        this.begun = begun;
        this.fields = fields;
        this.room = room;
        this.patience = patience;
        room.take(2 * columnBytes()); // the scores, and a column on its way
        counts = begun.counts();
        rows = Sorting.range(0, begun.total());
        scores = new double[rows.length];
        for (int i = 0; i < scores.length; i++) scores[i] = begun.scores()[i];
    }

    /// What is asked of a model on the way.
    interface Judging {
        /// @param texts for each query
        void judge(Link.Term.Judge judge, List<List<String>> texts, Consumer<List<double[]>> then);

        void trees(Link.Term.Trees trees, Consumer<Models.Scorer> then);
    }

    private long columnBytes() {
        return (long) Double.BYTES * begun.total();
    }

    /// Takes the steps from `at` on, then goes on with what is left.
    void run(List<Link> links, int at, Judging judging, Consumer<Winners> then) {
        for (int step = at; step < links.size(); step++) {
            patience.run();
            switch (links.get(step)) {
                case Link.Put(var column, Link.Term.Judge judge) -> {
                    int next = step + 1;
                    long bytes = textBytes(judge.column());
                    room.take(bytes);
                    judging.judge(judge, texts(judge.column()), answers -> {
                        room.give(bytes);
                        write(column, spread(answers));
                        run(links, next, judging, then);
                    });
                    return;
                }
                case Link.Put(var column, Link.Term.Trees trees) -> {
                    int next = step + 1;
                    judging.trees(trees, scorer -> {
                        write(column, scored(trees, scorer));
                        run(links, next, judging, then);
                    });
                    return;
                }
                case Link.Put(var column, var term) -> write(column, values(term));
                case Link.Sort sort -> sort(sort);
                case Link.Limit(var limit, var offset) -> limit(limit, offset);
            }
        }
        then.accept(left());
    }

    private Winners left() {
        var newScores = new float[rows.length];
        for (int i = 0; i < rows.length; i++) newScores[i] = (float) scores[rows[i]];
        return begun.take(counts, rows).scored(newScores);
    }

    private void write(String column, double[] values) {
        if (!column.equals(Link.SCORE)) {
            if (!written.containsKey(column)) room.take(columnBytes());
            written.put(column, values);
            return;
        }
        for (int row : rows) scores[row] = Double.isNaN(values[row]) ? 0 : values[row];
    }

    private double[] values(Link.Term term) {
        var values = new double[begun.total()];
        for (int i = 0; i < rows.length; i++) {
            if (i % ROWS_BETWEEN == 0) patience.run();
            int row = rows[i];
            values[row] = switch (term) {
                case Link.Term.Decay decay -> decayed(decay, number(decay.column(), row));
                case Link.Term.Combine combine -> combined(combine, row);
                case Link.Term.Round(var column, var digits) -> rounded(number(column, row), digits);
                case Link.Term.Judge judge -> throw new IllegalStateException("unasked: " + judge.column());
                case Link.Term.Trees trees -> throw new IllegalStateException("unread: " + trees.model());
            };
        }
        return values;
    }

    private double[] scored(Link.Term.Trees trees, Models.Scorer scorer) {
        int columns = trees.columns().size();
        if (columns != scorer.columns())
            throw new Refused(new Refusal.InvalidParameter(
                    "function_chains",
                    "xgboost model '" + trees.model() + "' takes " + scorer.columns() + " feature columns, got "
                            + columns));
        var values = new double[begun.total()];
        var features = new float[columns];
        for (int i = 0; i < rows.length; i++) {
            if (i % ROWS_BETWEEN == 0) patience.run();
            for (int c = 0; c < columns; c++)
                features[c] = (float) number(trees.columns().get(c), rows[i]).orElse(Double.NaN);
            values[rows[i]] = scorer.of(features);
        }
        return values;
    }

    private static double decayed(Link.Term.Decay decay, OptionalDouble value) {
        return value.isEmpty()
                ? 0
                : Decaying.factor(
                        decay.curve(),
                        decay.origin(),
                        decay.scale(),
                        decay.offset(),
                        decay.decay(),
                        value.getAsDouble());
    }

    private double combined(Link.Term.Combine combine, int row) {
        double all = 0;
        for (int i = 0; i < combine.columns().size(); i++) {
            double value = number(combine.columns().get(i), row).orElse(0);
            all = i == 0 && combine.mode() != Link.Mode.WEIGHTED
                    ? value
                    : switch (combine.mode()) {
                        case MULTIPLY -> all * value;
                        case SUM, AVERAGE -> all + value;
                        case MAX -> Math.max(all, value);
                        case MIN -> Math.min(all, value);
                        case WEIGHTED -> all + combine.weights().get(i) * value;
                    };
        }
        return combine.mode() == Link.Mode.AVERAGE ? all / combine.columns().size() : all;
    }

    static double rounded(OptionalDouble value, int digits) {
        if (value.isEmpty()) return Double.NaN;
        double number = value.getAsDouble();
        double unit = Math.pow(10, digits);
        return Math.copySign(Math.floor(Math.abs(number) * unit + 0.5), number) / unit;
    }

    private OptionalDouble number(String column, int row) {
        if (column.equals(Link.SCORE)) return OptionalDouble.of(scores[row]);
        var own = written.get(column);
        if (own != null) return Double.isNaN(own[row]) ? OptionalDouble.empty() : OptionalDouble.of(own[row]);
        var field = column.equals(Link.KEY) ? begun.keys() : fields.get(column);
        return field.isNull(row) ? OptionalDouble.empty() : OptionalDouble.of(Decaying.value(field, row));
    }

    /// Of the texts as strings and as what is sent, at two bytes a character each.
    private long textBytes(String column) {
        var values = column(column);
        long bytes = 0;
        for (int row : rows) bytes += TEXT_BYTES + 4L * values.values().length(row);
        return bytes;
    }

    private Column.Texts column(String column) {
        return (Column.Texts) (column.equals(Link.KEY) ? begun.keys() : fields.get(column));
    }

    private List<List<String>> texts(String column) {
        var values = column(column);
        var texts = new ArrayList<List<String>>();
        int from = 0;
        for (int count : counts) {
            var own = new ArrayList<String>(count);
            for (int i = from; i < from + count; i++)
                own.add(values.isNull(rows[i]) ? "" : values.values().text(rows[i]));
            texts.add(own);
            from += count;
        }
        return texts;
    }

    private double[] spread(List<double[]> answers) {
        var values = new double[begun.total()];
        int at = 0;
        for (var own : answers) for (double value : own) values[rows[at++]] = value;
        assert at == rows.length : at + " scores for " + rows.length + " hits";
        return values;
    }

    private void sort(Link.Sort sort) {
        var order = order(sort.by(), sort.descending());
        var whole =
                sort.tie().map(tie -> Sorting.first(order, order(tie, false))).orElse(order);
        int from = 0;
        for (int count : counts) {
            patience.run();
            int begin = from;
            var sorted = Sorting.sorted(count, (a, b) -> whole.compare(rows[begin + a], rows[begin + b]));
            var own = new int[count];
            for (int i = 0; i < count; i++) own[i] = rows[begin + sorted[i]];
            System.arraycopy(own, 0, rows, begin, count);
            from += count;
        }
    }

    private Sorting.Order order(String column, boolean descending) {
        if (column.equals(Link.KEY)) return OrderField.by(begun.keys(), new Read.Order(column, descending, false));
        if (!column.equals(Link.SCORE) && !written.containsKey(column))
            return OrderField.by(fields.get(column), new Read.Order(column, descending, false));
        var values = column.equals(Link.SCORE) ? scores : written.get(column);
        return (a, b) -> {
            boolean none = Double.isNaN(values[a]);
            if (none || Double.isNaN(values[b])) return Boolean.compare(none, Double.isNaN(values[b]));
            int compared = Double.compare(values[a] + 0d, values[b] + 0d);
            return descending ? -compared : compared;
        };
    }

    private void limit(int limit, int offset) {
        var fewer = new int[counts.length];
        var left = new int[rows.length];
        int n = 0;
        for (int query = 0, from = 0; query < fewer.length; from += counts[query++])
            for (int i = Math.min(offset, counts[query]); i < counts[query] && fewer[query] < limit; i++) {
                left[n++] = rows[from + i];
                fewer[query]++;
            }
        counts = fewer;
        rows = Arrays.copyOf(left, n);
    }
}
