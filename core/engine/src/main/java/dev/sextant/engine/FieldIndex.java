package dev.sextant.engine;

import dev.sextant.index.scalar.ScalarIndex;
import dev.sextant.index.scalar.ScalarParameters.Place;
import java.util.Optional;

/// An index over the values of a field in one part, in memory.
///
/// @param name of the index in the catalog, for people
/// @param place in a JSON field, and what is taken from there
public record FieldIndex(String name, Optional<Place> place, ScalarIndex structure) {}
