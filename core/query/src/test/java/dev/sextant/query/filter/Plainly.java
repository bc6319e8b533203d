package dev.sextant.query.filter;

import dev.sextant.model.Expression;
import dev.sextant.model.Expression.Comparison;
import dev.sextant.model.Expression.Step;
import dev.sextant.model.Value;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The meaning of filters once more, a row at a time and as slow as it likes: true, false, or null for unknown. Reads
/// the expression, so it shares nothing with what it checks.
final class Plainly {
    /// A place in a JSON value or array that is not there.
    private static final Object ABSENT = new Object();

    private final Map<String, Value> values;

    Plainly(Map<String, Value> values) {
        this.values = values;
    }

    /// @param row plain objects by field name; JSON as maps, lists, Long, Double, String, Boolean, null
    Boolean holds(Expression expression, Map<String, Object> row) {
        return switch (expression) {
            case Expression.Literal(Value.Bool(var truth)) -> truth;
            case Expression.And(var operands) -> and(operands, row);
            case Expression.Or(var operands) ->
                not(and(operands.stream().<Expression>map(Expression.Not::new).toList(), row));
            case Expression.Not(var operand) -> not(holds(operand, row));
            case Expression.Compare(var comparison, var left, var right) ->
                isConstant(left)
                        ? compare(comparison.mirrored(), right, constant(left), row)
                        : isConstant(right)
                                ? compare(comparison, left, constant(right), row)
                                : columns(
                                        comparison,
                                        ((Expression.Name) left).name(),
                                        ((Expression.Name) right).name(),
                                        row);
            case Expression.Between(var lower, var lowerIn, var middle, var upper, var upperIn) ->
                and(
                        compare(
                                lowerIn ? Comparison.GREATER_OR_EQUAL : Comparison.GREATER,
                                middle,
                                constant(lower),
                                row),
                        compare(upperIn ? Comparison.LESS_OR_EQUAL : Comparison.LESS, middle, constant(upper), row));
            case Expression.In(var operand, var items, var negated) -> {
                var list = ((Value.Items) constant(items)).items();
                var found = place(operand, row);
                if (found == null) yield null;
                boolean in = list.stream().anyMatch(item -> equal(found, item, isFloat(operand)));
                yield in != negated;
            }
            case Expression.Like(var operand, var pattern) -> {
                var found = place(operand, row);
                yield found == null
                        ? null
                        : found instanceof String text
                                && text.matches(regexOf(((Value.Text) constant(pattern)).value()));
            }
            case Expression.Regex(var operand, var pattern, var negated) -> {
                var found = place(operand, row);
                if (found == null) yield null;
                boolean matches = found instanceof String text
                        && java.util.regex.Pattern.compile(
                                        ((Value.Text) constant(pattern)).value(), java.util.regex.Pattern.DOTALL)
                                .matcher(text)
                                .find();
                yield matches != negated;
            }
            case Expression.Exists(var operand) -> {
                var found = place(operand, row);
                yield found != null && found != ABSENT && !isEmpty(found);
            }
            case Expression.IsNull(Expression.Name(var name), var negated)
            when row.containsKey(name) -> row.get(name) == null != negated;
            case Expression.IsNull(var operand, var negated) -> !holds(new Expression.Exists(operand), row) != negated;
            case Expression.Call call -> call(call, row);
            default -> throw new AssertionError(expression);
        };
    }

    private Boolean and(List<Expression> operands, Map<String, Object> row) {
        Boolean all = true;
        for (var operand : operands) all = and(all, holds(operand, row));
        return all;
    }

    private static Boolean and(Boolean a, Boolean b) {
        if (Boolean.FALSE.equals(a) || Boolean.FALSE.equals(b)) return false;
        return a == null || b == null ? null : Boolean.TRUE;
    }

    private static Boolean not(Boolean a) {
        return a == null ? null : Boolean.valueOf(!a);
    }

    private boolean isConstant(Expression expression) {
        return expression instanceof Expression.Literal
                || expression instanceof Expression.Template
                || expression instanceof Expression.Items;
    }

    private Value constant(Expression expression) {
        return switch (expression) {
            case Expression.Literal(var value) -> value;
            case Expression.Template(var name) -> values.get(name);
            case Expression.Items(var items) ->
                new Value.Items(items.stream().map(this::constant).toList());
            default -> throw new AssertionError(expression);
        };
    }

