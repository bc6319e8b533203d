package dev.sextant.language;

import dev.sextant.language.Token.Kind;
import dev.sextant.model.Expression;
import dev.sextant.model.Expression.Operator;
import dev.sextant.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Precedence climbing over one filter: an operand, then every operator that binds at least as tightly as asked. Used
/// once.
///
/// Depth is kept in two figures, whose sum is bounded: `depth`, how many expressions are being read around this place,
/// and `height`, how deep the tree is that was read last. The first alone would let `1 + 1 + 1 + …` grow a tree that
/// nobody can walk.
final class Parser {
    private static final int LOOK_AHEAD = 4;

    private final Source source;
    private final Lexer lexer;
    private final Literals literals;
    private final Token[] ahead = new Token[LOOK_AHEAD];
    private int firstAhead;
    private int countAhead;
    private int depth;
    private int height;

    Parser(String text) {
        source = new Source(text);
        lexer = new Lexer(source);
        literals = new Literals(source, lexer);
    }

    Expression parse() {
        Expression root = expression(Level.OR);
        Token rest = peek(0);
        if (!rest.is(Kind.END))
            throw source.syntax(
                    rest.start(), "invalid expression: extraneous input " + shown(rest) + " expecting <EOF>");
        return root;
    }

    /// The expression that the text begins with.
    Expression prefix() {
        return expression(Level.OR);
    }

    /// Where the rest of the text begins.
    int consumed() {
        return peek(0).start();
    }

    long reads() {
        return lexer.reads();
    }

    private Expression expression(int loosest) {
        depth++;
        checkDepth(0);
        Expression left = operand();
        while (true) {
            if (loosest <= Level.RANGE && isRange()) {
                left = range(left);
                continue;
            }
            int level = infixLevel(peek(0));
            if (level == 0 || level < loosest) break;
            left = infix(left, take().kind(), level);
        }
        depth--;
        return left;
    }

    private int infixLevel(Token token) {
        return token.is(Kind.NOT) && peek(1).is(Kind.IN) ? Level.IN : token.kind().level;
    }

    private Expression infix(Expression left, Kind operator, int level) {
        int below = height;
        return switch (operator) {
            case OR -> new Expression.Or(chain(left, operator));
            case AND -> new Expression.And(chain(left, operator));
            case LIKE -> grown(new Expression.Like(left, pattern(Quoted.Reading.LIKE)), below);
            case MATCHES -> grown(new Expression.Regex(left, pattern(Quoted.Reading.REGEX), false), below);
            case MATCHES_NOT -> grown(new Expression.Regex(left, pattern(Quoted.Reading.REGEX), true), below);
            case IN -> grown(new Expression.In(left, expression(level + 1), false), below);
            case NOT -> {
                take();
                yield grown(new Expression.In(left, expression(level + 1), true), below);
            }
            case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
                grown(new Expression.Compare(operator.comparison(), left, expression(level + 1)), below);
            case BIT_OR, BIT_XOR, BIT_AND, SHIFT_LEFT, SHIFT_RIGHT, PLUS, MINUS, TIMES, DIVIDE, MODULO, POWER ->
                grown(new Expression.Arithmetic(operator.operator(), left, expression(level + 1)), below);
            default -> throw new AssertionError(operator + " stands between no operands");
        };
    }

    /// `a and b and c` is one node with three operands; brackets inside it stay nodes of their own.
    private List<Expression> chain(Expression first, Kind operator) {
        var operands = new ArrayList<Expression>();
        operands.add(first);
        int highest = height;
        operands.add(expression(operator.level + 1));
        highest = Math.max(highest, height);
        while (peek(0).is(operator)) {
            take();
            operands.add(expression(operator.level + 1));
            highest = Math.max(highest, height);
        }
        height = highest + 1;
        checkDepth(height);
        return operands;
    }

    /// `< column <` or `> column >` ahead: both signs in one direction.
    private boolean isRange() {
        Kind sign = peek(0).kind();
        if (sign.level != Level.RELATION || !peek(1).kind().isColumn()) return false;
        Kind second = peek(2).kind();
        return isUpward(sign) ? isUpward(second) : second == Kind.GREATER || second == Kind.GREATER_OR_EQUAL;
    }

    private static boolean isUpward(Kind sign) {
        return sign == Kind.LESS || sign == Kind.LESS_OR_EQUAL;
    }

    private Expression range(Expression left) {
        int below = height;
        Kind first = take().kind();
        Expression middle = column(take());
        Kind second = take().kind();
        Expression right = expression(Level.RANGE + 1);
        boolean leftInclusive = first == Kind.LESS_OR_EQUAL || first == Kind.GREATER_OR_EQUAL;
        boolean rightInclusive = second == Kind.LESS_OR_EQUAL || second == Kind.GREATER_OR_EQUAL;
        return grown(
                isUpward(first)
                        ? new Expression.Between(left, leftInclusive, middle, right, rightInclusive)
                        : new Expression.Between(right, rightInclusive, middle, left, leftInclusive),
                below);
    }

