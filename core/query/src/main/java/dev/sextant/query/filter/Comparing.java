package dev.sextant.query.filter;

import static dev.sextant.query.filter.Predicate.Sign.EQUAL;
import static dev.sextant.query.filter.Predicate.Sign.LESS;
import static dev.sextant.query.filter.Predicate.Sign.LESS_OR_EQUAL;

import dev.sextant.index.scalar.JsonPath;
import dev.sextant.model.Expression.Comparison;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Value;
import dev.sextant.query.filter.Operand.Place;
import dev.sextant.query.filter.Operand.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Comparisons and lists: from a place and constants to a leaf.
final class Comparing {
    private static final byte[] NO_BOUND = null;

    private Comparing() {}

    /// `place <comparison> constant`.
    static Predicate with(Place place, Comparison comparison, Value constant) {
        boolean negated = comparison == Comparison.NOT_EQUAL;
        var positive = negated ? Comparison.EQUAL : comparison;
        return switch (place.target()) {
            case Target.Whole(var field) ->
                switch (field.type()) {
                    case FieldType.Array _ -> wholeArray(field.id(), constant, positive, negated);
                    case FieldType.Json _ ->
                        json(field.id(), new JsonPath(List.of()), place.steps(), positive, constant, negated);
                    case FieldType.Vector _ ->
                        throw Wrong.comparing(field.type().word(), constant.word());
                    default ->
                        new Predicate.Scalar(
                                field.id(), test(field.type(), place.steps(), positive, constant), negated);
                };
            case Target.InArray(var field, var element, var index) ->
                new Predicate.Element(
                        field.id(), index, test(element, place.steps(), positive, constant), negated, false);
            case Target.InJson(var field, var path) ->
                json(field.id(), path, place.steps(), positive, constant, negated);
            case Target.LengthOf(var array) -> length(array, place.steps(), positive, constant, negated);
        };
    }

    private static Predicate wholeArray(int field, Value constant, Comparison comparison, boolean negated) {
        if (comparison != Comparison.EQUAL || !(constant instanceof Value.Items(var items)))
            throw new Wrong("can not comparisons array fields directly");
        return new Predicate.ArrayIs(field, items, negated);
    }

    private static Predicate length(Target array, Steps steps, Comparison comparison, Value constant, boolean negated) {
        var test = whole("Int64", steps, comparison, constant);
        return array instanceof Target.InJson(var field, var path)
                ? new Predicate.Json(field.id(), path, new JsonTest.Length(test), negated, false, false)
                : new Predicate.Length(array.field().id(), test, negated);
    }

    private static Predicate json(
            int field, JsonPath path, Steps steps, Comparison comparison, Value constant, boolean negated) {
        if (!steps.none() && !Constants.isNumber(constant)) throw Wrong.comparing("JSON", constant.word());
        JsonTest test = switch (constant) {
            case Value.Int _, Value.Real _ -> number(steps, comparison, constant);
            case Value.Text(var text) -> new JsonTest.Text(text(comparison, text));
            case Value.Bool(var truth) -> new JsonTest.Truth(truths(comparison, truth));
            case Value.Items items -> {
                if (comparison != Comparison.EQUAL)
                    throw new Wrong("comparisons between JSON and Array are not supported");
                yield new JsonTest.Same(items);
            }
            case Value.Null _ -> throw Wrong.comparing("JSON", "None");
            case Value.Bytes _ -> throw Wrong.comparing("JSON", "Bytes");
        };
        return new Predicate.Json(field, path, test, negated, negated, false);
    }

    private static JsonTest number(Steps steps, Comparison comparison, Value constant) {
        var whole = constant instanceof Value.Int && steps.isWhole()
                ? Optional.of(whole("Int64", steps, comparison, constant))
                : Optional.<Test.WholeRange>empty();
        return new JsonTest.Number(whole, real(steps, comparison, Constants.real(constant)));
    }