    /// What is at a place: null when the whole column is null, ABSENT when the place is not there.
    private Object place(Expression expression, Map<String, Object> row) {
        return switch (expression) {
            case Expression.Name(var name) ->
                row.containsKey(name) ? row.get(name) : inside(row.get("$meta"), List.of(new Step.Key(name)));
            case Expression.Path(var root, var steps) -> {
                if (row.containsKey(root)) yield row.get(root) == null ? null : inside(row.get(root), steps);
                var all = new java.util.ArrayList<Step>(List.of(new Step.Key(root)));
                all.addAll(steps);
                yield inside(row.get("$meta"), all);
            }
            default -> throw new AssertionError(expression);
        };
    }

    private static Object inside(Object value, List<Step> steps) {
        for (var step : steps) {
            switch (step) {
                case Step.Key(var key) -> {
                    if (!(value instanceof Map<?, ?> map) || !map.containsKey(key)) return ABSENT;
                    value = map.get(key);
                }
                case Step.Index(var index) -> {
                    if (!(value instanceof List<?> list) || index >= list.size()) return ABSENT;
                    value = list.get(index);
                }
                case Step.Sub _ -> throw new AssertionError(step);
            }
            if (value == null) value = NULL;
        }
        return value;
    }

    /// A JSON null, which is a value.
    private static final Object NULL = new Object();

    private Boolean compare(Comparison comparison, Expression operand, Value constant, Map<String, Object> row) {
        if (operand instanceof Expression.Call(var function, var arguments, _) && function.equals("array_length")) {
            var array = place(arguments.getFirst(), row);
            if (array == null) return null;
            return array instanceof List<?> list
                    && holds(comparison, Long.compare(list.size(), ((Value.Int) constant).value()));
        }
        if (operand instanceof Expression.Arithmetic) return arithmetic(comparison, operand, constant, row);
        var found = place(operand, row);
        if (found == null) return null;
        boolean element = operand instanceof Expression.Path path && row.get(path.root()) instanceof Elements;
        if (element && found == ABSENT) return false;
        boolean unequal = comparison == Comparison.NOT_EQUAL;
        if (unequal || comparison == Comparison.EQUAL) return equal(found, constant, isFloat(operand)) != unequal;
        var order = order(found, constant, isFloat(operand));
        return order != null && holds(comparison, order);
    }

    private Boolean arithmetic(Comparison comparison, Expression operand, Value constant, Map<String, Object> row) {
        Object found = number(operand, row);
        if (found == null) return null;
        boolean unequal = comparison == Comparison.NOT_EQUAL;
        if (found == ABSENT) return unequal;
        if (Double.isNaN(((Number) found).doubleValue())) return unequal; // the root of a negative number is no number
        int order = found instanceof Long whole && constant instanceof Value.Int(var other)
                ? Long.compare(whole, other)
                : Double.compare(((Number) found).doubleValue(), number(constant));
        return holds(comparison, order);
    }

