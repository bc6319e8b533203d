package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Load;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.Function;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Refused;
import dev.sextant.text.TextField;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Decides on fields that go. What rows have of them goes when their files are written anew; nobody sees it from the
/// decision on.
final class FieldDrops {
    private FieldDrops() {}

    static List<Change> drop(Define.DropField drop, Scene scene) {
        var collection = scene.own(drop.collection(), "drop field");
        var struct = collection.schema().structs().stream()
                .filter(each -> drop.field().isEmpty()
                        ? each.id() == drop.id()
                        : each.name().equals(drop.field()))
                .findFirst();
        if (struct.isPresent())
            return without(
                    collection,
                    collection.schema().fieldsOf(struct.get()),
                    collection.schema().functions());
        var field = (drop.field().isEmpty()
                        ? collection.schema().field(drop.id())
                        : collection.schema().field(drop.field()))
                .orElseThrow(() -> Scene.refused(new Refusal.NotFound(
                        Kind.FIELD, drop.field().isEmpty() ? "#" + drop.id() : drop.field(), collection.name())));
        if (collection.schema().structOf(field).isPresent())
            throw refused(field, "it is a part of a struct, which goes as a whole");
        for (var function : collection.schema().functions()) {
            if (function.inputs().contains(field.name()))
                throw refused(field, "it is the input of function " + function.name() + ", drop the function first");
            if (function.outputs().contains(field.name()))
                throw refused(field, "it is the output of function " + function.name() + ", drop the function with it");
        }
        return without(collection, List.of(field), collection.schema().functions());
    }

    /// A function, and what it made.
    static List<Change> dropMade(String name, String functionName, Scene scene) {
        var collection = scene.own(name, "alter collection schema");
        var schema = collection.schema();
        var function = schema.function(functionName)
                .orElseThrow(() -> Scene.invalid("function_name", "function " + functionName + " not exists"));
        var made = function.outputs().stream()
                .flatMap(output -> schema.field(output).stream())
                .toList();
        for (var other : schema.functions())
            for (var field : made)
                if (other.inputs().contains(field.name()))
                    throw refused(field, "it is the input of function " + other.name());
        return without(
                collection,
                made,
                schema.functions().stream()
                        .filter(other -> other.id() != function.id())
                        .toList());
    }

    private static List<Change> without(Collection collection, List<Field> gone, List<Function> functions) {
        var schema = collection.schema();
        gone.forEach(field -> check(field, collection));
        var ids = gone.stream().map(Field::id).collect(Collectors.toSet());
        var left = schema.fields().stream()
                .filter(field -> !ids.contains(field.id()))
                .toList();
        if (left.stream().noneMatch(Field::isVector))
            throw refused(gone.getFirst(), "cannot drop the last vector field of the collection");
        gone.forEach(field -> checkNoLanguageOf(field, left));
        var properties = new HashMap<>(collection.properties());
        properties.put(SchemaRules.HIGHEST_FIELD_ID, Integer.toString(SchemaRules.highestId(schema, collection)));
        var changes = new ArrayList<Change>();
        for (var index : collection.indexes())
            if (ids.contains(index.field())) changes.add(new Change.DropIndex(collection.id(), index.id()));
        if (loads(collection, ids)) changes.add(new Change.SetLoad(collection.id(), fewer(collection, ids)));
        changes.add(new Change.AlterCollection(
                collection.id(), properties, collection.consistency(), collection.description()));
        var structs = schema.structs().stream()
                .filter(struct -> left.stream().anyMatch(struct::owns))
                .toList();
        changes.add(new Change.AlterSchema(
                collection.id(), schema.with(left).withFunctions(functions).withStructs(structs)));
        return changes;
    }

    private static void check(Field field, Collection collection) {
        if (field.has(Trait.PRIMARY_KEY)) throw refused(field, "cannot drop primary key field: " + field.name());
        if (field.has(Trait.PARTITION_KEY)) throw refused(field, "cannot drop partition key field: " + field.name());
        if (field.has(Trait.CLUSTERING_KEY)) throw refused(field, "cannot drop clustering key field: " + field.name());
        if (field.has(Trait.DYNAMIC)) throw refused(field, "cannot drop dynamic field: " + field.name());
        if (field.name().equals(collection.properties().get(Properties.TTL_FIELD)))
            throw refused(field, "cannot drop the field that rows expire by: " + field.name());
    }

    /// What other texts are made into words by has to stay as long as they do.
    private static void checkNoLanguageOf(Field gone, List<Field> left) {
        for (var field : left)
            if (TextField.languages(field)
                    .filter(languages -> languages.byField().equals(gone.name()))
                    .isPresent())
                throw refused(gone, "it is the by_field of the multi analyzer of field " + field.name());
    }

    /// Whether some of these are named among the fields to load.
    private static boolean loads(Collection collection, Set<Integer> gone) {
        return collection.load().fields().stream().anyMatch(gone::contains);
    }

    private static Load fewer(Collection collection, Set<Integer> gone) {
        var left = new HashSet<>(collection.load().fields());
        left.removeAll(gone);
        return switch (collection.load()) {
            case Load.Nothing nothing -> nothing;
            case Load.Everything(_, var replicas) -> new Load.Everything(left, replicas);
            case Load.Partitions(var ids, _, var replicas) -> new Load.Partitions(ids, left, replicas);
        };
    }

    private static Refused refused(Field field, String why) {
        return Scene.invalid(
                field.name(), why.contains(field.name()) ? why : "cannot drop field " + field.name() + ": " + why);
    }
}
