package dev.sextant.database;

import dev.sextant.catalog.Role;
import dev.sextant.model.Access;
import dev.sextant.model.Refusal;
import java.util.List;

final class AccessFacts {
    private AccessFacts() {}

    static Facts of(Access<?> access) {
        return switch (access) {
            case Access.CreateUser(var name, _, _) -> facts(Privilege.CREATE_OWNERSHIP, Facts.user(name));
            case Access.ChangePassword(var name, _, _) -> facts(Privilege.UPDATE_USER, Facts.user(name));
            case Access.DescribeUserAs(var name, _) -> facts(Privilege.UPDATE_USER, Facts.user(name));
            case Access.DropUser(var name) -> facts(Privilege.DROP_OWNERSHIP, Facts.user(name));
            case Access.ListUsers _ -> facts(Privilege.SELECT_OWNERSHIP, Facts.HERE);
            case Access.DescribeUsers(var name) ->
                facts(Privilege.SELECT_USER, Facts.user(name.orElse(Role.Grant.ANY)));
            case Access.CreateRole(var name, _) -> facts(Privilege.CREATE_OWNERSHIP, role(name));
            case Access.DescribeRoleAs(var name, _) -> facts(Privilege.CREATE_OWNERSHIP, role(name));
            case Access.DropRole(var name, _) -> facts(Privilege.DROP_OWNERSHIP, role(name));
            case Access.DescribeRoles(var name) ->
                facts(Privilege.SELECT_OWNERSHIP, name.map(AccessFacts::role).orElse(Facts.HERE));
            case Access.GiveRole(var user, _) -> facts(Privilege.MANAGE_OWNERSHIP, Facts.user(user));
            case Access.TakeRole(var user, _) -> facts(Privilege.MANAGE_OWNERSHIP, Facts.user(user));
            case Access.Grant(var name, _) -> facts(Privilege.MANAGE_OWNERSHIP, role(name));
            case Access.Revoke(var name, _) -> facts(Privilege.MANAGE_OWNERSHIP, role(name));
            case Access.ListGrants list -> facts(Privilege.SELECT_OWNERSHIP, role(list.role()));
            case Access.CreatePrivilegeGroup(var name) -> facts(Privilege.CREATE_PRIVILEGE_GROUP, group(name));
            case Access.DropPrivilegeGroup(var name) -> facts(Privilege.DROP_PRIVILEGE_GROUP, group(name));
            case Access.AddPrivileges(var name, _) -> facts(Privilege.OPERATE_PRIVILEGE_GROUP, group(name));
            case Access.RemovePrivileges(var name, _) -> facts(Privilege.OPERATE_PRIVILEGE_GROUP, group(name));
            case Access.ListPrivilegeGroups _ -> facts(Privilege.LIST_PRIVILEGE_GROUPS, Facts.HERE);
            case Access.May(var word, var collection) ->
                facts(
                        Privilege.of(word)
                                .orElseThrow(
                                        () -> Scene.invalid("privilege", "not found the privilege name[" + word + "]")),
                        collection.isEmpty() ? Facts.HERE : Facts.collection(collection));
            case Access.BackUp _ -> facts(Privilege.BACKUP_RBAC, Facts.HERE);
            case Access.Restore _ -> facts(Privilege.RESTORE_RBAC, Facts.HERE);
        };
    }

    private static List<Facts.Target> role(String name) {
        return List.of(new Facts.Target(Refusal.Kind.ROLE, "", name));
    }

    private static List<Facts.Target> group(String name) {
        return List.of(new Facts.Target(Refusal.Kind.PRIVILEGE_GROUP, "", name));
    }

    private static Facts facts(Privilege privilege, List<Facts.Target> targets) {
        return new Facts(privilege, targets, 0, Facts.Audited.ALWAYS);
    }
}
