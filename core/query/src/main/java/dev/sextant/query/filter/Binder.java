package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonPath;
import dev.sextant.model.Expression;
import dev.sextant.model.Expression.Comparison;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Filter;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Value;
import dev.sextant.query.filter.Operand.Condition;
import dev.sextant.query.filter.Operand.Constant;
import dev.sextant.query.filter.Operand.Place;
import dev.sextant.query.filter.Operand.Target;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Gives the names of a filter their fields and its operators their types, or says what does not fit. Texts of refusals
/// are those that Milvus' clients know.
public final class Binder {
    private static final Expression TRUE = new Expression.Literal(Value.of(true));

    private final Places places;
    private final Map<String, Value> values;
    private final Times times;

    private Binder(Places places, Map<String, Value> values, Times times) {
        this.places = places;
        this.values = values;
        this.times = times;
    }

    public static Bound bind(Optional<Filter> filter, Schema schema) {
        return filter.isEmpty() ? Bound.ALL : bind(filter.get(), schema);
    }

    public static Bound bind(Filter filter, Schema schema) {
        try {
            var times = new Times(filter.zone().orElse(ZoneOffset.UTC));
            return new Binder(new Places(schema, Optional.empty()), filter.values(), times)
                    .root(filter.root(), filter.text());
        } catch (Wrong wrong) {
            throw new Refused(new Refusal.InvalidFilter(filter.text(), wrong.getMessage(), -1));
        }
    }

    private Bound root(Expression given, String text) {
        var root = opened(given);
        var sample = OptionalDouble.empty();
        if (isSample(root)) {
            sample = OptionalDouble.of(share((Expression.Call) root));
            root = TRUE;
        } else if (root instanceof Expression.And(var operands) && isSample(operands.getLast())) {
            sample = OptionalDouble.of(share((Expression.Call) operands.getLast()));
            root = new Expression.And(operands.subList(0, operands.size() - 1));
        }
        var elements = Optional.<OfElements>empty();
        if (isOfElements(root)) {
            elements = Optional.of(elements((Expression.Call) root));
            root = TRUE;
        } else if (root instanceof Expression.And(var operands) && isOfElements(operands.getLast())) {
            elements = Optional.of(elements((Expression.Call) operands.getLast()));
            root = new Expression.And(operands.subList(0, operands.size() - 1));
        }
        var bound = operand(root);
        if (truth(bound) instanceof Optional<Predicate> found && found.isPresent())
            return new Bound(
                    Simplify.of(
                            elements.map(asked -> having(found.get(), asked)).orElse(found.get())),
                    sample,
                    elements);
        throw new Wrong("predicate is not a boolean expression: " + text + ", data type: " + typeName(bound));
    }

    /// What stands last in what stands last stands last: iterators put conditions of their own before a whole filter.
    private static Expression opened(Expression root) {
        if (!(root instanceof Expression.And(var operands))
                || !(opened(operands.getLast()) instanceof Expression.And(var inner))) return root;
        var all = new ArrayList<>(operands.subList(0, operands.size() - 1));
        all.addAll(inner);
        return new Expression.And(all);
    }

    private static boolean isOfElements(Expression expression) {
        return expression instanceof Expression.Call call && call.function().equals("element_filter");
    }

    /// Rows without such an element have nothing to be found.
    private static Predicate having(Predicate rows, OfElements asked) {
        var any = new Predicate.Elements(asked.shape(), asked.condition(), 1, Integer.MAX_VALUE, false, false);
        return new Predicate.And(List.of(rows, any));
    }

    /// The condition over elements in a call such as `match_any(struct, condition, …)`.
    OfElements elements(Expression.Call call) {
        if (isInElements()) throw new Wrong(call.function() + " cannot stand inside of another condition on elements");
        if (call.arguments().size() != 2 || !(call.arguments().getFirst() instanceof Expression.Name(var name)))
            throw new Wrong("invalid expression: " + call.function() + " takes a struct array field and a condition");
        var struct = places.struct(name);
        var condition = new Binder(places.within(struct), values, times)
                .operand(call.arguments().get(1));
        return new OfElements(
                struct,
                places.shape(struct).id(),
                truth(condition)
                        .map(Simplify::of)
                        .orElseThrow(() -> new Wrong("invalid expression: the condition of " + call.function()
                                + " is not a boolean expression")));
    }

    /// For [Functions] that ask rows only.
    boolean isInElements() {
        return places.inside().isPresent();
    }

    private static boolean isSample(Expression expression) {
        return expression instanceof Expression.Call call && call.function().equals("random_sample");
    }

    private double share(Expression.Call call) {
        var number = call.arguments().size() == 1 ? operand(call.arguments().getFirst()) : null;
        double share = number instanceof Constant(var value) && Constants.isNumber(value) ? Constants.real(value) : 0;
        if (!(share > 0 && share < 1))
            throw new Wrong("the sample factor should be between 0 and 1 and not too close to 0 or 1");
        return share;
    }

