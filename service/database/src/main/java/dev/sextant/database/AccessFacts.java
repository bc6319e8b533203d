package dev.sextant.database;

import dev.sextant.model.Access;
import java.util.List;

final class AccessFacts {
    private AccessFacts() {}

    static Facts of(Access<?> access) {
        return switch (access) {
            case Access.CreateUser(var name, _, _) -> facts(Privilege.CREATE_USER, Facts.user(name));
            case Access.ChangePassword(var name, _, _) -> facts(Privilege.CHANGE_PASSWORD, Facts.user(name));
            case Access.DropUser(var name) -> facts(Privilege.DROP_USER, Facts.user(name));
            case Access.ListUsers _ -> facts(Privilege.LIST_USERS, Facts.HERE);
        };
    }

    private static Facts facts(Privilege privilege, List<Facts.Target> targets) {
        return new Facts(privilege, targets, 0, Facts.Audited.ALWAYS);
    }
}
