package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Role;
import dev.sextant.catalog.User;
import dev.sextant.model.Access;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Decides on roles and on who holds them, and tells of them.
final class Roles {
    private Roles() {}

    static List<Change> create(Access.CreateRole create, Scene scene) {
        Names.checkRole(create.name(), scene.config.names().maxNameLength());
        Collections.checkDescription(create.description(), scene.config);
        var rights = scene.catalog.rights();
        if (Role.isBuiltIn(create.name()) || rights.role(create.name()).isPresent())
            throw Scene.refused(new Refusal.AlreadyExists(Kind.ROLE, create.name(), "", ""));
        int most = scene.config.names().maxRoles();
        int now = rights.roles().size();
        if (now >= most) throw Scene.refused(new Refusal.LimitExceeded("roles", now + 1L, most, "names.maxRoles"));
        return List.of(new Change.PutRole(
                new Role(create.name(), create.description(), scene.nowMillis << 18, new LinkedHashSet<>())));
    }

    static List<Change> describe(Access.DescribeRoleAs describe, Scene scene) {
        refuseBuiltIn(describe.name(), "altered");
        Collections.checkDescription(describe.description(), scene.config);
        var role = known(describe.name(), scene);
        return role.description().equals(describe.description())
                ? List.of()
                : List.of(new Change.PutRole(role.describedAs(describe.description())));
    }

    static List<Change> drop(Access.DropRole drop, Scene scene) {
        refuseBuiltIn(drop.name(), "dropped");
        var role = known(drop.name(), scene);
        if (!drop.force() && !role.grants().isEmpty())
            throw Scene.refused(new Refusal.InUse(
                    Kind.ROLE,
                    drop.name(),
                    "fail to drop the role that it has privileges. Use REVOKE API to revoke privileges"));
        return List.of(new Change.DropRole(drop.name()));
    }

    static List<Change> give(Access.GiveRole give, Scene scene) {
        known(give.role(), scene);
        if (!give.user().equals(User.ROOT) && !scene.catalog.users().containsKey(give.user()))
            throw Scene.refused(new Refusal.NotFound(Kind.USER, give.user(), ""));
        var roles = new TreeSet<>(scene.catalog.rights().rolesOf(give.user()));
        return roles.add(give.role()) ? List.of(new Change.SetRoles(give.user(), roles)) : List.of();
    }

    static List<Change> take(Access.TakeRole take, Scene scene) {
        known(take.role(), scene);
        var roles = new TreeSet<>(scene.catalog.rights().rolesOf(take.user()));
        return roles.remove(take.role()) ? List.of(new Change.SetRoles(take.user(), roles)) : List.of();
    }

    static List<Access.RoleInfo> described(Optional<String> wanted, dev.sextant.catalog.Catalog catalog) {
        var rights = catalog.rights();
        var names = new TreeSet<>(rights.roles().keySet());
        names.add(Role.ADMIN);
        names.add(Role.PUBLIC);
        var told = new ArrayList<Access.RoleInfo>();
        for (var name : names)
            if (wanted.isEmpty() || wanted.get().equals(name))
                told.add(new Access.RoleInfo(
                        name,
                        rights.role(name).map(Role::description).orElse(""),
                        List.copyOf(rights.holdersOf(name))));
        return List.copyOf(told);
    }

    static List<Access.UserInfo> users(Optional<String> wanted, dev.sextant.catalog.Catalog catalog) {
        var names = new TreeSet<>(catalog.users().keySet());
        names.add(User.ROOT);
        var told = new ArrayList<Access.UserInfo>();
        for (var name : names)
            if (wanted.isEmpty() || wanted.get().equals(name))
                told.add(new Access.UserInfo(
                        name,
                        Optional.ofNullable(catalog.users().get(name))
                                .map(User::description)
                                .orElse(""),
                        List.copyOf(new TreeSet<>(catalog.rights().rolesOf(name)))));
        return List.copyOf(told);
    }

    /// The role, whether stored or built in.
    static Role known(String name, Scene scene) {
        return scene.catalog.rights().role(name).orElseGet(() -> {
            if (Role.isBuiltIn(name)) return new Role(name, "", 0, new LinkedHashSet<>());
            throw Scene.refused(new Refusal.NotFound(Kind.ROLE, name, ""));
        });
    }

    private static void refuseBuiltIn(String name, String what) {
        if (Role.isBuiltIn(name))
            throw Scene.refused(new Refusal.InUse(
                    Kind.ROLE, name, "the role[" + name + "] is a default role, which can't be " + what));
    }
}
