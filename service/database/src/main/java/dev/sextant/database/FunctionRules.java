package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.model.Call;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Refusal.InvalidSchema.Rule;
import dev.sextant.model.Refused;
import dev.sextant.model.VectorType;
import dev.sextant.text.MinHash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The rules of functions: what they may read and make, and with which parameters.
final class FunctionRules {
    private FunctionRules() {}

    /// The functions of a new collection, with ids.
    static List<Function> checked(Define.CreateCollection create) {
        var fields = byName(create.fields());
        var names = new HashSet<String>();
        var made = new HashSet<String>();
        var checked = new ArrayList<Function>();
        for (var function : create.functions()) {
            check(function, fields);
            if (!names.add(function.name())) throw refused("duplicate function name: " + function.name());
            for (var output : function.outputs())
                if (!made.add(output))
                    throw refused("duplicate function output field: function " + function.name() + ", field " + output);
            checked.add(function.withId(Function.FIRST_ID + checked.size()));
        }
        create.fields().forEach(field -> TextRules.check(field, fields));
        return checked;
    }

    static Map<String, Field> byName(List<Field> fields) {
        var named = new HashMap<String, Field>();
        fields.forEach(field -> named.put(field.name(), field));
        return named;
    }

    /// The field as the output that it is of one of the functions.
    static Field marked(Field field, List<Function> functions) {
        return functions.stream().anyMatch(function -> function.outputs().contains(field.name()))
                ? field.with(Trait.FUNCTION_OUTPUT)
                : field.without(Trait.FUNCTION_OUTPUT);
    }

    static void check(Function function, Map<String, Field> fields) {
        checkNames(function);
        var inputs = function.inputs().stream()
                .map(name -> named(fields, name, "function input field not found: "))
                .toList();
        checkInputs(function, inputs);
        var outputs = function.outputs().stream()
                .map(name -> named(fields, name, "function output field not found: "))
                .toList();
        for (var output : outputs) checkOutput(function, output);
        checkKind(function, inputs.getFirst(), outputs);
    }

    private static Field named(Map<String, Field> fields, String name, String otherwise) {
        return Optional.ofNullable(fields.get(name)).orElseThrow(() -> refused(otherwise + name));
    }

    private static void checkNames(Function function) {
        var name = function.name();
        if (name.isEmpty()) throw refused("function name cannot be empty");
        checkSide(function, "input", function.inputs());
        checkSide(function, "output", function.outputs());
        Set<String> both = new HashSet<>(function.inputs());
        both.retainAll(function.outputs());
        if (!both.isEmpty())
            throw refused("a single field cannot be both input and output in the same function, function: " + name
                    + ", field: " + both.iterator().next());
    }

    private static void checkSide(Function function, String side, List<String> fields) {
        var name = function.name();
        if (fields.isEmpty()) throw refused("function " + side + " field names cannot be empty, function: " + name);
        for (var field : fields) {
            if (field.isEmpty())
                throw refused("function " + side + " field name cannot be empty string, function: " + name);
            if (Collections.frequency(fields, field) > 1)
                throw refused("each function " + side
                        + " field should be used exactly once in the same function, function: " + name + ", " + side
                        + " field: " + field);
        }
    }

    private static void checkInputs(Function function, List<Field> inputs) {
        var word = word(function.kind());
        if (inputs.size() != 1 || !inputs.getFirst().type().isText())
            throw refused(word + " function input field must be a VARCHAR/TEXT field, got " + inputs.size()
                    + " field with type " + inputs.getFirst().type().word());
    }

    private static void checkOutput(Function function, Field output) {
        var where = ": function " + function.name() + ", field " + output.name();
        if (output.has(Trait.PRIMARY_KEY)) throw refused("function output field cannot be primary key" + where);
        if (output.has(Trait.PARTITION_KEY) || output.has(Trait.CLUSTERING_KEY))
            throw refused("function output field cannot be partition key or clustering key" + where);
        if (output.isNullable()) throw refused("function output field cannot be nullable" + where);
    }

    private static void checkKind(Function function, Field input, List<Field> outputs) {
        var word = word(function.kind());
        if (outputs.size() != 1) throw refused(word + " function only need 1 output field, but got " + outputs.size());
        var type = outputs.getFirst().type() instanceof FieldType.Vector(var vector, _)
                ? Optional.of(vector)
                : Optional.<VectorType>empty();
        switch (function.kind()) {
            case BM25 -> {
                if (!TextRules.isAnalyzed(input))
                    throw refused("BM25 function input field must set enable_analyzer to true");
                if (type.isEmpty() || type.get() != VectorType.SPARSE)
                    throw wrongOutput(word, "a SparseFloatVector", outputs.getFirst());
                if (!function.parameters().isEmpty()) throw refused("BM25 function accepts no params");
            }
            case TEXT_EMBEDDING -> {
                if (input.isNullable())
                    throw refused("function input field cannot be nullable: function " + function.name() + ", field "
                            + input.name());
                if (type.isEmpty() || type.get() != VectorType.FLOAT32)
                    throw wrongOutput(word, "a FloatVector", outputs.getFirst());
            }
            case MINHASH -> {
                if (type.isEmpty() || type.get() != VectorType.BINARY)
                    throw wrongOutput(word, "a BinaryVector", outputs.getFirst());
                MinHash.of(
                        function.parameters(),
                        ((FieldType.Vector) outputs.getFirst().type()).dimension());
            }
        }
    }

    /// The functions of a definition whose models are to be asked first, with their outputs. Who defines collections
    /// before there are models can say so.
    static Map<Function, Field> asked(Define define, Catalog catalog, Call call) {
        return switch (define) {
            case Define.CreateCollection create ->
                isUnasked(create.properties()) ? Map.of() : models(create.functions(), byName(create.fields()));
            case Define.AddFunction(var name, var function) ->
                models(List.of(function), fields(catalog, call, name, function));
            case Define.AlterFunction(var name, _, var function) ->
                models(List.of(function), fields(catalog, call, name, function));
            default -> Map.of(); // nothing else brings a function
        };
    }

    private static Map<String, Field> fields(Catalog catalog, Call call, String name, Function function) {
        if (function.kind() != Function.Kind.TEXT_EMBEDDING) return Map.of();
        var collection = Names.collection(catalog, call, name);
        return isUnasked(collection.properties())
                ? Map.of()
                : byName(collection.schema().fields());
    }

    private static boolean isUnasked(Map<String, String> properties) {
        return Names.isTrue(properties.getOrDefault(Properties.UNASKED, "false"));
    }

    private static Map<Function, Field> models(List<Function> functions, Map<String, Field> fields) {
        var models = new HashMap<Function, Field>();
        for (var function : functions)
            if (function.kind() == Function.Kind.TEXT_EMBEDDING
                    && function.outputs().size() == 1
                    && fields.get(function.output()) instanceof Field output
                    && output.type() instanceof FieldType.Vector) models.put(function, output);
        return models;
    }

    private static Refused wrongOutput(String word, String expected, Field output) {
        return refused(word + " function output field must be " + expected + " field, but got "
                + output.type().word());
    }

    static String word(Function.Kind kind) {
        return switch (kind) {
            case BM25 -> "BM25";
            case TEXT_EMBEDDING -> "TextEmbedding";
            case MINHASH -> "MinHash";
        };
    }

    static Refused refused(String detail) {
        return SchemaRules.refused("", Rule.FUNCTION, detail);
    }
}
