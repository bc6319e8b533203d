package dev.sextant.model;

import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/// A condition on rows: its text (for messages and plans), its tree, and the values of its templates.
///
/// @param zone in which moments without an offset are read; that of the collection where the caller names none
public record Filter(String text, Expression root, Map<String, Value> values, Optional<ZoneId> zone) {
    public Filter {
        values = Map.copyOf(values);
    }

    public Filter(String text, Expression root, Map<String, Value> values) {
        this(text, root, values, Optional.empty());
    }

    /// The same with another condition, made of this one.
    public Filter with(String otherText, Expression otherRoot) {
        return new Filter(otherText, otherRoot, values, zone);
    }

    /// The same, read in a zone.
    public Filter in(ZoneId named) {
        return new Filter(text, root, values, Optional.of(named));
    }
}
