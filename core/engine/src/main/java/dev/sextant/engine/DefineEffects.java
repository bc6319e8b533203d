package dev.sextant.engine;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.engine.entry.Effect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.function.LongFunction;

/// What changes of the catalog mean for shards: one entry carries both, so that no definition is ever half.
final class DefineEffects {
    private DefineEffects() {}

    static Map<Long, List<Effect>> of(Catalog catalog, List<Change> changes, IntToLongFunction ids) {
        var effects = new HashMap<Long, List<Effect>>();
        effects.put(Effect.CATALOG, List.of(new Effect.Define(changes)));
        for (var change : changes)
            switch (change) {
                case Change.CreateCollection(var c) ->
                    each(c, effects, _ -> new Effect.Open(c.id(), c.schema(), ids.applyAsLong(1)));
                case Change.AlterSchema(var id, var schema) ->
                    each(known(catalog, id), effects, _ -> new Effect.ChangeSchema(schema, ids.applyAsLong(1)));
                case Change.Truncate(var id) ->
                    each(known(catalog, id), effects, _ -> new Effect.Truncate(ids.applyAsLong(1)));
                case Change.DropPartition(var id, var partition) ->
                    each(known(catalog, id), effects, _ -> new Effect.DropPartition(partition));
                case Change.PurgeCollection(var id) -> {
                    var trashed = catalog.trash().get(id);
                    if (trashed != null) each(trashed.collection(), effects, _ -> new Effect.Remove());
                }
                case Change.CreateSnapshot(var snapshot) ->
                    each(
                            known(catalog, snapshot.collection().id()),
                            effects,
                            _ -> new Effect.Keep(snapshot.id(), ids.applyAsLong(1)));
                case Change.DropSnapshot(var id) -> {
                    var dropped = catalog.snapshots().all().get(id);
                    if (dropped != null) each(dropped.collection(), effects, _ -> new Effect.LetGo(id));
                }
                case Change.CreateDatabase _, Change.AlterDatabase _, Change.DropDatabase _ -> {}
                case Change.RenameCollection _, Change.AlterCollection _ -> {}
                case Change.DropCollection _, Change.RestoreCollection _ -> {} // the trash keeps shards as they are
                case Change.CreatePartition _, Change.SetAlias _, Change.RemoveAlias _ -> {}
                case Change.CreateIndex _,
                        Change.AlterIndex _,
                        Change.DropIndex _ -> {} // indexes are derived, segment by segment
                case Change.SetLoad _, Change.PutUser _, Change.DropUser _ -> {}
                case Change.PutRole _, Change.DropRole _, Change.SetRoles _ -> {}
                case Change.PutPrivilegeGroup _, Change.DropPrivilegeGroup _ -> {}
                case Change.PutResourceGroup _, Change.DropResourceGroup _, Change.Place _ -> {}
                case Change.PutFileResource _, Change.DropFileResource _, Change.PlanReplication _ -> {}
                case Change.PutImport _, Change.ForgetImport _ -> {} // rows come as cargo of the same entry
                case Change.PutRefresh _, Change.ForgetRefresh _, Change.SetExternal _ -> {} // likewise
                case Change.PinSnapshot _, Change.UnpinSnapshot _ -> {}
                case Change.PutRestore _, Change.ForgetRestore _ -> {} // and so do those of a snapshot
            }
        return effects;
    }

    private static Collection known(Catalog catalog, long id) {
        return catalog.collection(id).orElseThrow(() -> new IllegalArgumentException("no collection " + id));
    }

    private static void each(Collection collection, Map<Long, List<Effect>> effects, LongFunction<Effect> effect) {
        for (long shard : collection.shards())
            effects.computeIfAbsent(shard, _ -> new ArrayList<>()).add(effect.apply(shard));
    }
}
