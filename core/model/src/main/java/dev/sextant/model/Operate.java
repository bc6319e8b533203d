package dev.sextant.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Statements that change how data is kept, never what it says.
public sealed interface Operate<R> extends Statement<R> {

    /// Makes a collection searchable: its columns and indexes come into memory. Returns at once; [Watch.LoadState]
    /// tells the progress.
    ///
    /// @param partitions none means all, with those to come
    /// @param replicas none (0) means as many as the collection or its database asks for, or one
    /// @param fields to load, with the dynamic one; none means all that do not say otherwise themselves
    /// @param withoutDynamic leaves the dynamic field out
    /// @param resourceGroups that serve it; none means the collection's or database's own, or the usual one
    record Load(
            String collection,
            List<String> partitions,
            int replicas,
            List<String> fields,
            boolean refresh,
            List<String> resourceGroups,
            boolean withoutDynamic)
            implements Operate<Done> {
        public Load(
                String collection,
                List<String> partitions,
                int replicas,
                List<String> fields,
                boolean refresh,
                List<String> resourceGroups) {
            this(collection, partitions, replicas, fields, refresh, resourceGroups, false);
        }

        public Load {
            partitions = List.copyOf(partitions);
            fields = List.copyOf(fields);
            resourceGroups = List.copyOf(resourceGroups);
        }

        public Load(String collection, List<String> partitions, int replicas, List<String> fields, boolean refresh) {
            this(collection, partitions, replicas, fields, refresh, List.of());
        }

        public static Load of(String collection) {
            return new Load(collection, List.of(), 1, List.of(), false);
        }
    }

    /// @param partitions none means all
    record Release(String collection, List<String> partitions) implements Operate<Done> {
        public Release {
            partitions = List.copyOf(partitions);
        }
    }

    /// Seals what is in memory, so that it becomes segments. Returns when it is sealed; [Watch.FlushState] tells
    /// whether files are written.
    ///
    /// @param collections none means all of the database
    record Flush(List<String> collections) implements Operate<Flushed> {
        public Flush {
            collections = List.copyOf(collections);
        }
    }

    /// Per collection the segments that it sealed and those it had, and the moment up to which all is sealed.
    record Flushed(List<FlushedCollection> collections, long timestamp) {}

    record FlushedCollection(String name, long id, List<Long> sealedSegments, List<Long> olderSegments) {}

    /// Merges segments and drops deleted rows, as a job.
    ///
    /// @param major everything into as few segments as possible
    /// @param partitions by their ids; none means all. A segment that has rows of one of them is merged whole
    /// @param shards by number; none means all
    /// @param segments these alone, however large; none means all. [Watch.Segments] tells all three, and what is not,
    /// or
    ///     no longer, there needs no merging
    record Compact(String collection, boolean major, List<Long> partitions, List<Integer> shards, List<Long> segments)
            implements Operate<Started> {
        public Compact {
            partitions = List.copyOf(partitions);
            shards = List.copyOf(shards);
            segments = List.copyOf(segments);
        }

        public Compact(String collection, boolean major) {
            this(collection, major, List.of(), List.of(), List.of());
        }
    }

    /// Brings rows from files into a collection, as a job that [Watch.ImportState] tells of: all of them become visible
    /// at once, or none. Deletes that came before that moment do not touch them; keys are not looked for twice.
    ///
    /// @param partition none means the default one, or the one that the partition key chooses
    /// @param files groups of files, as the server knows them: each group is one file of rows, or one file a column
    /// @param options by the names of Milvus: `timeout`, `sep`, `nullkey`, `auto_commit`; and `idempotency_key`:
    /// whoever
    ///     asks twice by one key gets the job of the first time, and no other begins
    record Import(String collection, Optional<String> partition, List<List<String>> files, Map<String, String> options)
            implements Operate<Started> {
        public Import {
            files = files.stream().map(List::copyOf).toList();
            options = Map.copyOf(options);
        }

        public static Import of(String collection, String... files) {
            return new Import(
                    collection, Optional.empty(), Stream.of(files).map(List::of).toList(), Map.of());
        }
    }

