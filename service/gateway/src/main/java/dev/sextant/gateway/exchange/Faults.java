package dev.sextant.gateway.exchange;

import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.AlreadyExists;
import dev.sextant.model.Refusal.Busy;
import dev.sextant.model.Refusal.Cancelled;
import dev.sextant.model.Refusal.Closing;
import dev.sextant.model.Refusal.Damaged;
import dev.sextant.model.Refusal.DeadlinePassed;
import dev.sextant.model.Refusal.Denied;
import dev.sextant.model.Refusal.DiskUnavailable;
import dev.sextant.model.Refusal.FunctionFailed;
import dev.sextant.model.Refusal.InUse;
import dev.sextant.model.Refusal.InvalidFilter;
import dev.sextant.model.Refusal.InvalidIndex;
import dev.sextant.model.Refusal.InvalidName;
import dev.sextant.model.Refusal.InvalidParameter;
import dev.sextant.model.Refusal.InvalidResourceGroup;
import dev.sextant.model.Refusal.InvalidRow;
import dev.sextant.model.Refusal.InvalidSchema;
import dev.sextant.model.Refusal.LimitExceeded;
import dev.sextant.model.Refusal.Missing;
import dev.sextant.model.Refusal.NameTaken;
import dev.sextant.model.Refusal.NodesNotEnough;
import dev.sextant.model.Refusal.NotAuthenticated;
import dev.sextant.model.Refusal.NotFound;
import dev.sextant.model.Refusal.NotImportable;
import dev.sextant.model.Refusal.NotLoaded;
import dev.sextant.model.Refusal.NotPermitted;
import dev.sextant.model.Refusal.OutOfMemory;
import dev.sextant.model.Refusal.OutOfRange;
import dev.sextant.model.Refusal.OutcomeUnknown;
import dev.sextant.model.Refusal.RateExceeded;
import dev.sextant.model.Refusal.SchemaMismatch;
import dev.sextant.model.Refusal.TooNew;
import dev.sextant.model.Refusal.TooOld;
import dev.sextant.model.Refusal.Unsupported;
import dev.sextant.model.Refusal.Unusable;
import dev.sextant.model.Refusal.WrongDimension;
import dev.sextant.model.Refusal.WrongMetric;
import dev.sextant.model.Refusal.WrongType;
import dev.sextant.model.Refused;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every refusal in the words that Milvus' clients look for: codes and phrases are facts of that protocol (reference:
/// errors), the sentences around them are ours. A new refusal does not compile until it has its words here.
public final class Faults {
    private static final Logger log = LoggerFactory.getLogger(Faults.class);

    private Faults() {}

    /// What was asked, where the same refusal is told differently.
    public enum Asked {
        ANYTHING,
        DESCRIBE_COLLECTION,
        SEARCH,
        DELETE,
        USERS
    }

    public static Fault of(Throwable reason, Asked asked) {
        return of(reason, asked, Call.DEFAULT_DATABASE);
    }

    /// @param database where it was asked
    public static Fault of(Throwable reason, Asked asked, String database) {
        // Clients know a denial by its database, which the refusal need not name.
        if (reason instanceof Refused refused && refused.refusal() instanceof NotPermitted denied)
            return notPermitted(denied, database);
        if (reason instanceof Refused refused) return of(refused.refusal(), asked);
        if (reason instanceof Told told) return told.fault();
        return unexpected(reason);
    }

    /// A fault of ours or of the world: logged once, with a number by which the caller's report finds the log line.
    private static Fault unexpected(Throwable reason) {
        var number = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        log.error("fault {}: a call failed for a reason that is ours or the machine's", number, reason);
        return Fault.state(Fault.UNEXPECTED, "service internal error: fault " + number + ", see the server's log");
    }

