package dev.sextant.model;

import java.util.List;
import java.util.Optional;

/// The answer to a query: rows in ascending order of their key or in the order asked for, and the moment whose state
/// was read.
///
/// @param elements of a query whose filter asks for elements of a struct: for each row which of them match, from 0
public record Records(Rows rows, long timestamp, Optional<List<int[]>> elements) {
    public Records(Rows rows, long timestamp) {
        this(rows, timestamp, Optional.empty());
    }
}
