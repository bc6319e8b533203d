package dev.sextant.database;

import dev.sextant.model.Define;
import dev.sextant.model.Refusal;
import java.util.ArrayList;
import java.util.List;

final class DefineFacts {
    private DefineFacts() {}

    static Facts of(Define define) {
        return switch (define) {
            case Define.CreateDatabase(var name, _) ->
                facts(Privilege.CREATE_DATABASE, Facts.database(name)).counting(Metered.DATABASES, 1);
            case Define.DropDatabase(var name) ->
                facts(Privilege.DROP_DATABASE, Facts.database(name)).counting(Metered.DATABASES, 1);
            case Define.AlterDatabase(var name, _, _) ->
                facts(Privilege.ALTER_DATABASE, Facts.database(name)).counting(Metered.DATABASES, 1);
            case Define.CreateCollection create ->
                facts(Privilege.CREATE_COLLECTION, Facts.collection(create.name()))
                        .counting(Metered.COLLECTIONS, 1);
            case Define.DropCollection(var name) ->
                facts(Privilege.DROP_COLLECTION, Facts.collection(name)).counting(Metered.COLLECTIONS, 1);
            case Define.RenameCollection rename -> facts(Privilege.RENAME_COLLECTION, renamed(rename));
            case Define.AlterCollection(var name, _, _) ->
                facts(Privilege.CREATE_COLLECTION, Facts.collection(name));
            case Define.AlterField(var name, _, _, _) ->
                facts(Privilege.CREATE_COLLECTION, Facts.collection(name));
            case Define.AddField(var name, _, _) -> facts(Privilege.ADD_COLLECTION_FIELD, Facts.collection(name));
            case Define.AddStruct(var name, _, _) -> facts(Privilege.ADD_COLLECTION_FIELD, Facts.collection(name));
            case Define.DropField(var name, _, _) ->
                facts(Privilege.ALTER_COLLECTION_SCHEMA, Facts.collection(name));
            case Define.AddFunctionField add ->
                facts(Privilege.ALTER_COLLECTION_SCHEMA, Facts.collection(add.collection()));
            case Define.DropFunctionFields(var name, _) ->
                facts(Privilege.ALTER_COLLECTION_SCHEMA, Facts.collection(name));
            case Define.AddFunction(var name, _) -> facts(Privilege.CREATE_COLLECTION, Facts.collection(name));
            case Define.AlterFunction(var name, _, _) -> facts(Privilege.CREATE_COLLECTION, Facts.collection(name));
            case Define.DropFunction(var name, _) -> facts(Privilege.CREATE_COLLECTION, Facts.collection(name));
            case Define.TruncateCollection(var name) -> facts(Privilege.DROP_COLLECTION, Facts.collection(name));
            case Define.CreateSnapshot(var name, _, _, _) ->
                facts(Privilege.CREATE_SNAPSHOT, Facts.collection(name));
            case Define.DropSnapshot(var name, _) -> facts(Privilege.DROP_SNAPSHOT, Facts.collection(name));
            case Define.CreatePartition(var name, _) ->
                facts(Privilege.CREATE_PARTITION, Facts.collection(name)).counting(Metered.PARTITIONS, 1);
            case Define.DropPartition(var name, _) ->
                facts(Privilege.DROP_PARTITION, Facts.collection(name)).counting(Metered.PARTITIONS, 1);
            case Define.CreateAlias(_, var name) -> facts(Privilege.CREATE_ALIAS, Facts.collection(name));
            case Define.DropAlias(var alias) ->
                facts(Privilege.DROP_ALIAS, List.of(new Facts.Target(Refusal.Kind.ALIAS, "", alias)));
            case Define.AlterAlias alter -> facts(Privilege.CREATE_ALIAS, moved(alter));
            case Define.CreateIndex create ->
                facts(Privilege.CREATE_INDEX, Facts.collection(create.collection()))
                        .counting(Metered.INDEXES, 1);
            case Define.DropIndex(var name, _) ->
                facts(Privilege.DROP_INDEX, Facts.collection(name)).counting(Metered.INDEXES, 1);
            case Define.AlterIndex alter -> facts(Privilege.CREATE_INDEX, Facts.collection(alter.collection()));
        };
    }

    /// Renaming is leaving one place and entering another: both must be allowed.
    private static List<Facts.Target> renamed(Define.RenameCollection rename) {
        var targets = new ArrayList<>(Facts.collection(rename.name()));
        rename.newDatabase()
                .filter(name -> !name.isEmpty())
                .ifPresent(name -> targets.add(new Facts.Target(Refusal.Kind.DATABASE, name, name)));
        return targets;
    }

    /// An alias that moves is taken from one collection and given to another: both must be allowed.
    private static List<Facts.Target> moved(Define.AlterAlias alter) {
        var targets = new ArrayList<>(Facts.collection(alter.collection()));
        targets.add(new Facts.Target(Refusal.Kind.ALIAS, "", alter.alias()));
        return targets;
    }

    private static Facts facts(Privilege privilege, List<Facts.Target> targets) {
        return new Facts(privilege, targets, 0, Facts.Audited.ALWAYS);
    }
}
