package dev.sextant.catalog;

import dev.sextant.model.External;
import dev.sextant.model.Watch;
import java.util.List;

/// A job that reads the files of an external collection anew, as far as a restart must know of it: what was asked, and
/// how it ended. That it is completed is said by the entry that puts its rows in the place of the earlier ones.
///
/// @param collectionName by which it was asked for
/// @param external what is read; it may hold secrets
/// @param created,ended milliseconds since 1970; `ended` is 0 while it is not
/// @param faults of files, the first of them
public record RefreshJob(
        long id,
        long database,
        long collection,
        String collectionName,
        External external,
        ImportJob.Phase phase,
        long created,
        long ended,
        Read read,
        String reason,
        List<Watch.FileFault> faults)
        implements FileJob {

    /// How much was read.
    public record Read(long files, long rows, long bytes) {
        public static final Read NOTHING = new Read(0, 0, 0);
    }

    public RefreshJob {
        faults = List.copyOf(faults);
    }

    public RefreshJob ended(ImportJob.Phase how, long at, Read what, String why, List<Watch.FileFault> of) {
        return new RefreshJob(id, database, collection, collectionName, external, how, created, at, what, why, of);
    }
}
