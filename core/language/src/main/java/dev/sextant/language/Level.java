package dev.sextant.language;

/// How tightly operators bind, loosest first. [Parser] and [Print] agree through these numbers and nothing else.
final class Level {
    static final int OR = 1;
    static final int AND = 2;
    static final int BIT_OR = 3;
    static final int BIT_XOR = 4;
    static final int BIT_AND = 5;
    static final int EQUALITY = 6;
    static final int RELATION = 7;
    static final int RANGE = 8;
    static final int IN = 9;
    static final int SHIFT = 10;
    static final int SUM = 11;
    static final int PRODUCT = 12;
    /// Prefixes `+ - ~ not`. A prefix may stand wherever an operand may, also behind a tighter operator: `2 ** -1`.
    static final int UNARY = 13;

    static final int POWER = 14;
    /// `like`, `=~` and `!~`.
    static final int PATTERN = 15;

    static final int EXISTS = 16;
    static final int ATOM = 17;

    private Level() {}
}
