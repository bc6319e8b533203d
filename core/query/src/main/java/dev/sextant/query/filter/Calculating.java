package dev.sextant.query.filter;

import dev.sextant.model.Expression.Operator;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Value;
import dev.sextant.query.filter.Operand.Constant;
import dev.sextant.query.filter.Operand.Place;
import dev.sextant.query.filter.Operand.Target;

/// Arithmetic: constants are reckoned at once, and what is done to a place becomes a step of it.
final class Calculating {
    private Calculating() {}

    static Operand unary(char sign, Operand operand) {
        return switch (operand) {
            case Constant(Value.Int(var number)) when sign == '-' -> new Constant(Value.of(-number));
            case Constant(Value.Real(var number)) when sign == '-' -> new Constant(Value.of(-number));
            case Constant(var value) when sign == '+' && Constants.isNumber(value) -> operand;
            default ->
                throw new Wrong(
                        sign == '~'
                                ? "bitwise not is not supported"
                                : "unary '" + sign + "' can only be applied on constants");
        };
    }

    static Operand arithmetic(Operator operator, Operand left, Operand right) {
        var refused = switch (operator) {
            case SHIFT_LEFT -> "ShiftLeft";
            case SHIFT_RIGHT -> "ShiftRight";
            default -> "";
        };
        if (!refused.isEmpty()) throw new Wrong(refused + " is not supported");
        if (right instanceof Operand.Span(var interval) && Times.concerns(left))
            return Times.later(operator, left, interval);
        if (left instanceof Constant(var a) && right instanceof Constant(var b))
            return new Constant(Constants.arithmetic(operator, a, b));
        if (left instanceof Place place && right instanceof Constant(var value)) return stepped(operator, place, value);
        if (left instanceof Constant(var value) && right instanceof Place place) {
            if (isCommutative(operator)) return stepped(operator, place, value);
            throw new Wrong(
                    "'" + operator.sign + "' with a constant on its left and a field on its right is not supported");
        }
        if (left instanceof Place && right instanceof Place)
            throw new Wrong("'" + operator.sign + "' between two fields is not supported");
        throw notArithmetic(operator);
    }

    private static boolean isCommutative(Operator operator) {
        return switch (operator) {
            case ADD, MULTIPLY, BIT_AND, BIT_OR, BIT_XOR -> true;
            case SUBTRACT, DIVIDE, MODULO, POWER, SHIFT_LEFT, SHIFT_RIGHT -> false;
        };
    }

    private static Wrong notArithmetic(Operator operator) {
        return new Wrong(
                "'" + operator.sign + "' can only be used between integer or floating or json field expressions");
    }

    private static Operand stepped(Operator operator, Place place, Value constant) {
        var operation = switch (operator) {
            case ADD -> Steps.Operation.ADD;
            case SUBTRACT -> Steps.Operation.SUBTRACT;
            case MULTIPLY -> Steps.Operation.MULTIPLY;
            case DIVIDE -> Steps.Operation.DIVIDE;
            case MODULO -> Steps.Operation.MODULO;
            case POWER -> Steps.Operation.POWER;
            case BIT_AND -> Steps.Operation.BIT_AND;
            case BIT_OR -> Steps.Operation.BIT_OR;
            case BIT_XOR -> Steps.Operation.BIT_XOR;
            case SHIFT_LEFT, SHIFT_RIGHT -> throw new AssertionError(operator); // refused before
        };
        if (!Constants.isNumber(constant)) throw notArithmetic(operator);
        boolean whole = isWhole(place.target());
        boolean real = isReal(place.target());
        if (!whole && !real && !(place.target() instanceof Target.InJson)) throw notArithmetic(operator);
        if (whole && constant instanceof Value.Real)
            throw new Wrong(
                    "cannot cast value to " + place.target().type().word() + ", value: " + Constants.print(constant));
        if (operation.isOfWholes() && (real || constant instanceof Value.Real))
            throw new Wrong((operation == Steps.Operation.MODULO ? "modulo" : "'" + operator.sign + "'")
                    + " can only apply on integer types");
        if (operation == Steps.Operation.POWER && whole && Constants.real(constant) < 0)
            throw new Wrong("the power of an integer field must not be negative, got: " + Constants.print(constant));
        boolean divides = operation == Steps.Operation.DIVIDE || operation == Steps.Operation.MODULO;
        if (divides && Constants.real(constant) == 0)
            throw new Wrong(operation == Steps.Operation.DIVIDE ? "division by zero" : "modulo by zero");
        long number = constant instanceof Value.Int(var value) ? value : 0;
        var step = new Steps.Step(operation, constant instanceof Value.Int, number, Constants.real(constant));
        return new Place(place.target(), place.steps().then(step));
    }

    private static boolean isWhole(Target target) {
        return switch (target) {
            case Target.Whole(var field) -> field.type() instanceof Primitive type && type.isInteger();
            case Target.InArray(_, var element, _) -> element instanceof Primitive type && type.isInteger();
            case Target.LengthOf _ -> true;
            case Target.InJson _ -> false;
        };
    }

    private static boolean isReal(Target target) {
        return switch (target) {
            case Target.Whole(var field) -> field.type() instanceof Primitive type && type.isFloating();
            case Target.InArray(_, var element, _) -> element instanceof Primitive type && type.isFloating();
            case Target.LengthOf _, Target.InJson _ -> false;
        };
    }
}
