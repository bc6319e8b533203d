package dev.sextant.catalog;

/// A named share of a collection's rows. Rows carry its id, so a rename or drop touches no file.
public record Partition(long id, String name, long created) {
    /// Where rows go when nobody says otherwise.
    public static final String DEFAULT_NAME = "_default";
}
