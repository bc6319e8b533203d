package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonPath;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Value;
import dev.sextant.query.filter.Operand.Condition;
import dev.sextant.query.filter.Operand.Constant;
import dev.sextant.query.filter.Operand.Place;
import dev.sextant.query.filter.Operand.Target;
import java.util.List;

/// `membership_match(field, {set}, type = bloom)`: whether a value is in a set that came as bytes.
final class Memberships {
    private static final String WHERE = "membership_match takes a field of whole numbers, and with a Bloom filter a"
            + " VarChar field or a place in JSON too";

    private final Binder binder;

    Memberships(Binder binder) {
        this.binder = binder;
    }

    Operand call(Expression.Call call) {
        if (binder.isInElements()) throw new Wrong("membership_match cannot stand inside of a condition on elements");
        if (call.arguments().size() != 2
                || !(binder.argument(call.arguments().get(1)) instanceof Constant(Value.Bytes(var bytes))))
            throw new Wrong("membership_match: the second argument must be a template with bytes as its value");
        var set = Membership.read(bytes, type(call));
        if (!(binder.argument(call.arguments().getFirst()) instanceof Place(var target, var steps)) || !steps.none())
            throw new Wrong(WHERE);
        return new Condition(
                switch (target) {
                    case Target.Whole(var field) -> of(field, set);
                    case Target.InJson(var field, var path) -> json(field, path, set);
                    case Target.InArray _, Target.LengthOf _ -> throw new Wrong(WHERE);
                });
    }

    private String type(Expression.Call call) {
        if (call.named().isEmpty()) return "";
        if (call.named().size() == 1
                && call.named().get("type") instanceof Expression.Literal(Value.Text(var type))
                && (type.equalsIgnoreCase("bloom") || type.equalsIgnoreCase("roaring"))) return type;
        throw new Wrong("membership_match: type must be bloom or roaring");
    }

    private static Predicate of(Field field, Membership set) {
        return switch (field.type()) {
            case Primitive primitive -> {
                boolean whole = switch (primitive) {
                    case INT8, INT16, INT32, INT64 -> true;
                    case BOOL, FLOAT, DOUBLE, TIMESTAMPTZ -> false;
                };
                if (!whole) throw new Wrong(WHERE);
                if (set instanceof Membership.Bloom bloom) checkHolds(bloom, Membership.Bloom.OF_WHOLES, field);
                yield new Predicate.Scalar(field.id(), new Test.WholeMember(set), false);
            }
            case FieldType.Varchar _
            when set instanceof Membership.Bloom bloom -> {
                checkHolds(bloom, Membership.Bloom.OF_TEXTS, field);
                yield new Predicate.Scalar(field.id(), new Test.TextMember(bloom), false);
            }
            case FieldType.Json _ -> json(field, new JsonPath(List.of()), set);
            default -> throw new Wrong(WHERE);
        };
    }

    /// A set of texts holds no number, and the other way round: such a question is a mistake.
    private static void checkHolds(Membership.Bloom set, int domain, Field field) {
        if ((set.domains() & ~domain) != 0)
            throw new Wrong("membership_match: the Bloom filter was made of values of another kind than field "
                    + field.name() + " has");
    }

    private static Predicate json(Field field, JsonPath path, Membership set) {
        if (!(set instanceof Membership.Bloom bloom)) throw new Wrong(WHERE);
        return Binder.json(field, path, new JsonTest.Member(bloom));
    }
}
