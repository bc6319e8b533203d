package dev.sextant.catalog;

/// A job that brings rows from files into a collection: an import or the refresh of an external one.
public sealed interface FileJob permits ImportJob, RefreshJob {
    /// Later jobs have larger ones.
    long id();

    long database();

    long collection();

    /// By which it was asked for.
    String collectionName();

    ImportJob.Phase phase();

    default boolean isOpen() {
        return phase() == ImportJob.Phase.OPEN;
    }
}
