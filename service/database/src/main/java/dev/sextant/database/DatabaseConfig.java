package dev.sextant.database;

import dev.sextant.database.embedding.EmbeddingConfig;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// The limits of the door. Each is drawn with its reason in docs/operating/limits.md; a limit that is hit is named in
/// the refusal.
///
/// @param names what may be called how, and how many of it there may be
/// @param fields how large a schema may be
/// @param rows how large a value may be
/// @param admission how much may be under way at once
/// @param reads how much one read may ask for
/// @param access who may come in
/// @param trashFor how long a dropped collection can be restored
/// @param quotas how much may be done in a time and stored, and what is switched off
/// @param embedding how models that run elsewhere are reached
/// @param texts how far the analysis of texts for one call may go
/// @param snapshots for how long they may hold what they hold
public record DatabaseConfig(
        Names names,
        Fields fields,
        Rows rows,
        Admission admission,
        Reads reads,
        Access access,
        Duration trashFor,
        Quotas quotas,
        EmbeddingConfig embedding,
        Texts texts,
        Snapshots snapshots) {

    public static final DatabaseConfig DEFAULT = new DatabaseConfig(
            Names.DEFAULT,
            Fields.DEFAULT,
            Rows.DEFAULT,
            Admission.DEFAULT,
            Reads.DEFAULT,
            Access.DEFAULT,
            Duration.ofHours(24),
            Quotas.NONE,
            EmbeddingConfig.DEFAULT,
            Texts.DEFAULT,
            Snapshots.DEFAULT);

    /// @param maxCapacity sum of shards times partitions over all collections
    /// @param maxSnapshots of one collection
    public record Names(
            int maxNameLength,
            int maxDescriptionBytes,
            int maxDatabases,
            int maxCollections,
            int maxCollectionsPerDatabase,
            int maxPartitions,
            int defaultKeyPartitions,
            int maxShards,
            int maxCapacity,
            int maxUsers,
            int maxRoles,
            int maxResourceGroups,
            int maxSnapshots) {
        public static final Names DEFAULT =
                new Names(255, 1024, 64, 65_536, 65_536, 1024, 16, 16, 65_536, 100, 10, 1024, 1024);

        public Names allowing(int users, int roles) {
            return new Names(
                    maxNameLength,
                    maxDescriptionBytes,
                    maxDatabases,
                    maxCollections,
                    maxCollectionsPerDatabase,
                    maxPartitions,
                    defaultKeyPartitions,
                    maxShards,
                    maxCapacity,
                    users,
                    roles,
                    maxResourceGroups,
                    maxSnapshots);
        }

        public Names {
            Checks.atLeastOne("maxNameLength", maxNameLength);
            Checks.atLeastOne("maxDatabases", maxDatabases);
            Checks.atLeastOne("maxCollections", maxCollections);
            Checks.atLeastOne("maxCollectionsPerDatabase", maxCollectionsPerDatabase);
            Checks.atLeastOne("maxPartitions", maxPartitions);
            Checks.atLeastOne("maxShards", maxShards);
            Checks.atLeastOne("maxCapacity", maxCapacity);
            Checks.atLeastOne("maxUsers", maxUsers);
            Checks.atLeastOne("maxRoles", maxRoles);
            Checks.atLeastOne("maxResourceGroups", maxResourceGroups);
            Checks.atLeastOne("maxSnapshots", maxSnapshots);
            if (defaultKeyPartitions < 1 || defaultKeyPartitions > maxPartitions)
                throw Checks.refused("defaultKeyPartitions", defaultKeyPartitions, "[1, maxPartitions]");
        }
    }

    /// @param maxDimension of dense vectors; a binary vector may have eight times as many bits
    public record Fields(
            int maxFields,
            int maxVectors,
            int maxDimension,
            int maxTextBytes,
            int maxArrayElements,
            int maxParametersBytes) {
        public static final Fields DEFAULT = new Fields(64, 10, 32_768, 65_535, 4096, 100 << 10);

        public Fields {
            Checks.atLeastOne("maxFields", maxFields);
            Checks.atLeastOne("maxVectors", maxVectors);
            Checks.atLeastOne("maxTextBytes", maxTextBytes);
            Checks.atLeastOne("maxArrayElements", maxArrayElements);
            if (maxDimension < 2 || maxDimension > 32_768)
                throw Checks.refused("maxDimension", maxDimension, "[2, 32768]");
        }
    }

    /// @param maxWriteBytes of one insert or upsert
    public record Rows(int maxJsonBytes, long maxWriteBytes) {
        public static final Rows DEFAULT = new Rows(65_536, 256L << 20);

        public Rows {
            Checks.atLeastOne("maxJsonBytes", maxJsonBytes);
            Checks.atLeastOne("maxWriteBytes", maxWriteBytes);
        }
    }

    /// @param maxCalls accepted and not yet answered
    /// @param maxBytes that those calls carry
    /// @param retryAfterMillis what a caller that was turned away is told
    public record Admission(int maxCalls, long maxBytes, int retryAfterMillis) {
        public static final Admission DEFAULT = new Admission(4096, 1L << 30, 50);

        public Admission {
            Checks.atLeastOne("maxCalls", maxCalls);
            Checks.atLeastOne("maxBytes", maxBytes);
            Checks.atLeastOne("retryAfterMillis", retryAfterMillis);
        }
    }

    /// The usual ones are Milvus': programs that were written for it count on being refused there.
    ///
    /// @param maxHits of each query
    /// @param maxWindow offset and limit together
    /// @param maxQueries of one search
    /// @param maxSearches of one hybrid search
    /// @param maxGroupSize hits of one group
    /// @param maxSteps of a chain of functions
    /// @param maxArguments columns that one step puts together
    /// @param maxBoosts of one search, those of the parts of a hybrid search together
    public record Reads(
            int maxHits,
            int maxWindow,
            int maxQueries,
            int maxSearches,
            int maxGroupSize,
            int maxSteps,
            int maxArguments,
            int maxBoosts) {
        public static final Reads DEFAULT = new Reads(16_384, 16_384, 16_384, 1_024, 10, 64, 64, 64);

        /// Of a collection whose `query_mode` is `large_topk`.
        private static final int LARGE = 1_000_000;

        Reads large() {
            return new Reads(
                    Math.max(maxHits, LARGE),
                    Math.max(maxWindow, LARGE),
                    maxQueries,
                    maxSearches,
                    maxGroupSize,
                    maxSteps,
                    maxArguments,
                    maxBoosts);
        }

        public Reads {
            Checks.atLeastOne("maxHits", maxHits);
            Checks.atLeastOne("maxWindow", maxWindow);
            Checks.atLeastOne("maxQueries", maxQueries);
            Checks.atLeastOne("maxSearches", maxSearches);
            Checks.atLeastOne("maxGroupSize", maxGroupSize);
            Checks.atLeastOne("maxSteps", maxSteps);
            Checks.atLeastOne("maxArguments", maxArguments);
            Checks.atLeastOne("maxBoosts", maxBoosts);
        }
    }

    /// @param rootPassword what `root` gets when a data directory is begun, or empty: then nobody can log in before
    ///     the owner makes users
    /// @param rememberFor how long a verified password is not verified again
    /// @param hashCost doublings of the work that a password hash costs
    /// @param trusted users who may change any password without knowing it
    /// @param rootIsBound whether `root` too may do only what its roles say
    /// @param publicRights whether everybody may describe collections and their indexes, and list aliases
    public record Access(
            String rootPassword,
            Duration rememberFor,
            int hashCost,
            Set<String> trusted,
            boolean rootIsBound,
            boolean publicRights) {
        public static final Access DEFAULT = new Access("", Duration.ofSeconds(30), 10);

        public Access(String rootPassword, Duration rememberFor, int hashCost) {
            this(rootPassword, rememberFor, hashCost, Set.of(), false, true);
        }

        public Access {
            trusted = Set.copyOf(trusted);
            if (hashCost < 4 || hashCost > 16) throw Checks.refused("hashCost", hashCost, "[4, 16]");
        }

        @Override
        public String toString() {
            return "Access[rootPassword=" + (rootPassword.isEmpty() ? "none" : "set") + ", rememberFor=" + rememberFor
                    + ", hashCost=" + hashCost + ", trusted=" + trusted + ", rootIsBound=" + rootIsBound
                    + ", publicRights=" + publicRights + "]";
        }
    }

    /// @param rates by what is counted, how much of it a second; flushes are counted by collection
    /// @param denied what is switched off for all
    /// @param mostBytes stored in all; -1 for no limit
    public record Quotas(
            Map<Metered, Double> rates,
            Set<Metered.Sort> denied,
            long mostBytes,
            long mostBytesOfDatabase,
            long mostBytesOfCollection) {
        public static final Quotas NONE = new Quotas(Map.of(), Set.of(), -1, -1, -1);

        public Quotas {
            rates = Map.copyOf(rates);
            denied = Set.copyOf(denied);
        }
    }

    /// @param patience with the analysis of one call, where its deadline is not nearer
    /// @param maxWords of the texts of one call
    /// @param maxCharacters of the words and pieces that one call is answered with
    /// @param maxFiles that have names for analyzers
    /// @param maxFileBytes of one file of words
    /// @param maxFilesCharacters of those that the analyzers of all collections read, one that several read counted
    /// once
    public record Texts(
            Duration patience,
            int maxWords,
            int maxCharacters,
            int maxFiles,
            int maxFileBytes,
            int maxFilesCharacters) {
        /// They stand in the log, in one entry with whatever else changes.
        private static final int MOST_FILE_BYTES = 64 << 20;

        /// They stand in each checkpoint, which is one array of bytes: up to three a character.
        private static final int MOST_FILES_CHARACTERS = 128 << 20;

        public static final Texts DEFAULT =
                new Texts(Duration.ofSeconds(30), 1 << 20, 1 << 25, 1024, 16 << 20, 64 << 20);

        public Texts ofFiles(int number, int bytes, int charactersOfAll) {
            return new Texts(patience, maxWords, maxCharacters, number, bytes, charactersOfAll);
        }

        public Texts {
            Checks.atLeastOne("patience", patience.toMillis());
            Checks.atLeastOne("maxWords", maxWords);
            Checks.atLeastOne("maxCharacters", maxCharacters);
            Checks.atLeastOne("maxFiles", maxFiles);
            if (maxFileBytes < 1 || maxFileBytes > MOST_FILE_BYTES)
                throw Checks.refused("maxFileBytes", maxFileBytes, "[1, " + MOST_FILE_BYTES + "]");
            if (maxFilesCharacters < 1 || maxFilesCharacters > MOST_FILES_CHARACTERS)
                throw Checks.refused("maxFilesCharacters", maxFilesCharacters, "[1, " + MOST_FILES_CHARACTERS + "]");
        }
    }

    /// The usual ones are Milvus'.
    ///
    /// @param mostProtected how long the files of one may be merged with no others
    /// @param mostPinned how long one may be held that is not held until it is let go
    public record Snapshots(Duration mostProtected, Duration mostPinned) {
        public static final Snapshots DEFAULT = new Snapshots(Duration.ofDays(7), Duration.ofDays(30));

        public Snapshots {
            if (mostProtected.isNegative()) throw Checks.refused("mostProtected", mostProtected.toSeconds(), "[0, …]");
            Checks.atLeastOne("mostPinned", mostPinned.toSeconds());
        }
    }

    /// The same, with some limits turned: `config.with(to -> to.trashFor = Duration.ZERO)`.
    public DatabaseConfig with(Consumer<Settings> turn) {
        var settings = new Settings(this);
        turn.accept(settings);
        return new DatabaseConfig(
                settings.names,
                settings.fields,
                settings.rows,
                settings.admission,
                settings.reads,
                settings.access,
                settings.trashFor,
                settings.quotas,
                settings.embedding,
                settings.texts,
                settings.snapshots);
    }

    /// The limits while they are turned.
    public static final class Settings {
        public Names names;
        public Fields fields;
        public Rows rows;
        public Admission admission;
        public Reads reads;
        public Access access;
        public Duration trashFor;
        public Quotas quotas;
        public EmbeddingConfig embedding;
        public Texts texts;
        public Snapshots snapshots;

        private Settings(DatabaseConfig from) {
            names = from.names;
            fields = from.fields;
            rows = from.rows;
            admission = from.admission;
            reads = from.reads;
            access = from.access;
            trashFor = from.trashFor;
            quotas = from.quotas;
            embedding = from.embedding;
            texts = from.texts;
            snapshots = from.snapshots;
        }
    }

    /// Apart from the configuration itself: a part that is made first must not begin the whole, which would find that
    /// part missing.
    private static final class Checks {
        static void atLeastOne(String name, long value) {
            if (value < 1) throw refused(name, value, "[1, …]");
        }

        static Refused refused(String name, long value, String range) {
            return new Refused(new Refusal.OutOfRange(name, Long.toString(value), range));
        }
    }
}