    public static Fault of(Refusal refusal, Asked asked) {
        return switch (refusal) {
            case NotFound missing -> notFound(missing, asked);
            case AlreadyExists existing -> alreadyExists(existing);
            case NameTaken taken ->
                taken.by() == Refusal.Kind.COLLECTION
                        ? Fault.state(
                                1601,
                                "alias and collection name conflict" + in(taken.database()) + "[alias=" + taken.name()
                                        + "]")
                        : Fault.state(
                                1601,
                                "alias and collection name conflict" + in(taken.database()) + "[alias=" + taken.name()
                                        + "]: it belongs to collection " + taken.owner());
            case InUse use -> inUse(use);
            case InvalidName name -> invalidName(name);
            case LimitExceeded limit -> limitExceeded(limit);
            case NotLoaded cold ->
                cold.partitions().isEmpty()
                        ? Fault.state(101, "collection not loaded[collection=" + cold.collection() + "]")
                        : Fault.state(
                                201, "partition not loaded[partition=" + String.join(",", cold.partitions()) + "]");
            case SchemaMismatch changed ->
                Fault.input(
                        109,
                        "collection schema mismatch[collection=" + changed.collection() + "]: the schema timestamp "
                                + changed.received() + " came, " + changed.current() + " is current");
            case WrongDimension size -> wrongDimension(size, asked);
            case OutOfRange range -> outOfRange(range);
            case Missing missing ->
                Fault.input(
                        1101,
                        (missing.hint().isEmpty() ? missing.parameter() + " is missing" : missing.hint())
                                + ": missing parameter[missing_param=" + missing.parameter() + "]");
            case WrongMetric metric ->
                invalid("metric type not match: invalid parameter[expected=" + metric.expected() + "][actual="
                        + metric.received() + "]");
            case WrongType type ->
                asked == Asked.SEARCH && type.subject().contains("vector")
                        ? invalid("vector type must be the same: field type " + type.expected() + ", search type "
                                + type.received())
                        : invalid(type.subject() + ": invalid parameter[expected=" + type.expected() + "][actual="
                                + type.received() + "]");
            case InvalidFilter filter ->
                invalid((asked == Asked.DELETE ? "failed to create delete plan: " : "failed to create query plan: ")
                        + "cannot parse expression: " + filter.filter() + ", error: " + filter.reason());
            case InvalidRow row -> invalid(row(row));
            case InvalidSchema schema -> invalidSchema(schema);
            case InvalidIndex index -> invalidIndex(index);
            case InvalidResourceGroup group ->
                Fault.input(303, "resource group illegal config[rg=" + group.name() + "]: " + group.detail());
            case InvalidParameter parameter -> invalid(parameter.detail());
            case NotImportable row -> Fault.input(2100, row.sentence() + ": importing data failed");
            case Unsupported what -> invalid(what.what() + " is not supported");
            case FunctionFailed failed -> Fault.state(2400, failed.detail() + ": function execution failed");
            case NotAuthenticated who ->
                asked == Asked.USERS
                        ? Fault.input(1400, who.hint() + ": not authenticated")
                        : Fault.input(1800, who.hint()).ending(Fault.Ending.UNAUTHENTICATED);
            case NotPermitted denied -> notPermitted(denied, Call.DEFAULT_DATABASE);
            case OutOfMemory memory ->
                Fault.state(
                        3,
                        "memory limit exceeded[predict(MB)=" + (memory.inUseBytes() + memory.askedBytes() >> 20)
                                + "][limit(MB)=" + (memory.limitBytes() >> 20) + "]: " + memory.sentence());
            case DiskUnavailable disk ->
                disk.full()
                        ? Fault.state(
                                9,
                                "quota exceeded[reason=disk quota exceeded, please allocate more resources]: "
                                        + disk.sentence())
                        : Fault.state(2, "service unavailable: " + disk.sentence());
            case Busy busy ->
                Fault.later(
                        8,
                        "request is rejected by the rate limiter, please retry later: " + busy.sentence()
                                + ": rate limit exceeded[rate=" + busy.retryAfterMillis() + "ms]");
            case NodesNotEnough few ->
                Fault.state(
                        304,
                        "resource group node not enough[rg=" + few.group() + "][currentNodeNum=" + few.nodes()
                                + "][expectedNodeNum=" + few.asked() + "]");
            case RateExceeded rate ->
                Fault.later(
                        8,
                        "request is rejected by grpc RateLimiter middleware, please retry later: rate limit exceeded[rate="
                                + rate.perSecond() + "]: " + rate.sentence());
            case Denied denied ->
                Fault.state(9, "quota exceeded[reason=" + denied.reason() + "]: " + denied.sentence());
            case DeadlinePassed late ->
                Fault.state(10001, "deadline exceeded: " + late.sentence()).ending(Fault.Ending.DEADLINE_EXCEEDED);
            case Cancelled _ -> Fault.state(10000, "context canceled").ending(Fault.Ending.CANCELLED);
            case OutcomeUnknown unknown -> Fault.state(5, "service internal error: " + unknown.sentence());
            case TooOld old -> invalid("the timestamp " + old.timestamp() + " is too old: " + old.sentence());
            case TooNew early -> Fault.state(11, "time tick long delay: " + early.sentence());
            case Unusable unusable -> Fault.state(1009, "data integrity: " + unusable.sentence());
            case Damaged damaged -> Fault.state(1009, "data integrity: " + damaged.sentence());
            case Closing closing ->
                Fault.later(1, "service not ready: " + closing.sentence()).ending(Fault.Ending.UNAVAILABLE);
        };
    }

