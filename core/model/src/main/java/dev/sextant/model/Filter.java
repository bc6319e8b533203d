package dev.sextant.model;

import java.util.Map;

/// A condition on rows: its text (for messages and plans), its tree, and the values of its templates.
public record Filter(String text, Expression root, Map<String, Value> values) {
    public Filter {
        values = Map.copyOf(values);
    }
}
