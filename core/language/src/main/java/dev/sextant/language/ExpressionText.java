package dev.sextant.language;

import dev.sextant.model.Expression;
import dev.sextant.model.Expression.Comparison;
import dev.sextant.model.Expression.Operator;
import dev.sextant.model.Expression.Step;
import dev.sextant.model.Field;
import dev.sextant.model.Value;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/// Writes one tree, with brackets only where precedence asks for them. The brief form is for readers: it cuts long
/// lists and texts.
final class ExpressionText {
    private static final int BRIEF_ITEMS = 16;
    private static final int BRIEF_CHARACTERS = 256;

    private final StringBuilder out = new StringBuilder();
    private final int mostItems;
    private final int mostCharacters;

    private ExpressionText(int mostItems, int mostCharacters) {
        this.mostItems = mostItems;
        this.mostCharacters = mostCharacters;
    }

    static String complete(Expression expression) {
        return new ExpressionText(Integer.MAX_VALUE, Integer.MAX_VALUE).written(expression);
    }

    static String brief(Expression expression) {
        return new ExpressionText(BRIEF_ITEMS, BRIEF_CHARACTERS).written(expression);
    }

    static String brief(Value value) {
        var text = new ExpressionText(BRIEF_ITEMS, BRIEF_CHARACTERS);
        text.value(value);
        return text.out.toString();
    }

    private String written(Expression expression) {
        write(expression, Level.OR);
        return out.toString();
    }

    private void write(Expression expression, int loosest) {
        if (level(expression) >= loosest) bare(expression);
        else bracketed(expression);
    }

    private void bracketed(Expression expression) {
        out.append('(');
        bare(expression);
        out.append(')');
    }

    private static int level(Expression expression) {
        return switch (expression) {
            case Expression.Literal(var value) -> isNegative(value) ? Level.UNARY : Level.ATOM;
            case Expression.Or(var operands) -> operands.size() == 1 ? level(operands.getFirst()) : Level.OR;
            case Expression.And(var operands) -> operands.size() == 1 ? level(operands.getFirst()) : Level.AND;
            case Expression.Compare(var comparison, _, _) -> level(comparison);
            case Expression.Between _ -> Level.RANGE;
            case Expression.In _ -> Level.IN;
            case Expression.Arithmetic(var operator, _, _) -> level(operator);
            case Expression.Not _ -> Level.NOT;
            case Expression.Unary _ -> Level.UNARY;
            case Expression.Like _, Expression.Regex _ -> Level.PATTERN;
            case Expression.Exists _ -> Level.EXISTS;
            case Expression.Template _,
                    Expression.Items _,
                    Expression.Name _,
                    Expression.Path _,
                    Expression.Element _ -> Level.ATOM;
            case Expression.IsNull _, Expression.Call _, Expression.Moment _, Expression.Interval _ -> Level.ATOM;
        };
    }

    private static int level(Comparison comparison) {
        return switch (comparison) {
            case EQUAL, NOT_EQUAL -> Level.EQUALITY;
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> Level.RELATION;
        };
    }

    private static int level(Operator operator) {
        return switch (operator) {
            case BIT_OR -> Level.BIT_OR;
            case BIT_XOR -> Level.BIT_XOR;
            case BIT_AND -> Level.BIT_AND;
            case SHIFT_LEFT, SHIFT_RIGHT -> Level.SHIFT;
            case ADD, SUBTRACT -> Level.SUM;
            case MULTIPLY, DIVIDE, MODULO -> Level.PRODUCT;
            case POWER -> Level.POWER;
        };
    }

    private void bare(Expression expression) {
        switch (expression) {
            case Expression.Literal(var value) -> value(value);
            case Expression.Template(var name) ->
                out.append('{').append(word(name)).append('}');
            case Expression.Items(var items) -> list(items);
            case Expression.Name(var name) -> out.append(column(name));
            case Expression.Path(var root, var steps) -> path(root, steps);
            case Expression.Element(var field) ->
                out.append("$[").append(word(field)).append(']');
            case Expression.Compare compare -> compare(compare);
            case Expression.Between between -> between(between);
            case Expression.In(var operand, var items, var negated) ->
                infix(operand, Level.IN, negated ? "not in" : "in", items, Level.IN + 1);
            case Expression.Like(var operand, var pattern) ->
                infix(operand, Level.PATTERN, "like", pattern, Level.PATTERN + 1);
            case Expression.Regex regex -> regex(regex);
            case Expression.Exists(var operand) -> prefix("exists ", operand, Level.EXISTS);
            case Expression.IsNull(var operand, var negated) -> {
                write(operand, Level.ATOM);
                out.append(negated ? " is not null" : " is null");
            }
            case Expression.Not(var operand) -> prefix("not ", operand, Level.NOT);
            case Expression.And(var operands) -> chain(operands, " and ", "true", Level.AND + 1);
            case Expression.Or(var operands) -> chain(operands, " or ", "false", Level.OR + 1);
            case Expression.Arithmetic(var operator, var left, var right) ->
                infix(left, level(operator), operator.sign, right, level(operator) + 1);
            case Expression.Unary(var sign, var operand) -> unary(sign, operand);
            case Expression.Call call -> call(call);
            case Expression.Moment(var iso) -> out.append("ISO ").append(Quoted.write(iso));
            case Expression.Interval(var iso) -> out.append("INTERVAL ").append(Quoted.write(iso));
        }
    }

    private void prefix(String sign, Expression operand, int loosest) {
        out.append(sign);
        write(operand, loosest);
    }