    private static Fault notPermitted(NotPermitted denied, String database) {
        return Fault.input(
                        Fault.UNEXPECTED,
                        "Privilege" + denied.privilege() + ": permission deny to " + denied.who() + " in the `"
                                + database + "` database: " + denied.sentence())
                .ending(Fault.Ending.PERMISSION_DENIED);
    }

    private static Fault invalid(String text) {
        return Fault.input(1100, text.contains("invalid parameter") ? text : text + ": invalid parameter");
    }

    private static String in(String database) {
        return "[database=" + database + "]";
    }

    private static Fault notFound(NotFound missing, Faults.Asked asked) {
        var name = missing.name();
        return switch (missing.kind()) {
            case DATABASE -> Fault.state(800, "database not found[database=" + name + "]");
            case COLLECTION ->
                asked == Asked.DESCRIBE_COLLECTION
                        ? Fault.input(100, "can't find collection" + in(missing.within()) + "[collection=" + name + "]")
                        : Fault.state(100, "collection not found" + in(missing.within()) + "[collection=" + name + "]");
            case PARTITION ->
                asked == Asked.SEARCH
                        ? invalid("partition name " + name + " not found")
                        : Fault.state(200, "partition not found[partition=" + name + "]");
            case FIELD ->
                asked == Asked.SEARCH
                        ? invalid("failed to get field schema by name: fieldName(" + name + ") not found: field " + name
                                + " not exist")
                        : Fault.state(1700, "field not found[field=" + name + "]");
            case INDEX ->
                Fault.state(
                        700,
                        name.isEmpty()
                                ? "index not found[collection=" + missing.within() + "]"
                                : "index not found[indexName=" + name + "]");
            case ALIAS -> Fault.state(1600, "alias not found" + in(missing.within()) + "[alias=" + name + "]");
            case USER -> invalid("user \"" + name + "\" not found");
            case ROLE ->
                invalid(
                        "the role \"" + name
                                + "\" does not exist: not found the role, maybe the role isn't existed or internal system error");
            case PRIVILEGE_GROUP ->
                invalid("there is no privilege group name [" + name + "] defined in system to operate");
            case RESOURCE_GROUP -> Fault.input(300, "resource group not found[rg=" + name + "]");
            case JOB ->
                switch (missing.within()) {
                    case "import" ->
                        Fault.state(
                                2101, "can't find job for jobID=" + name + ": importing data failed on server side");
                    case "restore" ->
                        Fault.state(
                                2101,
                                "restore job not found: jobID=" + name + ": importing data failed on server side");
                    default -> Fault.state(5, "service internal error: no job " + name);
                };
            case SNAPSHOT -> Fault.state(2600, "snapshot not found[snapshot=" + name + "]");
            case FILE_RESOURCE -> invalid("file resource " + name + " not found");
            case SEGMENT -> Fault.state(600, "segment not found[segment=" + name + "]");
        };
    }

