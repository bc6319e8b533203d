package dev.sextant.model;

import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Statements that tell what exists and how it fares.
public sealed interface Watch<R> extends Statement<R> {

    /// By name or alias; by id when `name` is empty.
    record DescribeCollection(String name, long id) implements Watch<CollectionInfo> {
        public static DescribeCollection of(String name) {
            return new DescribeCollection(name, 0);
        }
    }

    /// What a collection is called and how its rows are shaped, by name or alias: what answers are written by. Unlike a
    /// description it asks nobody how far anything has come, so it costs the same whatever is stored.
    record DescribeSchema(String collection) implements Watch<SchemaInfo> {}

    /// @param id of the collection
    /// @param collection its own name
    /// @param zone in which its moments are read and told
    record SchemaInfo(long id, String collection, Schema schema, ZoneId zone) {}

    record ListCollections() implements Watch<List<CollectionInfo>> {}

    /// @param schema with the dynamic field, if any
    /// @param created hybrid timestamp
    /// @param altered hybrid timestamp of the last change of the schema or the properties
    /// @param external where its rows come from, if it is only read; without secrets
    record CollectionInfo(
            long id,
            String database,
            long databaseId,
            String name,
            String description,
            Schema schema,
            int shards,
            ConsistencyLevel consistency,
            Map<String, String> properties,
            List<String> aliases,
            List<PartitionInfo> partitions,
            long created,
            long altered,
            LoadProgress load,
            Optional<External> external) {}

    /// @param loaded share in memory, in percent; -1 when it is not to be loaded
    record PartitionInfo(long id, String name, long created, int loaded) {}

    record ListPartitions(String collection) implements Watch<List<PartitionInfo>> {}

    record ListDatabases() implements Watch<List<DatabaseInfo>> {}

    record DescribeDatabase(String name) implements Watch<DatabaseInfo> {}

    record DatabaseInfo(long id, String name, long created, Map<String, String> properties) {}

    /// @param collection none means all of the database
    record ListAliases(Optional<String> collection) implements Watch<List<AliasInfo>> {}

    record DescribeAlias(String alias) implements Watch<AliasInfo> {}

    record AliasInfo(String alias, String database, String collection) {}

    /// @param name of an index or its field; none means all. Refused when there is none.
    record DescribeIndexes(String collection, Optional<String> name) implements Watch<List<IndexInfo>> {}

    enum IndexState {
        WAITING,
        BUILDING,
        FINISHED,
        FAILED
    }

    /// @param parameters as the caller gave them
    /// @param failure why it failed, or why it is built anew; else empty
    record IndexInfo(
            long id,
            String name,
            String field,
            Map<String, String> parameters,
            IndexState state,
            String failure,
            long indexedRows,
            long totalRows,
            long pendingRows) {}

    /// @param partition none means the whole collection
    record Statistics(String collection, Optional<String> partition) implements Watch<StatisticsInfo> {}

    /// @param rows inserted and not yet merged away; deleted rows may still count
    record StatisticsInfo(long rows, long bytesInMemory, long bytesOnDisk) {}

    record LoadState(String collection, List<String> partitions) implements Watch<LoadProgress> {
        public LoadState {
            partitions = List.copyOf(partitions);
        }
    }

    /// @param wanted whether somebody asked for it to be loaded
    /// @param percent 0 to 100
    record LoadProgress(boolean wanted, int percent) {
        public boolean ready() {
            return wanted && percent == 100;
        }
    }

    /// The words of texts, by an analyzer that is described, or by that of a field.
    ///
    /// @param parameters of the analyzer, in JSON; empty for the standard one or where a field is named
    /// @param collection empty where no field is meant
    /// @param analyzers of a field in several languages: one for all texts, or one for each
    record Analyze(String parameters, String collection, String field, List<String> analyzers, List<String> texts)
            implements Watch<List<Analyzed>> {
        public Analyze {
            analyzers = List.copyOf(analyzers);
            texts = List.copyOf(texts);
        }

        public static Analyze of(String parameters, String... texts) {
            return new Analyze(parameters, "", "", List.of(), List.of(texts));
        }
    }

    record Analyzed(List<Word> words) {
        public Analyzed {
            words = List.copyOf(words);
        }
    }

    /// @param start where it begins in the text, in bytes of UTF-8
    /// @param length in positions
    /// @param term the number that stands for it in sparse vectors, to be read without a sign
    record Word(String text, int start, int end, int position, int length, int term) {}

