package dev.sextant.database;

import dev.sextant.model.Refusal;
import dev.sextant.model.Watch;
import java.util.List;

final class WatchFacts {
    private WatchFacts() {}

    static Facts of(Watch<?> watch) {
        return switch (watch) {
            case Watch.DescribeCollection(var name, _) -> facts(Privilege.DESCRIBE, Facts.collection(name));
            case Watch.DescribeSchema(var name) -> facts(Privilege.DESCRIBE, Facts.collection(name));
            case Watch.ListCollections _ -> facts(Privilege.DESCRIBE, Facts.HERE);
            case Watch.ListPartitions(var name) -> facts(Privilege.DESCRIBE, Facts.collection(name));
            case Watch.ListDatabases _ -> facts(Privilege.DESCRIBE, Facts.HERE);
            case Watch.DescribeDatabase(var name) -> facts(Privilege.DESCRIBE, Facts.database(name));
            case Watch.ListAliases(var name) ->
                facts(Privilege.DESCRIBE, name.map(Facts::collection).orElse(Facts.HERE));
            case Watch.DescribeAlias(var alias) ->
                facts(Privilege.DESCRIBE, List.of(new Facts.Target(Refusal.Kind.ALIAS, "", alias)));
            case Watch.DescribeIndexes(var name, _) -> facts(Privilege.DESCRIBE, Facts.collection(name));
            case Watch.Statistics(var name, _) -> facts(Privilege.STATISTICS, Facts.collection(name));
            case Watch.LoadState(var name, _) -> facts(Privilege.DESCRIBE, Facts.collection(name));
            case Watch.FlushState(var name, _, _) ->
                facts(Privilege.STATISTICS, name.map(Facts::collection).orElse(Facts.HERE));
            case Watch.Segments(var name) -> facts(Privilege.STATISTICS, Facts.collection(name));
            case Watch.JobState _, Watch.ListJobs _ -> facts(Privilege.JOBS, Facts.HERE);
            case Watch.ImportState _ -> facts(Privilege.GET_IMPORT_PROGRESS, Facts.HERE);
            case Watch.ListImports(var name) ->
                facts(Privilege.LIST_IMPORT, name.map(Facts::collection).orElse(Facts.HERE));
            case Watch.Health _, Watch.Timestamp _, Watch.Resources _ -> facts(Privilege.HEALTH, Facts.HERE);
        };
    }

    private static Facts facts(Privilege privilege, List<Facts.Target> targets) {
        return new Facts(privilege, targets, 0, Facts.Audited.NEVER);
    }
}
