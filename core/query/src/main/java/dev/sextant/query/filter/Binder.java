package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonPath;
import dev.sextant.model.Expression;
import dev.sextant.model.Expression.Comparison;
import dev.sextant.model.Expression.Operator;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Filter;
import dev.sextant.model.Function;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
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
import java.util.OptionalInt;

/// Gives the names of a filter their fields and its operators their types, or says what does not fit. Texts of refusals
/// are those that Milvus' clients know.
public final class Binder {
    private static final Expression TRUE = new Expression.Literal(Value.of(true));

    private final Schema schema;
    private final Map<String, Value> values;
    private final Optional<Struct> inside; // whose elements the condition is about
    private final Times times;

    private Binder(Schema schema, Map<String, Value> values, Optional<Struct> inside, Times times) {
        this.schema = schema;
        this.values = values;
        this.inside = inside;
        this.times = times;
    }

    public static Bound bind(Optional<Filter> filter, Schema schema) {
        return filter.map(present -> bind(present, schema)).orElse(Bound.ALL);
    }

    public static Bound bind(Filter filter, Schema schema) {
        try {
            var times = new Times(filter.zone().orElse(ZoneOffset.UTC));
            return new Binder(schema, filter.values(), Optional.empty(), times).root(filter.root(), filter.text());
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
        if (inside.isPresent())
            throw new Wrong(call.function() + " cannot stand inside of another condition on elements");
        if (call.arguments().size() != 2 || !(call.arguments().getFirst() instanceof Expression.Name(var name)))
            throw new Wrong("invalid expression: " + call.function() + " takes a struct array field and a condition");
        var struct = schema.struct(name).orElseThrow(() -> new Wrong("struct field not found: " + name));
        var condition = new Binder(schema, values, Optional.of(struct), times)
                .operand(call.arguments().get(1));
        return new OfElements(
                struct,
                shape(struct).id(),
                truth(condition)
                        .map(Simplify::of)
                        .orElseThrow(() -> new Wrong("invalid expression: the condition of " + call.function()
                                + " is not a boolean expression")));
    }

    /// For [Functions] that ask rows only.
    boolean isInElements() {
        return inside.isPresent();
    }

    /// A field that tells how many elements a row has, quickly where there is one that has no vectors.
    private Field shape(Struct struct) {
        var fields = schema.fieldsOf(struct);
        return fields.stream().filter(field -> !field.isVector()).findFirst().orElseGet(fields::getFirst);
    }

    /// For [Functions] too: a field with the arrays of a struct, where a name is a struct's.
    Optional<Field> shape(Expression expression) {
        return expression instanceof Expression.Name(var name) && inside.isEmpty()
                ? schema.struct(name).map(this::shape)
                : Optional.empty();
    }

    /// `$[sub]`, as if an element were a row.
    private Operand element(String sub) {
        var struct = inside.orElseThrow(() ->
                new Wrong("$[" + sub + "] can only stand inside of element_filter, match_any, match_all or their kin"));
        var field = part(struct, sub);
        var element = ((FieldType.Array) field.type()).element();
        return new Place(
                new Target.Whole(new Field(
                        field.id(),
                        field.name(),
                        "",
                        element,
                        java.util.Set.of(),
                        Optional.empty(),
                        field.parameters())),
                Steps.NONE);
    }

    private Field part(Struct struct, String sub) {
        return schema.field(struct.nameOf(sub))
                .orElseThrow(() -> new Wrong("struct field not found: " + struct.nameOf(sub)));
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
                new Condition(shape(operand)
                        .<Predicate>map(field -> new Predicate.IsNull(field.id(), negated))
                        .orElseGet(() -> isNull(operand(operand), negated)));
            case Expression.Not(var operand) ->
                new Condition(Negation.of(truth(operand(operand))
                        .orElseThrow(() -> new Wrong("not op can only be applied on boolean expression"))));
            case Expression.And(var operands) -> new Condition(new Predicate.And(conditions(operands, "and")));
            case Expression.Or(var operands) -> new Condition(new Predicate.Or(conditions(operands, "or")));
            case Expression.Arithmetic(var operator, var left, var right) ->
                arithmetic(operator, operand(left), operand(right));
            case Expression.Unary(var sign, var operand) -> unary(sign, operand(operand));
            case Expression.Call call -> new Functions(this).call(call);
            case Expression.Element(var sub) -> element(sub);
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
        return new Place(target(name, List.of()), Steps.NONE);
    }

    private Operand path(Expression.Path path) {
        return new Place(target(path.root(), path.steps()), Steps.NONE);
    }

    private Target target(String root, List<Expression.Step> steps) {
        if (inside.isPresent())
            throw new Wrong("invalid expression: only $[...] can stand in a condition on elements, not " + root);
        var struct = schema.struct(root);
        if (struct.isPresent()) return target(struct.get(), steps);
        var field = schema.field(root);
        if (field.isEmpty()) {
            var dynamic = schema.dynamic().orElseThrow(() -> new Wrong("field " + root + " not exist"));
            var all = new ArrayList<JsonPath.Step>();
            all.add(JsonPath.key(root));
            all.addAll(jsonSteps(steps));
            return new Target.InJson(dynamic, new JsonPath(all));
        }
        if (field.get().type() instanceof FieldType.Text)
            throw new Wrong("filter on text field (" + root + ") is not supported yet");
        return steps.isEmpty() ? new Target.Whole(field.get()) : inside(field.get(), steps);
    }

    /// `struct[sub]` or `struct[0][sub]`.
    private Target target(Struct struct, List<Expression.Step> steps) {
        if (steps.size() == 1 && steps.getFirst() instanceof Expression.Step.Sub(var sub))
            return new Target.Whole(part(struct, sub));
        if (steps.size() == 2
                && steps.getFirst() instanceof Expression.Step.Index(var index)
                && steps.getLast() instanceof Expression.Step.Sub(var sub)) {
            var field = part(struct, sub);
            return new Target.InArray(field, ((FieldType.Array) field.type()).element(), index);
        }
        throw new Wrong("struct field " + struct.name() + " can only be accessed by the name of a sub-field: "
                + struct.name() + "[...]");
    }

    private static Target inside(Field field, List<Expression.Step> steps) {
        return switch (field.type()) {
            case FieldType.Json _ -> new Target.InJson(field, new JsonPath(jsonSteps(steps)));
            case FieldType.Array(var element, _) -> {
                if (steps.size() == 1 && steps.getFirst() instanceof Expression.Step.Index(var index))
                    yield new Target.InArray(field, element, index);
                throw new Wrong("array field " + field.name() + " can only be accessed by one index");
            }
            default -> throw new Wrong(field.type().word() + " data type not supported accessed with []");
        };
    }

    private static List<JsonPath.Step> jsonSteps(List<Expression.Step> steps) {
        return steps.stream()
                .<JsonPath.Step>map(step -> switch (step) {
                    case Expression.Step.Key(var key) -> JsonPath.key(key);
                    case Expression.Step.Index(var index) -> new JsonPath.Index(index);
                    case Expression.Step.Sub(var sub) -> throw new Wrong("struct field not found: " + sub);
                })
                .toList();
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

    private static Operand unary(char sign, Operand operand) {
        return switch (operand) {
            case Constant(Value.Int(var number)) when sign == '-' -> new Constant(Value.of(-number));
            case Constant(Value.Real(var number)) when sign == '-' -> new Constant(Value.of(-number));
            case Constant(var value) when sign == '+' && Constants.isNumber(value) -> operand;
            default ->
                throw new Wrong(
                        sign == '~'
                                ? "bitwise not is not supported"
                                : "unary '" + sign + "' can only be applied on constants");
        };
    }

    private static Operand arithmetic(Operator operator, Operand left, Operand right) {
        var refused = switch (operator) {
            case SHIFT_LEFT -> "ShiftLeft";
            case SHIFT_RIGHT -> "ShiftRight";
            default -> "";
        };
        if (!refused.isEmpty()) throw new Wrong(refused + " is not supported");
        if (right instanceof Operand.Span(var interval) && Times.concerns(left))
            return Times.later(operator, left, interval);
        if (left instanceof Constant(var a) && right instanceof Constant(var b))
            return new Constant(Constants.arithmetic(operator, a, b));
        if (left instanceof Place place && right instanceof Constant(var value)) return stepped(operator, place, value);
        if (left instanceof Constant(var value) && right instanceof Place place) {
            if (isCommutative(operator)) return stepped(operator, place, value);
            throw new Wrong(
                    "'" + operator.sign + "' with a constant on its left and a field on its right is not supported");
        }
        if (left instanceof Place && right instanceof Place)
            throw new Wrong("'" + operator.sign + "' between two fields is not supported");
        throw notArithmetic(operator);
    }

    private static boolean isCommutative(Operator operator) {
        return switch (operator) {
            case ADD, MULTIPLY, BIT_AND, BIT_OR, BIT_XOR -> true;
            case SUBTRACT, DIVIDE, MODULO, POWER, SHIFT_LEFT, SHIFT_RIGHT -> false;
        };
    }

    private static Wrong notArithmetic(Operator operator) {
        return new Wrong(
                "'" + operator.sign + "' can only be used between integer or floating or json field expressions");
    }

    private static Operand stepped(Operator operator, Place place, Value constant) {
        var operation = switch (operator) {
            case ADD -> Steps.Operation.ADD;
            case SUBTRACT -> Steps.Operation.SUBTRACT;
            case MULTIPLY -> Steps.Operation.MULTIPLY;
            case DIVIDE -> Steps.Operation.DIVIDE;
            case MODULO -> Steps.Operation.MODULO;
            case POWER -> Steps.Operation.POWER;
            case BIT_AND -> Steps.Operation.BIT_AND;
            case BIT_OR -> Steps.Operation.BIT_OR;
            case BIT_XOR -> Steps.Operation.BIT_XOR;
            case SHIFT_LEFT, SHIFT_RIGHT -> throw new AssertionError(operator); // refused before
        };
        if (!Constants.isNumber(constant)) throw notArithmetic(operator);
        boolean whole = isWhole(place.target());
        boolean real = isReal(place.target());
        if (!whole && !real && !(place.target() instanceof Target.InJson)) throw notArithmetic(operator);
        if (whole && constant instanceof Value.Real)
            throw new Wrong(
                    "cannot cast value to " + place.target().type().word() + ", value: " + Constants.print(constant));
        if (operation.isOfWholes() && (real || constant instanceof Value.Real))
            throw new Wrong((operation == Steps.Operation.MODULO ? "modulo" : "'" + operator.sign + "'")
                    + " can only apply on integer types");
        if (operation == Steps.Operation.POWER && whole && Constants.real(constant) < 0)
            throw new Wrong("the power of an integer field must not be negative, got: " + Constants.print(constant));
        boolean divides = operation == Steps.Operation.DIVIDE || operation == Steps.Operation.MODULO;
        if (divides && Constants.real(constant) == 0)
            throw new Wrong(operation == Steps.Operation.DIVIDE ? "division by zero" : "modulo by zero");
        long number = constant instanceof Value.Int(var value) ? value : 0;
        var step = new Steps.Step(operation, constant instanceof Value.Int, number, Constants.real(constant));
        return new Place(place.target(), place.steps().then(step));
    }

    private static boolean isWhole(Target target) {
        return switch (target) {
            case Target.Whole(var field) -> field.type() instanceof Primitive type && type.isInteger();
            case Target.InArray(_, var element, _) -> element instanceof Primitive type && type.isInteger();
            case Target.LengthOf _ -> true;
            case Target.InJson _ -> false;
        };
    }

    private static boolean isReal(Target target) {
        return switch (target) {
            case Target.Whole(var field) -> field.type() instanceof Primitive type && type.isFloating();
            case Target.InArray(_, var element, _) -> element instanceof Primitive type && type.isFloating();
            case Target.LengthOf _, Target.InJson _ -> false;
        };
    }

    /// For [Functions]: the field that counts the words of another.
    OptionalInt counted(Field field) {
        return schema.functions().stream()
                .filter(function -> function.kind() == Function.Kind.BM25
                        && function.inputs().contains(field.name()))
                .flatMap(function -> schema.field(function.output()).stream())
                .mapToInt(Field::id)
                .findFirst();
    }

    /// For [Functions]: a field that stands as an argument by its name.
    Optional<Field> named(Expression expression) {
        return expression instanceof Expression.Name(var name) ? schema.field(name) : Optional.empty();
    }

    /// For [Functions]: what an argument is.
    Operand argument(Expression expression) {
        return operand(expression);
    }
}
