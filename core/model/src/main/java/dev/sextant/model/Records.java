package dev.sextant.model;

/// The answer to a query: rows in ascending order of their key or in the order asked for, and the moment whose state
/// was read.
public record Records(Rows rows, long timestamp) {}
