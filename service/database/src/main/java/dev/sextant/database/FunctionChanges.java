package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.Function;
import dev.sextant.model.Schema;
import java.util.ArrayList;
import java.util.List;

/// Decides on changes of functions. The function that counts words stays as long as its collection: its rows could not
/// be searched without it.
final class FunctionChanges {
    private FunctionChanges() {}

    static List<Change> add(Define.AddFunction add, Scene scene) {
        var collection = scene.own(add.collection(), "add function");
        var schema = collection.schema();
        var function = add.function();
        refuseWords(function, "adding");
        if (schema.function(function.name()).isPresent())
            throw FunctionRules.refused("duplicate function name: " + function.name());
        for (var output : function.outputs())
            if (schema.functions().stream().anyMatch(other -> other.outputs().contains(output)))
                throw FunctionRules.refused(
                        "duplicate function output field: function " + function.name() + ", field " + output);
        FunctionRules.check(function, FunctionRules.byName(schema.fields()));
        int id = schema.functions().stream().mapToInt(Function::id).max().orElse(Function.FIRST_ID - 1) + 1;
        var functions = new ArrayList<>(schema.functions());
        functions.add(function.withId(id));
        return changed(collection, functions);
    }

    /// A field that is made of others from now on, and of those that rows had before.
    static List<Change> add(Define.AddFunctionField add, Scene scene) {
        var collection = scene.own(add.collection(), "add function");
        var schema = collection.schema();
        var function = add.function();
        var field = add.field();
        if (function.kind() == Function.Kind.TEXT_EMBEDDING)
            throw FunctionRules.refused("only BM25 and MinHash functions can be added with their output field, got "
                    + FunctionRules.word(function.kind()));
        if (schema.function(function.name()).isPresent())
            throw FunctionRules.refused("duplicate function name: " + function.name());
        if (!function.outputs().equals(List.of(field.name())))
            throw FunctionRules.refused("the output of function " + function.name() + " must be the added field "
                    + field.name() + ", got " + function.outputs());
        if (add.indexParameters().isEmpty())
            throw Scene.invalid(
                    "extra_params", "index params of the output field " + field.name() + " must be given with it");
        FieldChanges.checkNew(field, schema, scene);
        var grown = SchemaRules.with(schema, field, collection);
        SchemaRules.checkVectorCount(grown.fields(), scene.config);
        FunctionRules.check(function, FunctionRules.byName(grown.fields()));
        int id = schema.functions().stream().mapToInt(Function::id).max().orElse(Function.FIRST_ID - 1) + 1;
        var functions = new ArrayList<>(schema.functions());
        functions.add(function.withId(id));
        var altered = changed(collection, grown, functions);
        var index = new Define.CreateIndex(collection.name(), field.name(), add.indexName(), add.indexParameters());
        var changes = new ArrayList<Change>(altered);
        changes.addAll(
                Indexes.create(index, collection.with(((Change.AlterSchema) altered.getFirst()).schema()), scene));
        return changes;
    }

    static List<Change> alter(Define.AlterFunction alter, Scene scene) {
        var collection = scene.own(alter.collection(), "alter function");
        var old = named(collection, alter.name());
        var asked = alter.function();
        refuseWords(old, "altering");
        if (!asked.name().equals(old.name()))
            throw FunctionRules.refused(
                    "Invalid function config, name not match: " + old.name() + " and " + asked.name());
        if (asked.kind() != old.kind()
                || !asked.inputs().equals(old.inputs())
                || !asked.outputs().equals(old.outputs()))
            throw FunctionRules.refused("only the params of function " + old.name() + " can be altered");
        FunctionRules.check(asked, FunctionRules.byName(collection.schema().fields()));
        var functions = collection.schema().functions().stream()
                .map(function -> function.id() == old.id() ? asked.withId(old.id()) : function)
                .toList();
        return functions.equals(collection.schema().functions()) ? List.of() : changed(collection, functions);
    }

    static List<Change> drop(Define.DropFunction drop, Scene scene) {
        var collection = scene.own(drop.collection(), "drop function");
        var function = collection.schema().function(drop.name());
        if (function.isEmpty()) return List.of();
        refuseWords(function.get(), "dropping");
        return changed(
                collection,
                collection.schema().functions().stream()
                        .filter(other -> other.id() != function.get().id())
                        .toList());
    }

    private static List<Change> changed(Collection collection, List<Function> functions) {
        return changed(collection, collection.schema(), functions);
    }

    private static List<Change> changed(Collection collection, Schema schema, List<Function> functions) {
        var fields = schema.fields().stream()
                .map(field -> isOutput(field, schema.functions()) || isOutput(field, functions)
                        ? FunctionRules.marked(field, functions)
                        : field)
                .toList();
        return List.of(
                new Change.AlterSchema(collection.id(), schema.with(fields).withFunctions(functions)));
    }

    private static boolean isOutput(Field field, List<Function> functions) {
        return field.has(Trait.FUNCTION_OUTPUT)
                || functions.stream().anyMatch(function -> function.outputs().contains(field.name()));
    }

    private static Function named(Collection collection, String name) {
        return collection
                .schema()
                .function(name)
                .orElseThrow(() -> Scene.invalid("function_name", "function " + name + " not exists"));
    }

    private static void refuseWords(Function function, String doing) {
        if (function.kind() == Function.Kind.BM25)
            throw FunctionRules.refused("currently does not support " + doing + " BM25 function");
    }
}