    private static Fault alreadyExists(AlreadyExists existing) {
        var name = existing.name();
        return switch (existing.kind()) {
            case DATABASE -> invalid("database already exist: " + name);
            case COLLECTION ->
                invalid(
                        existing.difference().contains("duplicated new collection name")
                                ? existing.difference()
                                : "create duplicate collection with different parameters, collection: " + name + ": "
                                        + existing.difference());
            case PARTITION -> invalid("partition already exist: " + name);
            case FIELD -> invalid("duplicated field name " + name);
            case INDEX ->
                name.isEmpty()
                        ? Fault.input(702, existing.difference() + ": index duplicates[indexName=" + name + "]")
                        : invalid("at most one distinct index is allowed per field: " + name);
            case ALIAS ->
                Fault.state(
                        1602,
                        name + " is alias to another collection"
                                + (existing.difference().isEmpty() ? "" : ": " + existing.difference())
                                + ": alias already exist" + in(existing.within()) + "[alias=" + name + "]");
            case USER -> invalid("user already exists: " + name);
            case ROLE -> invalid("role [name:\"" + name + "\"] already exists");
            case PRIVILEGE_GROUP -> invalid("privilege group name [" + name + "] is defined by users");
            case RESOURCE_GROUP ->
                Fault.input(301, "resource group already exist, but create with different config[rg=" + name + "]");
            case SNAPSHOT -> invalid("snapshot name " + name + " already exists");
            case FILE_RESOURCE ->
                invalid("file resource name " + name + " already exists with another path: " + existing.difference());
            case JOB, SEGMENT -> invalid(existing.sentence());
        };
    }

    private static Fault inUse(InUse use) {
        return switch (use.kind()) {
            case DATABASE ->
                invalid(
                        use.by().contains("not empty") || use.by().contains("default database")
                                ? use.by()
                                : "database:" + use.name()
                                        + " not empty, must drop all collections before drop database: " + use.by());
            case COLLECTION ->
                use.by().contains("loaded")
                        ? Fault.input(104, "collection already loaded[collection=" + use.name() + "]: " + use.by())
                        : invalid(use.by());
            case USER -> Fault.input(1401, use.by() + ": privilege not permitted");
            case ROLE ->
                use.by().contains("default role")
                        ? Fault.input(1401, use.by() + ": privilege not permitted")
                        : invalid(use.by());
            case SNAPSHOT -> Fault.state(2601, use.by() + ": snapshot is pinned[snapshot=" + use.name() + "]");
            case INDEX -> Fault.input(702, use.by() + ": index duplicates[indexName=" + use.name() + "]");
            case JOB -> Fault.state(703, use.by() + ": task duplicates");
            case PARTITION, FIELD, ALIAS, PRIVILEGE_GROUP, RESOURCE_GROUP, FILE_RESOURCE, SEGMENT -> invalid(use.by());
        };
    }

    private static Fault invalidName(InvalidName bad) {
        var name = bad.name();
        return switch (bad.kind()) {
            case DATABASE -> Fault.input(802, "invalid database name[database=" + name + "]: " + bad.rule());
            case COLLECTION -> invalid("Invalid collection name: " + name + ". " + bad.rule());
            case ALIAS -> invalid("Invalid collection alias: " + name + ". " + bad.rule());
            case PARTITION -> invalid("Invalid partition name: " + name + ". " + bad.rule());
            case FIELD ->
                Fault.input(
                        1701,
                        "Invalid field name: " + name + ". " + bad.rule() + ": field name invalid[field=" + name + "]");
            case INDEX -> invalid("Invalid index name: " + name + ". " + bad.rule());
            case USER -> invalid("invalid username " + name + ": " + bad.rule());
            case ROLE -> invalid("invalid role name " + name + ": " + bad.rule());
            case PRIVILEGE_GROUP ->
                Fault.input(1402, "invalid privilege group name[privilegeGroup=" + name + "]: " + bad.rule());
            case RESOURCE_GROUP -> invalid("Invalid resource group name: " + name + ". " + bad.rule());
            case SNAPSHOT -> invalid("Invalid snapshot name: " + name + ". " + bad.rule());
            case FILE_RESOURCE, JOB, SEGMENT -> invalid(bad.sentence());
        };
    }

