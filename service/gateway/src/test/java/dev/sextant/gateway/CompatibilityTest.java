package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.sextant.gateway.compatibility.Shown;
import dev.sextant.gateway.compatibility.Table;
import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.milvus.Milvus;
import dev.sextant.gateway.rest.Rest;
import dev.sextant.wire.milvus.MilvusWire;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// docs/compatibility/milvus.md is written from what is bound: run with `-Daccept=true` to write it anew.
class CompatibilityTest {
    /// Declared by the protocol, and answered with UNIMPLEMENTED by a stock Milvus too.
    private static final Set<String> NOWHERE = Set.of(
            "AddUserTags",
            "DeleteUserTags",
            "GetUserTags",
            "ListUsersWithTag",
            "CreateRowPolicy",
            "DropRowPolicy",
            "ListRowPolicies",
            "CreateNamespace",
            "DescribeNamespace",
            "ListNamespaces",
            "DropNamespace",
            "HasNamespace",
            "GetNamespaceStats",
            "Prewarm",
            "DescribePrewarmTask",
            "ExportSnapshot",
            "GetExportSnapshotState",
            "RestoreExternalSnapshot");

    private static final Map<String, String> NOTES = Map.ofEntries(
            Map.entry("AddFileResource", "of a file below an import root or in the bucket"),
            Map.entry(
                    "AlterCollectionSchema",
                    "adds a field, or a BM25 or MinHash function with its field, filled for the rows that are there; drops fields and functions"),
            Map.entry("BatchDescribeCollection", ""),
            Map.entry(
                    "BatchUpdateManifest",
                    "as in Milvus, segments that are not there are passed over; one that is has no manifest, and is refused"),
            Map.entry("CalcDistance", "refused as in Milvus, which gave it up"),
            Map.entry(
                    "CreateCollection",
                    "functions BM25, TextEmbedding and MinHash; with namespaces (`enable_namespace`), by hidden partition key or by partition; every type but Mol, Date, Time, Decimal and UUID"),
            Map.entry("CreateSnapshot", "holds everything acknowledged before it, flushed or not"),
            Map.entry(
                    "DescribeIndex",
                    "one that was found damaged is InProgress, with the reason, until it is built anew"),
            Map.entry("DescribeSegmentIndexData", "refused as in Milvus"),
            Map.entry("DescribeSnapshot", "no location: a snapshot is in the log, its files are the collection's"),
            Map.entry("GetLoadState", "as GetLoadingProgress where something is damaged"),
            Map.entry(
                    "GetLoadingProgress",
                    "where a segment to be loaded is damaged, an error that says so instead of a wait without end"),
            Map.entry(
                    "FlushAll",
                    "flushes every database, one after the other; the state is answered once all is written, after two seconds at the latest"),
            Map.entry(
                    "CreateReplicateStream",
                    "refused as in Milvus where no other cluster is named: `STREAMING_CODE_REPLICATE_VIOLATION`"),
            Map.entry(
                    "DumpMessages",
                    "refused: it begins where a secondary cluster was promoted, and there is none; rows are read by query and iterator, or kept by a snapshot"),
            Map.entry("GetReplicateInfo", "refused as in Milvus where no other cluster is named, at once"),
            Map.entry(
                    "ManualCompaction",
                    "merges small segments and takes out deleted rows; everything becomes as few as can be where it is by clustering key or names a target size; `partition_id`, `channel` and `segment_ids` limit it to segments there, and segments that are named are merged however large; with `l0Compaction` it is a plain one; rows deleted less than `historyFor` (ten minutes) ago stay, since iterators may still read them"),
            Map.entry(
                    "GetCompactionStateWithPlans",
                    "with the merges that began; of one job, or of all that are known of a collection"),
            Map.entry("GetMetrics", "`system_info`, as one process in each role"),
            Map.entry("GetReplicas", "one replica, on this node"),
            Map.entry("GetReplicateConfiguration", "what was accepted last, without tokens, which are not kept"),
            Map.entry("RemoveFileResource", "not while a collection reads it"),
            Map.entry("ListIndexedSegment", "refused as in Milvus"),
            Map.entry("LoadBalance", "there is one node"),
            Map.entry(
                    "LoadCollection",
                    "reads of what `load_fields` leave out are refused; a field that is added later belongs to them once it is named in another call"),
            Map.entry(
                    "RefreshExternalCollection",
                    "Parquet, and CSV and JSON, of import roots, the bucket and `external-stores`; rows are copied; Lance, Vortex, Iceberg and Milvus' own snapshots are refused by name"),
            Map.entry("ReplicateMessage", "refused as in Milvus, which gave it up"),
            Map.entry(
                    "UpdateReplicateConfiguration",
                    "kept; refused where one cluster is to follow another; checked as in Milvus, code 1100"),
            Map.entry(
                    "HybridSearch",
                    "RRF, weighted, decay and models; boosts of each part; groups with `rank_group_scorer`"),
            Map.entry("Import", "JSON, CSV, NumPy, Parquet; a key of who asks again; no backups of Milvus"),
            Map.entry("Query", "with aggregates, `group_by_fields` and `order_by_fields`"),
            Map.entry(
                    "Search",
                    "function scores; chains of the stages L0, L1 and L2, with `xgboost`; models of tei, vllm, siliconflow, cohere, voyageai, ali and huggingface; highlighting by meaning is refused, as in a Milvus that no model service of Zilliz Cloud stands beside"),
            Map.entry(
                    "Upsert", "whole and partial, with all field operations; a partial one keeps keys that were made"));

