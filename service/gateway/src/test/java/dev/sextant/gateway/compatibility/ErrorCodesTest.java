package dev.sextant.gateway.compatibility;

import dev.sextant.gateway.Running;
import dev.sextant.gateway.exchange.Fault;
import dev.sextant.gateway.exchange.Faults;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.wire.milvus.GetCompactionStateRequest;
import dev.sextant.wire.milvus.GetMetricsRequest;
import dev.sextant.wire.milvus.InsertRequest;
import dev.sextant.wire.milvus.LoadBalanceRequest;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each code of Milvus' table is met here over the wire, or by the refusal that becomes it; of the others it is said
/// why they do not arise.
class ErrorCodesTest {
    /// How a code comes about.
    sealed interface Cause {
        /// A request over HTTP.
        record Asked(String route, String body) implements Cause {}

        /// A refusal that is told so.
        record Told(Refusal refusal) implements Cause {}

        /// Another call over gRPC, by name.
        record Called(String call) implements Cause {}

        record Never() implements Cause {}
    }

    record Code(int code, String name, Cause cause, String note) {}

    private static Code asked(int code, String name, String route, String body) {
        return new Code(code, name, new Cause.Asked(route, body), "");
    }

    private static Code told(int code, String name, Refusal refusal, String note) {
        return new Code(code, name, new Cause.Told(refusal), note);
    }

    private static Code called(int code, String name, String call) {
        return new Code(code, name, new Cause.Called(call), "");
    }

    private static Code never(int code, String name, String why) {
        return new Code(code, name, new Cause.Never(), why);
    }

    private static final String ONE_CLUSTER = "of a cluster's parts, which are one process here";
    private static final String SEGCORE = "of a library that is not here; the same is told as 1100, 5 or 65535";