    private static Fault limitExceeded(LimitExceeded limit) {
        var what = limit.what();
        if (what.startsWith("database"))
            return Fault.input(801, "exceeded the limit number of database[limit=" + limit.limit() + "]");
        if (what.startsWith("collection"))
            return Fault.input(102, "exceeded the limit number of collections[limit=" + limit.limit() + "]");
        if (what.startsWith("user"))
            return Fault.state(
                    9,
                    "unable to add user because the number of users has reached the limit: quota exceeded[reason="
                            + limit.sentence() + "]");
        if (what.startsWith("role"))
            return Fault.state(
                    9,
                    "unable to create role because the number of roles has reached the limit: quota exceeded[reason="
                            + limit.sentence() + "]");
        if (what.startsWith("resource group"))
            return Fault.input(302, "resource group num reach limit[limit=" + limit.limit() + "]");
        if (what.contains("capacity"))
            return Fault.state(
                    250,
                    "general capacity exceeded[newGeneralSize=" + limit.asked() + "][generalCapacity=" + limit.limit()
                            + "]");
        if (what.startsWith("bytes of one write"))
            return Fault.input(
                    1102, "request size exceeds maxInsertSize: parameter too large[message=" + limit.sentence() + "]");
        return invalid(limit.sentence());
    }

    private static Fault wrongDimension(WrongDimension size, Faults.Asked asked) {
        return asked == Asked.SEARCH
                ? invalid("vector dimension mismatch, expected vector size(byte) " + size.expected() * 4 + ", actual "
                        + size.received() * 4 + ".")
                : invalid("the dim (" + size.received() + ") of field data(" + size.field()
                        + ") is not equal to schema dim (" + size.expected() + ")");
    }

    /// The upper end of `[1, 10]`.
    private static String most(OutOfRange range) {
        return range.range().replaceAll(".*, |]", "");
    }

    private static Fault outOfRange(OutOfRange range) {
        var value = range.received();
        var should = "it should be in range " + range.range() + ", but got " + value;
        return switch (range.parameter()) {
            case "limit", "topk" -> invalid("topk [" + value + "] is invalid, " + should);
            case "rows" -> invalid("limit [" + value + "] is invalid, it should be greater than 0");
            case "offset" -> invalid("offset [" + value + "] is invalid, it should not be negative");
            case "requests" -> invalid("maximum of ann search requests is " + most(range));
            case "nq" ->
                invalid("nq [" + value
                        + "] is invalid, nq (number of search vector per search request) should be in range "
                        + range.range() + ", but got " + value);
            case "offset+limit", "limit+offset" ->
                invalid("invalid max query result window, (offset+limit) should be in range " + range.range()
                        + ", but got " + value);
            case "group_size" ->
                invalid("input group size:" + value + " exceeds configured max group size:" + most(range));
            default ->
                invalid(range.parameter() + " [" + value + "] is invalid, " + should + ": param '" + range.parameter()
                        + "' (" + value + ") should be in range " + range.range());
        };
    }

