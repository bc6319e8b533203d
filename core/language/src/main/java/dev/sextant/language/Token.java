package dev.sextant.language;

import dev.sextant.model.Expression.Comparison;
import dev.sextant.model.Expression.Operator;

/// One word, literal or sign of a filter: where it stands. What it says is read from the text when it is wanted.
record Token(Kind kind, int start, int end) {

    enum Kind {
        END,
        INTEGER,
        REAL,
        TEXT,
        /// `r"…"`: backslashes are themselves.
        RAW_TEXT,
        TRUE,
        FALSE,
        NAME,
        META("$meta"),
        /// `a["b"][0]`, `$meta["b"]`.
        PATH,
        /// `s[sub]`.
        STRUCT,
        /// `s[0][sub]`.
        STRUCT_ITEM,
        /// `$[sub]`.
        ELEMENT,
        OPEN("("),
        CLOSE(")"),
        OPEN_LIST("["),
        CLOSE_LIST("]"),
        OPEN_TEMPLATE("{"),
        CLOSE_TEMPLATE("}"),
        COMMA(","),
        ASSIGN("="),
        EXISTS,
        NOT("!"),
        TILDE("~"),
        IS_NULL,
        IS_NOT_NULL,
        OR("||", Level.OR),
        AND("&&", Level.AND),
        BIT_OR("|", Level.BIT_OR),
        BIT_XOR("^", Level.BIT_XOR),
        BIT_AND("&", Level.BIT_AND),
        EQUAL("==", Level.EQUALITY),
        NOT_EQUAL("!=", Level.EQUALITY),
        LESS("<", Level.RELATION),
        LESS_OR_EQUAL("<=", Level.RELATION),
        GREATER(">", Level.RELATION),
        GREATER_OR_EQUAL(">=", Level.RELATION),
        IN("in", Level.IN),
        SHIFT_LEFT("<<", Level.SHIFT),
        SHIFT_RIGHT(">>", Level.SHIFT),
        PLUS("+", Level.SUM),
        MINUS("-", Level.SUM),
        TIMES("*", Level.PRODUCT),
        DIVIDE("/", Level.PRODUCT),
        MODULO("%", Level.PRODUCT),
        POWER("**", Level.POWER),
        LIKE("like", Level.PATTERN),
        MATCHES("=~", Level.PATTERN),
        MATCHES_NOT("!~", Level.PATTERN);

        /// The sign, or empty when the kind has many forms.
        final String sign;

        /// Of the operator between two operands; 0 when it is none.
        final int level;

        Kind() {
            this("");
        }

        Kind(String sign) {
            this(sign, 0);
        }

        Kind(String sign, int level) {
            this.sign = sign;
            this.level = level;
        }

        /// The comparison that this sign writes.
        Comparison comparison() {
            for (var comparison : Comparison.values()) if (comparison.sign.equals(sign)) return comparison;
            throw new AssertionError(this + " compares nothing");
        }

        /// The arithmetic that this sign writes.
        Operator operator() {
            for (var operator : Operator.values()) if (operator.sign.equals(sign)) return operator;
            throw new AssertionError(this + " computes nothing");
        }

        boolean isComparison() {
            return level == Level.RELATION || level == Level.EQUALITY;
        }

        /// What may stand in the middle of `1 < a < 2`.
        boolean isColumn() {
            return this == NAME || this == PATH || this == STRUCT_ITEM || this == ELEMENT;
        }
    }

    boolean is(Kind other) {
        return kind == other;
    }
}
