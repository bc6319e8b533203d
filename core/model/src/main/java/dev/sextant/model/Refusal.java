package dev.sextant.model;

import java.util.List;

/// Why something was not done: data, no prose. Each protocol translates refusals to its own codes and texts in one
/// switch; [#sentence] is the plain form for everybody else: what was expected, what came, what to do.
public sealed interface Refusal {
    enum Blame {
        /// The request can never succeed as it is.
        CALLER,
        /// It would succeed with another state of the database (load it, create it, log in).
        STATE,
        /// No room or time now; a later try may succeed.
        CAPACITY,
        /// Something outside failed or is damaged.
        WORLD
    }

    String sentence();

    Blame blame();

    /// A request that is wrong in itself.
    sealed interface Invalid extends Refusal {
        @Override
        default Blame blame() {
            return Blame.CALLER;
        }
    }

    /// Right in itself, but not now: what it names is not there, or in use, or not this caller's.
    sealed interface Untimely extends Refusal {
        @Override
        default Blame blame() {
            return Blame.STATE;
        }
    }

    /// Too much of something at this moment.
    sealed interface Scarce extends Refusal {
        @Override
        default Blame blame() {
            return Blame.CAPACITY;
        }
    }

    /// Something outside did not do what it should.
    sealed interface Broken extends Refusal {
        @Override
        default Blame blame() {
            return Blame.WORLD;
        }
    }

