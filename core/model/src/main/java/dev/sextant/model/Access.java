package dev.sextant.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Statements about who may come in, and who may do what. Users hold roles, roles hold rights; a right is a privilege,
/// or a group of privileges, somewhere.
public sealed interface Access<R> extends Statement<R> {
    /// Answered from what is known.
    sealed interface Question<R> extends Access<R> {}

    /// Decided against the newest catalog.
    sealed interface Decision extends Access<Done> {}

    record CreateUser(String name, String password, String description) implements Access<Done> {}

    /// @param oldPassword must be right unless the caller owns the database, or is trusted with every password
    record ChangePassword(String name, String oldPassword, String newPassword) implements Access<Done> {}

    record DescribeUserAs(String name, String description) implements Decision {}

    /// Whoever does not exist is dropped already.
    record DropUser(String name) implements Decision {}

    record ListUsers() implements Question<List<String>> {}

    /// @param name none means everybody; of an unknown name nobody is told
    record DescribeUsers(Optional<String> name) implements Question<List<UserInfo>> {}

    /// @param roles sorted
    record UserInfo(String name, String description, List<String> roles) {}

    record CreateRole(String name, String description) implements Decision {}

    record DescribeRoleAs(String name, String description) implements Decision {}

    /// Refused while the role has rights, unless `force`.
    record DropRole(String name, boolean force) implements Decision {}

    /// @param name none means all; of an unknown role nothing is told
    record DescribeRoles(Optional<String> name) implements Question<List<RoleInfo>> {}

    /// @param users who hold it, sorted
    record RoleInfo(String name, String description, List<String> users) {}

    /// To whoever holds the role already it is given already.
    record GiveRole(String user, String role) implements Decision {}

    /// From whoever does not hold the role it is taken already.
    record TakeRole(String user, String role) implements Decision {}

    /// What a privilege is about.
    enum Realm {
        COLLECTION,
        GLOBAL,
        USER
    }

    /// A privilege somewhere, as it is granted and revoked.
    ///
    /// @param realm of the privilege: then no group is meant, and the name belongs to that realm; none means that it
    /// follows from the name, which may be a group's
    /// @param database that it holds in; `*` means every one, empty the database of the call
    /// @param object name of a collection or user; `*` means every one
    /// @param privilege name of a privilege or group; `*` means all
    record Right(Optional<Realm> realm, String database, String object, String privilege) {}

    /// What is granted already stays granted.
    record Grant(String role, Right right) implements Decision {}

    /// What is not granted is revoked already.
    record Revoke(String role, Right right) implements Decision {}

    /// The rights of a role.
    ///
    /// @param realm together with `object` narrows the list
    /// @param database `*` means every one, empty the database of the call
    record ListGrants(String role, Optional<Realm> realm, Optional<String> object, String database)
            implements Question<List<GrantInfo>> {}

    /// @param grantor who granted it
    record GrantInfo(String role, Realm realm, String database, String object, String privilege, String grantor) {}

    record CreatePrivilegeGroup(String name) implements Decision {}

    /// Refused while a role holds it.
    record DropPrivilegeGroup(String name) implements Decision {}

    /// @param privileges names of privileges or groups; groups are resolved
    record AddPrivileges(String group, List<String> privileges) implements Decision {}

    record RemovePrivileges(String group, List<String> privileges) implements Decision {}

    /// Those that are built in too.
    record ListPrivilegeGroups() implements Question<List<PrivilegeGroupInfo>> {}

    /// @param privileges sorted
    record PrivilegeGroupInfo(String name, List<String> privileges) {}

    /// May I? Answered where the caller may, refused as the thing itself would be where not: for what a protocol guards
    /// and nothing here does.
    ///
    /// @param privilege name of a privilege
    /// @param collection that it is about; empty means the database of the call
    record May(String privilege, String collection) implements Question<Done> {}

    /// Everything of users, roles, rights and groups that is not built in; passwords as their hashes.
    record BackUp() implements Question<Backup> {}

    /// All of it, or nothing when any of it is there already or names what does not exist.
    record Restore(Backup backup) implements Decision {}

    record Backup(
            List<BackedUser> users,
            Map<String, String> roles,
            List<GrantInfo> grants,
            Map<String, Set<String>> privilegeGroups) {
        @Override
        public String toString() {
            return "Backup[" + users.size() + " users, " + roles.size() + " roles, " + grants.size() + " grants]";
        }
    }

    record BackedUser(String name, String passwordHash, List<String> roles) {
        @Override
        public String toString() {
            return "BackedUser[" + name + "]";
        }
    }
}
