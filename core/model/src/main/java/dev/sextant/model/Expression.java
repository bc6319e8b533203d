package dev.sextant.model;

import java.util.List;
import java.util.Map;

/// A filter as it was written: names, not fields; no types yet. `language` makes it, `query` binds it to a schema and
/// says what is wrong with it. One family for values and for truth, because only binding can tell them apart (`not a ==
/// 1` is `(not a) == 1`).
public sealed interface Expression {
    record Literal(Value value) implements Expression {}

    /// `{name}`: filled from the values that came with the call.
    record Template(String name) implements Expression {}

    /// `[1, 2, 3]`.
    record Items(List<Expression> items) implements Expression {
        public Items {
            items = List.copyOf(items);
        }
    }

    /// A field, or a key of the dynamic field.
    record Name(String name) implements Expression {}

    /// `root["key"][0]`: a place in a JSON value, an array element, or `struct[sub]`.
    record Path(String root, List<Step> steps) implements Expression {
        public Path {
            steps = List.copyOf(steps);
        }
    }

    sealed interface Step {
        record Key(String key) implements Step {}

        record Index(int index) implements Step {}

        /// `struct[sub]`: the name stands without quotes.
        record Sub(String field) implements Step {}
    }

    /// `$[sub]` inside an element filter.
    record Element(String field) implements Expression {}

    enum Comparison {
        EQUAL("=="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">=");

        public final String sign;

        Comparison(String sign) {
            this.sign = sign;
        }

        /// The comparison that holds when the sides change places.
        public Comparison mirrored() {
            return switch (this) {
                case EQUAL, NOT_EQUAL -> this;
                case LESS -> GREATER;
                case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
                case GREATER -> LESS;
                case GREATER_OR_EQUAL -> LESS_OR_EQUAL;
            };
        }
    }

    record Compare(Comparison comparison, Expression left, Expression right) implements Expression {}

    /// `lower < middle <= upper`, also written from the upper end.
    record Between(
            Expression lower, boolean lowerInclusive, Expression middle, Expression upper, boolean upperInclusive)
            implements Expression {}

    record In(Expression operand, Expression items, boolean negated) implements Expression {}

    record Like(Expression operand, Expression pattern) implements Expression {}

    /// `=~` and `!~`: RE2, unanchored.
    record Regex(Expression operand, Expression pattern, boolean negated) implements Expression {}

    record Exists(Expression operand) implements Expression {}

    record IsNull(Expression operand, boolean negated) implements Expression {}

    record Not(Expression operand) implements Expression {}

    record And(List<Expression> operands) implements Expression {
        public And {
            operands = List.copyOf(operands);
        }
    }

    record Or(List<Expression> operands) implements Expression {
        public Or {
            operands = List.copyOf(operands);
        }
    }

    enum Operator {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        MODULO("%"),
        POWER("**"),
        BIT_AND("&"),
        BIT_OR("|"),
        BIT_XOR("^"),
        SHIFT_LEFT("<<"),
        SHIFT_RIGHT(">>");

        public final String sign;

        Operator(String sign) {
            this.sign = sign;
        }
    }

    record Arithmetic(Operator operator, Expression left, Expression right) implements Expression {}

    /// Unary `-`, `+` and `~`.
    record Unary(char sign, Expression operand) implements Expression {}

    /// `array_length(f)`, `json_contains(f, 1)`, `text_match(f, "q", minimum_should_match
    /// = 2)`, `st_within(…)`, `match_any(…)` …
    ///
    /// @param function in lower case
    record Call(String function, List<Expression> arguments, Map<String, Expression> named) implements Expression {
        public Call {
            arguments = List.copyOf(arguments);
            named = Map.copyOf(named);
        }
    }

    /// `ISO '2026-01-01T00:00:00Z'`.
    record Moment(String iso) implements Expression {}

    /// `INTERVAL 'P1D'`.
    record Interval(String iso) implements Expression {}
}