    private static String row(InvalidRow bad) {
        var field = bad.field();
        return switch (bad.fault()) {
            case TOO_LONG ->
                "length of varchar field " + field + " exceeds max length, row number: " + bad.row() + ", length: "
                        + bad.received() + ", max length: " + bad.expected();
            case TOO_MANY_ELEMENTS ->
                "the length (" + bad.received() + ") of " + bad.row() + "th array exceeds max capacity ("
                        + bad.expected() + ")";
            case OUT_OF_RANGE ->
                "the " + bad.row() + "th element (" + bad.received() + ") out of range: " + bad.expected();
            case NOT_A_NUMBER ->
                "value '" + bad.received() + "' is not a number or infinity, field " + field + ", row " + bad.row();
            case NOT_UTF8 -> "input should be utf-8 format, field " + field + ", but row: " + bad.row();
            case NOT_JSON -> "field " + field + " takes JSON, row " + bad.row() + " holds " + bad.received();
            case ELEMENT_COUNT ->
                "inconsistent array length in struct array field: row " + bad.row() + " of " + field + " has "
                        + bad.received() + " elements, expected " + bad.expected();
            case NULL_NOT_ALLOWED -> "field " + field + " is not nullable, but row " + bad.row() + " is null";
            case MALFORMED_SPARSE ->
                "invalid sparse float vector in field " + field + ", row " + bad.row() + ": " + bad.received()
                        + ", expected " + bad.expected();
            case DUPLICATE_KEY -> "duplicate primary keys are not allowed in the same batch: " + bad.received();
            case ROW_COUNT ->
                "the num_rows (" + bad.received() + ") of field (" + field + ") is not equal to passed num_rows ("
                        + bad.expected() + ")";
            case MISSING_COLUMN -> "fieldSchema(" + field + ") has no corresponding fieldData pass in";
            case UNKNOWN_COLUMN -> "fieldName " + field + " not exist in collection schema: more fieldData has pass in";
            case DUPLICATE_COLUMN -> "duplicated field " + field + " found";
            case KEY_WITH_AUTO_ID ->
                "can not assign primary field data when auto id enabled and allow_insert_auto_id is false, field "
                        + field;
            case MISSING_KEY -> "must assign pk when upsert, primary field: " + field;
            case DYNAMIC_NAME -> "dynamic field name cannot include the static field name: " + bad.received();
            case NO_ROWS -> "num_rows should be greater than 0";
            case JSON_TOO_LONG ->
                "the length (" + bad.received() + ") of json field (" + field + ") exceeds max length ("
                        + bad.expected() + ")";
            case ELEMENT_TOO_LONG ->
                "length of VarChar array field \"" + field + "\" exceeds max length, row number: " + bad.row()
                        + ", length: " + bad.received() + ", max length: " + bad.expected();
            case NOT_A_MOMENT -> "got invalid timestamptz string '" + bad.received() + "': " + bad.expected();
            case NOT_A_GEOMETRY -> "invalid Geometry data, transform to wkb failed: " + bad.expected();
            case NOT_AN_OBJECT ->
                "the dynamic field takes a JSON object, row " + bad.row() + " holds " + bad.received();
        };
    }

    private static Fault invalidSchema(InvalidSchema bad) {
        return switch (bad.rule()) {
            case NO_PRIMARY_KEY ->
                Fault.input(1101, "primary key is not specified: " + bad.detail() + ": missing parameter");
            case FIELD_NAME ->
                Fault.input(
                        1701,
                        "Invalid field name: " + bad.subject() + ". " + bad.detail() + ": field name invalid[field="
                                + bad.subject() + "]");
            case CLUSTERING_KEY ->
                bad.detail().startsWith("vector clustering key not allowed")
                        ? Fault.input(107, bad.sentence())
                        : invalid(bad.sentence());
            case PARTITION_KEY ->
                bad.subject().equals("partitionkey.isolation")
                        ? Fault.input(105, bad.sentence() + ": illegal collection schema")
                        : invalid(bad.sentence());
            default -> invalid(bad.sentence());
        };
    }

    private static Fault invalidIndex(InvalidIndex bad) {
        return switch (bad.rule()) {
            case LOADED ->
                bad.detail().contains("dropped")
                        ? invalid(bad.detail())
                        : Fault.input(104, bad.detail() + ": collection already loaded");
            default -> invalid(bad.detail());
        };
    }
}
