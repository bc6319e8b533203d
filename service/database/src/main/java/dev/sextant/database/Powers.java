package dev.sextant.database;

import dev.sextant.catalog.Rights;
import dev.sextant.catalog.Role;
import dev.sextant.catalog.Role.Grant;
import dev.sextant.model.Access.Realm;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What one user may do, worked out of the roles they hold: for each privilege, where.
///
/// @param seen where they have any right that they were granted: what lists show them
record Powers(String user, Set<String> roles, Map<Privilege, List<Scope>> scopes, List<Scope> seen) {
    /// What everybody may do when nobody says otherwise.
    private static final Set<Privilege> EVERYBODY =
            EnumSet.of(Privilege.DESCRIBE_COLLECTION, Privilege.LIST_ALIASES, Privilege.INDEX_DETAIL);

    /// Both may be `*`.
    record Scope(String database, String object) {
        static final Scope EVERYWHERE = new Scope(Grant.ANY, Grant.ANY);

        boolean isIn(String other) {
            return database.equals(Grant.ANY) || database.equals(other);
        }

        boolean covers(String other, String name) {
            return isIn(other) && (object.equals(Grant.ANY) || object.equals(name));
        }
    }

    static Powers of(String user, Rights rights, boolean publicRights) {
        var roles = new TreeSet<>(rights.rolesOf(user));
        roles.add(Role.PUBLIC);
        var scopes = new EnumMap<Privilege, List<Scope>>(Privilege.class);
        var seen = new ArrayList<Scope>();
        for (var role : roles)
            for (var grant : rights.role(role).map(Role::grants).orElse(new java.util.LinkedHashSet<>())) {
                var scope = new Scope(grant.database(), grant.object());
                var meant = meant(grant, rights);
                for (var privilege : meant)
                    scopes.computeIfAbsent(privilege, _ -> new ArrayList<>()).add(scope);
                if (meant.stream().anyMatch(Powers::isOfCollections)) seen.add(scope);
            }
        if (publicRights)
            for (var privilege : EVERYBODY)
                scopes.computeIfAbsent(privilege, _ -> new ArrayList<>()).add(Scope.EVERYWHERE);
        return new Powers(user, roles, scopes, seen);
    }

    private static boolean isOfCollections(Privilege privilege) {
        return privilege.realm() == Realm.COLLECTION || privilege == Privilege.DESCRIBE_COLLECTION;
    }

    /// The privileges that a grant gives.
    static Set<Privilege> meant(Grant grant, Rights rights) {
        var word = grant.privilege();
        var meant = EnumSet.noneOf(Privilege.class);
        var group = PrivilegeGroup.of(word);
        var old = PrivilegeGroup.Old.of(word);
        boolean all = Grants.isEverything(word);
        var ours = rights.groups().getOrDefault(word, Set.of());
        for (var privilege : Privilege.values()) {
            if (!privilege.isGranted()) continue;
            // `*` under a realm is all of the realm; `All` is a privilege of the global one, and is all there are.
            boolean isOfRealm = !grant.byRealm() || privilege.realm() == grant.realm() || word.equals(Grants.ALL);
            if (all
                    ? isOfRealm && !goesTooFar(privilege, grant)
                    : privilege.word().equals(word)
                            || group.isPresent() && group.get().holds(privilege)
                            || old.isPresent() && old.get().holds(privilege) && isOfRealm
                            || ours.contains(privilege.word())) meant.add(privilege);
        }
        // Who may begin may also ask how far it has come.
        if (meant.contains(Privilege.LOAD)) {
            meant.add(Privilege.GET_LOAD_STATE);
            meant.add(Privilege.GET_LOADING_PROGRESS);
        }
        if (meant.contains(Privilege.FLUSH)) meant.add(Privilege.GET_FLUSH_STATE);
        return meant;
    }

    /// All that may be done in one database is nothing that is done to the server.
    private static boolean goesTooFar(Privilege privilege, Grant grant) {
        return !grant.byRealm()
                && !grant.database().equals(Grant.ANY)
                && privilege.group().level() == PrivilegeGroup.Level.CLUSTER;
    }

    boolean cover(Privilege privilege, String database, String object) {
        return privilege == Privilege.SIGHT
                ? sees(database, object) || cover(Privilege.DESCRIBE_COLLECTION, database, object)
                : scopes.getOrDefault(privilege, List.of()).stream().anyMatch(scope -> scope.covers(database, object));
    }

    /// What no right names needs a right on everything: one on a collection says nothing about users or databases.
    boolean cover(Privilege privilege, String database) {
        return cover(privilege, database, Grant.ANY);
    }

    boolean sees(String database, String collection) {
        return seen.stream().anyMatch(scope -> scope.covers(database, collection));
    }

    boolean sees(String database) {
        return scopes.values().stream()
                .flatMap(List::stream)
                .anyMatch(scope -> scope != Scope.EVERYWHERE && scope.isIn(database));
    }
}
