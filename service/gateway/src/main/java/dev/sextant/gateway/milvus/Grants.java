package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Realms;
import dev.sextant.model.Access;
import dev.sextant.model.Access.Right;
import dev.sextant.model.Done;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.wire.milvus.BackupRBACMetaResponse;
import dev.sextant.wire.milvus.ErrorCode;
import dev.sextant.wire.milvus.GrantEntity;
import dev.sextant.wire.milvus.GrantorEntity;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.ObjectEntity;
import dev.sextant.wire.milvus.OperatePrivilegeRequest;
import dev.sextant.wire.milvus.OperatePrivilegeType;
import dev.sextant.wire.milvus.OperatePrivilegeV2Request;
import dev.sextant.wire.milvus.PrivilegeEntity;
import dev.sextant.wire.milvus.RBACMeta;
import dev.sextant.wire.milvus.RoleEntity;
import dev.sextant.wire.milvus.SelectGrantRequest;
import dev.sextant.wire.milvus.SelectGrantResponse;
import dev.sextant.wire.milvus.UserEntity;
import dev.sextant.wire.milvus.UserInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// What roles may do, and all of it as one value to keep elsewhere.
final class Grants {
    private Grants() {}

    static void bind(Rpcs rpcs) {
        new AccessCalls(rpcs)
                .doing(
                        MilvusServiceGrpc.getOperatePrivilegeMethod(),
                        ErrorCode.OperatePrivilegeFailure,
                        Grants::operated)
                .doing(
                        MilvusServiceGrpc.getOperatePrivilegeV2Method(),
                        ErrorCode.OperatePrivilegeFailure,
                        Grants::operated)
                .on(
                        MilvusServiceGrpc.getSelectGrantMethod(),
                        ErrorCode.SelectGrantFailure,
                        (request, exchange) -> exchange.ask(asked(request), grants -> {
                            var response = SelectGrantResponse.newBuilder().setStatus(Statuses.SUCCESS);
                            grants.forEach(grant -> response.addEntities(entity(grant)));
                            return response.build();
                        }));
        rpcs.onServer(
                        MilvusServiceGrpc.getBackupRBACMethod(),
                        (_, exchange) -> exchange.ask(
                                new Access.BackUp(),
                                backup -> BackupRBACMetaResponse.newBuilder()
                                        .setStatus(Statuses.SUCCESS)
                                        .setRBACMeta(meta(backup))
                                        .build()))
                .onServer(
                        MilvusServiceGrpc.getRestoreRBACMethod(),
                        (request, exchange) ->
                                exchange.ask(new Access.Restore(backup(request.getRBACMeta())), _ -> Statuses.SUCCESS));
    }

    private static Access<Done> operated(OperatePrivilegeRequest request) {
        var entity = request.getEntity();
        var word = entity.getGrantor().getPrivilege().getName();
        var right = request.getVersion().equals("v2")
                ? new Right(Optional.empty(), entity.getDbName(), entity.getObjectName(), word)
                : new Right(
                        Optional.of(Realms.of(entity.getObject().getName())),
                        entity.getDbName(),
                        entity.getObjectName(),
                        word);
        return operated(entity.getRole().getName(), right, request.getType());
    }

    private static Access<Done> operated(OperatePrivilegeV2Request request) {
        var right = new Right(
                Optional.empty(),
                request.getDbName(),
                request.getCollectionName(),
                request.getGrantor().getPrivilege().getName());
        return operated(request.getRole().getName(), right, request.getType());
    }

    private static Access<Done> operated(String role, Right right, OperatePrivilegeType type) {
        return type == OperatePrivilegeType.Revoke ? new Access.Revoke(role, right) : new Access.Grant(role, right);
    }

    private static Access.ListGrants asked(SelectGrantRequest request) {
        if (!request.hasEntity())
            throw new Refused(
                    new Refusal.InvalidParameter("entity", "the grant entity in the request is nil: name a role"));
        var entity = request.getEntity();
        var realm = entity.getObject().getName();
        return new Access.ListGrants(
                entity.getRole().getName(),
                realm.isEmpty() ? Optional.empty() : Optional.of(Realms.of(realm)),
                entity.getObjectName().isEmpty() ? Optional.empty() : Optional.of(entity.getObjectName()),
                entity.getDbName());
    }

    private static GrantEntity entity(Access.GrantInfo grant) {
        return GrantEntity.newBuilder()
                .setRole(RoleEntity.newBuilder().setName(grant.role()))
                .setObject(ObjectEntity.newBuilder().setName(Realms.word(grant.realm())))
                .setObjectName(grant.object())
                .setDbName(grant.database())
                .setGrantor(GrantorEntity.newBuilder()
                        .setUser(UserEntity.newBuilder().setName(grant.grantor()))
                        .setPrivilege(PrivilegeEntity.newBuilder().setName(grant.privilege())))
                .build();
    }

    private static RBACMeta meta(Access.Backup backup) {
        var meta = RBACMeta.newBuilder();
        for (var user : backup.users()) {
            var info = UserInfo.newBuilder().setUser(user.name()).setPassword(user.passwordHash());
            user.roles().forEach(role -> info.addRoles(RoleEntity.newBuilder().setName(role)));
            meta.addUsers(info);
        }
        backup.roles()
                .forEach((name, text) ->
                        meta.addRoles(RoleEntity.newBuilder().setName(name).setDescription(text)));
        backup.grants().forEach(grant -> meta.addGrants(entity(grant)));
        backup.privilegeGroups()
                .forEach((name, privileges) -> meta.addPrivilegeGroups(PrivilegeGroups.info(name, privileges)));
        return meta.build();
    }

    private static Access.Backup backup(RBACMeta meta) {
        var users = meta.getUsersList().stream()
                .map(user -> new Access.BackedUser(
                        user.getUser(),
                        user.getPassword(),
                        user.getRolesList().stream().map(RoleEntity::getName).toList()))
                .toList();
        var roles = new HashMap<String, String>();
        meta.getRolesList().forEach(role -> roles.put(role.getName(), role.getDescription()));
        var grants = new ArrayList<Access.GrantInfo>();
        for (var entity : meta.getGrantsList())
            grants.add(new Access.GrantInfo(
                    entity.getRole().getName(),
                    Realms.of(entity.getObject().getName()),
                    entity.getDbName(),
                    entity.getObjectName(),
                    entity.getGrantor().getPrivilege().getName(),
                    entity.getGrantor().getUser().getName()));
        var groups = new HashMap<String, Set<String>>();
        for (var group : meta.getPrivilegeGroupsList())
            groups.put(group.getGroupName(), new HashSet<>(PrivilegeGroups.names(group.getPrivilegesList())));
        return new Access.Backup(users, roles, grants, groups);
    }
}
