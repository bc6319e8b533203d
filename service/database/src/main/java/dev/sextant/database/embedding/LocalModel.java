package dev.sextant.database.embedding;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/// A model that runs inside this process. Found on the class path, so that what it weighs is there only where somebody
/// wants it.
public interface LocalModel extends Embedder {
    /// What a function's `model_name` says.
    String name();

    /// Of each vector.
    int dimension();

    static Optional<LocalModel> named(String name) {
        return all().stream()
                .filter(model -> model.name().equalsIgnoreCase(name))
                .findFirst();
    }

    static List<LocalModel> all() {
        return Found.MODELS;
    }

    /// Looked for once.
    final class Found {
        private static final List<LocalModel> MODELS =
                ServiceLoader.load(LocalModel.class, LocalModel.class.getClassLoader()).stream()
                        .map(ServiceLoader.Provider::get)
                        .toList();

        private Found() {}
    }
}