    /// By how much the words of a phrase would have to be moved to match each text; nothing where a word is missing.
    record PhraseSlops(String parameters, String phrase, List<String> texts) implements Watch<List<OptionalInt>> {
        public PhraseSlops {
            texts = List.copyOf(texts);
        }
    }

    /// Pieces of texts of a field, with tags around the words that were asked for.
    ///
    /// @param analyzer of those of a field in several languages; empty for the default one
    record Highlight(String collection, String field, String analyzer, List<Looked> texts, Marks marks)
            implements Watch<List<Fragments>> {
        public Highlight {
            texts = List.copyOf(texts);
        }
    }

    /// A text and what was looked for in it.
    record Looked(String text, List<String> queries) {
        public Looked {
            queries = List.copyOf(queries);
        }
    }

    /// @param size the most characters of a piece
    /// @param most how many pieces of a text
    /// @param before how many characters stand before the first word of a piece
    /// @param pre tags before words, in turn; at least one
    /// @param post tags behind words, in turn; at least one
    record Marks(int size, int most, int before, List<String> pre, List<String> post) {
        public static final Marks USUAL = new Marks(100, 5, 0, List.of("<em>"), List.of("</em>"));

        public Marks {
            pre = List.copyOf(pre);
            post = List.copyOf(post);
        }
    }

    record Fragments(List<String> pieces) {
        public Fragments {
            pieces = List.copyOf(pieces);
        }
    }

    /// Whether these segments, or everything up to a timestamp, are written to files.
    record FlushState(Optional<String> collection, List<Long> segments, long timestamp) implements Watch<Boolean> {
        public FlushState {
            segments = List.copyOf(segments);
        }
    }

    /// @param name none means all of the database
    record Segments(String collection) implements Watch<List<SegmentInfo>> {}

    /// @param growing still in memory
    record SegmentInfo(
            long id,
            long collectionId,
            long partitionId,
            int shard,
            long rows,
            long deletedRows,
            long bytes,
            boolean growing,
            boolean sealed,
            List<String> indexes) {}

    record JobState(long job) implements Watch<JobInfo> {}

    record ListJobs() implements Watch<List<JobInfo>> {}

    enum JobPhase {
        WAITING,
        RUNNING,
        DONE,
        FAILED,
        CANCELLED
    }

    /// Ids are never given to another job, also after a restart: one of an earlier life is told as cancelled, since it
    /// is not known how it ended. A job that ended long ago is not known any more.
    ///
    /// @param progress 0 to 1
    /// @param merges of a job that merges: in the order in which they began
    record JobInfo(
            long id,
            String kind,
            String subject,
            JobPhase phase,
            double progress,
            long started,
            String failure,
            List<Merge> merges) {
        public JobInfo {
            merges = List.copyOf(merges);
        }
    }

    /// Segments of a collection that become one.
    ///
    /// @param target none while it has no file yet, and when no row was left
    record Merge(long collectionId, List<Long> sources, OptionalLong target, JobPhase phase) {
        public Merge {
            sources = List.copyOf(sources);
        }
    }

    record ImportState(long job) implements Watch<ImportInfo> {}

    /// Newest first.
    ///
    /// @param collection none means all of the database
    record ListImports(Optional<String> collection) implements Watch<List<ImportInfo>> {}

    enum ImportPhase {
        PENDING,
        IMPORTING,
        /// Complete, and waiting for [Operate.CommitImport].
        UNCOMMITTED,
        COMPLETED,
        FAILED
    }

    /// @param percent 0 to 100
    /// @param totalRows as far as it is known
    /// @param created,ended milliseconds since 1970; `ended` is 0 while it is not
    /// @param reason why it failed
    record ImportInfo(
            long id,
            String collection,
            long collectionId,
            ImportPhase phase,
            int percent,
            long rows,
            long totalRows,
            long bytes,
            long created,
            long ended,
            String reason,
            List<ImportedFile> files) {
        public ImportInfo {
            files = List.copyOf(files);
        }
    }

    /// One group of files.
    record ImportedFile(
            List<String> paths,
            ImportPhase phase,
            int percent,
            long rows,
            long totalRows,
            long bytes,
            long ended,
            String reason) {
        public ImportedFile {
            paths = List.copyOf(paths);
        }
    }

    record RefreshState(long job) implements Watch<RefreshInfo> {}

    /// Newest first.
    ///
    /// @param collection none means all of the database
    record ListRefreshes(Optional<String> collection) implements Watch<List<RefreshInfo>> {}

