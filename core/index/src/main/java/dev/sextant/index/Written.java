package dev.sextant.index;

import java.io.IOException;

/// A structure that no longer changes and has a written form: over vectors or over anything else.
public interface Written extends AutoCloseable {
    /// The name of its written form, of at most 24 characters.
    String form();

    long serializedBytes();

    /// Writes exactly [#serializedBytes()] bytes.
    void writeTo(Sink sink) throws IOException;

    /// Memory held.
    long bytes();

    @Override
    void close();
}
