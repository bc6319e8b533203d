package dev.sextant.database;

import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import java.util.ArrayList;
import java.util.List;

final class OperateFacts {
    private OperateFacts() {}

    static Facts of(Operate<?> operate) {
        return switch (operate) {
            case Operate.Load load ->
                facts(Privilege.LOAD, Facts.collection(load.collection()))
                        .counting(load.partitions().isEmpty() ? Metered.COLLECTIONS : Metered.PARTITIONS, 1);
            case Operate.Release release ->
                facts(Privilege.RELEASE, Facts.collection(release.collection()))
                        .counting(release.partitions().isEmpty() ? Metered.COLLECTIONS : Metered.PARTITIONS, 1);
            case Operate.Flush(var collections) ->
                collections.isEmpty()
                        ? facts(Privilege.FLUSH_ALL, Facts.HERE)
                        : facts(Privilege.FLUSH, all(collections)).counting(Metered.FLUSHES, 1);
            case Operate.Compact compact ->
                facts(Privilege.COMPACTION, Facts.collection(compact.collection()))
                        .counting(Metered.COMPACTIONS, 1);
            case Operate.CreateResourceGroup(var name, _) -> defining(Privilege.CREATE_RESOURCE_GROUP, List.of(name));
            case Operate.AlterResourceGroups(var groups) ->
                defining(Privilege.UPDATE_RESOURCE_GROUPS, List.copyOf(groups.keySet()));
            case Operate.DropResourceGroup(var name) -> defining(Privilege.DROP_RESOURCE_GROUP, List.of(name));
            case Operate.AddFileResource(var name, _) -> file(Privilege.ADD_FILE_RESOURCE, name);
            case Operate.RemoveFileResource(var name) -> file(Privilege.REMOVE_FILE_RESOURCE, name);
            case Operate.PlanReplication _ ->
                new Facts(Privilege.UPDATE_REPLICATE_CONFIGURATION, Facts.HERE, 0, Facts.Audited.ALWAYS);
            case Operate.TransferNodes(var source, var target, _) ->
                defining(Privilege.TRANSFER_NODE, List.of(source, target));
            case Operate.TransferReplicas(var source, var target, _, _) ->
                defining(Privilege.TRANSFER_REPLICA, List.of(source, target));
            case Operate.Import asked ->
                facts(Privilege.IMPORT, Facts.collection(asked.collection()))
                        .counting(Metered.IMPORTS, named(asked.files()))
                        .into(asked.partition());
            case Operate.RefreshExternal(var name, _, _) ->
                new Facts(Privilege.REFRESH_EXTERNAL_COLLECTION, Facts.collection(name), 0, Facts.Audited.ALWAYS)
                        .counting(Metered.COLLECTIONS, 1);
            case Operate.RestoreSnapshot restore ->
                new Facts(Privilege.RESTORE_SNAPSHOT, restored(restore), 0, Facts.Audited.ALWAYS)
                        .counting(Metered.COLLECTIONS, 1);
            case Operate.PinSnapshot pin -> facts(Privilege.PIN_SNAPSHOT_DATA, Facts.collection(pin.collection()));
            case Operate.UnpinSnapshot _ -> facts(Privilege.UNPIN_SNAPSHOT_DATA, Facts.HERE);
            case Operate.CommitImport(var job) -> facts(Privilege.IMPORT, Facts.job(job));
            case Operate.AbortImport(var job) -> facts(Privilege.IMPORT, Facts.job(job));
        };
    }

    /// Into another database only by who may restore there too.
    private static List<Facts.Target> restored(Operate.RestoreSnapshot restore) {
        var targets = new ArrayList<>(Facts.collection(restore.collection()));
        restore.database()
                .filter(name -> !name.isEmpty())
                .ifPresent(name -> targets.add(new Facts.Target(Refusal.Kind.COLLECTION, name, restore.newName())));
        return targets;
    }

    /// As Milvus does, the request is counted and not what stands in its files: a server would have to look at them
    /// first.
    private static long named(List<List<String>> files) {
        return files.stream().flatMap(List::stream).mapToLong(String::length).sum();
    }

    private static List<Facts.Target> all(List<String> collections) {
        return collections.stream()
                .map(name -> new Facts.Target(Refusal.Kind.COLLECTION, "", name))
                .toList();
    }

    private static Facts defining(Privilege privilege, List<String> groups) {
        var targets = groups.stream()
                .map(name -> new Facts.Target(Refusal.Kind.RESOURCE_GROUP, "", name))
                .toList();
        return new Facts(privilege, targets, 0, Facts.Audited.ALWAYS);
    }

    private static Facts file(Privilege privilege, String name) {
        return new Facts(
                privilege, List.of(new Facts.Target(Refusal.Kind.FILE_RESOURCE, "", name)), 0, Facts.Audited.ALWAYS);
    }

    private static Facts facts(Privilege privilege, List<Facts.Target> targets) {
        return new Facts(privilege, targets, 0, Facts.Audited.ON_REQUEST);
    }
}
