package dev.sextant.language;

import dev.sextant.model.Expression;
import dev.sextant.model.Expression.Comparison;
import dev.sextant.model.Expression.Operator;
import dev.sextant.model.Expression.Step;
import dev.sextant.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Grows random trees, each of which some text stands for.
final class Grower {
    private static final String[] NAMES = {
        "a",
        "year",
        "_x1",
        "iso",
        "interval",
        "threshold",
        "text_match",
        "is",
        "r",
        "in",
        "not",
        "AND",
        "true",
        "null",
        "名前",
        "a-b",
        "1st",
        "with blank",
        "\"",
        "\\",
        "😀"
    };
    private static final String[] PIECES = {
        "a", "Z", " ", "\"", "'", "\\", "\n", "\r", "\t", "\0", "%", "_", "中", "😀", "\u0085", "\u2028", "u0041", "x41",
        "101", "]", "{"
    };
    private static final String[] REGEX_PIECES = {
        "a", ".*", "\\d", "\\\\", "[x]", "\"", "'", "中", "\\t", "|", " ", "\\u", "\\."
    };
    private static final String[] PLAIN_FUNCTIONS = {
        "empty", "starts_with", "f", "in", "Text_Match", "Match_any", "größe"
    };
    private static final List<Step> SUB = List.of(new Step.Sub("sub"));

    private final SplittableRandom random;

    Grower(SplittableRandom random) {
        this.random = random;
    }

    Expression tree(int height) {
        if (height <= 1) return leaf();
        Supplier<Expression> inner = () -> tree(1 + random.nextInt(height - 1));
        return switch (random.nextInt(18)) {
            case 0 -> new Expression.Compare(one(Comparison.values()), inner.get(), inner.get());
            case 1 ->
                new Expression.Between(inner.get(), random.nextBoolean(), middle(), inner.get(), random.nextBoolean());
            case 2 -> new Expression.In(inner.get(), inner.get(), random.nextBoolean());
            case 3 -> new Expression.Like(inner.get(), random.nextBoolean() ? literal(text()) : inner.get());
            case 4 ->
                new Expression.Regex(
                        inner.get(), random.nextBoolean() ? literal(regex()) : inner.get(), random.nextBoolean());
            case 5 -> new Expression.Exists(inner.get());
            case 6 ->
                new Expression.IsNull(
                        random.nextBoolean() ? new Expression.Name(name()) : path(), random.nextBoolean());
            case 7 -> new Expression.Not(inner.get());
            case 8, 9 -> new Expression.And(several(2, inner));
            case 10, 11 -> new Expression.Or(several(2, inner));
            case 12, 13 -> new Expression.Arithmetic(one(Operator.values()), inner.get(), inner.get());
            case 14 -> new Expression.Unary("+-~".charAt(random.nextInt(3)), inner.get());
            case 15 -> new Expression.Items(several(0, inner));
            case 16 -> call(inner);
            default -> momentComparison();
        };
    }

    private Expression leaf() {
        return switch (random.nextInt(8)) {
            case 0 -> literal(text());
            case 1 -> new Expression.Literal(Value.of(random.nextBoolean()));
            case 2 -> new Expression.Literal(Value.of(number()));
            case 3 -> new Expression.Literal(Value.of(real()));
            case 4 -> new Expression.Template(name());
            case 5 -> new Expression.Name(random.nextInt(5) == 0 ? "$meta" : name());
            case 6 -> random.nextInt(3) == 0 ? new Expression.Path(name(), SUB) : path();
            default -> middle();
        };
    }

    /// What may stand between two bounds.
    private Expression middle() {
        return switch (random.nextInt(4)) {
            case 0 -> new Expression.Element(name());
            case 1 -> new Expression.Path(name(), List.of(new Step.Index(random.nextInt(9)), new Step.Sub(name())));
            case 2 -> path();
            default -> new Expression.Name(name());
        };
    }

    private Expression path() {
        var steps = new ArrayList<Step>();
        do steps.add(random.nextBoolean() ? new Step.Key(text()) : new Step.Index(random.nextInt(Integer.MAX_VALUE)));
        while (random.nextInt(3) == 0);
        return new Expression.Path(random.nextInt(4) == 0 ? "$meta" : name(), steps);
    }

    private Expression momentComparison() {
        Expression name = new Expression.Name(name());
        if (random.nextBoolean()) {
            var operator = random.nextBoolean() ? Operator.ADD : Operator.SUBTRACT;
            name = new Expression.Arithmetic(operator, name, new Expression.Interval(text()));
        }
        var moment = new Expression.Moment(text());
        var comparison = one(Comparison.values());
        return random.nextBoolean()
                ? new Expression.Compare(comparison, name, moment)
                : new Expression.Compare(comparison, moment, name);
    }

    private Expression call(Supplier<Expression> inner) {
        if (random.nextInt(3) == 0) return new Expression.Call(one(PLAIN_FUNCTIONS), several(0, inner), Map.of());
        Form form = one(Form.values());
        var arguments = new ArrayList<Expression>();
        arguments.add(
                switch (form.first) {
                    case NAME -> new Expression.Name(name());
                    case COLUMN -> random.nextBoolean() ? new Expression.Path(name(), SUB) : path();
                    case ANYTHING -> inner.get();
                });
        int others = random.nextInt(form.fewestOthers, form.mostOthers + 1);
        for (int i = 0; i < others; i++) arguments.add(inner.get());
        boolean named = form.optionNeeded || form.option != Form.Option.NONE && random.nextBoolean();
        Expression option = form.option == Form.Option.TYPE
                ? literal(text())
                : new Expression.Literal(Value.of(random.nextInt(99)));
        return new Expression.Call(form.word, arguments, named ? Map.of(form.option.word, option) : Map.of());
    }

    private List<Expression> several(int fewest, Supplier<Expression> inner) {
        var all = new ArrayList<Expression>();
        int count = fewest + random.nextInt(3);
        for (int i = 0; i < count; i++) all.add(inner.get());
        return all;
    }

    private static Expression literal(String text) {
        return new Expression.Literal(Value.of(text));
    }

    private String name() {
        return one(NAMES);
    }

    private String text() {
        return pieces(PIECES);
    }

    private String regex() {
        return pieces(REGEX_PIECES);
    }

    private String pieces(String[] from) {
        var text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) text.append(one(from));
        return text.toString();
    }

    private long number() {
        return switch (random.nextInt(4)) {
            case 0 -> Long.MIN_VALUE;
            case 1 -> Long.MAX_VALUE;
            case 2 -> random.nextLong();
            default -> random.nextInt(-9, 10);
        };
    }

    private double real() {
        double number = Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(number) && random.nextBoolean() ? number : random.nextInt(-3, 4) * 0.5;
    }

    private <T> T one(T[] all) {
        return all[random.nextInt(all.length)];
    }
}
