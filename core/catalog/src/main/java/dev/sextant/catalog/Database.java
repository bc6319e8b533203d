package dev.sextant.catalog;

import java.util.Map;

/// A namespace for collections and aliases.
///
/// @param created hybrid timestamp
public record Database(long id, String name, long created, Map<String, String> properties) {
    /// The database that every catalog has and nobody can drop.
    public static final long DEFAULT_ID = 1;

    public Database {
        properties = Map.copyOf(properties);
    }
}