    static final List<Code> CODES = List.of(
            told(1, "service not ready", new Refusal.Closing(), "while the server stops"),
            called(2, "service unavailable", "CalcDistance"),
            told(3, "memory limit exceeded", new Refusal.OutOfMemory("a search", 2, 1, 2), ""),
            never(4, "too many concurrent requests", "8 is answered, which clients repeat; 4 they do not"),
            told(5, "service internal error", new Refusal.OutcomeUnknown("the disk"), ""),
            never(6, "cross cluster routing", ONE_CLUSTER),
            never(7, "disk limit exceeded", "9 is answered"),
            told(8, "rate limit exceeded", new Refusal.RateExceeded("searches", 1, "rate-search"), "over HTTP 1807"),
            told(9, "quota exceeded", new Refusal.Denied("writing", "memory quota exceeded", "deny"), ""),
            never(10, "service unimplemented", "gRPC UNIMPLEMENTED is answered"),
            told(11, "time tick long delay", new Refusal.TooNew(2, 1), "a timestamp that lies in the future"),
            never(12, "service resource insufficient", "3 or 8 is answered"),
            asked(100, "collection not found", "collections/get_stats", "{'collectionName':'nowhere'}"),
            asked(101, "collection not loaded", "entities/query", "{'collectionName':'cold','filter':'id > 0'}"),
            told(
                    102,
                    "exceeded the limit number of collections",
                    new Refusal.LimitExceeded("collections", 2, 1, "names.maxCollections"),
                    ""),
            never(103, "collection not fully loaded", "a read waits until what it needs is loaded, to its deadline"),
            asked(
                    104,
                    "collection already loaded",
                    "collections/alter_properties",
                    "{'collectionName':'warm','properties':{'mmap.enabled':'true'}}"),
            asked(
                    105,
                    "illegal collection schema",
                    "collections/alter_properties",
                    "{'collectionName':'cold','properties':{'partitionkey.isolation':'true'}}"),
            never(106, "collection on recovering", "a server that listens has recovered"),
            asked(
                    107,
                    "vector clustering key not allowed",
                    "collections/create",
                    "{'collectionName':'k','schema':{'fields':[{'fieldName':'id','dataType':'Int64','isPrimary':true},"
                            + "{'fieldName':'v','dataType':'FloatVector','isClusteringKey':true,'elementTypeParams':{'dim':2}}]}}"),
            never(108, "operate collection under standby mode", "replication of old"),
            called(109, "collection schema mismatch", "Insert"),
            never(110, "collection schema version not ready", "readers are never behind"),
            asked(
                    200,
                    "partition not found",
                    "partitions/get_stats",
                    "{'collectionName':'warm','partitionName':'nowhere'}"),
            asked(
                    201,
                    "partition not loaded",
                    "entities/query",
                    "{'collectionName':'half','filter':'id > 0','partitionNames':['cold']}"),
            never(202, "partition not fully loaded", "as 103"),
            told(
                    250,
                    "general capacity exceeded",
                    new Refusal.LimitExceeded("capacity (shards times partitions)", 2, 1, "names.maxCapacity"),
                    ""),
            called(300, "resource group not found", "DescribeResourceGroup"),
            asked(
                    301,
                    "resource group already exist",
                    "resource_groups/create",
                    "{'name':'rg','config':{'requests':{'node_num':0},'limits':{'node_num':5}}}"),
            told(
                    302,
                    "resource group num reach limit",
                    new Refusal.LimitExceeded("resource groups", 2, 1, "names.maxResourceGroups"),
                    ""),
            asked(
                    303,
                    "resource group illegal config",
                    "resource_groups/create",
                    "{'name':'rg2','config':{'requests':{'node_num':2},'limits':{'node_num':1}}}"),
            told(304, "resource group node not enough", new Refusal.NodesNotEnough("rg", 1, 2), ""),
            never(305, "resource group service unavailable", ONE_CLUSTER),
            never(400, "replica not found", ONE_CLUSTER),
            never(401, "replica not available", ONE_CLUSTER),
            never(500, "channel errors (500 to 507)", ONE_CLUSTER),
            asked(600, "segment not found", "segments/describe", "{'collectionID':@warm,'segmentIDs':[1]}"),
            never(601, "segment errors (601 to 605)", ONE_CLUSTER),
            asked(700, "index not found", "indexes/describe", "{'collectionName':'cold','indexName':'nowhere'}"),
            never(
                    701,
                    "index type not supported",
                    "1100 is answered, with `invalid index type`, as Milvus' proxy does"),
            asked(
                    702,
                    "index duplicates",
                    "collections/alter_properties",
                    "{'collectionName':'warm','properties':{'query_mode':'large_topk'}}"),
            never(703, "task duplicates", ONE_CLUSTER),
            asked(800, "database not found", "collections/list", "{'dbName':'nowhere'}"),
            told(
                    801,
                    "exceeded the limit number of database",
                    new Refusal.LimitExceeded("databases", 2, 1, "names.maxDatabases"),
                    ""),
            asked(802, "invalid database name", "databases/create", "{'dbName':'1x'}"),
            called(901, "node not found", "LoadBalance"),
            never(902, "node errors (902 to 906)", ONE_CLUSTER),
            never(1000, "storage errors (1000 to 1008, 1010 to 1012)", "the disk's troubles are told as 2, 5 or 9"),
            told(1009, "data integrity", new Refusal.Damaged("a segment", "checksum"), ""),
            asked(1100, "invalid parameter", "entities/query", "{'collectionName':'warm','filter':'id ==='}"),
            asked(
                    1101,
                    "missing parameter",
                    "collections/create",
                    "{'collectionName':'k','schema':{'fields':[{'fieldName':'i','dataType':'Int64'},"
                            + "{'fieldName':'v','dataType':'FloatVector','elementTypeParams':{'dim':2}}]}}"),
            told(
                    1102,
                    "parameter too large",
                    new Refusal.LimitExceeded("bytes of one write", 2, 1, "rows.maxWriteBytes"),
                    "a write beyond `rows.maxWriteBytes`; other limits are told as 1100"),
            called(1200, "metric not found", "GetMetrics"),
            never(1300, "topic and queue errors (1300 to 1303)", ONE_CLUSTER),
            asked(
                    1400,
                    "not authenticated",
                    "users/update_password",
                    "{'userName':'root','password':'wrongwrong','newPassword':'newnewnew'}"),
            asked(1401, "privilege not permitted", "users/drop", "{'userName':'root'}"),
            asked(1402, "invalid privilege group name", "privilege_groups/create", "{'privilegeGroupName':'1x'}"),
            asked(1600, "alias not found", "aliases/describe", "{'aliasName':'nowhere'}"),
            asked(
                    1601,
                    "alias and collection name conflict",
                    "aliases/create",
                    "{'collectionName':'warm','aliasName':'cold'}"),
            asked(1602, "alias already exist", "aliases/create", "{'collectionName':'cold','aliasName':'nick'}"),
            never(1603, "collection id of alias not found", "an alias goes with its collection"),
            asked(
                    1700,
                    "field not found",
                    "collections/fields/alter_properties",
                    "{'collectionName':'warm','fieldName':'nowhere','fieldParams':{'max_length':'9'}}"),
            asked(
                    1701,
                    "field name invalid",
                    "collections/create",
                    "{'collectionName':'k','schema':{'fields':[{'fieldName':'1d','dataType':'Int64','isPrimary':true},"
                            + "{'fieldName':'v','dataType':'FloatVector','elementTypeParams':{'dim':2}}]}}"),
            told(
                    1800,
                    "user hasn't authenticated",
                    new Refusal.NotAuthenticated("who"),
                    "HTTP 401, gRPC UNAUTHENTICATED"),
            asked(1801, "can only accept json format request", "collections/list", "no json"),
            asked(1802, "missing required parameters", "collections/describe", "{}"),
            never(1803, "fail to marshal collection schema", "1100 is answered"),
            asked(
                    1804,
                    "fail to deal the insert data",
                    "entities/insert",
                    "{'collectionName':'warm','data':[{'id':'x','v':[0,1]}]}"),
            never(1805, "fail to parse search result", "there is nothing to parse"),
            asked(
                    1806,
                    "primary key type can only be int or string",
                    "entities/get",
                    "{'collectionName':'warm','id':'x'}"),
            told(1807, "request is rejected by limiter", new Refusal.Busy("the server", 50), "over HTTP, for 8 and 9"),
            never(1900, "replication of old (1900 to 1903)", "given up in Milvus too"),
            never(2000, "segcore errors (2000 to 2040)", SEGCORE),
            never(2099, "knowhere error", SEGCORE),
            told(2100, "importing data failed", new Refusal.NotImportable("f.csv", 1, "no number"), ""),
            asked(2101, "importing data failed on server side", "jobs/import/describe", "{'jobId':'99'}"),
            never(2200, "inconsistent requery result", "hits and fields are read at one moment"),
            never(2201, "query plan failed", "1100 is answered, as Milvus wraps it"),
            asked(
                    2304,
                    "collection not support clustering compaction",
                    "collections/compact",
                    "{'collectionName':'warm','isClustering':true}"),
            never(2300, "other compaction errors (2300 to 2317)", "a compaction waits, or has nothing to do"),
            told(2400, "function execution failed", new Refusal.FunctionFailed("no answer"), ""),
            never(2401, "datanode slot exhausted", ONE_CLUSTER),
            never(2500, "KMS key has been revoked", "nothing is encrypted at rest"),
            told(2600, "snapshot not found", new Refusal.NotFound(Refusal.Kind.SNAPSHOT, "s", "warm"), ""),
            told(2601, "snapshot is pinned", new Refusal.InUse(Refusal.Kind.SNAPSHOT, "s", "1 active pins"), ""),
            called(3000, "unsupported operation", "DumpMessages"),
            never(3001, "old session exists", ONE_CLUSTER),
            told(10000, "context canceled", new Refusal.Cancelled(), "gRPC CANCELLED"),
            told(10001, "deadline exceeded", new Refusal.DeadlinePassed(true), "gRPC DEADLINE_EXCEEDED, HTTP 408"),
            told(
                    65535,
                    "unexpected",
                    new Refusal.NotPermitted("ann", "Search", "c"),
                    "over HTTP 403; gRPC PERMISSION_DENIED"));