    private void infix(Expression left, int leftLoosest, String sign, Expression right, int rightLoosest) {
        write(left, leftLoosest);
        out.append(' ').append(sign).append(' ');
        write(right, rightLoosest);
    }

    /// A relation never stands bare beside a relation: `a < b < c` is a range. Nor does a moment behind a
    /// comparison: `a == ISO '…'` is one.
    private void compare(Expression.Compare compare) {
        int level = level(compare.comparison());
        int left = level == Level.RELATION ? Level.RANGE + 1 : level;
        boolean beginsWithMoment = compare.right() instanceof Expression.Compare(_, Expression.Moment _, _);
        int right = beginsWithMoment ? Level.ATOM : Math.max(left, level + 1);
        infix(compare.left(), left, compare.comparison().sign, compare.right(), right);
    }

    private void between(Expression.Between between) {
        infix(between.lower(), Level.RANGE + 1, between.lowerInclusive() ? "<=" : "<", between.middle(), Level.ATOM);
        out.append(between.upperInclusive() ? " <= " : " < ");
        write(between.upper(), Level.RANGE + 1);
    }

    private void regex(Expression.Regex regex) {
        write(regex.operand(), Level.PATTERN);
        out.append(regex.negated() ? " !~ " : " =~ ");
        if (regex.pattern() instanceof Expression.Literal(Value.Text(var text)) && text.length() <= mostCharacters)
            out.append(Quoted.writeRegex(text));
        else write(regex.pattern(), Level.PATTERN + 1);
    }

    /// `-(5)` keeps its brackets: `-5` is a literal.
    private void unary(char sign, Expression operand) {
        out.append(sign);
        boolean number = operand instanceof Expression.Literal(Value.Int _)
                || operand instanceof Expression.Literal(Value.Real _);
        if (sign == '-' && number) bracketed(operand);
        else write(operand, Level.UNARY);
    }

    private void chain(List<Expression> operands, String sign, String ifNone, int loosest) {
        if (operands.isEmpty()) out.append(ifNone);
        else if (operands.size() == 1) bare(operands.getFirst());
        else joined(operands, sign, loosest);
    }

    private void list(List<Expression> items) {
        out.append('[');
        joined(items, ", ", Level.OR);
        out.append(']');
    }

    private void joined(List<Expression> parts, String separator, int loosest) {
        int shown = Math.min(parts.size(), mostItems);
        for (int i = 0; i < shown; i++) {
            if (i > 0) out.append(separator);
            write(parts.get(i), loosest);
        }
        if (shown < parts.size())
            out.append(separator).append("... ").append(parts.size() - shown).append(" more");
    }

    private void path(String root, List<Step> steps) {
        out.append(column(root));
        for (Step step : steps) {
            out.append('[');
            switch (step) {
                case Step.Key(var key) -> out.append(Quoted.write(key));
                case Step.Index(var index) -> out.append(index);
                case Step.Sub(var field) -> out.append(word(field));
            }
            out.append(']');
        }
    }

    private void call(Expression.Call call) {
        out.append(word(call.function())).append('(');
        joined(call.arguments(), ", ", Level.OR);
        new TreeMap<>(call.named()).forEach((word, argument) -> {
            out.append(", ").append(word).append(" = ");
            write(argument, Level.OR);
        });
        out.append(')');
    }

    private void value(Value value) {
        switch (value) {
            case Value.Null _ -> out.append("null");
            case Value.Bool(var bool) -> out.append(bool);
            case Value.Int(var number) -> out.append(number);
            case Value.Real(var number) -> out.append(number);
            case Value.Text(var text) -> text(text);
            case Value.Items(var items) ->
                list(items.stream().<Expression>map(Expression.Literal::new).toList());
            case Value.Bytes(var bytes) -> bytes(bytes);
        }
    }

    private void bytes(byte[] bytes) {
        int shown = Math.min(bytes.length, mostCharacters / 2);
        out.append("x'").append(HexFormat.of().formatHex(bytes, 0, shown)).append('\'');
        if (shown < bytes.length) out.append("... of ").append(bytes.length);
    }

    private void text(String text) {
        if (text.length() <= mostCharacters) out.append(Quoted.write(text));
        else
            out.append(Quoted.write(text.substring(0, mostCharacters)))
                    .append("... of ")
                    .append(text.length());
    }

    private static boolean isNegative(Value value) {
        return switch (value) {
            case Value.Int(var number) -> number < 0;
            case Value.Real(var number) -> Double.compare(number, 0) < 0;
            case Value.Null _, Value.Bool _, Value.Text _, Value.Items _, Value.Bytes _ -> false;
        };
    }

    private static String column(String name) {
        return name.equals(Field.DYNAMIC_NAME) ? name : word(name);
    }

    /// A name as the grammar reads names: ASCII letters, digits and `_`, everything else and what would be an operator
    /// escaped.
    private static String word(String name) {
        if (isPlain(name)) return name;
        var out = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean bare = isWordCharacter(c) && (i > 0 || !Lexer.isReserved(name) && !(c >= '0' && c <= '9'));
            out.append(bare ? Character.toString(c) : Quoted.escaped(c));
        }
        return out.toString();
    }

    static boolean isPlain(String name) {
        if (name.isEmpty() || Lexer.isReserved(name) || name.charAt(0) >= '0' && name.charAt(0) <= '9') return false;
        return name.chars().allMatch(c -> isWordCharacter((char) c));
    }

    private static boolean isWordCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }
}
