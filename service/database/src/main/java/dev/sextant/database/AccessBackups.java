package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Role;
import dev.sextant.catalog.User;
import dev.sextant.model.Access;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Users, roles, rights and groups as one value, and back again: all of it or nothing.
final class AccessBackups {
    /// A hash of more rounds would keep whoever verifies it busy for ever.
    private static final Pattern HASH = Pattern.compile("\\$2[aby]\\$(0[4-9]|1[0-6])\\$[./A-Za-z0-9]{53}");

    private AccessBackups() {}

    static Access.Backup of(Catalog catalog) {
        var rights = catalog.rights();
        // Wherever it is restored there is a root already.
        var users = catalog.users().values().stream()
                .filter(user -> !user.name().equals(User.ROOT))
                .map(user -> new Access.BackedUser(
                        user.name(), user.passwordHash(), List.copyOf(new TreeSet<>(rights.rolesOf(user.name())))))
                .toList();
        var roles = new TreeMap<String, String>();
        var grants = new ArrayList<Access.GrantInfo>();
        for (var role : rights.roles().values()) {
            if (!Role.isBuiltIn(role.name())) roles.put(role.name(), role.description());
            for (var grant : role.grants())
                for (var plain : plainly(grant)) grants.add(Grants.told(role.name(), plain));
        }
        return new Access.Backup(users, roles, grants, rights.groups());
    }

    /// A backup does not say whether everything was granted by name or under its realm, where it means another thing:
    /// by name it is told as what means the same either way.
    private static List<Role.Grant> plainly(Role.Grant grant) {
        if (grant.byRealm() || !Grants.isEverything(grant.privilege())) return List.of(grant);
        boolean everywhere =
                grant.database().equals(Role.Grant.ANY) && grant.object().equals(Role.Grant.ANY);
        return everywhere
                ? List.of(worded(grant, Grants.ALL))
                : List.of(
                        worded(grant, PrivilegeGroup.COLLECTION_ADMIN.word()),
                        worded(grant, PrivilegeGroup.DATABASE_ADMIN.word()));
    }

    private static Role.Grant worded(Role.Grant grant, String word) {
        return new Role.Grant(grant.realm(), grant.database(), grant.object(), word, false, grant.grantor());
    }

    static List<Change> restore(Access.Backup backup, Scene scene) {
        var changes = new ArrayList<Change>();
        groups(backup, scene, changes);
        var after = scene.catalog.apply(changes, 0); // rights may name the groups that come with them
        changes.addAll(roles(backup, scene, after));
        users(backup, scene, changes);
        return changes;
    }

    private static void groups(Access.Backup backup, Scene scene, List<Change> changes) {
        backup.privilegeGroups().forEach((name, privileges) -> {
            if (PrivilegeGroup.of(name).isPresent()) return;
            PrivilegeGroups.create(name, scene);
            var resolved = PrivilegeGroups.resolved(List.copyOf(privileges), scene.catalog.rights());
            PrivilegeGroups.checkOneLevel(resolved);
            changes.add(new Change.PutPrivilegeGroup(name, resolved));
        });
    }

    private static List<Change> roles(Access.Backup backup, Scene scene, Catalog after) {
        var rights = new TreeMap<String, SequencedSet<Role.Grant>>();
        backup.roles().keySet().stream().filter(name -> !Role.isBuiltIn(name)).forEach(name -> {
            Names.checkRole(name, scene.config.names().maxNameLength());
            if (after.rights().role(name).isPresent())
                throw Scene.refused(new Refusal.AlreadyExists(Kind.ROLE, name, "", ""));
            rights.put(name, new LinkedHashSet<>());
        });
        int now = after.rights().roles().size() + rights.size();
        int most = scene.config.names().maxRoles();
        if (now > most) throw Scene.refused(new Refusal.LimitExceeded("roles", now, most, "names.maxRoles"));
        var later = new Scene(after, scene.call, scene.config, 0, scene.nowMillis);
        for (var grant : backup.grants()) {
            var its = rights.get(grant.role());
            if (its == null && grant.role().equals(Role.PUBLIC))
                rights.put(
                        Role.PUBLIC,
                        its = new LinkedHashSet<>(
                                Roles.known(Role.PUBLIC, later).grants()));
            if (its == null) throw Scene.refused(new Refusal.NotFound(Kind.ROLE, grant.role(), ""));
            its.add(granted(grant, later));
        }
        var changes = new ArrayList<Change>();
        rights.forEach((name, grants) -> changes.add(new Change.PutRole(
                new Role(name, backup.roles().getOrDefault(name, ""), scene.nowMillis << 18, grants))));
        return changes;
    }

    /// Taken as it was: a right that named one collection must not come back for all, and whoever held everything in
    /// Milvus holds it here.
    private static Role.Grant granted(Access.GrantInfo grant, Scene scene) {
        var word = grant.privilege();
        var group = PrivilegeGroup.of(word).isPresent()
                || scene.catalog.rights().groups().containsKey(word);
        var known = group || Grants.isEverything(word) || PrivilegeGroups.isBuiltIn(word);
        if (!known) throw Scene.invalid("privilege", "not found the privilege name[" + word + "]");
        var database = grant.database().isEmpty() ? dev.sextant.model.Call.DEFAULT_DATABASE : grant.database();
        var object = grant.object().isEmpty() ? Role.Grant.ANY : grant.object();
        // Under its realm everything is about no one thing: what names one was granted by name.
        var ofOne = Grants.isEverything(word) && !object.equals(Role.Grant.ANY) && grant.realm() == Access.Realm.GLOBAL;
        return new Role.Grant(grant.realm(), database, object, word, !group && !ofOne, grant.grantor());
    }

    private static void users(Access.Backup backup, Scene scene, List<Change> changes) {
        var roles = new HashSet<>(backup.roles().keySet());
        roles.addAll(Set.of(Role.ADMIN, Role.PUBLIC));
        for (var user : backup.users()) {
            if (user.name().equals(User.ROOT)) continue; // whoever restores has one already
            Names.checkUser(user.name());
            if (scene.catalog.users().containsKey(user.name()))
                throw Scene.refused(new Refusal.AlreadyExists(Kind.USER, user.name(), "", ""));
            if (!HASH.matcher(user.passwordHash()).matches())
                throw Scene.invalid("password", "the password of " + user.name() + " in the backup is no bcrypt hash");
            for (var role : user.roles())
                if (!roles.contains(role)) throw Scene.refused(new Refusal.NotFound(Kind.ROLE, role, ""));
            changes.add(new Change.PutUser(new User(user.name(), user.passwordHash(), "", scene.nowMillis << 18)));
            if (!user.roles().isEmpty()) changes.add(new Change.SetRoles(user.name(), new TreeSet<>(user.roles())));
        }
        var limits = scene.config.names();
        int now = scene.catalog.users().size() + backup.users().size();
        if (now > limits.maxUsers() + 1)
            throw Scene.refused(new Refusal.LimitExceeded("users", now, limits.maxUsers(), "names.maxUsers"));
    }
}