    enum Kind {
        DATABASE,
        COLLECTION,
        PARTITION,
        FIELD,
        INDEX,
        ALIAS,
        USER,
        ROLE,
        PRIVILEGE_GROUP,
        RESOURCE_GROUP,
        JOB,
        SEGMENT,
        SNAPSHOT,
        FILE_RESOURCE;

        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        }
    }

    /// @param within the database of a collection or alias, the collection of a partition, field or index; may be empty
    record NotFound(Kind kind, String name, String within) implements Untimely {
        @Override
        public String sentence() {
            return "no " + kind.word() + " '" + name + "'" + (within.isEmpty() ? "" : " in '" + within + "'");
        }
    }

    record AlreadyExists(Kind kind, String name, String within, String difference) implements Untimely {
        @Override
        public String sentence() {
            return kind.word() + " '" + name + "' exists already" + (difference.isEmpty() ? "" : ": " + difference);
        }
    }

    /// An alias and a collection cannot share a name.
    record NameTaken(String database, String name, Kind by, String owner) implements Untimely {
        @Override
        public String sentence() {
            return "the name '" + name + "' is taken by " + by.word() + " '" + owner + "'";
        }
    }

    /// The thing is in use: an alias points at it, it is not empty, it is loaded.
    ///
    /// @param by a sentence that contains the phrase by which clients know the reason
    record InUse(Kind kind, String name, String by) implements Untimely {
        @Override
        public String sentence() {
            return kind.word() + " '" + name + "' is in use: " + by;
        }
    }

    record InvalidName(Kind kind, String name, String rule) implements Invalid {
        @Override
        public String sentence() {
            return "'" + name + "' is no name for a " + kind.word() + ": " + rule;
        }
    }

    /// More of something than a named limit allows.
    record LimitExceeded(String what, long asked, long limit, String setting) implements Invalid {
        @Override
        public String sentence() {
            return what + ": " + asked + " is over the limit of " + limit
                    + (setting.isEmpty() ? "" : " (setting " + setting + ")");
        }
    }

    record NotLoaded(String collection, List<String> partitions) implements Untimely {
        @Override
        public String sentence() {
            return (partitions.isEmpty()
                            ? "collection '" + collection + "'"
                            : "partitions " + partitions + " of '" + collection + "'")
                    + " not loaded: load it first";
        }
    }

    record SchemaMismatch(String collection, long received, long current) implements Untimely {
        @Override
        public String sentence() {
            return "the schema of '" + collection + "' changed: version " + received + " came, " + current
                    + " is current; read the schema again";
        }
    }

    record WrongDimension(String field, long expected, long received) implements Invalid {
        @Override
        public String sentence() {
            return "field '" + field + "' takes vectors of " + expected + " components, " + received + " came";
        }
    }

    /// A parameter outside of its range.
    record OutOfRange(String parameter, String received, String range) implements Invalid {
        @Override
        public String sentence() {
            return parameter + " must be in " + range + ", " + received + " came";
        }
    }

    record Missing(String parameter, String hint) implements Invalid {
        @Override
        public String sentence() {
            return parameter + " is missing" + (hint.isEmpty() ? "" : ": " + hint);
        }
    }

    record WrongMetric(String field, String expected, String received) implements Invalid {
        @Override
        public String sentence() {
            return "field '" + field + "' is compared by " + expected + ", not by " + received;
        }
    }

    record WrongType(String subject, String expected, String received) implements Invalid {
        @Override
        public String sentence() {
            return subject + " must be " + expected + ", " + received + " came";
        }
    }

    /// A filter that cannot be understood or does not fit the schema.
    ///
    /// @param position of the trouble in `filter`, from 0, or -1
    record InvalidFilter(String filter, String reason, int position) implements Invalid {
        @Override
        public String sentence() {
            return "cannot understand the filter: " + filter + ": " + reason;
        }
    }

    /// A row that cannot be stored.
    ///
    /// @param row from 0, or -1 when the whole column is meant
    record InvalidRow(String field, int row, Fault fault, String received, String expected) implements Invalid {
        public enum Fault {
            TOO_LONG,
            TOO_MANY_ELEMENTS,
            OUT_OF_RANGE,
            NOT_A_NUMBER,
            NOT_UTF8,
            NOT_JSON,
            NULL_NOT_ALLOWED,
            MALFORMED_SPARSE,
            DUPLICATE_KEY,
            ROW_COUNT,
            MISSING_COLUMN,
            UNKNOWN_COLUMN,
            DUPLICATE_COLUMN,
            KEY_WITH_AUTO_ID,
            MISSING_KEY,
            /// A key of the dynamic field that a field of the schema is called, or `$meta` itself.
            DYNAMIC_NAME,
            /// The request says that it holds no rows.
            NO_ROWS,
            /// A JSON value with more bytes than allowed.
            JSON_TOO_LONG,
            /// A text inside an array with more bytes than allowed.
            ELEMENT_TOO_LONG,
            /// The dynamic field of a row is JSON, but no object.
            NOT_AN_OBJECT,
            /// A text that names no moment.
            NOT_A_MOMENT,
            /// What came for a geometry is none.
            NOT_A_GEOMETRY,
            /// Arrays of one struct that differ in length.
            ELEMENT_COUNT
        }

        @Override
        public String sentence() {
            var where = "field '" + field + "'" + (row < 0 ? "" : ", row " + row) + ": ";
            return switch (fault) {
                case NOT_A_MOMENT -> where + expected;
                case NOT_A_GEOMETRY -> where + "'" + received + "' is no geometry: " + expected;
                default -> where + fault + ", " + received + " came, expected " + expected;
            };
        }
    }

    /// A schema that breaks a rule.
    ///
    /// @param detail a sentence that contains the phrase by which clients know the rule
    record InvalidSchema(String subject, Rule rule, String detail) implements Invalid {
        public enum Rule {
            NO_PRIMARY_KEY,
            SEVERAL_PRIMARY_KEYS,
            PRIMARY_KEY_TYPE,
            AUTO_ID,
            NO_VECTOR,
            TOO_MANY_FIELDS,
            TOO_MANY_VECTORS,
            DIMENSION,
            LENGTH,
            CAPACITY,
            ELEMENT_TYPE,
            PARTITION_KEY,
            CLUSTERING_KEY,
            NULLABLE,
            DEFAULT_VALUE,
            DUPLICATE_FIELD,
            FIELD_NAME,
            DYNAMIC,
            TYPE,
            FUNCTION,
            SHARDS,
            PARTITIONS,
            PROPERTY
        }

        @Override
        public String sentence() {
            return (subject.isEmpty() ? "" : "'" + subject + "': ") + detail;
        }
    }

    /// An index that cannot be built as asked.
    ///
    /// @param detail a sentence that contains the phrase by which clients know the rule
    record InvalidIndex(String field, Rule rule, String detail) implements Invalid {
        public enum Rule {
            UNKNOWN_TYPE,
            FIELD_TYPE,
            METRIC,
            NO_METRIC,
            PARAMETER,
            ANOTHER_EXISTS,
            SAME_NAME,
            LOADED,
            PROPERTY
        }

        @Override
        public String sentence() {
            return "index on '" + field + "': " + detail;
        }
    }

    /// A resource group that cannot be as asked.
    record InvalidResourceGroup(String name, String detail) implements Invalid {
        @Override
        public String sentence() {
            return "resource group '" + name + "': " + detail;
        }
    }

    /// Anything else that is wrong with a parameter.
    ///
    /// @param detail a sentence that contains the phrase by which clients know the rule
    record InvalidParameter(String parameter, String detail) implements Invalid {
        @Override
        public String sentence() {
            return detail;
        }
    }

    /// Rows that cannot be imported, and where they stand.
    ///
    /// @param file as the caller named it; may be empty
    /// @param row from 0, or -1 when the whole file is meant
    record NotImportable(String file, long row, String detail) implements Invalid {
        @Override
        public String sentence() {
            return (file.isEmpty() ? "" : "file '" + file + "'" + (row < 0 ? "" : ", row " + row) + ": ") + detail;
        }
    }

    record Unsupported(String what) implements Invalid {
        @Override
        public String sentence() {
            return what + " is not supported";
        }
    }

    /// A resource group has fewer nodes than asked for.
    record NodesNotEnough(String group, long nodes, long asked) implements Untimely {
        @Override
        public String sentence() {
            return "resource group '" + group + "' has " + nodes + " nodes, " + asked + " are asked for";
        }
    }

    /// More of something in a time than was allowed.
    ///
    /// @param setting or property that says how much
    record RateExceeded(String what, double perSecond, String setting) implements Scarce {
        @Override
        public String sentence() {
            return "more " + what + " than " + perSecond + " a second are not allowed (" + setting + ")";
        }
    }

    /// Switched off, or full, by the will of whoever runs the database.
    ///
    /// @param reason a sentence that contains the phrase by which clients know it
    /// @param setting or property that says so
    record Denied(String what, String reason, String setting) implements Untimely {
        @Override
        public String sentence() {
            return what + ": " + reason + " (" + setting + ")";
        }
    }

    /// What a function asks, a model or a provider, did not answer as it should.
    record FunctionFailed(String detail) implements Broken {
        @Override
        public String sentence() {
            return detail;
        }
    }

    record NotAuthenticated(String hint) implements Untimely {
        @Override
        public String sentence() {
            return "who are you? " + hint;
        }
    }

    record NotPermitted(String who, String privilege, String target) implements Untimely {
        @Override
        public String sentence() {
            return "'" + who + "' lacks the privilege " + privilege + " on " + target;
        }
    }

    record OutOfMemory(String what, long askedBytes, long inUseBytes, long limitBytes) implements Scarce {
        @Override
        public String sentence() {
            return what + " needs " + askedBytes + " bytes; " + inUseBytes + " of " + limitBytes
                    + " are in use: release a collection or raise the memory limit";
        }
    }

    record DiskUnavailable(String detail, boolean full) implements Scarce {
        @Override
        public String sentence() {
            return (full ? "the disk is full: " : "the disk takes no writes: ") + detail + "; reads go on";
        }
    }

    record Busy(String what, long retryAfterMillis) implements Scarce {
        @Override
        public String sentence() {
            return what + " is busy: try again in " + retryAfterMillis + " ms";
        }
    }

    /// The deadline passed. For a write: whether it took place is unknown unless `nothingDone`.
    record DeadlinePassed(boolean nothingDone) implements Scarce {
        @Override
        public String sentence() {
            return "the deadline passed" + (nothingDone ? ", nothing was done" : "; the outcome is unknown");
        }
    }

    record Cancelled() implements Invalid {
        @Override
        public String sentence() {
            return "cancelled by the caller";
        }
    }

    /// A write whose fate is unknown: the log failed between append and force.
    record OutcomeUnknown(String detail) implements Broken {
        @Override
        public String sentence() {
            return "the outcome of this write is unknown: " + detail + "; read before you repeat it";
        }
    }

    record TooOld(long timestamp, long oldest) implements Untimely {
        @Override
        public String sentence() {
            return "the state at " + timestamp + " is gone; the oldest possible is " + oldest;
        }
    }

    record TooNew(long timestamp, long now) implements Untimely {
        @Override
        public String sentence() {
            return "the timestamp " + timestamp + " lies in the future; it is " + now + " here";
        }
    }

    record Damaged(String what, String detail) implements Broken {
        @Override
        public String sentence() {
            return what + " is damaged: " + detail;
        }
    }

    /// Whole, as far as can be seen, but not what this program can work with.
    record Unusable(String what, String detail) implements Broken {
        @Override
        public String sentence() {
            return what + " cannot be used: " + detail;
        }
    }

    record Closing() implements Scarce {
        @Override
        public String sentence() {
            return "the server is stopping";
        }
    }
}
