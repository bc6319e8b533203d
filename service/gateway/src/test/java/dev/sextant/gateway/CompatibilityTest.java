package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.gateway.compatibility.Table;
import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.milvus.Milvus;
import dev.sextant.gateway.rest.Rest;
import dev.sextant.wire.milvus.MilvusWire;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// docs/compatibility/milvus.md is written from what is bound: run with `-Daccept=true` to write it anew.
class CompatibilityTest {
    private static final Path PAGE = Path.of("../../docs/compatibility/milvus.md");

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
            Map.entry("BatchUpdateManifest", "refused: no collection is external"),
            Map.entry("CalcDistance", "refused as in Milvus, which gave it up"),
            Map.entry(
                    "CreateCollection",
                    "functions BM25, TextEmbedding and MinHash; with namespaces (`enable_namespace`), by hidden partition key or by partition; every type but Mol, Date, Time, Decimal and UUID"),
            Map.entry("CreateSnapshot", "holds everything acknowledged before it, flushed or not"),
            Map.entry("DescribeSegmentIndexData", "refused as in Milvus"),
            Map.entry("DescribeSnapshot", "no location: a snapshot is in the log, its files are the collection's"),
            Map.entry(
                    "FlushAll",
                    "flushes every database, one after the other; the state is answered once all is written, after two seconds at the latest"),
            Map.entry(
                    "CreateReplicateStream",
                    "refused as in Milvus where no other cluster is named: `STREAMING_CODE_REPLICATE_VIOLATION`"),
            Map.entry("DumpMessages", "refused: the log is not kept in messages of Milvus"),
            Map.entry("GetReplicateInfo", "refused as in Milvus where no other cluster is named, at once"),
            Map.entry(
                    "ManualCompaction",
                    "merges small segments and takes out deleted rows; everything becomes as few as can be where it is by clustering key or names a target size; rows deleted less than `historyFor` (ten minutes) ago stay, since iterators may still read them"),
            Map.entry(
                    "GetCompactionStateWithPlans",
                    "with the merges that began; of one job, or of all that are known of a collection"),
            Map.entry("GetMetrics", "`system_info`, as one process in each role"),
            Map.entry("GetRefreshExternalCollectionProgress", "of no job: no collection is external"),
            Map.entry("GetReplicas", "one replica, on this node"),
            Map.entry("GetReplicateConfiguration", "empty: there is no other cluster"),
            Map.entry("RemoveFileResource", "not while a collection reads it"),
            Map.entry("ListIndexedSegment", "refused as in Milvus"),
            Map.entry("ListRefreshExternalCollectionJobs", "none"),
            Map.entry("LoadBalance", "there is one node"),
            Map.entry(
                    "LoadCollection",
                    "reads of what `load_fields` leave out are refused; a field that is added later belongs to them once it is named in another call"),
            Map.entry("RefreshExternalCollection", "refused: no collection is external"),
            Map.entry("ReplicateMessage", "refused as in Milvus, which gave it up"),
            Map.entry("UpdateReplicateConfiguration", "refused when it names another cluster"),
            Map.entry(
                    "HybridSearch",
                    "RRF, weighted, decay and models; boosts of each part; groups with `rank_group_scorer`"),
            Map.entry("Import", "JSON, CSV, NumPy, Parquet; no backups of Milvus"),
            Map.entry("Query", "with aggregates, `group_by_fields` and `order_by_fields`"),
            Map.entry(
                    "Search",
                    "function scores and chains, models of tei, vllm, siliconflow, cohere, voyageai, ali and huggingface; no highlighting by meaning"),
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
    void thePageTellsWhatIsBound() throws IOException {
        var page = page();
        if (Boolean.getBoolean("accept")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/compatibility/milvus.md, which -Daccept=true writes")
                .isEqualTo(page);
    }

    @Test
    void everyNoteIsAboutSomethingThatWorks() {
        assertThat(bound()).containsAll(NOTES.keySet());
        assertThat(bound()).doesNotContainAnyElementsOf(NOWHERE);
        assertThat(ROUTES)
                .containsAll(new Rest(
                                new DoorDouble(),
                                Doorkeeper.OPEN,
                                OnePortTest.world().clock())
                        .paths());
        assertThat(FIRST_ROUTES)
                .containsAll(new Rest(
                                new DoorDouble(),
                                Doorkeeper.OPEN,
                                OnePortTest.world().clock())
                        .firstPaths());
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
                .map(MethodDescriptor::getBareMethodName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String state(String call, Set<String> bound) {
        if (!bound.contains(call)) return NOWHERE.contains(call) ? "as in Milvus" : "missing";
        var note = NOTES.getOrDefault(call, "");
        if (note.startsWith("refused as in Milvus")) return "as in Milvus";
        return note.startsWith("refused") ? "refused" : "works";
    }

    private static String page() {
        var bound = bound();
        var all = MilvusWire.getDescriptor().findServiceByName("MilvusService").getMethods();
        var page = new StringBuilder("""
                # What of Milvus works

                Written by `CompatibilityTest` from what the gateway binds; do not edit by hand.

                **works**: answered as the reference says, within the note. **missing**: gRPC UNIMPLEMENTED (REST: 404), on which clients
                know how to fall back. **refused**: answered with a reason, always. **as in Milvus**: declared by the protocol, and unimplemented or
                refused in a stock Milvus too.

                """);
        long works = all.stream()
                .filter(method -> state(method.getName(), bound).equals("works"))
                .count();
        page.append("## gRPC: ")
                .append(works)
                .append(" of ")
                .append(all.size())
                .append(" calls\n\n| Call | State | Note |\n|---|---|---|\n");
        for (var method : all) {
            var name = method.getName();
            var state = state(name, bound);
            page.append("| ")
                    .append(name)
                    .append(" | ")
                    .append(state)
                    .append(" | ")
                    .append(NOTES.getOrDefault(name, ""))
                    .append(" |\n");
        }
        page.append("\nOf `ClientTelemetryService` ClientHeartbeat, GetClientTelemetry, PushClientCommand and"
                + " DeleteClientCommand work; commands and settings for\nclients are kept until the server stops.\n");
        var paths =
                new Rest(new DoorDouble(), Doorkeeper.OPEN, OnePortTest.world().clock()).paths();
        long answered = ROUTES.stream().filter(paths::contains).count();
        page.append("\n## RESTful v2: ")
                .append(answered)
                .append(" of ")
                .append(ROUTES.size())
                .append(" routes\n\n");
        page.append("Under `/v2/vectordb/`.\n\n| Route | State |\n|---|---|\n");
        for (var route : ROUTES)
            page.append("| ")
                    .append(route)
                    .append(" | ")
                    .append(paths.contains(route) ? "works" : "missing")
                    .append(" |\n");
        var first =
                new Rest(new DoorDouble(), Doorkeeper.OPEN, OnePortTest.world().clock()).firstPaths();
        page.append("\n## RESTful v1: ")
                .append(FIRST_ROUTES.stream().filter(first::contains).count())
                .append(" of ")
                .append(FIRST_ROUTES.size())
                .append(" routes\n\n")
                .append("Under `/v1/vector/`; given up by Milvus for v2, still served. Success is code 200. A quickly"
                        + " created collection has generated keys.\n\n| Route | State |\n|---|---|\n");
        for (var route : FIRST_ROUTES)
            page.append("| ")
                    .append(route)
                    .append(" | ")
                    .append(first.contains(route) ? "works" : "missing")
                    .append(" |\n");
        Table.all().forEach(table -> page.append(table.markdown()));
        return page.toString();
    }
}