    static Table table() {
        return new Table(
                "Error codes: "
                        + CODES.stream()
                                .filter(code -> !(code.cause() instanceof Cause.Never))
                                .count()
                        + " of " + CODES.size(),
                "**works**: told with this code, the older code beside it, and the words that clients look for."
                        + " **does not arise**: why is said.",
                List.of("Code", "Words", "State", "Note"),
                CODES.stream()
                        .map(code -> List.of(
                                Integer.toString(code.code()),
                                code.name(),
                                code.cause() instanceof Cause.Never ? "does not arise" : "works",
                                code.note()))
                        .toList());
    }

    @TempDir
    static Path directory;

    static Wire wire;

    @BeforeAll
    static void open() {
        wire = new Wire(new Running(directory));
        for (var name : List.of("cold", "warm", "half"))
            wire.good(
                    "collections/create",
                    "{'collectionName':'" + name + "','schema':{'fields':["
                            + "{'fieldName':'id','dataType':'Int64','isPrimary':true},"
                            + "{'fieldName':'v','dataType':'FloatVector','elementTypeParams':{'dim':2}}]}}");
        for (var name : List.of("warm", "half"))
            wire.good(
                    "indexes/create",
                    "{'collectionName':'" + name
                            + "','indexParams':[{'fieldName':'v','indexName':'v','metricType':'L2','indexType':'FLAT'}]}");
        wire.good("collections/load", "{'collectionName':'warm'}");
        wire.good("partitions/create", "{'collectionName':'half','partitionName':'cold'}");
        wire.good("partitions/load", "{'collectionName':'half','partitionNames':['_default']}");
        wire.good("aliases/create", "{'collectionName':'warm','aliasName':'nick'}");
        wire.good(
                "resource_groups/create", "{'name':'rg','config':{'requests':{'node_num':0},'limits':{'node_num':1}}}");
    }

