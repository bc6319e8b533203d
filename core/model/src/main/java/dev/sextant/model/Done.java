package dev.sextant.model;

/// The answer of a statement that has nothing else to say.
///
/// @param timestamp when the change took effect, hybrid
public record Done(long timestamp) {}
