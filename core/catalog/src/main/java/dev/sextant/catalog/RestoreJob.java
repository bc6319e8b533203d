package dev.sextant.catalog;

/// A job that makes a new collection of a snapshot, as far as a restart must know of it. That it is completed is said
/// by the entry in which the collection begins, so neither is ever without the other.
///
/// @param snapshot its id, by which it is found under any name of its collection
/// @param database,collectionName of the collection to be
/// @param collection its id; 0 while it is not there
/// @param created,ended milliseconds since 1970; `ended` is 0 while it is not
public record RestoreJob(
        long id,
        long snapshot,
        String snapshotName,
        long source,
        long database,
        String collectionName,
        long collection,
        Phase phase,
        long created,
        long ended,
        String reason) {

    public enum Phase {
        /// Asked for: waits for files, runs, or runs again after a restart.
        OPEN,
        COMPLETED,
        FAILED
    }

    public RestoreJob completed(long made, long at) {
        return new RestoreJob(
                id, snapshot, snapshotName, source, database, collectionName, made, Phase.COMPLETED, created, at, "");
    }

    public RestoreJob failed(String why, long at) {
        return new RestoreJob(
                id, snapshot, snapshotName, source, database, collectionName, 0, Phase.FAILED, created, at, why);
    }

    public boolean isOpen() {
        return phase == Phase.OPEN;
    }
}
