package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Rights;
import dev.sextant.catalog.Role;
import dev.sextant.catalog.Role.Grant;
import dev.sextant.catalog.User;
import dev.sextant.database.PrivilegeGroup.Level;
import dev.sextant.model.Access;
import dev.sextant.model.Access.Realm;
import dev.sextant.model.Access.Right;
import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;

/// Decides on what roles may do, and tells of it. A right that is granted under its realm is one privilege, or all of
/// the realm's; by name alone it may be a group too.
final class Grants {
    /// All privileges, as `*`.
    static final String ALL = "All";

    private Grants() {}

    static boolean isEverything(String word) {
        return word.equals(Grant.ANY) || word.equals(ALL);
    }

    static List<Change> grant(Access.Grant grant, Scene scene) {
        var role = Roles.known(grant.role(), scene);
        refuseAdmin(role, "granted to");
        var right = checked(grant.right(), scene);
        if (role.grants().stream().anyMatch(right::isSameAs)) return List.of();
        SequencedSet<Grant> grants = new LinkedHashSet<>(role.grants());
        grants.add(right);
        return List.of(new Change.PutRole(role.with(grants)));
    }

    static List<Change> revoke(Access.Revoke revoke, Scene scene) {
        var role = Roles.known(revoke.role(), scene);
        refuseAdmin(role, "revoked from");
        var right = checked(revoke.right(), scene);
        SequencedSet<Grant> grants = new LinkedHashSet<>(role.grants());
        return grants.removeIf(right::isSameAs) ? List.of(new Change.PutRole(role.with(grants))) : List.of();
    }

    private static void refuseAdmin(Role role, String what) {
        if (role.name().equals(Role.ADMIN))
            throw Scene.refused(new Refusal.InUse(
                    Kind.ROLE, role.name(), "the role[admin] is a default role, which nothing can be " + what));
    }

    static Grant checked(Right right, Scene scene) {
        var database = right.database().isEmpty() ? here(scene.call) : right.database();
        var grantor = scene.call.userName().orElse(User.ROOT);
        return right.realm().isPresent()
                ? ofRealm(right, right.realm().get(), database, grantor, scene.catalog.rights())
                : byName(right, database, grantor, scene);
    }

    private static Grant ofRealm(Right right, Realm realm, String database, String grantor, Rights rights) {
        var word = right.privilege();
        if (PrivilegeGroup.of(word).isPresent())
            throw Scene.invalid("privilege", "can not operate the built-in privilege group [" + word + "]");
        if (rights.groups().containsKey(word))
            throw Scene.invalid("privilege", "can not operate the custom privilege group [" + word + "]");
        boolean all = word.equals(Grant.ANY) || word.equals(ALL) && realm == Realm.GLOBAL;
        var belongs = all
                || PrivilegeGroup.Old.of(word).isPresent()
                || Privilege.of(word).filter(p -> p.realm() == realm).isPresent();
        if (!belongs)
            throw Scene.invalid(
                    "privilege", "not found the privilege name[" + word + "] in object[" + word(realm) + "]");
        var object = realm == Realm.GLOBAL ? Grant.ANY : needed(right.object(), "object name");
        return new Grant(realm, database, object, word, true, grantor);
    }

    private static Grant byName(Right right, String database, String grantor, Scene scene) {
        var word = right.privilege();
        var object = needed(right.object(), "collection name");
        if (isEverything(word)) return new Grant(Realm.GLOBAL, database, object, word, false, grantor);
        var level = level(word, scene.catalog.rights());
        if (level.isPresent()) {
            checkReach(word, level.get(), database, object);
            return new Grant(Realm.GLOBAL, database, object, word, false, grantor);
        }
        var privilege = Privilege.of(word)
                .orElseThrow(() -> Scene.invalid("privilege", "not found the privilege name[" + word + "]"));
        return new Grant(privilege.realm(), database, object, word, false, grantor);
    }

    private static String needed(String name, String what) {
        if (name.isEmpty()) throw Scene.refused(new Refusal.Missing(what, "the " + what + " is empty"));
        return name;
    }

    private static void checkReach(String group, Level level, String database, String collection) {
        switch (level) {
            case CLUSTER -> {
                if (!database.equals(Grant.ANY) || !collection.equals(Grant.ANY))
                    throw Scene.invalid(
                            "privilege",
                            "dbName and collectionName should be * for the cluster level privilege: " + group);
            }
            case DATABASE -> {
                if (!collection.equals(Grant.ANY))
                    throw Scene.invalid(
                            "privilege", "collectionName should be * for the database level privilege: " + group);
            }
            case COLLECTION -> {
                if (database.equals(Grant.ANY) && !collection.equals(Grant.ANY))
                    throw Scene.invalid(
                            "privilege", "please specify database name for the collection level privilege: " + group);
            }
        }
    }

    /// How far a group reaches, if the word is a group's.
    private static Optional<Level> level(String word, Rights rights) {
        var builtIn = PrivilegeGroup.of(word).map(PrivilegeGroup::level);
        if (builtIn.isPresent()) return builtIn;
        var ours = rights.groups().get(word);
        return ours == null
                ? Optional.empty()
                : Optional.of(ours.stream()
                        .findAny()
                        .flatMap(Privilege::of)
                        .map(privilege -> privilege.group().level())
                        .orElse(Level.COLLECTION));
    }

    static List<Access.GrantInfo> list(Access.ListGrants list, Call call, Catalog catalog) {
        if (list.role().isEmpty())
            throw Scene.invalid("role", "the role entity in the grant entity is empty: give the name of a role");
        if (!Role.isBuiltIn(list.role()) && catalog.rights().role(list.role()).isEmpty())
            throw Scene.refused(new Refusal.NotFound(Kind.ROLE, list.role(), ""));
        var database = list.database().isEmpty() ? here(call) : list.database();
        return catalog.rights().role(list.role()).map(Role::grants).orElse(new LinkedHashSet<>()).stream()
                .filter(grant -> isAsked(grant, list, database))
                .map(grant -> told(list.role(), grant))
                .toList();
    }

    private static boolean isAsked(Grant grant, Access.ListGrants list, String database) {
        return (database.equals(Grant.ANY)
                        || grant.database().equals(database)
                        || grant.database().equals(Grant.ANY))
                && list.realm().filter(realm -> realm != grant.realm()).isEmpty()
                && list.object()
                        .filter(object -> !object.isEmpty() && !object.equals(grant.object()))
                        .isEmpty();
    }

    static Access.GrantInfo told(String role, Grant grant) {
        return new Access.GrantInfo(
                role, grant.realm(), grant.database(), grant.object(), grant.privilege(), grant.grantor());
    }

    /// Roles that hold a group.
    static Set<String> holders(String group, Rights rights) {
        var holders = new java.util.TreeSet<String>();
        for (var role : rights.roles().values())
            for (var grant : role.grants()) if (grant.privilege().equals(group)) holders.add(role.name());
        return holders;
    }

    private static String here(Call call) {
        return call.database().isEmpty() ? Call.DEFAULT_DATABASE : call.database();
    }

    static String word(Realm realm) {
        return switch (realm) {
            case COLLECTION -> "Collection";
            case GLOBAL -> "Global";
            case USER -> "User";
        };
    }
}
