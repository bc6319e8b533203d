package dev.sextant.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One column of a collection. Its id is never reused inside the collection, whatever becomes of the name.
///
/// @param parameters what the client set besides (mmap.enabled, analyzer settings …), kept and shown as given
/// @param files what those held that its analyzers name, kept and never shown
public record Field(
        int id,
        String name,
        String description,
        FieldType type,
        Set<Trait> traits,
        Optional<Value> defaultValue,
        Map<String, String> parameters,
        List<WordFile> files) {

    public enum Trait {
        PRIMARY_KEY,
        AUTO_ID,
        PARTITION_KEY,
        CLUSTERING_KEY,
        NULLABLE,
        /// The hidden JSON field that holds keys which the schema does not name.
        DYNAMIC,
        FUNCTION_OUTPUT
    }

    /// First id of a user's field; 0 and 1 are Milvus' row id and timestamp.
    public static final int FIRST_ID = 100;

    /// Name of the dynamic field.
    public static final String DYNAMIC_NAME = "$meta";

    /// Name of the hidden partition key of a collection with namespaces.
    public static final String NAMESPACE_NAME = "$namespace_id";

    /// Whether its values are the server's alone: nobody gives, reads or is shown them.
    public boolean isNamespace() {
        return name.equals(NAMESPACE_NAME);
    }

    public Field {
        traits = Set.copyOf(traits);
        parameters = Map.copyOf(parameters);
        files = List.copyOf(files);
    }

    /// Without files.
    public Field(
            int id,
            String name,
            String description,
            FieldType type,
            Set<Trait> traits,
            Optional<Value> defaultValue,
            Map<String, String> parameters) {
        this(id, name, description, type, traits, defaultValue, parameters, List.of());
    }

    /// A plain field whose id the catalog assigns.
    public static Field of(String name, FieldType type, Trait... traits) {
        return new Field(0, name, "", type, Set.of(traits), Optional.empty(), Map.of());
    }

    public boolean has(Trait trait) {
        return traits.contains(trait);
    }

    public boolean isNullable() {
        return has(Trait.NULLABLE);
    }

    /// Whether its vectors can be searched for: one a row, or an array of them.
    public boolean isVector() {
        return type.isVector();
    }

    public Field with(Trait trait) {
        var more = new java.util.HashSet<>(traits);
        more.add(trait);
        return new Field(id, name, description, type, more, defaultValue, parameters, files);
    }

    public Field without(Trait trait) {
        var fewer = new java.util.HashSet<>(traits);
        fewer.remove(trait);
        return new Field(id, name, description, type, fewer, defaultValue, parameters, files);
    }

    public Field withName(String newName) {
        return new Field(id, newName, description, type, traits, defaultValue, parameters, files);
    }

    public Field withDefault(Value value) {
        return new Field(id, name, description, type, traits, Optional.of(value), parameters, files);
    }

    public Field withId(int newId) {
        return new Field(newId, name, description, type, traits, defaultValue, parameters, files);
    }

    public Field withFiles(List<WordFile> others) {
        return new Field(id, name, description, type, traits, defaultValue, parameters, others);
    }
}
