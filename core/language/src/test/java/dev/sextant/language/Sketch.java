package dev.sextant.language;

import static java.util.stream.Collectors.joining;

import dev.sextant.model.Expression;
import dev.sextant.model.Value;
import java.util.List;
import java.util.TreeMap;

/// A tree in prefix form, every node in brackets: what the tables of these tests show.
final class Sketch {
    private Sketch() {}

    static String of(Expression expression) {
        return switch (expression) {
            case Expression.Literal(var value) -> value(value);
            case Expression.Template(var name) -> "{" + name + "}";
            case Expression.Items(var items) -> items.stream().map(Sketch::of).collect(joining(" ", "[", "]"));
            case Expression.Name(var name) -> name;
            case Expression.Path(var root, var steps) ->
                root + steps.stream().map(Sketch::step).collect(joining());
            case Expression.Element(var field) -> "$." + field;
            case Expression.Compare(var comparison, var left, var right) -> node(comparison.sign, left, right);
            case Expression.Between(var lower, var lowerInclusive, var middle, var upper, var upperInclusive) ->
                node("between" + (lowerInclusive ? "[" : "(") + (upperInclusive ? "]" : ")"), lower, middle, upper);
            case Expression.In(var operand, var items, var negated) -> node(negated ? "not-in" : "in", operand, items);
            case Expression.Like(var operand, var pattern) -> node("like", operand, pattern);
            case Expression.Regex(var operand, var pattern, var negated) ->
                node(negated ? "!~" : "=~", operand, pattern);
            case Expression.Exists(var operand) -> node("exists", operand);
            case Expression.IsNull(var operand, var negated) -> node(negated ? "is-not-null" : "is-null", operand);
            case Expression.Not(var operand) -> node("not", operand);
            case Expression.And(var operands) -> node("and", operands.toArray(Expression[]::new));
            case Expression.Or(var operands) -> node("or", operands.toArray(Expression[]::new));
            case Expression.Arithmetic(var operator, var left, var right) -> node(operator.sign, left, right);
            case Expression.Unary(var sign, var operand) -> node("unary" + sign, operand);
            case Expression.Call(var function, var arguments, var named) -> {
                String options = new TreeMap<>(named)
                        .entrySet().stream()
                                .map(entry -> " " + entry.getKey() + "=" + of(entry.getValue()))
                                .collect(joining());
                yield node(function, arguments.toArray(Expression[]::new)).replaceFirst("\\)$", "") + options + ")";
            }
            case Expression.Moment(var iso) -> "@" + iso;
            case Expression.Interval(var iso) -> "~" + iso;
        };
    }

    private static String node(String word, Expression... children) {
        return "(" + word
                + List.of(children).stream().map(child -> " " + of(child)).collect(joining()) + ")";
    }

    private static String step(Expression.Step step) {
        return switch (step) {
            case Expression.Step.Key(var key) -> ".'" + key + "'";
            case Expression.Step.Index(var index) -> "." + index;
            case Expression.Step.Sub(var field) -> "." + field;
        };
    }

    private static String value(Value value) {
        return switch (value) {
            case Value.Null _ -> "null";
            case Value.Bool(var bool) -> Boolean.toString(bool);
            case Value.Int(var number) -> Long.toString(number);
            case Value.Real(var number) -> Double.toString(number);
            case Value.Text(var text) -> "'" + text + "'";
            case Value.Items(var items) -> items.stream().map(Sketch::value).collect(joining(" ", "[", "]"));
            case Value.Bytes bytes -> bytes.toString();
        };
    }
}
