package dev.sextant.catalog;

/// A name for a file that lies outside of the database, by which analyzers name it. What it held when an analyzer was
/// described stands in the schema ([dev.sextant.model.WordFile]): nobody opens it again.
public record FileResource(long id, String name, String path) {
    /// The last part of the path.
    public String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
