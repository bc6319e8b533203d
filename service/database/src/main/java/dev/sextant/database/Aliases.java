package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.model.Define;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Refused;
import java.util.List;
import java.util.Optional;

/// Decides on aliases. They live beside the names of collections, in the same database, and never share one.
final class Aliases {
    private Aliases() {}

    static List<Change> create(Define.CreateAlias create, Scene scene) {
        var alias = create.alias().strip();
        Names.checkAlias(alias, scene.config.names().maxNameLength());
        var database = scene.database();
        if (scene.catalog.collection(database.id(), alias).isPresent())
            throw Scene.refused(new Refusal.NameTaken(database.name(), alias, Kind.COLLECTION, alias));
        var collection = scene.collection(create.collection());
        var owner = owner(scene, alias);
        if (owner.isEmpty()) return List.of(new Change.SetAlias(database.id(), alias, collection.id()));
        if (owner.get() == collection.id()) return List.of();
        var ownerName = scene.catalog.collection(owner.get()).map(c -> c.name()).orElse("");
        throw Scene.refused(new Refusal.AlreadyExists(Kind.ALIAS, alias, database.name(), ownerName));
    }

    static List<Change> drop(String alias, Scene scene) {
        var database = scene.database();
        owner(scene, alias.strip()).orElseThrow(() -> missing(scene, alias));
        return List.of(new Change.RemoveAlias(database.id(), alias.strip()));
    }

    static List<Change> alter(Define.AlterAlias alter, Scene scene) {
        var alias = alter.alias().strip();
        Names.checkAlias(alias, scene.config.names().maxNameLength());
        var database = scene.database();
        if (scene.catalog.collection(database.id(), alias).isPresent())
            throw Scene.refused(new Refusal.NameTaken(database.name(), alias, Kind.COLLECTION, alias));
        var collection = scene.collection(alter.collection());
        long owner = owner(scene, alias).orElseThrow(() -> missing(scene, alias));
        return owner == collection.id()
                ? List.of()
                : List.of(new Change.SetAlias(database.id(), alias, collection.id()));
    }

    private static Optional<Long> owner(Scene scene, String alias) {
        return Optional.ofNullable(scene.catalog
                .aliases()
                .get(new Catalog.AliasKey(scene.database().id(), alias)));
    }

    private static Refused missing(Scene scene, String alias) {
        return Scene.refused(
                new Refusal.NotFound(Kind.ALIAS, alias, scene.database().name()));
    }
}
