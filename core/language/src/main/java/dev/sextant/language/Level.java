package dev.sextant.language;

/// How tightly operators bind, loosest first. [Parser] and [Print] agree through these numbers and nothing else.
final class Level {
    static final int OR = 1;
    static final int AND = 2;
    /// `not`, before a whole comparison: `not a == 1` is `not (a == 1)`.
    static final int NOT = 3;

    static final int BIT_OR = 4;
    static final int BIT_XOR = 5;
    static final int BIT_AND = 6;
    static final int EQUALITY = 7;
    static final int RELATION = 8;
    static final int RANGE = 9;
    static final int IN = 10;
    static final int SHIFT = 11;
    static final int SUM = 12;
    static final int PRODUCT = 13;
    /// Prefixes `+ - ~`. A prefix may stand wherever an operand may, also behind a tighter operator: `2 ** -1`.
    static final int UNARY = 14;

    static final int POWER = 15;
    /// `like`, `=~` and `!~`.
    static final int PATTERN = 16;

    static final int EXISTS = 17;
    static final int ATOM = 18;

    private Level() {}
}