    /// Makes the rows of an import visible that was asked to wait for this (`auto_commit` is `false`).
    record CommitImport(long job) implements Operate<Done> {}

    /// Gives an import up that is not over; nothing of it is left.
    record AbortImport(long job) implements Operate<Done> {}

    /// Reads the files of an external collection, as a job that [Watch.RefreshState] tells of: their rows take the
    /// place of those of the refresh before, all at once, or everything stays as it was. One at a time for each
    /// collection.
    ///
    /// @param source where the files lie from now on, once they are read; empty: where they lay so far
    /// @param spec how they are read; empty when `source` is
    record RefreshExternal(String collection, String source, String spec) implements Operate<Started> {
        public static RefreshExternal of(String collection) {
            return new RefreshExternal(collection, "", "");
        }

        @Override
        public String toString() {
            return "RefreshExternal[" + collection + ", " + source + "]"; // no secrets in logs
        }
    }

    /// Makes a new collection of a snapshot, as a job that [Watch.RestoreState] tells of: its definition and its rows,
    /// all at once. No file is copied.
    ///
    /// @param collection that the snapshot is of
    /// @param database of the new collection; none means that of the call
    record RestoreSnapshot(String collection, String snapshot, String newName, Optional<String> database)
            implements Operate<Started> {}

    /// Holds a snapshot, so that it is not dropped and its files stay even when its collection goes.
    ///
    /// @param seconds for which it is held; 0 until it is let go
    record PinSnapshot(String collection, String snapshot, long seconds) implements Operate<Pinned> {}

    /// @param pin to let it go by
    record Pinned(long pin) {}

    record UnpinSnapshot(long pin) implements Operate<Done> {}

    /// @param job to ask [Watch.JobState] about; -1 when there was nothing to do
    record Started(long job, int plans) {}

    /// How many nodes a resource group wants, and with whom it exchanges them.
    ///
    /// @param requests fewest nodes
    /// @param limits most nodes
    record GroupConfig(
            int requests,
            int limits,
            List<String> transferFrom,
            List<String> transferTo,
            Map<String, String> nodeLabels) {
        public GroupConfig {
            transferFrom = List.copyOf(transferFrom);
            transferTo = List.copyOf(transferTo);
            nodeLabels = Map.copyOf(nodeLabels);
        }

        public static final GroupConfig EMPTY = new GroupConfig(0, 0, List.of(), List.of(), Map.of());

        public GroupConfig ofNodes(int fewest, int most) {
            return new GroupConfig(fewest, most, transferFrom, transferTo, nodeLabels);
        }
    }

    /// Creating what exists just so succeeds.
    record CreateResourceGroup(String name, GroupConfig config) implements Operate<Done> {}

    /// All of them, or none.
    record AlterResourceGroups(Map<String, GroupConfig> groups) implements Operate<Done> {}

    /// What does not exist is dropped already.
    record DropResourceGroup(String name) implements Operate<Done> {}

    record TransferNodes(String source, String target, int nodes) implements Operate<Done> {}

    record TransferReplicas(String source, String target, String collection, long replicas) implements Operate<Done> {}

    /// Gives a name to a file that lies where imports may read, so that analyzers can name it. Giving it once more is
    /// no change; the file must be there.
    record AddFileResource(String name, String path) implements Operate<Done> {}

    /// Refused while a collection's analyzers name it; what does not exist is removed already.
    record RemoveFileResource(String name) implements Operate<Done> {}

    /// Puts a plan into the place of the one before it. Refused when by it another cluster would follow this one, or
    /// this one another: nothing is sent to others.
    ///
    /// @param self what this server is called in it
    /// @param promote of a follower, that it leads from now on
    record PlanReplication(String self, ReplicationPlan plan, boolean promote) implements Operate<Done> {}
}
