package dev.sextant.catalog;

import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.External;
import dev.sextant.model.ReplicationPlan;
import dev.sextant.model.Schema;
import java.util.Map;
import java.util.Set;

/// One change of what exists. Whoever proposes it has checked it against the catalog that it will meet: applying cannot
/// fail.
public sealed interface Change {
    record CreateDatabase(Database database) implements Change {}

    record AlterDatabase(long id, Map<String, String> properties) implements Change {}

    record DropDatabase(long id) implements Change {}

    /// Opens its shards.
    record CreateCollection(Collection collection) implements Change {}

    record RenameCollection(long id, long databaseId, String name) implements Change {}

    record AlterCollection(long id, Map<String, String> properties, ConsistencyLevel consistency, String description)
            implements Change {}

    /// Fields added, dropped or altered; ids keep their meaning.
    record AlterSchema(long id, Schema schema) implements Change {}

    /// Into the trash: out of sight, its files kept until `deadlineMillis` (milliseconds since 1970).
    record DropCollection(long id, long deadlineMillis) implements Change {}

    /// Out of the trash, under a name that is free.
    record RestoreCollection(long id, String name) implements Change {}

    /// Out of the trash for good.
    record PurgeCollection(long id) implements Change {}

    /// All rows go, the definition stays.
    record Truncate(long id) implements Change {}

    record CreatePartition(long collection, Partition partition) implements Change {}

    record DropPartition(long collection, long partition) implements Change {}

    /// Creates an alias or points it elsewhere.
    record SetAlias(long database, String alias, long collection) implements Change {}

    record RemoveAlias(long database, String alias) implements Change {}

    record CreateIndex(long collection, Index index) implements Change {}

    record AlterIndex(long collection, long index, Map<String, String> parameters) implements Change {}

    record DropIndex(long collection, long index) implements Change {}

    record SetLoad(long collection, Load load) implements Change {}

    /// Creates or replaces.
    record PutUser(User user) implements Change {}

    record DropUser(String name) implements Change {}

    /// Creates or replaces.
    record PutRole(Role role) implements Change {}

    /// Nobody holds it any more.
    record DropRole(String name) implements Change {}

    /// All the roles that a user holds from now on.
    record SetRoles(String user, Set<String> roles) implements Change {}

    /// Creates or replaces.
    record PutPrivilegeGroup(String name, Set<String> privileges) implements Change {}

    record DropPrivilegeGroup(String name) implements Change {}

    /// Creates or replaces.
    record PutResourceGroup(ResourceGroup group) implements Change {}

    record DropResourceGroup(String name) implements Change {}

    /// From now on a collection is served by that resource group.
    record Place(long collection, String group) implements Change {}

    record PutFileResource(FileResource file) implements Change {}

    record DropFileResource(String name) implements Change {}

    /// In the place of the one before it.
    record PlanReplication(ReplicationPlan plan) implements Change {}

    /// A job is asked for, or over. Its rows, if any, come in the same entry.
    record PutImport(ImportJob job) implements Change {}

    /// A job that is over is forgotten.
    record ForgetImport(long id) implements Change {}

    /// A job is asked for, or over. Its rows, if any, come in the same entry.
    record PutRefresh(RefreshJob job) implements Change {}

    /// A job that is over is forgotten.
    record ForgetRefresh(long id) implements Change {}

    /// Where the rows of an external collection come from, from now on.
    record SetExternal(long collection, External external) implements Change {}

    /// The collection's shards keep what they hold at this moment.
    record CreateSnapshot(Snapshot snapshot) implements Change {}

    record DropSnapshot(long id) implements Change {}

    /// @param untilMillis milliseconds since 1970
    record PinSnapshot(long id, long pin, long untilMillis) implements Change {}

    record UnpinSnapshot(long id, long pin) implements Change {}

    /// A job is asked for, or over. Its collection begins in the same entry.
    record PutRestore(RestoreJob job) implements Change {}

    /// A job that is over is forgotten.
    record ForgetRestore(long id) implements Change {}
}
