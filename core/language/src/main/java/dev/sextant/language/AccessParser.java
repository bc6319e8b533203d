package dev.sextant.language;

import dev.sextant.model.Access;
import dev.sextant.model.Access.Realm;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;

/// Reads statements about who may come in, and who may do what.
final class AccessParser {
    private final Scanner words;

    AccessParser(Scanner words) {
        this.words = words;
    }

    Optional<Access<?>> take() {
        return users().or(this::roles).or(this::rights).or(this::groups);
    }

    private Optional<Access<?>> users() {
        if (words.take("create", "user")) {
            var name = words.name();
            words.need("password");
            return Optional.of(new Access.CreateUser(name, words.text(), words.described()));
        }
        if (words.take("alter", "user")) {
            var name = words.name();
            if (words.take("password")) {
                var old = words.text();
                words.need("to");
                return Optional.of(new Access.ChangePassword(name, old, words.text()));
            }
            words.need("described");
            return Optional.of(new Access.DescribeUserAs(name, words.text()));
        }
        if (words.take("drop", "user")) return Optional.of(new Access.DropUser(words.name()));
        if (words.take("show", "users")) return Optional.of(new Access.ListUsers());
        if (words.take("describe", "users")) return Optional.of(new Access.DescribeUsers(Optional.empty()));
        if (words.take("describe", "user")) return Optional.of(new Access.DescribeUsers(Optional.of(words.name())));
        return Optional.empty();
    }

    private Optional<Access<?>> roles() {
        if (words.take("create", "role")) return Optional.of(new Access.CreateRole(words.name(), words.described()));
        if (words.take("alter", "role")) {
            var name = words.name();
            words.need("described");
            return Optional.of(new Access.DescribeRoleAs(name, words.text()));
        }
        if (words.take("drop", "role")) return Optional.of(new Access.DropRole(words.name(), words.take("force")));
        if (words.take("describe", "roles")) return Optional.of(new Access.DescribeRoles(Optional.empty()));
        if (words.take("describe", "role")) return Optional.of(new Access.DescribeRoles(Optional.of(words.name())));
        if (words.take("grant", "role")) {
            var role = words.name();
            words.need("to");
            return Optional.of(new Access.GiveRole(words.name(), role));
        }
        if (words.take("revoke", "role")) {
            var role = words.name();
            words.need("from");
            return Optional.of(new Access.TakeRole(words.name(), role));
        }
        return Optional.empty();
    }

    private Optional<Access<?>> rights() {
        if (words.take("grant")) {
            var right = right();
            words.need("to", "role");
            return Optional.of(new Access.Grant(words.name(), right));
        }
        if (words.take("revoke")) {
            var right = right();
            words.need("from", "role");
            return Optional.of(new Access.Revoke(words.name(), right));
        }
        if (words.take("show", "grants", "of", "role")) {
            var role = words.name();
            var realm = words.take("on") ? Optional.of(words.needOf(Realm.class)) : Optional.<Realm>empty();
            var object = words.takeSign('*') ? Optional.of("*") : words.takeName();
            return Optional.of(new Access.ListGrants(role, realm, object, words.take("in") ? words.name() : ""));
        }
        if (words.take("may")) return Optional.of(new Access.May(words.name(), words.take("on") ? words.name() : ""));
        return Optional.empty();
    }

    private Access.Right right() {
        var privilege = words.name();
        words.need("on");
        var realm = words.isText() ? Optional.<Realm>empty() : words.takeOf(Realm.class);
        var object = words.name();
        return new Access.Right(realm, words.take("in") ? words.name() : "", object, privilege);
    }

    private Optional<Access<?>> groups() {
        if (words.take("create", "privilege", "group"))
            return Optional.of(new Access.CreatePrivilegeGroup(words.name()));
        if (words.take("drop", "privilege", "group")) return Optional.of(new Access.DropPrivilegeGroup(words.name()));
        if (words.take("alter", "privilege", "group")) {
            var group = words.name();
            if (words.take("add")) return Optional.of(new Access.AddPrivileges(group, words.names()));
            words.need("remove");
            return Optional.of(new Access.RemovePrivileges(group, words.names()));
        }
        if (words.take("show", "privilege", "groups")) return Optional.of(new Access.ListPrivilegeGroups());
        if (words.take("back", "up", "access")) return Optional.of(new Access.BackUp());
        if (words.take("restore", "access")) return Optional.of(new Access.Restore(backup()));
        return Optional.empty();
    }

    private Access.Backup backup() {
        words.need("users");
        var users = words.listed(() -> {
            var name = words.name();
            words.need("hashed");
            return new Access.BackedUser(name, words.text(), words.takeNames("holding"));
        });
        var roles = words.settings("roles");
        words.need("grants");
        var grants = words.listed(this::granted);
        words.need("groups");
        var groups = new HashMap<String, Set<String>>();
        words.listed(() -> groups.put(words.name(), Set.copyOf(words.names())));
        return new Access.Backup(users, roles, grants, groups);
    }

    private Access.GrantInfo granted() {
        var privilege = words.name();
        words.need("on");
        var realm = words.needOf(Realm.class);
        var object = words.name();
        words.need("in");
        var database = words.name();
        words.need("to", "role");
        var role = words.name();
        words.need("by");
        return new Access.GrantInfo(role, realm, database, object, privilege, words.name());
    }
}
