package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.model.Access;
import dev.sextant.model.Call;
import dev.sextant.model.Done;
import dev.sextant.model.Reply;
import dev.sextant.query.Shards;
import java.util.List;
import java.util.TreeSet;

/// Runs what is about who may come in, and who may do what.
final class Accessing {
    private final Shards shards;
    private final Users users;
    private final Defining defining;

    Accessing(Shards shards, Users users, Defining defining) {
        this.shards = shards;
        this.users = users;
        this.defining = defining;
    }

    void run(Call call, Access<?> access, Reply<Object> reply) {
        switch (access) {
            case Access.CreateUser create -> users.create(call, create, reply);
            case Access.ChangePassword change -> users.change(call, change, reply);
            case Access.Question<?> question -> reply.complete(told(call, question));
            case Access.Decision decision -> defining.change(call, 0, scene -> decide(decision, scene), reply);
        }
    }

    private Object told(Call call, Access.Question<?> question) {
        var catalog = shards.catalog();
        return switch (question) {
            case Access.ListUsers _ -> {
                var names = new TreeSet<>(catalog.users().keySet());
                names.add(dev.sextant.catalog.User.ROOT);
                yield List.copyOf(names);
            }
            case Access.DescribeUsers(var name) -> Roles.users(name, catalog);
            case Access.DescribeRoles(var name) -> Roles.described(name, catalog);
            case Access.ListGrants list -> Grants.list(list, call, catalog);
            case Access.ListPrivilegeGroups _ -> PrivilegeGroups.list(catalog);
            case Access.May _ -> new Done(shards.now()); // whoever may not did not come so far
            case Access.BackUp _ -> AccessBackups.of(catalog);
        };
    }

    static List<Change> decide(Access.Decision decision, Scene scene) {
        return switch (decision) {
            case Access.DescribeUserAs describe -> Users.describe(describe, scene);
            case Access.DropUser(var name) -> Users.drop(name, scene);
            case Access.CreateRole create -> Roles.create(create, scene);
            case Access.DescribeRoleAs describe -> Roles.describe(describe, scene);
            case Access.DropRole drop -> Roles.drop(drop, scene);
            case Access.GiveRole give -> Roles.give(give, scene);
            case Access.TakeRole take -> Roles.take(take, scene);
            case Access.Grant grant -> Grants.grant(grant, scene);
            case Access.Revoke revoke -> Grants.revoke(revoke, scene);
            case Access.CreatePrivilegeGroup(var name) -> PrivilegeGroups.create(name, scene);
            case Access.DropPrivilegeGroup(var name) -> PrivilegeGroups.drop(name, scene);
            case Access.AddPrivileges add -> PrivilegeGroups.add(add, scene);
            case Access.RemovePrivileges remove -> PrivilegeGroups.remove(remove, scene);
            case Access.Restore(var backup) -> AccessBackups.restore(backup, scene);
        };
    }
}
