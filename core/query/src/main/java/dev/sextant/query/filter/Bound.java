package dev.sextant.query.filter;

import java.util.Optional;
import java.util.OptionalDouble;

/// A filter that fits a schema.
///
/// @param sample the share of the matching rows to take by chance
/// @param elements what is asked of the elements of a struct; the rows that have such ones are asked for in `root`
public record Bound(Predicate root, OptionalDouble sample, Optional<OfElements> elements) {
    public static final Bound ALL = new Bound(new Predicate.Constant(true), OptionalDouble.empty(), Optional.empty());

    public boolean isAll() {
        return root instanceof Predicate.Constant(var value) && value && sample.isEmpty();
    }
}
