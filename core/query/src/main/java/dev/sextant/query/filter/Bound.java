package dev.sextant.query.filter;

import java.util.OptionalDouble;

/// A filter that fits a schema.
///
/// @param sample the share of the matching rows to take by chance
public record Bound(Predicate root, OptionalDouble sample) {
    public static final Bound ALL = new Bound(new Predicate.Constant(true), OptionalDouble.empty());

    public boolean isAll() {
        return root instanceof Predicate.Constant(var value) && value && sample.isEmpty();
    }
}
