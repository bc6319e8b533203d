package dev.sextant.model;

/// Everything that a caller can ask, and the type of its answer. A protocol call, a line of the statement language and
/// a method of the embedded form are spellings of these values. Each family stands in a file of its own.
public sealed interface Statement<R> permits Read, Write, Define, Operate, Watch, Access {}
