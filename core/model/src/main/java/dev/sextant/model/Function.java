package dev.sextant.model;

import java.util.List;
import java.util.Map;

/// What makes a field of a row from others of its fields, whenever the row is written.
///
/// @param id never reused inside the collection; 0 until the catalog assigned one
/// @param inputs names of fields
/// @param outputs names of fields, which nobody else writes
/// @param parameters what the client set, kept and shown as given
public record Function(
        int id,
        String name,
        String description,
        Kind kind,
        List<String> inputs,
        List<String> outputs,
        Map<String, String> parameters) {

    public enum Kind {
        /// How often each word occurs in a text, as a sparse vector.
        BM25,
        /// A vector from a model of language.
        TEXT_EMBEDDING,
        /// A signature by which texts with many common pieces are found.
        MINHASH
    }

    /// First id of a function.
    public static final int FIRST_ID = 100;

    public Function {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        parameters = Map.copyOf(parameters);
    }

    /// A function without parameters whose id the catalog assigns.
    public static Function of(String name, Kind kind, String input, String output) {
        return new Function(0, name, "", kind, List.of(input), List.of(output), Map.of());
    }

    public Function withId(int newId) {
        return new Function(newId, name, description, kind, inputs, outputs, parameters);
    }

    /// The only input of a function that has one.
    public String input() {
        return inputs.getFirst();
    }

    public String output() {
        return outputs.getFirst();
    }
}