    @AfterAll
    static void close() {
        wire.running().close();
    }

    @Test
    void eachCodeIsMetWhereItArises() {
        SoftAssertions.assertSoftly(this::eachCode);
    }

    private void eachCode(SoftAssertions softly) {
        for (var code : CODES) {
            switch (code.cause()) {
                case Cause.Asked(var route, var body) -> {
                    var answer = route.equals("collections/list") && !body.startsWith("{")
                            ? wire.running().rest(route, body)
                            : wire.ask(route, body.replace("@warm", Long.toString(id("warm"))));
                    softly.assertThat(Wire.code(answer))
                            .as(route + body + " -> " + answer)
                            .isEqualTo(code.code());
                    softly.assertThat(answer).as("%s %s", code.code(), route).containsIgnoringCase(code.name());
                }
                case Cause.Told(var refusal) -> {
                    var fault = Faults.of(new Refused(refusal), Faults.Asked.ANYTHING);
                    softly.assertThat(fault.code())
                            .as(code.name())
                            .isIn(code.code(), code.code() == 1807 ? 8 : code.code());
                }
                case Cause.Called(var call) -> {
                    var fault = call(call);
                    softly.assertThat(fault.code())
                            .as(call + " " + fault.reason())
                            .isEqualTo(code.code());
                    softly.assertThat(fault.reason()).as(call).containsIgnoringCase(code.name());
                }
                case Cause.Never _ -> {}
            }
        }
    }

    private static long id(String collection) {
        var answer = wire.ask("collections/describe", "{'collectionName':'" + collection + "'}");
        return Long.parseLong(answer.replaceAll(".*\"collectionID\":(\\d+).*", "$1"));
    }

    private static Fault call(String call) {
        var milvus = wire.running().milvus();
        var status = switch (call) {
            case "CalcDistance" ->
                milvus.calcDistance(dev.sextant.wire.milvus.CalcDistanceRequest.getDefaultInstance())
                        .getStatus();
            case "Insert" ->
                milvus.insert(InsertRequest.newBuilder()
                                .setCollectionName("warm")
                                .setNumRows(1)
                                .setSchemaTimestamp(7)
                                .build())
                        .getStatus();
            case "DescribeResourceGroup" ->
                milvus.describeResourceGroup(dev.sextant.wire.milvus.DescribeResourceGroupRequest.newBuilder()
                                .setResourceGroup("nowhere")
                                .build())
                        .getStatus();
            case "LoadBalance" ->
                milvus.loadBalance(LoadBalanceRequest.newBuilder()
                        .setCollectionName("warm")
                        .setSrcNodeID(99)
                        .build());
            case "GetMetrics" ->
                milvus.getMetrics(GetMetricsRequest.newBuilder()
                                .setRequest("{\"metric_type\":\"weather\"}")
                                .build())
                        .getStatus();
            case "DumpMessages" ->
                milvus.dumpMessages(dev.sextant.wire.milvus.DumpMessagesRequest.newBuilder()
                                .setPchannel("by-dev-rootcoord-dml_0")
                                .setStartMessageId(dev.sextant.wire.milvus.MessageID.newBuilder()
                                        .setId("1"))
                                .build())
                        .next()
                        .getStatus();
            default ->
                milvus.getCompactionState(GetCompactionStateRequest.getDefaultInstance())
                        .getStatus();
        };
        return new Fault(status.getCode(), status.getReason(), status.getRetriable(), false, Fault.Ending.ANSWERED);
    }
}
