package dev.sextant.query.filter;

import java.util.List;

/// What is done to a number before it is tested: `(f * 2) + 1`. Whole numbers wrap at 64 bits, divide towards zero, and
/// a remainder has the sign of the dividend.
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
        MODULO
    }

    boolean none() {
        return steps.isEmpty();
    }

    /// Whether whole numbers stay whole.
    boolean isWhole() {
        for (var step : steps) if (!step.isWhole) return false;
        return true;
    }

    boolean hasModulo() {
        for (var step : steps) if (step.operation == Operation.MODULO) return true;
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
            };
        return value;
    }

    double apply(double value) {
        for (var step : steps)
            value = switch (step.operation) {
                case ADD -> value + step.real;
                case SUBTRACT -> value - step.real;
                case MULTIPLY -> value * step.real;
                case DIVIDE -> value / step.real;
                case MODULO -> value % step.real;
            };
        return value;
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (var step : steps) {
            var sign = switch (step.operation) {
                case ADD -> '+';
                case SUBTRACT -> '-';
                case MULTIPLY -> '*';
                case DIVIDE -> '/';
                case MODULO -> '%';
            };
            text.append(' ')
                    .append(sign)
                    .append(' ')
                    .append(step.isWhole ? Long.toString(step.whole) : Double.toString(step.real));
        }
        return text.toString();
    }
}