    /// A test for values of a scalar type.
    static Test test(FieldType type, Steps steps, Comparison comparison, Value constant) {
        boolean fits = switch (type) {
            case Primitive primitive ->
                primitive == Primitive.BOOL ? constant instanceof Value.Bool : Constants.isNumber(constant);
            case FieldType.Varchar _ -> constant instanceof Value.Text;
            default -> false;
        };
        if (!fits) throw Wrong.comparing(type.word(), constant.word());
        return switch (type) {
            case Primitive.BOOL -> truths(comparison, ((Value.Bool) constant).value());
            case FieldType.Varchar _ -> text(comparison, ((Value.Text) constant).value());
            case Primitive.FLOAT ->
                real(steps, comparison, steps.none() ? narrowed(constant) : Constants.real(constant));
            case Primitive.DOUBLE -> real(steps, comparison, Constants.real(constant));
            default -> whole(type.word(), steps, comparison, constant);
        };
    }

    static Test.WholeRange whole(String type, Steps steps, Comparison comparison, Value constant) {
        if (!(constant instanceof Value.Int(var bound)))
            throw new Wrong("cannot cast value to " + type + ", value: " + Constants.print(constant));
        boolean never = comparison == Comparison.LESS && bound == Long.MIN_VALUE
                || comparison == Comparison.GREATER && bound == Long.MAX_VALUE;
        if (never) return new Test.WholeRange(steps, 1, 0);
        return switch (comparison) {
            case EQUAL, NOT_EQUAL -> new Test.WholeRange(steps, bound, bound);
            case LESS -> new Test.WholeRange(steps, Long.MIN_VALUE, bound - 1);
            case LESS_OR_EQUAL -> new Test.WholeRange(steps, Long.MIN_VALUE, bound);
            case GREATER -> new Test.WholeRange(steps, bound + 1, Long.MAX_VALUE);
            case GREATER_OR_EQUAL -> new Test.WholeRange(steps, bound, Long.MAX_VALUE);
        };
    }

    private static Test.RealRange real(Steps steps, Comparison comparison, double bound) {
        double least = Double.NEGATIVE_INFINITY;
        double most = Double.POSITIVE_INFINITY;
        return switch (comparison) {
            case EQUAL, NOT_EQUAL -> new Test.RealRange(steps, bound, true, bound, true);
            case LESS -> new Test.RealRange(steps, least, true, bound, false);
            case LESS_OR_EQUAL -> new Test.RealRange(steps, least, true, bound, true);
            case GREATER -> new Test.RealRange(steps, bound, false, most, true);
            case GREATER_OR_EQUAL -> new Test.RealRange(steps, bound, true, most, true);
        };
    }

    private static Test.TextRange text(Comparison comparison, String text) {
        var bound = text.getBytes(StandardCharsets.UTF_8);
        return switch (comparison) {
            case EQUAL, NOT_EQUAL -> new Test.TextRange(bound, true, bound, true);
            case LESS -> new Test.TextRange(NO_BOUND, true, bound, false);
            case LESS_OR_EQUAL -> new Test.TextRange(NO_BOUND, true, bound, true);
            case GREATER -> new Test.TextRange(bound, false, NO_BOUND, true);
            case GREATER_OR_EQUAL -> new Test.TextRange(bound, true, NO_BOUND, true);
        };
    }

    private static Test.TruthSet truths(Comparison comparison, boolean bound) {
        var passing = new ArrayList<Boolean>();
        for (boolean value : new boolean[] {false, true})
            if (Constants.holds(comparison, Boolean.compare(value, bound))) passing.add(value);
        return Test.truths(passing);
    }

    private static double narrowed(Value constant) {
        return (float) Constants.real(constant);
    }

