package dev.sextant.query.filter;

import dev.sextant.model.Expression.Comparison;
import dev.sextant.model.Expression.Operator;
import dev.sextant.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Arithmetic and comparison of constants, done once while binding.
final class Constants {
    private Constants() {}

    /// @throws Wrong when the operation makes no sense for these
    static Value arithmetic(Operator operator, Value left, Value right) {
        if (!isNumber(left) || !isNumber(right))
            throw new Wrong(
                    "'" + operator.sign + "' can only be used between integer or floating or json field expressions");
        boolean whole = left instanceof Value.Int && right instanceof Value.Int;
        if (operator == Operator.MODULO && !whole) throw new Wrong("modulo can only apply on integer types");
        boolean bits = operator == Operator.BIT_AND || operator == Operator.BIT_OR || operator == Operator.BIT_XOR;
        if (bits && !whole) throw new Wrong("'" + operator.sign + "' can only apply on integer types");
        if ((operator == Operator.DIVIDE || operator == Operator.MODULO) && real(right) == 0)
            throw new Wrong(operator == Operator.DIVIDE ? "division by zero" : "modulo by zero");
        return whole && operator != Operator.POWER
                ? wholes(operator, whole(left), whole(right))
                : reals(operator, left, right);
    }

    private static Value wholes(Operator operator, long left, long right) {
        try {
            return Value.of(
                    switch (operator) {
                        case ADD -> Math.addExact(left, right);
                        case SUBTRACT -> Math.subtractExact(left, right);
                        case MULTIPLY -> Math.multiplyExact(left, right);
                        case DIVIDE -> Math.divideExact(left, right);
                        case MODULO -> left % right;
                        case BIT_AND -> left & right;
                        case BIT_OR -> left | right;
                        case BIT_XOR -> left ^ right;
                        case POWER, SHIFT_LEFT, SHIFT_RIGHT -> throw new AssertionError(operator);
                    });
        } catch (ArithmeticException _) {
            throw new Wrong("int64 overflow in " + left + " " + operator.sign + " " + right);
        }
    }

    private static Value reals(Operator operator, Value left, Value right) {
        double a = real(left);
        double b = real(right);
        return switch (operator) {
            case ADD -> Value.of(a + b);
            case SUBTRACT -> Value.of(a - b);
            case MULTIPLY -> Value.of(a * b);
            case DIVIDE -> Value.of(a / b);
            case POWER -> power(left, right);
            case MODULO, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> throw new AssertionError(operator);
        };
    }

    private static Value power(Value left, Value right) {
        double power = Math.pow(real(left), real(right));
        boolean whole = left instanceof Value.Int && right instanceof Value.Int(var exponent) && exponent >= 0;
        return whole && Math.abs(power) < 0x1p53 ? Value.of((long) power) : Value.of(power);
    }

    static boolean compare(Comparison comparison, Value left, Value right) {
        if (left instanceof Value.Items || right instanceof Value.Items) {
            if (comparison == Comparison.EQUAL) return left.equals(right);
            if (comparison == Comparison.NOT_EQUAL) return !left.equals(right);
        }
        return holds(comparison, order(left, right));
    }

    /// @throws Wrong when they are of different classes
    static int order(Value left, Value right) {
        if (left instanceof Value.Int(var a) && right instanceof Value.Int(var b)) return Long.compare(a, b);
        if (isNumber(left) && isNumber(right)) return Double.compare(real(left) + 0.0, real(right) + 0.0);
        if (left instanceof Value.Text(var a) && right instanceof Value.Text(var b))
            return Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
        if (left instanceof Value.Bool(var a) && right instanceof Value.Bool(var b)) return Boolean.compare(a, b);
        throw Wrong.comparing(left.word(), right.word());
    }

    static boolean holds(Comparison comparison, int order) {
        return switch (comparison) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }

    static boolean isNumber(Value value) {
        return value instanceof Value.Int || value instanceof Value.Real;
    }

    static double real(Value number) {
        return number instanceof Value.Int(var whole) ? whole : ((Value.Real) number).value();
    }

    private static long whole(Value number) {
        return ((Value.Int) number).value();
    }

    static String print(Value value) {
        return switch (value) {
            case Value.Null _ -> "null";
            case Value.Bool(var truth) -> Boolean.toString(truth);
            case Value.Int(var number) -> Long.toString(number);
            case Value.Real(var number) -> Double.toString(number);
            case Value.Text(var text) -> '"' + text + '"';
            case Value.Items(var items) ->
                items.stream().map(Constants::print).toList().toString();
            case Value.Bytes bytes -> bytes.toString();
        };
    }
}