    private static final List<String> ROUTES = List.of(
            "collections/list",
            "collections/has",
            "collections/describe",
            "collections/get_stats",
            "collections/get_load_state",
            "collections/create",
            "collections/drop",
            "collections/truncate",
            "collections/load",
            "collections/refresh_load",
            "collections/release",
            "collections/rename",
            "collections/alter_properties",
            "collections/drop_properties",
            "collections/add_function",
            "collections/alter_function",
            "collections/drop_function",
            "collections/compact",
            "collections/get_compaction_state",
            "collections/flush",
            "collections/fields/alter_properties",
            "collections/fields/add",
            "collections/struct_fields/add",
            "databases/create",
            "databases/alter",
            "databases/alter_properties",
            "databases/drop",
            "databases/drop_properties",
            "databases/list",
            "databases/describe",
            "entities/insert",
            "entities/upsert",
            "entities/delete",
            "entities/query",
            "entities/get",
            "entities/search",
            "entities/hybrid_search",
            "entities/advanced_search",
            "partitions/list",
            "partitions/has",
            "partitions/get_stats",
            "partitions/create",
            "partitions/drop",
            "partitions/load",
            "partitions/release",
            "indexes/list",
            "indexes/describe",
            "indexes/create",
            "indexes/drop",
            "indexes/alter_properties",
            "indexes/drop_properties",
            "aliases/list",
            "aliases/describe",
            "aliases/create",
            "aliases/alter",
            "aliases/drop",
            "users/list",
            "users/describe",
            "users/create",
            "users/update_password",
            "users/drop",
            "users/grant_role",
            "users/revoke_role",
            "roles/list",
            "roles/describe",
            "roles/create",
            "roles/alter",
            "roles/drop",
            "roles/grant_privilege",
            "roles/revoke_privilege",
            "roles/grant_privilege_v2",
            "roles/revoke_privilege_v2",
            "privilege_groups/create",
            "privilege_groups/drop",
            "privilege_groups/list",
            "privilege_groups/add_privileges_to_group",
            "privilege_groups/remove_privileges_from_group",
            "jobs/import/create",
            "jobs/import/describe",
            "jobs/import/get_progress",
            "jobs/import/list",
            "jobs/import/commit",
            "jobs/import/abort",
            "jobs/external_collection/refresh",
            "jobs/external_collection/describe",
            "jobs/external_collection/list",
            "resource_groups/create",
            "resource_groups/alter",
            "resource_groups/drop",
            "resource_groups/describe",
            "resource_groups/list",
            "resource_groups/transfer_replica",
            "segments/describe",
            "quotacenter/describe",
            "common/run_analyzer");

    /// Bound, and answered with a reason always.
    private static final Set<String> REFUSED_ROUTES = Set.of();

    private static final List<String> FIRST_ROUTES = List.of(
            "GET collections",
            "GET collections/describe",
            "POST collections/create",
            "POST collections/drop",
            "POST insert",
            "POST upsert",
            "POST delete",
            "POST get",
            "POST query",
            "POST search");

    @Test
    void thePageTellsWhatIsBound() {
        if (Boolean.getBoolean("accept")) Shown.rewrite(CompatibilityTest::page);
        assertThat(Shown.text())
                .as("docs/compatibility/milvus.md, which -Daccept=true writes")
                .isEqualTo(page());
    }

    @Test
    void everyNoteIsAboutSomethingThatWorks() {
        assertThat(bound()).containsAll(NOTES.keySet());
        assertThat(bound()).doesNotContainAnyElementsOf(NOWHERE);
        assertThat(ROUTES).containsAll(new Rest(new DoorDouble(), Doorkeeper.OPEN, OnePortTest.world()).paths());
        assertThat(FIRST_ROUTES)
                .containsAll(new Rest(new DoorDouble(), Doorkeeper.OPEN, OnePortTest.world()).firstPaths());
    }

