package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonPath;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Value;
import dev.sextant.query.filter.Operand.Condition;
import dev.sextant.query.filter.Operand.Constant;
import dev.sextant.query.filter.Operand.Place;
import dev.sextant.query.filter.Operand.Target;
import dev.sextant.text.FuzzyWord;
import dev.sextant.text.TextField;
import dev.sextant.text.TextMatch;
import java.util.List;

/// The functions that a filter may call.
final class Functions {
    private static final int MOST_WORDS = 1000;
    private static final long MOST_SLOP = 0xffff_ffffL;

    private final Binder binder;

    Functions(Binder binder) {
        this.binder = binder;
    }

    Operand call(Expression.Call call) {
        var arguments = call.arguments();
        return switch (call.function()) {
            case "array_length" -> arrayLength(call);
            case "json_contains", "array_contains" -> contains(call, Predicate.Quantity.ANY, false);
            case "json_contains_all", "array_contains_all" -> contains(call, Predicate.Quantity.ALL, true);
            case "json_contains_any", "array_contains_any" -> contains(call, Predicate.Quantity.ANY, true);
            case "empty" ->
                new Condition(Binder.textTest(
                        one(call),
                        new Test.TextRange(new byte[0], true, new byte[0], true),
                        "function empty takes a VarChar field"));
            case "starts_with" -> startsWith(call);
            case "text_match" -> textMatch(call);
            case "text_match_fuzzy" -> textMatchFuzzy(call);
            case "phrase_match" -> phraseMatch(call);
            case "membership_match" -> new Memberships(binder).call(call);
            case "random_sample" -> throw new Wrong("random_sample can only be the last operand of a top-level 'and'");
            case "element_filter" ->
                throw new Wrong("element_filter can only be the last operand of a top-level 'and'");
            case "match_all" -> match(call, 0, Integer.MAX_VALUE, true);
            case "match_any" -> match(call, 1, Integer.MAX_VALUE, false);
            case "match_least" -> match(call, threshold(call), Integer.MAX_VALUE, false);
            case "match_most" -> match(call, 0, threshold(call), false);
            case "match_exact" -> match(call, threshold(call), threshold(call), false);
            default -> {
                if (Geometries.knows(call.function())) yield new Geometries(binder).call(call);
                throw new Wrong("function not found: " + call.function() + " with " + arguments.size() + " arguments");
            }
        };
    }

    private Operand match(Expression.Call call, int least, int most, boolean every) {
        var elements = binder.elements(call);
        return new Condition(new Predicate.Elements(elements.shape(), elements.condition(), least, most, every, false));
    }

    private int threshold(Expression.Call call) {
        var given = call.named().get("threshold");
        if (given == null || call.named().size() != 1)
            throw new Wrong("invalid expression: " + call.function() + " takes threshold = and a number");
        long threshold =
                whole(given, "invalid expression: the threshold of " + call.function() + " must be an integer");
        if (threshold < 0) throw new Wrong("invalid expression: the threshold must not be negative, got: " + threshold);
        return (int) Math.min(threshold, Integer.MAX_VALUE);
    }

    private Operand arrayLength(Expression.Call call) {
        var struct = call.arguments().size() == 1
                ? binder.places().shape(call.arguments().getFirst())
                : java.util.Optional.<Field>empty();
        return length(struct.<Operand>map(field -> new Place(new Target.Whole(field), Steps.NONE))
                .orElseGet(() -> one(call)));
    }

    private Operand one(Expression.Call call) {
        if (call.arguments().size() != 1)
            throw new Wrong(
                    call.function() + " takes one argument, " + call.arguments().size() + " came");
        return binder.argument(call.arguments().getFirst());
    }

    private static Operand length(Operand operand) {
        if (operand instanceof Place(var target, var steps) && steps.none()) {
            boolean array = switch (target) {
                case Target.Whole(var field) -> field.type() instanceof FieldType.Array;
                case Target.InJson _ -> true;
                case Target.InArray _, Target.LengthOf _ -> false;
            };
            if (array) return new Place(new Target.LengthOf(target), Steps.NONE);
            if (target instanceof Target.Whole(var field) && field.type() instanceof FieldType.Json)
                return new Place(new Target.LengthOf(new Target.InJson(field, new JsonPath(List.of()))), Steps.NONE);
        }
        throw new Wrong("array_length operation are only supported on json or array fields now");
    }

    private Operand contains(Expression.Call call, Predicate.Quantity quantity, boolean list) {
        if (call.arguments().size() != 2)
            throw new Wrong(call.function() + " takes two arguments, "
                    + call.arguments().size() + " came");
        if (!(binder.argument(call.arguments().get(1)) instanceof Constant(var value)))
            throw new Wrong("contains operation element must be a constant");
        if (list && !(value instanceof Value.Items))
            throw new Wrong(call.function() + " operation element must be an array");
        var values = list ? ((Value.Items) value).items() : List.of(value);
        return new Condition(contains(binder.argument(call.arguments().getFirst()), quantity, values));
    }