    enum RefreshPhase {
        PENDING,
        REFRESHING,
        COMPLETED,
        FAILED
    }

    /// @param percent 0 to 100
    /// @param rows,files,bytes that were read so far
    /// @param external what is read, without secrets
    /// @param created,ended milliseconds since 1970; `ended` is 0 while it is not
    /// @param reason why it failed
    /// @param faults of files, the first of them
    record RefreshInfo(
            long id,
            String collection,
            long collectionId,
            RefreshPhase phase,
            int percent,
            long rows,
            long files,
            long bytes,
            External external,
            long created,
            long ended,
            String reason,
            List<FileFault> faults) {
        public RefreshInfo {
            faults = List.copyOf(faults);
        }
    }

    /// Why a file cannot be read.
    record FileFault(String file, String reason) {}

    /// Names of the snapshots of a collection, oldest first.
    record ListSnapshots(String collection) implements Watch<List<String>> {}

    record DescribeSnapshot(String collection, String name) implements Watch<SnapshotInfo> {}

    /// @param partitions that the collection had, by name
    /// @param created hybrid timestamp
    /// @param protectedUntilMillis since 1970; 0 when its files may be merged
    /// @param pins how many hold it
    /// @param complete whether all of it is in files: from then on it can be restored at once
    record SnapshotInfo(
            long id,
            String name,
            String description,
            String collection,
            List<String> partitions,
            long created,
            long protectedUntilMillis,
            int pins,
            boolean complete) {
        public SnapshotInfo {
            partitions = List.copyOf(partitions);
        }
    }

    record RestoreState(long job) implements Watch<RestoreInfo> {}

    /// Newest first.
    ///
    /// @param collection that was made of a snapshot; none means all of the database
    record ListRestores(Optional<String> collection) implements Watch<List<RestoreInfo>> {}

    enum RestorePhase {
        PENDING,
        EXECUTING,
        COMPLETED,
        FAILED
    }

    /// @param database,collection that is made
    /// @param percent 0 to 100
    /// @param created,ended milliseconds since 1970; `ended` is 0 while it is not
    /// @param reason why it failed
    record RestoreInfo(
            long id,
            String snapshot,
            String database,
            String collection,
            RestorePhase phase,
            int percent,
            String reason,
            long created,
            long ended) {}

    record Health() implements Watch<HealthInfo> {}

    /// @param reasons why it is not healthy, in sentences
    record HealthInfo(boolean healthy, List<String> reasons) {}

    /// A fresh timestamp: later than everything acknowledged so far.
    record Timestamp() implements Watch<Done> {}

    /// What the process holds: memory by use, files, workers, log position.
    record Resources() implements Watch<ResourcesInfo> {}

    record ResourcesInfo(Map<String, Long> memory, long memoryLimit, Map<String, Long> figures) {}

    /// Somebody arrives: is the database of the call there? Answers a fresh timestamp.
    record Enter() implements Watch<Done> {}

    record HasPartition(String collection, String partition) implements Watch<Boolean> {}

    record ListResourceGroups() implements Watch<List<String>> {}

    record DescribeResourceGroup(String name) implements Watch<ResourceGroupInfo> {}

    /// @param nodes that it has
    /// @param replicas that it serves, by collection
    record ResourceGroupInfo(
            String name, Operate.GroupConfig config, List<Long> nodes, Map<String, Integer> replicas) {}

    /// In order of names.
    record ListFileResources() implements Watch<List<FileResourceInfo>> {}

    record FileResourceInfo(long id, String name, String path) {}

    /// The plan that was made last; empty when there was none.
    record ShowReplication() implements Watch<ReplicationPlan> {}

    /// Who serves a collection, by name or alias; by id when `name` is empty. Nobody serves what is not loaded.
    record Replicas(String name, long id) implements Watch<List<ReplicaInfo>> {}

    /// @param shards how many it has
    record ReplicaInfo(
            long id, long collection, List<Long> partitions, int shards, List<Long> nodes, String resourceGroup) {}

    /// What is limited for all, and how much of it is used.
    record Quotas() implements Watch<QuotasInfo> {}

    /// @param rates by what is counted, how much of it a second
    /// @param denied what is switched off
    /// @param mostBytes that may be stored; -1 for no limit
    record QuotasInfo(Map<String, Double> rates, List<String> denied, long storedBytes, long mostBytes) {}
}
