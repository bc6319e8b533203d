package dev.sextant.index.scalar;

/// A question that an index can answer, and what that costs. Nothing is done before [#find()].
public interface Lookup {
    /// Rows that it will find or be unsure of, about.
    long rows();

    /// How long [#find()] takes, about.
    double nanos();

    Found find();
}