    private static Predicate contains(Operand operand, Predicate.Quantity quantity, List<Value> values) {
        if (operand instanceof Place(var target, var steps) && steps.none()) {
            if (target instanceof Target.Whole(var field)
                    && field.type() instanceof FieldType.Array(var element, _)) {
                var set = Comparing.set(element, values);
                return values.isEmpty() ? nothing(quantity) : new Predicate.Contains(field.id(), quantity, set, false);
            }
            var test = new JsonTest.Contains(quantity, JsonTest.Members.of(values));
            if (target instanceof Target.InJson(var field, var path))
                return values.isEmpty() ? nothing(quantity) : Binder.json(field, path, test);
            if (target instanceof Target.Whole(var field) && field.type() instanceof FieldType.Json)
                return values.isEmpty() ? nothing(quantity) : Binder.json(field, new JsonPath(List.of()), test);
        }
        throw new Wrong("contains operation are only supported on json or array fields now");
    }

    /// An empty list is contained by every row, nulls too, and none of its values by any.
    private static Predicate nothing(Predicate.Quantity quantity) {
        return new Predicate.Constant(quantity == Predicate.Quantity.ALL);
    }

    private Operand startsWith(Expression.Call call) {
        if (call.arguments().size() != 2
                || !(binder.argument(call.arguments().get(1)) instanceof Constant(Value.Text(var prefix))))
            throw new Wrong("starts_with takes a VarChar field and a string");
        return new Condition(Binder.textTest(
                binder.argument(call.arguments().getFirst()),
                new Test.TextPattern(Pattern.prefix(prefix)),
                "starts_with takes a VarChar field and a string"));
    }

    /// `text_match(f, "words", minimum_should_match = 2)`
    private Operand textMatch(Expression.Call call) {
        var field = matched(call, "text");
        var query = query(call, 2);
        long least = 1;
        for (var option : call.named().entrySet()) {
            if (!option.getKey().equals("minimum_should_match"))
                throw new Wrong("text_match has no option " + option.getKey());
            least = whole(option.getValue(), "minimum_should_match should be a const integer expression");
            if (least < 1 || least > MOST_WORDS)
                throw new Wrong("minimum_should_match should be in [1, " + MOST_WORDS + "], got: " + least);
        }
        return matching(field, TextMatch.words(TextField.analyzer(field), query, (int) least));
    }

    /// `text_match_fuzzy(f, "words", max_edit_distance = 1)`
    private Operand textMatchFuzzy(Expression.Call call) {
        var field = matched(call, "text");
        var query = query(call, 2);
        var given = call.named().get("max_edit_distance");
        if (given == null || call.named().size() != 1)
            throw new Wrong("text_match_fuzzy takes max_edit_distance = and a number");
        long distance = whole(given, "max_edit_distance should be a const integer expression");
        if (distance < 0 || distance > FuzzyWord.MOST_EDITS)
            throw new Wrong("max_edit_distance should be in [0, " + FuzzyWord.MOST_EDITS + "], got: " + distance);
        return matching(field, TextMatch.fuzzy(TextField.analyzer(field), query, (int) distance));
    }

    /// `phrase_match(f, "words", 2)`
    private Operand phraseMatch(Expression.Call call) {
        var field = matched(call, "phrase");
        var query = query(call, 3);
        long slop = 0;
        if (call.arguments().size() == 3) {
            slop = whole(
                    call.arguments().get(2), "\"slop\" should be a const integer expression with \"uint32\" value");
            if (slop < 0) throw new Wrong("\"slop\" should not be a negative interger. \"slop\" passed: " + slop);
            if (slop > MOST_SLOP)
                throw new Wrong("\"slop\" exceeds the range of \"uint32\". \"slop\" expression passed: " + slop);
        }
        return matching(field, TextMatch.phrase(TextField.analyzer(field), query, slop));
    }

    private Operand matching(Field field, TextMatch match) {
        var test = new Test.TextWords(match, match.needed(), binder.places().counted(field));
        return new Condition(new Predicate.Scalar(field.id(), test, false));
    }

    private Field matched(Expression.Call call, String word) {
        if (call.arguments().isEmpty()) throw new Wrong(call.function() + " takes a field and a string");
        var field = binder.places()
                .named(call.arguments().getFirst())
                .filter(found -> found.type().isText())
                .orElseThrow(() -> new Wrong(word + " match operation on non-string is unsupported"));
        if (!TextField.isMatched(field)) throw new Wrong("field \"" + field.name() + "\" does not enable match");
        return field;
    }

    private String query(Expression.Call call, int most) {
        if (call.arguments().size() < 2 || call.arguments().size() > most)
            throw new Wrong(
                    call.function() + " takes " + (most == 2 ? "a field and a string" : "a field, a string and a slop")
                            + ", " + call.arguments().size() + " arguments came");
        if (binder.argument(call.arguments().get(1)) instanceof Constant(Value.Text(var text))) return text;
        throw new Wrong(call.function() + ": the second argument must be a string");
    }

    private long whole(Expression expression, String otherwise) {
        if (binder.argument(expression) instanceof Constant(Value.Int(var number))) return number;
        throw new Wrong(otherwise);
    }
}
