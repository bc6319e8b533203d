package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonPath;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import dev.sextant.query.filter.Operand.Place;
import dev.sextant.query.filter.Operand.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// What the names of a filter stand for in a schema: a field, an element of an array, a place in a JSON value, a key of
/// the dynamic field, a part of a struct.
///
/// @param inside the struct whose elements a condition is about
record Places(Schema schema, Optional<Struct> inside) {
    /// The same for a condition on the elements of a struct.
    Places within(Struct struct) {
        return new Places(schema, Optional.of(struct));
    }

    Struct struct(String name) {
        return schema.struct(name).orElseThrow(() -> new Wrong("struct field not found: " + name));
    }

    /// What a name stands for, with what is written in brackets behind it.
    Target target(String root, List<Expression.Step> steps) {
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

    /// A field that tells how many elements a row has, quickly where there is one that has no vectors.
    Field shape(Struct struct) {
        var fields = schema.fieldsOf(struct);
        return fields.stream().filter(field -> !field.isVector()).findFirst().orElseGet(fields::getFirst);
    }

    /// A field with the arrays of a struct, where a name is a struct's.
    Optional<Field> shape(Expression expression) {
        return expression instanceof Expression.Name(var name) && inside.isEmpty()
                ? schema.struct(name).map(this::shape)
                : Optional.empty();
    }

    /// `$[sub]`, as if an element were a row.
    Operand element(String sub) {
        var struct = inside.orElseThrow(() ->
                new Wrong("$[" + sub + "] can only stand inside of element_filter, match_any, match_all or their kin"));
        var field = part(struct, sub);
        var element = ((FieldType.Array) field.type()).element();
        return new Place(
                new Target.Whole(new Field(
                        field.id(), field.name(), "", element, Set.of(), Optional.empty(), field.parameters())),
                Steps.NONE);
    }

    private Field part(Struct struct, String sub) {
        return schema.field(struct.nameOf(sub))
                .orElseThrow(() -> new Wrong("struct field not found: " + struct.nameOf(sub)));
    }

    /// The field that counts the words of another.
    OptionalInt counted(Field field) {
        return schema.functions().stream()
                .filter(function -> function.kind() == Function.Kind.BM25
                        && function.inputs().contains(field.name()))
                .flatMap(function -> schema.field(function.output()).stream())
                .mapToInt(Field::id)
                .findFirst();
    }

    /// A field that stands as an argument by its name.
    Optional<Field> named(Expression expression) {
        return expression instanceof Expression.Name(var name) ? schema.field(name) : Optional.empty();
    }
}
