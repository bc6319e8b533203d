package dev.sextant.query.filter;

import dev.sextant.model.Expression.Comparison;
import dev.sextant.model.Expression.Operator;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Moments;
import dev.sextant.model.Value;
import dev.sextant.query.filter.Operand.Condition;
import dev.sextant.query.filter.Operand.Constant;
import dev.sextant.query.filter.Operand.Place;
import dev.sextant.query.filter.Operand.Target;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/// Conditions on moments: texts are read in the zone of the filter, intervals go to the side of the constant where they
/// can.
final class Times {
    private static final String TYPE = "Timestamptz";
    private static final Moments.Interval NO_INTERVAL = new Moments.Interval(0, 0);

    private final ZoneId zone;

    Times(ZoneId zone) {
        this.zone = zone;
    }

    /// Whether an operand is about moments; a text may be one too, beside such.
    static boolean concerns(Operand operand) {
        return switch (operand) {
            case Operand.Moment _, Operand.Span _, Operand.Later _ -> true;
            case Place(Target.Whole(var field), _) -> field.type() == Primitive.TIMESTAMPTZ;
            case Place _, Constant _, Condition _ -> false;
        };
    }

    long moment(String text) {
        try {
            return Moments.parse(text, zone);
        } catch (Moments.NoMoment wrong) {
            throw new Wrong(wrong.getMessage());
        }
    }

    static Operand.Span span(String text) {
        try {
            return new Operand.Span(Moments.Interval.parse(text));
        } catch (Moments.NoMoment wrong) {
            throw new Wrong(wrong.getMessage());
        }
    }

    /// A moment as a constant that every zone reads alike.
    static Value text(long micros) {
        return Value.of(Moments.print(micros, ZoneOffset.UTC));
    }

    static Operand later(Operator operator, Operand place, Moments.Interval interval) {
        if (!(place instanceof Place(Target.Whole(var field), _))
                || operator != Operator.ADD && operator != Operator.SUBTRACT)
            throw new Wrong("an INTERVAL can only be added to or subtracted from a timestamptz field");
        return new Operand.Later(field, operator == Operator.ADD ? interval : interval.negated());
    }

    Operand compare(Comparison comparison, Operand left, Operand right) {
        if (left instanceof Place a && right instanceof Place b)
            return new Condition(Comparing.columns(a, comparison, b));
        if (isField(left)) return new Condition(holds(left, comparison, constant(right)));
        if (isField(right)) return new Condition(holds(right, comparison.mirrored(), constant(left)));
        return new Constant(Value.of(Constants.holds(comparison, Long.compare(constant(left), constant(right)))));
    }

    Operand between(Value lower, boolean lowerIn, Operand field, Value upper, boolean upperIn) {
        long least = constant(new Constant(lower)), most = constant(new Constant(upper));
        if (least > most || least == most && !(lowerIn && upperIn))
            throw new Wrong("invalid range: lowerbound is greater than upperbound");
        return new Condition(new Predicate.And(List.of(
                holds(field, lowerIn ? Comparison.GREATER_OR_EQUAL : Comparison.GREATER, least),
                holds(field, upperIn ? Comparison.LESS_OR_EQUAL : Comparison.LESS, most))));
    }

    Predicate in(Place place, List<Value> listed) {
        var moments = listed.stream()
                .mapToLong(value -> constant(new Constant(value)))
                .toArray();
        return new Predicate.Scalar(place.target().field().id(), Test.wholes(moments), false);
    }

    private static boolean isField(Operand operand) {
        return operand instanceof Place || operand instanceof Operand.Later;
    }

    private long constant(Operand operand) {
        return switch (operand) {
            case Operand.Moment(var micros) -> micros;
            case Constant(Value.Text(var text)) -> moment(text);
            case Constant(var value) -> throw Wrong.comparing(TYPE, value.word());
            case Place place ->
                throw Wrong.comparing(TYPE, place.target().type().word());
            case Operand.Later _ -> throw new Wrong("an INTERVAL in a comparison of two fields is not supported");
            case Operand.Span _ -> throw Wrong.comparing(TYPE, "Interval");
            case Condition _ -> throw Wrong.comparing(TYPE, "Bool");
        };
    }

    private static Predicate holds(Operand side, Comparison comparison, long bound) {
        boolean negated = comparison == Comparison.NOT_EQUAL;
        return switch (side) {
            case Operand.Later(var field, var interval) -> holds(field, interval, comparison, bound, negated);
            case Place(Target.Whole(var field), var steps)
            when field.type() == Primitive.TIMESTAMPTZ && steps.none() ->
                holds(field, NO_INTERVAL, comparison, bound, negated);
            case Place place -> throw Wrong.comparing(place.target().type().word(), TYPE);
            default -> throw new AssertionError(side);
        };
    }

    private static Predicate holds(
            Field field, Moments.Interval interval, Comparison comparison, long bound, boolean negated) {
        var range = Comparing.whole(TYPE, Steps.NONE, comparison, Value.of(bound));
        var test = interval.months() == 0
                ? earlier(range, interval.micros())
                : new Test.Shifted(interval, range.least(), range.most());
        return new Predicate.Scalar(field.id(), test, negated);
    }

    /// What a value must be in for `value + micros` to be in a range.
    private static Test.WholeRange earlier(Test.WholeRange range, long micros) {
        if (micros == 0) return range;
        return new Test.WholeRange(
                Steps.NONE,
                range.least() == Long.MIN_VALUE ? Long.MIN_VALUE : minus(range.least(), micros),
                range.most() == Long.MAX_VALUE ? Long.MAX_VALUE : minus(range.most(), micros));
    }

    private static long minus(long bound, long micros) {
        try {
            return Math.subtractExact(bound, micros);
        } catch (ArithmeticException beyond) {
            return micros > 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