    private Object number(Expression expression, Map<String, Object> row) {
        if (!(expression instanceof Expression.Arithmetic(var operator, var left, var right))) {
            var found = place(expression, row);
            if (found == null) return null;
            if (found instanceof Float real) return real.doubleValue();
            return found instanceof Number ? found : ABSENT;
        }
        var found = number(left, row);
        if (found == null || found == ABSENT) return found;
        var constant = constant(right);
        if (found instanceof Long a && constant instanceof Value.Int(var b))
            return switch (operator) {
                case ADD -> a + b;
                case SUBTRACT -> a - b;
                case MULTIPLY -> a * b;
                case DIVIDE -> a / b;
                case MODULO -> a % b;
                case POWER ->
                    BigInteger.valueOf(a)
                            .pow((int) b)
                            .min(BigInteger.valueOf(Long.MAX_VALUE))
                            .max(BigInteger.valueOf(Long.MIN_VALUE))
                            .longValueExact();
                case BIT_AND -> a & b;
                case BIT_OR -> a | b;
                case BIT_XOR -> a ^ b;
                default -> throw new AssertionError(operator);
            };
        double a = ((Number) found).doubleValue();
        double b = number(constant);
        return switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case POWER -> Math.pow(a, b);
            case MODULO, BIT_AND, BIT_OR, BIT_XOR -> ABSENT;
            default -> throw new AssertionError(operator);
        };
    }

    private static Boolean columns(Comparison comparison, String left, String right, Map<String, Object> row) {
        var a = row.get(left);
        var b = row.get(right);
        if (a == null || b == null) return null;
        if (a instanceof String x) return holds(comparison, x.compareTo((String) b));
        if (a instanceof Long x && b instanceof Long y) return holds(comparison, Long.compare(x, y));
        return holds(comparison, Double.compare(((Number) a).doubleValue(), ((Number) b).doubleValue()));
    }

    private static boolean holds(Comparison comparison, int order) {
        return switch (comparison) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }

    private static boolean isFloat(Expression operand) {
        return operand instanceof Expression.Name(var name) && name.equals("f");
    }

    private static boolean equal(Object found, Value constant, boolean narrow) {
        if (found instanceof List<?> list) {
            if (!(constant instanceof Value.Items(var items)) || items.size() != list.size()) return false;
            for (int i = 0; i < list.size(); i++)
                if (list.get(i) == null || !equal(list.get(i), items.get(i), narrow)) return false;
            return true;
        }
        return Objects.equals(order(found, constant, narrow), 0);
    }

    /// Null when they cannot be ordered.
    private static Integer order(Object found, Value constant, boolean narrow) {
        return switch (constant) {
            case Value.Bool(var truth) -> found instanceof Boolean b ? Boolean.compare(b, truth) : null;
            case Value.Text(var text) -> found instanceof String s ? s.compareTo(text) : null;
            case Value.Int(var number) when found instanceof Long whole -> Long.compare(whole, number);
            case Value.Int _, Value.Real _ ->
                found instanceof Number real
                        ? Double.compare(real.doubleValue(), narrow ? (float) number(constant) : number(constant))
                        : null;
            case Value.Items _, Value.Null _, Value.Bytes _ -> null;
        };
    }

    private static double number(Value value) {
        return value instanceof Value.Int(var whole) ? whole : ((Value.Real) value).value();
    }

    private Boolean call(Expression.Call call, Map<String, Object> row) {
        if (call.function().equals("starts_with") || call.function().equals("empty")) {
            var text = (String) place(call.arguments().getFirst(), row);
            if (text == null) return null;
            return call.function().equals("empty")
                    ? text.isEmpty()
                    : text.startsWith(((Value.Text) constant(call.arguments().get(1))).value());
        }
        var argument = constant(call.arguments().get(1));
        boolean all = call.function().endsWith("_all");
        boolean any = call.function().endsWith("_any");
        var wanted = all || any ? ((Value.Items) argument).items() : List.of(argument);
        if (wanted.isEmpty()) return all;
        var found = place(call.arguments().getFirst(), row);
        if (found == null) return null;
        if (!(found instanceof List<?> list)) return false;
        return all
                ? wanted.stream()
                        .allMatch(value ->
                                list.stream().anyMatch(element -> element != null && equal(element, value, false)))
                : wanted.stream()
                        .anyMatch(value ->
                                list.stream().anyMatch(element -> element != null && equal(element, value, false)));
    }

    private static boolean isEmpty(Object value) {
        if (value == null || value == NULL) return true;
        if (value instanceof Map<?, ?> map) return map.values().stream().allMatch(Plainly::isEmpty);
        return value instanceof List<?> list && list.stream().allMatch(Plainly::isEmpty);
    }

    private static String regexOf(String like) {
        var regex = new StringBuilder("(?s)");
        for (int i = 0; i < like.length(); ) {
            int c = like.codePointAt(i);
            i += Character.charCount(c);
            if (c == '\\' && i < like.length()) {
                c = like.codePointAt(i);
                i += Character.charCount(c);
            } else if (c == '%' || c == '_') {
                regex.append(c == '%' ? ".*" : ".");
                continue;
            }
            regex.append(java.util.regex.Pattern.quote(Character.toString(c)));
        }
        return regex.toString();
    }

    /// The elements of an array column, to be told from a JSON array.
    static final class Elements extends java.util.ArrayList<Object> {
        private static final long serialVersionUID = 1L;

        Elements(List<?> values) {
            super(values);
        }
    }
}