    /// The right side of `like` or `=~`: a string here is read in its own way.
    private Expression pattern(Quoted.Reading reading) {
        Token token = peek(0);
        return token.is(Kind.TEXT) || token.is(Kind.RAW_TEXT) ? text(take(), reading) : expression(Level.PATTERN + 1);
    }

    private Expression operand() {
        Token token = take();
        return switch (token.kind()) {
            case INTEGER -> leaf(new Expression.Literal(Value.of(literals.integer(token))));
            case REAL -> leaf(new Expression.Literal(Value.of(literals.real(token))));
            case TEXT, RAW_TEXT -> text(token, Quoted.Reading.TEXT);
            case TRUE -> leaf(new Expression.Literal(Value.of(true)));
            case FALSE -> leaf(new Expression.Literal(Value.of(false)));
            case NAME -> named(token);
            case META, STRUCT, STRUCT_ITEM, ELEMENT -> column(token);
            case PATH -> nullTest(column(token));
            case OPEN -> {
                Expression inner = expression(Level.OR);
                expect(Kind.CLOSE);
                yield inner;
            }
            case OPEN_LIST -> list();
            case OPEN_TEMPLATE -> {
                Token name = expect(Kind.NAME);
                expect(Kind.CLOSE_TEMPLATE);
                yield leaf(new Expression.Template(literals.word(name)));
            }
            case EXISTS -> grown(new Expression.Exists(expression(Level.EXISTS)), 0);
            case NOT -> grown(new Expression.Not(expression(Level.NOT)), 0);
            case MINUS -> isNegativeNumber() ? leaf(new Expression.Literal(literals.negative(take()))) : unary('-');
            case PLUS -> unary('+');
            case TILDE -> unary('~');
            default -> throw unexpected(token, "an operand");
        };
    }

    private Expression unary(char sign) {
        return grown(new Expression.Unary(sign, expression(Level.UNARY)), 0);
    }

    /// A number behind the minus that no tighter operator takes: `-2` is a literal, in `-2 ** 2` the power comes first.
    /// So the smallest integer can be written, whose magnitude is none.
    private boolean isNegativeNumber() {
        boolean number = peek(0).is(Kind.INTEGER) || peek(0).is(Kind.REAL);
        return number && peek(1).kind().level < Level.UNARY;
    }

    private Expression list() {
        var items = new ArrayList<Expression>();
        int highest = 0;
        while (!peek(0).is(Kind.CLOSE_LIST)) {
            items.add(expression(Level.OR));
            highest = Math.max(highest, height);
            if (!peek(0).is(Kind.COMMA)) break;
            take();
        }
        expect(Kind.CLOSE_LIST);
        height = highest;
        return grown(new Expression.Items(items), 0);
    }

    /// A field, a call, a null test, or a comparison with a moment, which binds as tightly as a name.
    private Expression named(Token token) {
        Token next = peek(0);
        if (next.is(Kind.OPEN)) return call(token);
        if (next.is(Kind.TEXT) && isIso(token)) return momentFirst();
        Expression name = column(token);
        if (isShift()) return momentLast(shifted(name));
        return next.kind().isComparison() && isIso(peek(1)) && peek(2).is(Kind.TEXT)
                ? momentLast(name)
                : nullTest(name);
    }

    private boolean isIso(Token token) {
        return literals.isWord(token, "iso", "ISO");
    }

    /// Whether `+ INTERVAL '…'` follows. Without its text, `interval` is the name of a field.
    private boolean isShift() {
        boolean signed = peek(0).is(Kind.PLUS) || peek(0).is(Kind.MINUS);
        return signed && literals.isWord(peek(1), "interval", "INTERVAL") && peek(2).is(Kind.TEXT);
    }

    private Expression nullTest(Expression column) {
        if (peek(0).is(Kind.IS_NULL)) {
            take();
            return grown(new Expression.IsNull(column, false), 0);
        }
        if (peek(0).is(Kind.IS_NOT_NULL)) {
            take();
            return grown(new Expression.IsNull(column, true), 0);
        }
        return column;
    }

    private Expression momentFirst() {
        Expression moment = new Expression.Moment(literals.string(take(), Quoted.Reading.TEXT));
        Token sign = take();
        if (!sign.kind().isComparison()) throw unexpected(sign, "a comparison");
        Expression name = column(expect(Kind.NAME));
        return grown(new Expression.Compare(sign.kind().comparison(), moment, isShift() ? shifted(name) : name), 0);
    }

    private Expression momentLast(Expression left) {
        Token sign = take();
        if (!sign.kind().isComparison()) throw unexpected(sign, "a comparison");
        Token iso = take();
        if (!isIso(iso)) throw unexpected(iso, "ISO");
        Expression moment = new Expression.Moment(literals.string(expect(Kind.TEXT), Quoted.Reading.TEXT));
        return grown(new Expression.Compare(sign.kind().comparison(), left, moment), 0);
    }

