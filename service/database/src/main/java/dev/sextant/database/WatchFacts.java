package dev.sextant.database;

import dev.sextant.model.Refusal;
import dev.sextant.model.Watch;
import java.util.List;

final class WatchFacts {
    private WatchFacts() {}

    static Facts of(Watch<?> watch) {
        return switch (watch) {
            case Watch.DescribeCollection(var name, var id) ->
                facts(Privilege.DESCRIBE_COLLECTION, Facts.collection(name, id));
            case Watch.DescribeSchema(var name) -> facts(Privilege.SIGHT, Facts.collection(name));
            case Watch.ListCollections _ -> facts(Privilege.NONE, Facts.HERE); // shows what its caller has a right on
            case Watch.ListPartitions(var name) -> facts(Privilege.SHOW_PARTITIONS, Facts.collection(name));
            case Watch.HasPartition(var name, _) -> facts(Privilege.HAS_PARTITION, Facts.collection(name));
            case Watch.ListDatabases _ -> facts(Privilege.NONE, Facts.HERE); // shows those its caller has a right in
            case Watch.DescribeDatabase(var name) -> facts(Privilege.DESCRIBE_DATABASE, Facts.database(name));
            case Watch.ListAliases(var name) ->
                name.filter(each -> !each.isEmpty())
                        .map(each -> facts(Privilege.LIST_ALIASES, Facts.collection(each)))
                        .orElse(facts(Privilege.NONE, Facts.HERE)); // shows those of collections it may be asked of
            case Watch.DescribeAlias(var alias) ->
                facts(Privilege.DESCRIBE_ALIAS, List.of(new Facts.Target(Refusal.Kind.ALIAS, "", alias)));
            case Watch.DescribeIndexes(var name, _) -> facts(Privilege.INDEX_DETAIL, Facts.collection(name));
            case Watch.Statistics(var name, _) -> facts(Privilege.GET_STATISTICS, Facts.collection(name));
            case Watch.LoadState(var name, _) -> facts(Privilege.GET_LOAD_STATE, Facts.collection(name));
            case Watch.Analyze analyze ->
                analyze.collection().isEmpty()
                        ? facts(Privilege.NONE, Facts.HERE)
                        : facts(Privilege.SIGHT, Facts.collection(analyze.collection()));
            case Watch.Highlight highlight -> facts(Privilege.SIGHT, Facts.collection(highlight.collection()));
            case Watch.PhraseSlops _ -> facts(Privilege.NONE, Facts.HERE);
            case Watch.FlushState(var name, _, _) ->
                name.filter(each -> !each.isEmpty())
                        .map(each -> facts(Privilege.GET_FLUSH_STATE, Facts.collection(each)))
                        .orElse(facts(Privilege.NONE, Facts.HERE));
            case Watch.Segments(var name) ->
                name.isEmpty() ? facts(Privilege.NONE, Facts.HERE) : facts(Privilege.SIGHT, Facts.collection(name));
            case Watch.Replicas(var name, var id) -> facts(Privilege.SIGHT, Facts.collection(name, id));
            case Watch.ListResourceGroups _ -> facts(Privilege.LIST_RESOURCE_GROUPS, Facts.HERE);
            case Watch.DescribeResourceGroup(var name) ->
                facts(
                        Privilege.DESCRIBE_RESOURCE_GROUP,
                        List.of(new Facts.Target(Refusal.Kind.RESOURCE_GROUP, "", name)));
            case Watch.ShowReplication _ -> facts(Privilege.GET_REPLICATE_CONFIGURATION, Facts.HERE);
            case Watch.ListFileResources _ -> facts(Privilege.LIST_FILE_RESOURCES, Facts.HERE);
            case Watch.JobState _, Watch.ListJobs _ -> facts(Privilege.NONE, Facts.HERE);
            case Watch.ListSnapshots(var name) -> facts(Privilege.LIST_SNAPSHOTS, Facts.collection(name));
            case Watch.DescribeSnapshot(var name, _) -> facts(Privilege.DESCRIBE_SNAPSHOT, Facts.collection(name));
            case Watch.RestoreState(var job) -> facts(Privilege.RESTORE_SNAPSHOT, Facts.job(job));
            case Watch.ListRestores(var name) ->
                name.filter(each -> !each.isBlank())
                        .map(each -> facts(Privilege.RESTORE_SNAPSHOT, Facts.collection(each)))
                        .orElse(facts(Privilege.NONE, Facts.HERE)); // shows those of collections it may be asked of
            case Watch.Health _, Watch.Timestamp _, Watch.Resources _, Watch.Enter _, Watch.Quotas _ ->
                facts(Privilege.NONE, Facts.HERE);
            case Watch.RefreshState(var job) -> facts(Privilege.SIGHT, Facts.job(job));
            case Watch.ListRefreshes(var name) ->
                name.filter(each -> !each.isBlank())
                        .map(each -> facts(Privilege.SIGHT, Facts.collection(each)))
                        .orElse(facts(Privilege.NONE, Facts.HERE)); // shows those of collections its caller sees
            case Watch.ImportState(var job) -> facts(Privilege.GET_IMPORT_PROGRESS, Facts.job(job));
            case Watch.ListImports(var name) ->
                name.filter(each -> !each.isBlank())
                        .map(each -> facts(Privilege.LIST_IMPORT, Facts.collection(each)))
                        .orElse(facts(Privilege.NONE, Facts.HERE)); // shows those of collections it may be asked of
        };
    }

    private static Facts facts(Privilege privilege, List<Facts.Target> targets) {
        return new Facts(privilege, targets, 0, Facts.Audited.NEVER);
    }
}
