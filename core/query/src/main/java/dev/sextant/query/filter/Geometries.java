package dev.sextant.query.filter;

import dev.sextant.geometry.NotAShape;
import dev.sextant.geometry.Probe;
import dev.sextant.geometry.Relation;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Value;
import dev.sextant.query.filter.Operand.Condition;
import dev.sextant.query.filter.Operand.Constant;
import dev.sextant.query.filter.Operand.Place;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// `st_within(f, "POLYGON …")` and its kin.
final class Geometries {
    private static final Map<String, Relation> RELATIONS =
            Arrays.stream(Relation.values()).collect(Collectors.toMap(Relation::function, Function.identity()));
    private static final String NEAR = "st_dwithin";
    private static final String VALID = "st_isvalid";

    private final Binder binder;

    Geometries(Binder binder) {
        this.binder = binder;
    }

    static boolean knows(String function) {
        return RELATIONS.containsKey(function) || function.equals(NEAR) || function.equals(VALID);
    }

    Operand call(Expression.Call call) {
        return switch (call.function()) {
            case VALID -> asking(field(call, 1), VALID, Probe::valid);
            case NEAR -> {
                var field = field(call, 3);
                var point = text(call);
                double metres = metres(call);
                yield asking(field, NEAR + " " + point + " " + metres, () -> Probe.near(point, metres));
            }
            default -> {
                var field = field(call, 2);
                var geometry = text(call);
                var relation = RELATIONS.get(call.function());
                yield asking(field, call.function() + " " + geometry, () -> Probe.of(relation, geometry));
            }
        };
    }

    private static Operand asking(Field field, String text, Supplier<Probe> probe) {
        try {
            return new Condition(new Predicate.Scalar(field.id(), new Test.Geometry(new Question(text, probe)), false));
        } catch (NotAShape wrong) {
            throw new Wrong("failed to parse the geometry of " + text + ": " + wrong.getMessage());
        }
    }

    private Field field(Expression.Call call, int arguments) {
        if (call.arguments().size() != arguments)
            throw new Wrong(call.function() + " takes " + arguments + " arguments, "
                    + call.arguments().size() + " came");
        var operand = binder.argument(call.arguments().getFirst());
        if (operand instanceof Place(Operand.Target.Whole(var field), _)
                && field.type() instanceof FieldType.Geometry) return field;
        throw new Wrong(call.function() + " operation are only supported on geometry fields now, got: "
                + (operand instanceof Place place ? place.target().type().word() : "a value"));
    }

    private String text(Expression.Call call) {
        if (binder.argument(call.arguments().get(1)) instanceof Constant(Value.Text(var text))) return text;
        throw new Wrong(call.function() + ": the second argument must be a WKT string");
    }

    private double metres(Expression.Call call) {
        if (!(binder.argument(call.arguments().get(2)) instanceof Constant(var value)) || !Constants.isNumber(value))
            throw new Wrong(NEAR + ": the distance must be a number");
        double metres = Constants.real(value);
        if (!(metres >= 0))
            throw new Wrong(NEAR + ": the distance must not be negative, got: " + Constants.print(value));
        return metres;
    }
}