    /// `+ INTERVAL 'P1D'` behind a name.
    private Expression shifted(Expression name) {
        Operator operator = take().kind().operator();
        take();
        Expression interval = new Expression.Interval(literals.string(expect(Kind.TEXT), Quoted.Reading.TEXT));
        return grown(new Expression.Arithmetic(operator, name, interval), 0);
    }

    private Expression call(Token name) {
        take();
        var form = Form.of(literals.word(name));
        return form.isPresent() ? formCall(form.get()) : plainCall(literals.word(name));
    }

    /// Any spelling of an ordinary function is one function; `Text_Match` stays as it is, because it is
    /// not `text_match`.
    private Expression plainCall(String name) {
        var arguments = new ArrayList<Expression>();
        int highest = 0;
        while (!peek(0).is(Kind.CLOSE)) {
            arguments.add(expression(Level.OR));
            highest = Math.max(highest, height);
            if (!peek(0).is(Kind.COMMA)) break;
            take();
        }
        expect(Kind.CLOSE);
        String lower = name.toLowerCase(Locale.ROOT);
        height = highest;
        return grown(new Expression.Call(Form.of(lower).isPresent() ? name : lower, arguments, Map.of()), 0);
    }

    private Expression formCall(Form form) {
        var arguments = new ArrayList<Expression>();
        arguments.add(firstArgument(form));
        int highest = height;
        while (arguments.size() <= form.mostOthers) {
            if (arguments.size() > form.fewestOthers && !peek(0).is(Kind.COMMA)) break;
            expect(Kind.COMMA);
            arguments.add(expression(Level.OR));
            highest = Math.max(highest, height);
        }
        Map<String, Expression> named = option(form);
        expect(Kind.CLOSE);
        height = highest;
        return grown(new Expression.Call(form.word, arguments, named), 0);
    }

    private Expression firstArgument(Form form) {
        if (form.first == Form.First.ANYTHING) return expression(Level.OR);
        Token token = take();
        boolean fits = token.is(Kind.NAME)
                || form.first == Form.First.COLUMN && (token.is(Kind.PATH) || token.is(Kind.STRUCT));
        if (!fits) throw unexpected(token, "the name of a field");
        return column(token);
    }

    private Map<String, Expression> option(Form form) {
        if (form.option == Form.Option.NONE || !form.optionNeeded && !peek(0).is(Kind.COMMA)) return Map.of();
        expect(Kind.COMMA);
        Token word = take();
        if (!literals.isWord(word, form.option.word, form.option.name())) throw unexpected(word, form.option.word);
        expect(Kind.ASSIGN);
        var given = form.option == Form.Option.TYPE
                ? Value.of(bareWord(take()))
                : Value.of(literals.integer(expect(Kind.INTEGER)));
        return Map.of(form.option.word, new Expression.Literal(given));
    }

    /// `bloom`, or `"bloom"`, as which it is written.
    private String bareWord(Token token) {
        if (token.is(Kind.NAME)) return literals.word(token);
        if (token.is(Kind.TEXT)) return literals.string(token, Quoted.Reading.TEXT);
        throw unexpected(token, "a word");
    }

    private Expression column(Token token) {
        return leaf(literals.column(token));
    }

    private Expression text(Token token, Quoted.Reading reading) {
        return leaf(new Expression.Literal(Value.of(literals.string(token, reading))));
    }

    private Expression leaf(Expression expression) {
        height = 1;
        return expression;
    }

    /// One level above what was read last and what stands `below` on its left.
    private Expression grown(Expression expression, int below) {
        height = Math.max(height, below) + 1;
        checkDepth(height);
        return expression;
    }

    private void checkDepth(int heightHere) {
        if (depth + heightHere <= Filters.MAX_DEPTH) return;
        throw source.syntax(peek(0).start(), "nested deeper than " + Filters.MAX_DEPTH + " levels");
    }

    private Token expect(Kind kind) {
        Token token = take();
        if (!token.is(kind))
            throw unexpected(token, kind.sign.isEmpty() ? kind.name().toLowerCase(Locale.ROOT) : "'" + kind.sign + "'");
        return token;
    }

    private RuntimeException unexpected(Token token, String expected) {
        return source.syntax(token.start(), "mismatched input " + shown(token) + " expecting " + expected);
    }

    private String shown(Token token) {
        return token.is(Kind.END) ? "'<EOF>'" : "'" + source.excerpt(token.start(), token.end()) + "'";
    }

    private Token take() {
        Token token = peek(0);
        firstAhead = (firstAhead + 1) % LOOK_AHEAD;
        countAhead--;
        return token;
    }

    private Token peek(int distance) {
        while (countAhead <= distance) ahead[(firstAhead + countAhead++) % LOOK_AHEAD] = lexer.next();
        return ahead[(firstAhead + distance) % LOOK_AHEAD];
    }
}
