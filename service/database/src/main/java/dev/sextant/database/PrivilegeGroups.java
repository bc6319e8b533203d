package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Rights;
import dev.sextant.model.Access;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Decides on groups of privileges that are made here, and tells of all. A group holds privileges of one level, so that
/// it is clear how far a right to it must reach.
final class PrivilegeGroups {
    private PrivilegeGroups() {}

    static List<Change> create(String name, Scene scene) {
        Names.checkPrivilegeGroup(name, scene.config.names().maxNameLength());
        if (isBuiltIn(name))
            throw Scene.invalid(
                    "privilege_group", "privilege group name [" + name + "] is defined by built in privileges");
        if (scene.catalog.rights().groups().containsKey(name))
            throw Scene.refused(new Refusal.AlreadyExists(Kind.PRIVILEGE_GROUP, name, "", ""));
        return List.of(new Change.PutPrivilegeGroup(name, Set.of()));
    }

    static List<Change> drop(String name, Scene scene) {
        if (!scene.catalog.rights().groups().containsKey(name)) return List.of();
        var holders = Grants.holders(name, scene.catalog.rights());
        if (!holders.isEmpty())
            throw Scene.refused(new Refusal.InUse(
                    Kind.PRIVILEGE_GROUP,
                    name,
                    "privilege group [" + name + "] is used by role ["
                            + holders.iterator().next() + "], Use REVOKE API to revoke it first"));
        return List.of(new Change.DropPrivilegeGroup(name));
    }

    static List<Change> add(Access.AddPrivileges add, Scene scene) {
        var now = known(add.group(), scene);
        var next = new TreeSet<>(now);
        next.addAll(resolved(add.privileges(), scene.catalog.rights()));
        checkOneLevel(next);
        return next.equals(now) ? List.of() : List.of(new Change.PutPrivilegeGroup(add.group(), next));
    }

    static List<Change> remove(Access.RemovePrivileges remove, Scene scene) {
        var now = known(remove.group(), scene);
        var next = new TreeSet<>(now);
        next.removeAll(resolved(remove.privileges(), scene.catalog.rights()));
        return next.equals(now) ? List.of() : List.of(new Change.PutPrivilegeGroup(remove.group(), next));
    }

    private static Set<String> known(String name, Scene scene) {
        var group = scene.catalog.rights().groups().get(name);
        if (group == null) throw Scene.refused(new Refusal.NotFound(Kind.PRIVILEGE_GROUP, name, ""));
        return group;
    }

    static Set<String> resolved(List<String> words, Rights rights) {
        var privileges = new TreeSet<String>();
        for (var word : words) {
            var builtIn = PrivilegeGroup.of(word);
            var ours = rights.groups().get(word);
            if (Privilege.of(word).isPresent()) privileges.add(word);
            else if (builtIn.isPresent()) privileges.addAll(builtIn.get().words());
            else if (ours != null) privileges.addAll(ours);
            else
                throw Scene.invalid(
                        "privileges",
                        "there is no privilege name or privilege group name [" + word
                                + "] defined in system to operate");
        }
        return privileges;
    }

    static void checkOneLevel(Set<String> privileges) {
        var levels = privileges.stream()
                .flatMap(word -> Privilege.of(word).stream())
                .map(privilege -> privilege.group().level())
                .distinct()
                .count();
        if (levels > 1) throw Scene.invalid("privileges", "privileges are not the same privilege level: " + privileges);
    }

    static boolean isBuiltIn(String name) {
        return Privilege.of(name).isPresent()
                || PrivilegeGroup.of(name).isPresent()
                || PrivilegeGroup.Old.of(name).isPresent()
                || name.equals(Grants.ALL);
    }

    static List<Access.PrivilegeGroupInfo> list(Catalog catalog) {
        var all = new ArrayList<Access.PrivilegeGroupInfo>();
        catalog.rights()
                .groups()
                .forEach((name, privileges) ->
                        all.add(new Access.PrivilegeGroupInfo(name, List.copyOf(new TreeSet<>(privileges)))));
        for (var group : PrivilegeGroup.values())
            all.add(new Access.PrivilegeGroupInfo(group.word(), List.copyOf(group.words())));
        return List.copyOf(all);
    }
}
