package dev.sextant.language;

import static dev.sextant.language.Clauses.SECRET;
import static dev.sextant.language.Clauses.described;
import static dev.sextant.language.Clauses.flag;
import static dev.sextant.language.Clauses.line;
import static dev.sextant.language.Clauses.listed;
import static dev.sextant.language.Clauses.name;
import static dev.sextant.language.Clauses.words;

import dev.sextant.model.Access;

/// Writes statements about who may come in, and who may do what.
final class AccessText {
    private AccessText() {}

    static String of(Access<?> access) {
        return switch (access) {
            case Access.CreateUser(var name, _, var description) ->
                line("create user", name(name), "password", SECRET, described(description));
            case Access.ChangePassword(var name, _, _) -> line("alter user", name(name), "password", SECRET);
            case Access.DescribeUserAs(var name, var description) ->
                line("alter user", name(name), described(description));
            case Access.DropUser(var name) -> line("drop user", name(name));
            case Access.ListUsers _ -> "show users";
            case Access.DescribeUsers(var name) ->
                name.map(user -> line("describe user", name(user))).orElse("describe users");
            case Access.CreateRole(var name, var description) ->
                line("create role", name(name), described(description));
            case Access.DescribeRoleAs(var name, var description) ->
                line("alter role", name(name), described(description));
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
                        object.map(AccessText::any).orElse(""),
                        database.isEmpty() ? "" : "in " + any(database));
            case Access.CreatePrivilegeGroup(var name) -> line("create privilege group", name(name));
            case Access.DropPrivilegeGroup(var name) -> line("drop privilege group", name(name));
            case Access.AddPrivileges(var group, var privileges) ->
                line("alter privilege group", name(group), "add", listed(privileges));
            case Access.RemovePrivileges(var group, var privileges) ->
                line("alter privilege group", name(group), "remove", listed(privileges));
            case Access.ListPrivilegeGroups _ -> "show privilege groups";
            case Access.BackUp _ -> "back up access";
            case Access.Restore(var backup) ->
                line(
                        "restore access",
                        backup.users().size() + " users",
                        backup.roles().size() + " roles");
        };
    }

    private static String right(Access.Right right) {
        return line(
                any(right.privilege()),
                "on",
                right.realm().map(Clauses::words).orElse(""),
                any(right.object()),
                right.database().isEmpty() ? "" : "in " + any(right.database()));
    }

    private static String any(String text) {
        return text.equals("*") ? "*" : name(text);
    }
}
