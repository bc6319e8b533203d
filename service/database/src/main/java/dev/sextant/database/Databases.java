package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Database;
import dev.sextant.model.Define;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import java.util.List;

/// Decides on databases.
final class Databases {
    private Databases() {}

    static List<Change> create(Define.CreateDatabase create, Scene scene) {
        Names.checkDatabase(create.name(), scene.config.names().maxNameLength());
        Properties.checkDatabase(create.properties());
        if (scene.catalog.database(create.name()).isPresent())
            throw Scene.refused(new Refusal.AlreadyExists(Kind.DATABASE, create.name(), "", ""));
        int most = scene.config.names().maxDatabases();
        int now = scene.catalog.databases().size();
        if (now >= most)
            throw Scene.refused(new Refusal.LimitExceeded("databases", now + 1L, most, "names.maxDatabases"));
        return List.of(new Change.CreateDatabase(new Database(scene.id(), create.name(), 0, create.properties())));
    }

    static List<Change> drop(String name, Scene scene) {
        if (name.equals("default"))
            throw Scene.refused(new Refusal.InUse(Kind.DATABASE, name, "can not drop default database"));
        var database = Names.database(scene.catalog, name);
        if (!scene.catalog.collectionsOf(database.id()).isEmpty())
            throw Scene.refused(new Refusal.InUse(
                    Kind.DATABASE,
                    name,
                    "database:" + name + " not empty, must drop all collections before drop database"));
        return List.of(new Change.DropDatabase(database.id()));
    }

    static List<Change> alter(Define.AlterDatabase alter, Scene scene) {
        var database = Names.database(scene.catalog, alter.name());
        Properties.checkOneKindOfEdit(alter.set(), alter.unset());
        Properties.checkDatabase(alter.set());
        var properties = Properties.edited(database.properties(), alter.set(), alter.unset());
        return properties.equals(database.properties())
                ? List.of()
                : List.of(new Change.AlterDatabase(database.id(), properties));
    }
}
