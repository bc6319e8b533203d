package dev.sextant.model;

import java.util.Map;

/// Arrays of equal length that belong together: the element `i` of each of them is one struct. Every sub-field is a
/// field of its own of the collection, named `struct[sub]`, an array of scalars or of vectors; only callers see the
/// struct as one field.
///
/// @param id from the same numbers as those of fields, never reused
/// @param nullable whether a row may have no array at all, which is not the same as an empty one; its fields share that
/// @param parameters what the client set, kept and shown as given
public record Struct(int id, String name, String description, boolean nullable, Map<String, String> parameters) {
    public Struct {
        parameters = Map.copyOf(parameters);
    }

    /// A struct that every row has, whose id the catalog assigns.
    public static Struct of(String name) {
        return new Struct(0, name, "", false, Map.of());
    }

    public Struct withId(int newId) {
        return new Struct(newId, name, description, nullable, parameters);
    }

    /// What a sub-field is called in the collection.
    public String nameOf(String sub) {
        return name + "[" + sub + "]";
    }

    /// Whether a field of the collection is one of its sub-fields.
    public boolean owns(Field field) {
        return owns(field.name());
    }

    public boolean owns(String field) {
        return field.length() > name.length() + 2
                && field.startsWith(name)
                && field.charAt(name.length()) == '['
                && field.endsWith("]");
    }

    /// Whether a name is that of a sub-field of some struct: no other field is named so.
    public static boolean isPart(String field) {
        return field.indexOf('[') > 0 && field.endsWith("]");
    }

    /// What a sub-field is called inside the struct.
    public String subOf(String field) {
        return field.substring(name.length() + 1, field.length() - 1);
    }
}