    /// The condition that an operand is; nothing when it is a value.
    private static Optional<Predicate> truth(Operand operand) {
        return switch (operand) {
            case Condition(var predicate) -> Optional.of(predicate);
            case Constant(Value.Bool(var value)) -> Optional.of(new Predicate.Constant(value));
            case Constant _, Place _, Operand.Moment _, Operand.Span _, Operand.Later _ -> Optional.empty();
        };
    }

    private static String typeName(Operand operand) {
        return switch (operand) {
            case Condition _ -> "Bool";
            case Constant(var value) -> value.word();
            case Place place -> place.target().type().word();
            case Operand.Moment _, Operand.Later _ -> "Timestamptz";
            case Operand.Span _ -> "Interval";
        };
    }

    private Operand operand(Expression expression) {
        return switch (expression) {
            case Expression.Literal(var value) -> new Constant(value);
            case Expression.Template(var name) -> template(name);
            case Expression.Items(var items) ->
                new Constant(new Value.Items(items.stream().map(this::constant).toList()));
            case Expression.Name(var name) -> name(name);
            case Expression.Path path -> path(path);
            case Expression.Compare(var comparison, var left, var right) ->
                compare(comparison, operand(left), operand(right));
            case Expression.Between between -> between(between);
            case Expression.In(var operand, var items, var negated) -> in(operand, items, negated);
            case Expression.Like(var operand, var pattern) -> like(operand, pattern);
            case Expression.Regex(var operand, var pattern, var negated) -> regex(operand, pattern, negated);
            case Expression.Exists(var operand) -> new Condition(exists(operand(operand)));
            case Expression.IsNull(var operand, var negated) ->
                new Condition(places.shape(operand)
                        .<Predicate>map(field -> new Predicate.IsNull(field.id(), negated))
                        .orElseGet(() -> isNull(operand(operand), negated)));
            case Expression.Not(var operand) ->
                new Condition(Negation.of(truth(operand(operand))
                        .orElseThrow(() -> new Wrong("not op can only be applied on boolean expression"))));
            case Expression.And(var operands) -> new Condition(new Predicate.And(conditions(operands, "and")));
            case Expression.Or(var operands) -> new Condition(new Predicate.Or(conditions(operands, "or")));
            case Expression.Arithmetic(var operator, var left, var right) ->
                Calculating.arithmetic(operator, operand(left), operand(right));
            case Expression.Unary(var sign, var operand) -> Calculating.unary(sign, operand(operand));
            case Expression.Call call -> new Functions(this).call(call);
            case Expression.Element(var sub) -> places.element(sub);
            case Expression.Moment(var iso) -> new Operand.Moment(times.moment(iso));
            case Expression.Interval(var iso) -> Times.span(iso);
        };
    }

    Constant template(String name) {
        var value = values.get(name);
        if (value == null)
            throw new Wrong("the value of expression template variable name {" + name + "} is not found");
        return new Constant(value);
    }

    private Value constant(Expression expression) {
        return switch (operand(expression)) {
            case Constant(var value) -> value;
            case Operand.Moment(var micros) -> Times.text(micros);
            case Condition _, Place _, Operand.Span _, Operand.Later _ ->
                throw new Wrong("array element type must be constant");
        };
    }

    private Operand name(String name) {
        return new Place(places.target(name, List.of()), Steps.NONE);
    }

    private Operand path(Expression.Path path) {
        return new Place(places.target(path.root(), path.steps()), Steps.NONE);
    }

    private Operand compare(Comparison comparison, Operand left, Operand right) {
        if (Times.concerns(left) || Times.concerns(right)) return times.compare(comparison, left, right);
        if (left instanceof Constant(var a) && right instanceof Constant(var b))
            return new Constant(Value.of(Constants.compare(comparison, a, b)));
        if (left instanceof Place a && right instanceof Place b)
            return new Condition(Comparing.columns(a, comparison, b));
        if (left instanceof Place place && right instanceof Constant(var value))
            return new Condition(Comparing.with(place, comparison, value));
        if (left instanceof Constant(var value) && right instanceof Place place) {
            if (!comparable(place, value))
                throw Wrong.comparing(value.word(), place.target().type().word());
            return new Condition(Comparing.with(place, comparison.mirrored(), value));
        }
        throw Wrong.comparing(typeName(left), typeName(right));
    }

    /// Only for the order of the types in a message: whether the classes fit at all.
    private static boolean comparable(Place place, Value value) {
        return switch (place.target().type()) {
            case FieldType.Json _, FieldType.Array _ -> true;
            case FieldType.Varchar _ -> value instanceof Value.Text;
            case FieldType.Primitive primitive
            when primitive == FieldType.Primitive.BOOL -> value instanceof Value.Bool;
            case FieldType.Primitive _, FieldType.Text _, FieldType.Geometry _, FieldType.Vector _ ->
                Constants.isNumber(value);
        };
    }

