package dev.sextant.catalog;

import java.util.List;
import java.util.Map;

/// A job that brings rows from files into a collection, as far as a restart must know of it: what was asked, and how it
/// ended. That it is completed is said by the entry that makes its rows visible, so neither is ever without the other.
///
/// @param collectionName by which it was asked for
/// @param partition name, or empty
/// @param files groups of files: each is read as one set of rows
/// @param created,ended milliseconds since 1970; `ended` is 0 while it is not
/// @param units what became of each group of files, once it is over
public record ImportJob(
        long id,
        long database,
        long collection,
        String collectionName,
        String partition,
        List<List<String>> files,
        Map<String, String> options,
        Phase phase,
        long created,
        long ended,
        String reason,
        List<Unit> units)
        implements FileJob {

    public enum Phase {
        /// Asked for: waits, runs, or runs again after a restart.
        OPEN,
        COMPLETED,
        FAILED
    }

    /// @param reason why it failed; empty when it did not
    public record Unit(long bytes, long rows, long ended, String reason) {}

    public ImportJob {
        files = files.stream().map(List::copyOf).toList();
        options = Map.copyOf(options);
        units = List.copyOf(units);
    }

    public ImportJob ended(Phase how, long at, String why, List<Unit> each) {
        return new ImportJob(
                id, database, collection, collectionName, partition, files, options, how, created, at, why, each);
    }
}