    /// `place in [..]`.
    static Predicate in(Place place, List<Value> values) {
        if (!place.steps().none()) throw onlyOnField();
        return switch (place.target()) {
            case Target.Whole(var field) ->
                switch (field.type()) {
                    case FieldType.Json _ -> jsonIn(field.id(), new JsonPath(List.of()), values);
                    case FieldType.Array _, FieldType.Vector _ -> throw onlyOnField();
                    default -> new Predicate.Scalar(field.id(), (Test) set(field.type(), values), false);
                };
            case Target.InArray(var field, var element, var index) ->
                new Predicate.Element(field.id(), index, set(element, values), false, false);
            case Target.InJson(var field, var path) -> jsonIn(field.id(), path, values);
            case Target.LengthOf _ -> throw onlyOnField();
        };
    }

    private static Wrong onlyOnField() {
        return new Wrong("'term' can only be used on single field");
    }

    private static Predicate jsonIn(int field, JsonPath path, List<Value> values) {
        return new Predicate.Json(field, path, new JsonTest.In(JsonTest.Members.of(values)), false, false, false);
    }

    /// The values of a list, each of the type.
    static Test.Set set(FieldType type, List<Value> values) {
        for (var value : values) {
            boolean fits = switch (type) {
                case Primitive primitive ->
                    primitive == Primitive.BOOL
                            ? value instanceof Value.Bool
                            : primitive.isFloating() ? Constants.isNumber(value) : value instanceof Value.Int;
                case FieldType.Varchar _ -> value instanceof Value.Text;
                default -> false;
            };
            if (!fits)
                throw new Wrong("value '" + Constants.print(value) + "' in list cannot be casted to " + type.word());
        }
        return switch (type) {
            case Primitive.BOOL ->
                Test.truths(values.stream().map(v -> ((Value.Bool) v).value()).toList());
            case Primitive.FLOAT ->
                Test.reals(values.stream().mapToDouble(Comparing::narrowed).toArray());
            case Primitive.DOUBLE ->
                Test.reals(values.stream().mapToDouble(Constants::real).toArray());
            case Primitive _ ->
                Test.wholes(
                        values.stream().mapToLong(v -> ((Value.Int) v).value()).toArray());
            default ->
                Test.texts(values.stream()
                        .map(v -> ((Value.Text) v).value().getBytes(StandardCharsets.UTF_8))
                        .toList());
        };
    }

    /// `left <comparison> right`, both places.
    static Predicate columns(Place left, Comparison comparison, Place right) {
        if (!left.steps().none() || !right.steps().none())
            throw new Wrong("arithmetic in a comparison of two fields is not supported");
        var types = List.of(left.target().type(), right.target().type());
        if (types.stream().anyMatch(FieldType.Json.class::isInstance))
            throw new Wrong("two column comparison with JSON type is not supported");
        if (types.stream().anyMatch(FieldType.Array.class::isInstance))
            throw new Wrong("can not comparisons array fields directly");
        if (!(left.target() instanceof Target.Whole(var a)) || !(right.target() instanceof Target.Whole(var b)))
            throw new Wrong("two column comparison with an array element is not supported");
        if (classOf(a.type()) != classOf(b.type()) || classOf(a.type()) == 0)
            throw Wrong.comparing(a.type().word(), b.type().word());
        return switch (comparison) {
            case EQUAL -> new Predicate.Columns(a.id(), EQUAL, b.id(), false);
            case NOT_EQUAL -> new Predicate.Columns(a.id(), EQUAL, b.id(), true);
            case LESS -> new Predicate.Columns(a.id(), LESS, b.id(), false);
            case LESS_OR_EQUAL -> new Predicate.Columns(a.id(), LESS_OR_EQUAL, b.id(), false);
            case GREATER -> new Predicate.Columns(b.id(), LESS, a.id(), false);
            case GREATER_OR_EQUAL -> new Predicate.Columns(b.id(), LESS_OR_EQUAL, a.id(), false);
        };
    }

    /// Types that can be compared with each other: 1 truth, 2 numbers, 3 text, 4 moments; 0 nothing.
    private static int classOf(FieldType type) {
        return switch (type) {
            case Primitive.BOOL -> 1;
            case Primitive.TIMESTAMPTZ -> 4;
            case Primitive _ -> 2;
            case FieldType.Varchar _ -> 3;
            default -> 0;
        };
    }
}