    private Operand between(Expression.Between between) {
        if (!(operand(between.lower()) instanceof Constant(var lower))
                || !(operand(between.upper()) instanceof Constant(var upper)))
            throw new Wrong("lowerbound and upperbound of a range must be constants");
        var among = operand(between.middle());
        if (Times.concerns(among))
            return times.between(lower, between.lowerInclusive(), among, upper, between.upperInclusive());
        if (!(among instanceof Place middle))
            throw new Wrong("range operations are only supported on single fields now");
        int order = Constants.order(lower, upper);
        if (order > 0 || order == 0 && !(between.lowerInclusive() && between.upperInclusive()))
            throw new Wrong("invalid range: lowerbound is greater than upperbound");
        var above = between.lowerInclusive() ? Comparison.GREATER_OR_EQUAL : Comparison.GREATER;
        var below = between.upperInclusive() ? Comparison.LESS_OR_EQUAL : Comparison.LESS;
        return new Condition(
                new Predicate.And(List.of(Comparing.with(middle, above, lower), Comparing.with(middle, below, upper))));
    }

    private Operand in(Expression operand, Expression items, boolean negated) {
        if (!(operand(operand) instanceof Place place)) throw new Wrong("'term' can only be used on single field");
        if (!(operand(items) instanceof Constant(Value.Items(var listed))))
            throw new Wrong("the right-hand side of 'in' must be a list");
        var in = Times.concerns(place) ? times.in(place, listed) : Comparing.in(place, listed);
        return new Condition(negated ? Negation.of(in) : in);
    }

    private Operand like(Expression operand, Expression pattern) {
        return new Condition(matching(operand, Pattern.like(patternText(pattern))));
    }

    private Operand regex(Expression operand, Expression pattern, boolean negated) {
        var text = patternText(pattern);
        var matching =
                matching(operand, Pattern.regex(text).orElseThrow(() -> new Wrong("invalid regex pattern: " + text)));
        return new Condition(negated ? Negation.of(matching) : matching);
    }

    private String patternText(Expression pattern) {
        if (operand(pattern) instanceof Constant(Value.Text(var text))) return text;
        throw new Wrong("the pattern of a like operation must be a string");
    }

    private Predicate matching(Expression operand, Pattern pattern) {
        return textTest(
                operand(operand),
                new Test.TextPattern(pattern),
                "like operation on non-string or no-json field is unsupported");
    }

    /// A test of text wherever text can be.
    static Predicate textTest(Operand operand, Test.Text test, String otherwise) {
        if (operand instanceof Place(var target, var steps) && steps.none())
            switch (target) {
                case Target.Whole(var field) -> {
                    if (field.type() instanceof FieldType.Varchar) return new Predicate.Scalar(field.id(), test, false);
                    if (field.type() instanceof FieldType.Json)
                        return json(field, new JsonPath(List.of()), new JsonTest.Text(test));
                }
                case Target.InArray(var field, var element, var index) -> {
                    if (element instanceof FieldType.Varchar)
                        return new Predicate.Element(field.id(), index, test, false, false);
                }
                case Target.InJson(var field, var path) -> {
                    return json(field, path, new JsonTest.Text(test));
                }
                case Target.LengthOf _ -> {}
            }
        throw new Wrong(otherwise);
    }

    static Predicate json(Field field, JsonPath path, JsonTest test) {
        return new Predicate.Json(field.id(), path, test, false, false, false);
    }

    private static Predicate exists(Operand operand) {
        if (operand instanceof Place(var target, var steps) && steps.none()) {
            if (target instanceof Target.InJson(var field, var path)) return json(field, path, JsonTest.EXISTS);
            if (target instanceof Target.Whole(var field) && field.type() instanceof FieldType.Json)
                return json(field, new JsonPath(List.of()), JsonTest.EXISTS);
        }
        throw new Wrong("exists operations are only supported on json field, got:" + typeName(operand));
    }

    private static Predicate isNull(Operand operand, boolean negated) {
        if (!(operand instanceof Place(var target, var steps)) || !steps.none())
            throw new Wrong("IsNull/IsNotNull operations are only supported on fields");
        return switch (target) {
            case Target.Whole(var field) -> {
                if (field.type() instanceof FieldType.Vector)
                    throw new Wrong("IsNull/IsNotNull operations are not supported on vector fields");
                yield new Predicate.IsNull(field.id(), negated);
            }
            case Target.InJson(var field, var path) -> {
                var exists = json(field, path, JsonTest.EXISTS);
                yield negated ? exists : Negation.of(exists);
            }
            case Target.InArray _ ->
                throw new Wrong("IsNull/IsNotNull operations are not supported on array element access");
            case Target.LengthOf _ -> throw new Wrong("IsNull/IsNotNull operations are only supported on fields");
        };
    }

    private List<Predicate> conditions(List<Expression> operands, String word) {
        return operands.stream()
                .map(operand -> truth(operand(operand))
                        .orElseThrow(() -> new Wrong("'" + word + "' can only be used between boolean expressions")))
                .toList();
    }

    /// For [Functions]: what names stand for.
    Places places() {
        return places;
    }

    /// For [Functions]: what an argument is.
    Operand argument(Expression expression) {
        return operand(expression);
    }
}
