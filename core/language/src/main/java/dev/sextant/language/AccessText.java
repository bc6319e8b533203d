package dev.sextant.language;

import static java.util.stream.Collectors.joining;

import dev.sextant.model.Access;
import java.util.TreeMap;
import java.util.TreeSet;

/// Writes statements about who may come in, and who may do what.
final class AccessText extends Clauses {
    AccessText(boolean whole) {
        super(whole);
    }

    String of(Access<?> access) {
        return switch (access) {
            case Access.CreateUser(var name, var password, var description) ->
                line("create user", name(name), "password", secret(password), described(description));
            case Access.ChangePassword(var name, var old, var password) ->
                line(
                        "alter user",
                        name(name),
                        "password",
                        whole ? secret(old) + " to " + secret(password) : secret(password));
            case Access.DescribeUserAs(var name, var description) -> line("alter user", name(name), as(description));
            case Access.DropUser(var name) -> line("drop user", name(name));
            case Access.ListUsers _ -> "show users";
            case Access.DescribeUsers(var name) ->
                name.map(user -> line("describe user", name(user))).orElse("describe users");
            case Access.CreateRole(var name, var description) ->
                line("create role", name(name), described(description));
            case Access.DescribeRoleAs(var name, var description) -> line("alter role", name(name), as(description));
            case Access.DropRole(var name, var force) -> line("drop role", name(name), flag("force", force));
            case Access.DescribeRoles(var name) ->
                name.map(role -> line("describe role", name(role))).orElse("describe roles");
            case Access.GiveRole(var user, var role) -> line("grant role", name(role), "to", name(user));
            case Access.TakeRole(var user, var role) -> line("revoke role", name(role), "from", name(user));
            case Access.Grant(var role, var right) -> line("grant", right(right), "to role", name(role));
            case Access.Revoke(var role, var right) -> line("revoke", right(right), "from role", name(role));
            case Access.ListGrants(var role, var realm, var object, var database) ->
                line(
                        "show grants of role",
                        name(role),
                        realm.map(each -> "on " + words(each)).orElse(""),
                        object.map(this::any).orElse(""),
                        database.isEmpty() ? "" : "in " + any(database));
            case Access.CreatePrivilegeGroup(var name) -> line("create privilege group", name(name));
            case Access.DropPrivilegeGroup(var name) -> line("drop privilege group", name(name));
            case Access.AddPrivileges(var group, var privileges) ->
                line("alter privilege group", name(group), "add", listed(privileges));
            case Access.RemovePrivileges(var group, var privileges) ->
                line("alter privilege group", name(group), "remove", listed(privileges));
            case Access.ListPrivilegeGroups _ -> "show privilege groups";
            case Access.May(var privilege, var collection) ->
                line("may", name(privilege), collection.isEmpty() ? "" : "on " + name(collection));
            case Access.BackUp _ -> "back up access";
            case Access.Restore(var backup) ->
                whole
                        ? line("restore access", backup(backup))
                        : line(
                                "restore access",
                                backup.users().size() + " users",
                                backup.roles().size() + " roles");
        };
    }

    private String as(String description) {
        return whole ? "described " + Quoted.write(description) : described(description);
    }

    private String backup(Access.Backup backup) {
        return line(
                "users",
                backup.users().stream()
                        .map(user -> line(
                                name(user.name()),
                                "hashed",
                                secret(user.passwordHash()),
                                names("holding", user.roles())))
                        .collect(joining(", ", "(", ")")),
                settings("roles", backup.roles()),
                "grants",
                backup.grants().stream()
                        .map(grant -> line(
                                name(grant.privilege()),
                                "on",
                                words(grant.realm()),
                                name(grant.object()),
                                "in " + name(grant.database()),
                                "to role " + name(grant.role()),
                                "by " + name(grant.grantor())))
                        .collect(joining(", ", "(", ")")),
                "groups",
                new TreeMap<>(backup.privilegeGroups())
                        .entrySet().stream()
                                .map(group -> name(group.getKey()) + " " + listed(new TreeSet<>(group.getValue())))
                                .collect(joining(", ", "(", ")")));
    }

    private String right(Access.Right right) {
        return line(
                any(right.privilege()),
                "on",
                right.realm().map(Clauses::words).orElse(""),
                any(right.object()),
                right.database().isEmpty() ? "" : "in " + any(right.database()));
    }

    private String any(String text) {
        return text.equals("*") && !whole ? "*" : name(text);
    }
}
