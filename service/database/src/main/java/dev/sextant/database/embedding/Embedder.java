package dev.sextant.database.embedding;

import java.util.List;

/// Makes vectors of texts. Any thread that may wait.
public interface Embedder {
    /// What the vectors are for: some models tell questions from what answers them.
    enum Purpose {
        STORE,
        SEARCH
    }

    /// One vector for each text, in order. Refuses with the provider's own words where it fails.
    List<float[]> embed(List<String> texts, Purpose purpose);

    /// How many texts go into one request.
    int batch();
}