    @Test
    void theServiceOfTelemetryIsWhole() {
        var all = MilvusWire.getDescriptor()
                .findServiceByName("ClientTelemetryService")
                .getMethods();
        assertThat(bound())
                .containsAll(all.stream().map(method -> method.getName()).toList());
    }

    private static Set<String> bound() {
        return Milvus.services(new DoorDouble(), Doorkeeper.OPEN, OnePortTest.world(), new Identity("0", "", false))
                .stream()
                .flatMap(service -> service.getServiceDescriptor().getMethods().stream())
                .map(method -> method.getBareMethodName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String state(String call, Set<String> bound) {
        if (!bound.contains(call)) return NOWHERE.contains(call) ? "as in Milvus" : "missing";
        var note = NOTES.getOrDefault(call, "");
        if (note.startsWith("refused as in Milvus")) return "as in Milvus";
        return note.startsWith("refused") ? "refused" : "works";
    }

    @Test
    void whateverWorksIsShownByATestThatIsThere() {
        var shown = Shown.onThePage();
        var bound = bound();
        for (var call : calls())
            assertThat(shown.of(call).isEmpty())
                    .as("%s: who shows that it works?", call)
                    .isEqualTo(!state(call, bound).equals("works"));
        for (var route : Stream.concat(ROUTES.stream(), FIRST_ROUTES.stream()).toList())
            assertThat(shown.of(route).isEmpty())
                    .as("%s: who shows that it works?", route)
                    .isEqualTo(REFUSED_ROUTES.contains(route));
        shown.tests()
                .forEach((call, tests) ->
                        assertThat(tests).as(call).allMatch(Shown::isThere, "is a test that can be run"));
    }

    private static List<String> calls() {
        return Stream.of("MilvusService", "ClientTelemetryService")
                .flatMap(service -> MilvusWire.getDescriptor().findServiceByName(service).getMethods().stream())
                .map(MethodDescriptor::getName)
                .toList();
    }

    private static String page() {
        var shown = Shown.onThePage();
        var bound = bound();
        var calls = calls();
        var rest = new Rest(new DoorDouble(), Doorkeeper.OPEN, OnePortTest.world());
        var page = new StringBuilder("""
                # What of Milvus works

                Written by `CompatibilityTest` from what the gateway binds; do not edit by hand.

                **works**: answered as the reference says, within the note. **missing**: gRPC UNIMPLEMENTED (REST: 404), on which clients
                know how to fall back. **refused**: answered with a reason, always. **as in Milvus**: declared by the protocol, and unimplemented or
                refused in a stock Milvus too.

                Whoever stands under "shown by" makes the call over the wire and gets its success, or fails: a test of the gateway by its
                method, a story of published clients (`proof/conformance`) by its class. The other port is told of on a [page of its
                own](management.md), clients on [theirs](clients.md).
                """);
        page.append(new Table(
                        "gRPC: " + count(calls, call -> state(call, bound)) + " of " + calls.size() + " calls",
                        "The last four are of `ClientTelemetryService`; commands and settings for clients are kept until the"
                                + " server stops.",
                        List.of("Call", "State", "Shown by", "Note"),
                        calls.stream()
                                .map(call -> List.of(
                                        call, state(call, bound), shown.cell(call), NOTES.getOrDefault(call, "")))
                                .toList())
                .markdown());
        page.append(routes("RESTful v2", "Under `/v2/vectordb/`.", ROUTES, rest.paths(), shown));
        page.append(routes(
                "RESTful v1",
                "Under `/v1/vector/`; given up by Milvus for v2, still served. Success is code 200. A quickly created collection"
                        + " has generated keys.",
                FIRST_ROUTES,
                rest.firstPaths(),
                shown));
        Table.all().forEach(table -> page.append(table.markdown()));
        return page.toString();
    }

    private static long count(List<String> names, UnaryOperator<String> state) {
        return names.stream().map(state).filter("works"::equals).count();
    }

    private static String routes(String title, String preface, List<String> routes, Set<String> bound, Shown shown) {
        UnaryOperator<String> state =
                route -> REFUSED_ROUTES.contains(route) ? "refused" : bound.contains(route) ? "works" : "missing";
        return new Table(
                        title + ": " + count(routes, state) + " of " + routes.size() + " routes",
                        preface,
                        List.of("Route", "State", "Shown by"),
                        routes.stream()
                                .map(route -> List.of(route, state.apply(route), shown.cell(route)))
                                .toList())
                .markdown();
    }
}
