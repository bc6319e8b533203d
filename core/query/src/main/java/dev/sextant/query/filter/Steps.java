package dev.sextant.query.filter;

import java.util.List;

/// What is done to a number before it is tested: `(f * 2) + 1`. Whole numbers wrap at 64 bits, divide towards zero, and
/// a remainder has the sign of the dividend; a power stops at the ends of 64 bits.
public record Steps(List<Step> steps) {
    static final Steps NONE = new Steps(List.of());

    public Steps {
        steps = List.copyOf(steps);
    }

    /// @param whole the operand as a whole number, where it is one
    public record Step(Operation operation, boolean isWhole, long whole, double real) {}

    public enum Operation {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        MODULO,
        POWER,
        BIT_AND,
        BIT_OR,
        BIT_XOR;

        /// Of whole numbers only.
        boolean isOfWholes() {
            return this == MODULO || this == BIT_AND || this == BIT_OR || this == BIT_XOR;
        }
    }

    boolean none() {
        return steps.isEmpty();
    }

    /// Whether whole numbers stay whole.
    boolean isWhole() {
        for (var step : steps) if (!step.isWhole || step.operation == Operation.POWER && step.whole < 0) return false;
        return true;
    }

    /// Whether no other number will do.
    boolean needsWholes() {
        for (var step : steps) if (step.operation.isOfWholes()) return true;
        return false;
    }

    Steps then(Step step) {
        var longer = new java.util.ArrayList<>(steps);
        longer.add(step);
        return new Steps(longer);
    }

    long apply(long value) {
        for (var step : steps)
            value = switch (step.operation) {
                case ADD -> value + step.whole;
                case SUBTRACT -> value - step.whole;
                case MULTIPLY -> value * step.whole;
                case DIVIDE -> value / step.whole;
                case MODULO -> value % step.whole;
                case POWER -> power(value, step.whole);
                case BIT_AND -> value & step.whole;
                case BIT_OR -> value | step.whole;
                case BIT_XOR -> value ^ step.whole;
            };
        return value;
    }

    /// @param exponent not negative
    private static long power(long base, long exponent) {
        long power = 1;
        for (long left = exponent; left > 0; left >>= 1) {
            if ((left & 1) == 1) power = saturated(power, base);
            if (left > 1) base = saturated(base, base);
        }
        return power;
    }

    private static long saturated(long a, long b) {
        long high = Math.multiplyHigh(a, b);
        long low = a * b;
        if (high == low >> 63) return low;
        return (a < 0) == (b < 0) ? Long.MAX_VALUE : Long.MIN_VALUE;
    }

    double apply(double value) {
        for (var step : steps)
            value = switch (step.operation) {
                case ADD -> value + step.real;
                case SUBTRACT -> value - step.real;
                case MULTIPLY -> value * step.real;
                case DIVIDE -> value / step.real;
                case MODULO -> value % step.real;
                case POWER -> Math.pow(value, step.real);
                case BIT_AND -> (long) value & step.whole;
                case BIT_OR -> (long) value | step.whole;
                case BIT_XOR -> (long) value ^ step.whole;
            };
        return value;
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (var step : steps) {
            var sign = switch (step.operation) {
                case ADD -> "+";
                case SUBTRACT -> "-";
                case MULTIPLY -> "*";
                case DIVIDE -> "/";
                case MODULO -> "%";
                case POWER -> "**";
                case BIT_AND -> "&";
                case BIT_OR -> "|";
                case BIT_XOR -> "^";
            };
            text.append(' ')
                    .append(sign)
                    .append(' ')
                    .append(step.isWhole ? Long.toString(step.whole) : Double.toString(step.real));
        }
        return text.toString();
    }
}
