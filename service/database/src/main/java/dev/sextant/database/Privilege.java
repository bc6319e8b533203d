package dev.sextant.database;

import dev.sextant.model.Access.Realm;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What a statement needs its caller to be allowed, by the names under which it is granted. These are the names that
/// Milvus' users know, so that their grants mean here what they mean there.
public enum Privilege {
    // collection read only: collection
    QUERY("Query", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    SEARCH("Search", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    INDEX_DETAIL("IndexDetail", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    GET_FLUSH_STATE("GetFlushState", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    GET_LOAD_STATE("GetLoadState", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    GET_LOADING_PROGRESS("GetLoadingProgress", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    HAS_PARTITION("HasPartition", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    SHOW_PARTITIONS("ShowPartitions", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    GET_STATISTICS("GetStatistics", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    GET_IMPORT_PROGRESS("GetImportProgress", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    LIST_IMPORT("ListImport", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    DESCRIBE_SNAPSHOT("DescribeSnapshot", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    LIST_SNAPSHOTS("ListSnapshots", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_ONLY),
    // collection read only: global
    DESCRIBE_COLLECTION("DescribeCollection", Realm.GLOBAL, PrivilegeGroup.COLLECTION_READ_ONLY),
    DESCRIBE_ALIAS("DescribeAlias", Realm.GLOBAL, PrivilegeGroup.COLLECTION_READ_ONLY),
    LIST_ALIASES("ListAliases", Realm.GLOBAL, PrivilegeGroup.COLLECTION_READ_ONLY),
    // collection read write: collection
    LOAD("Load", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    RELEASE("Release", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    INSERT("Insert", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    DELETE("Delete", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    UPSERT("Upsert", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    IMPORT("Import", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    FLUSH("Flush", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    COMPACTION("Compaction", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    LOAD_BALANCE("LoadBalance", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    CREATE_INDEX("CreateIndex", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    DROP_INDEX("DropIndex", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    CREATE_PARTITION("CreatePartition", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    DROP_PARTITION("DropPartition", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    ADD_COLLECTION_FIELD("AddCollectionField", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    ALTER_COLLECTION_SCHEMA("AlterCollectionSchema", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    REFRESH_EXTERNAL_COLLECTION("RefreshExternalCollection", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    CREATE_SNAPSHOT("CreateSnapshot", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    DROP_SNAPSHOT("DropSnapshot", Realm.COLLECTION, PrivilegeGroup.COLLECTION_READ_WRITE),
    // collection admin: global
    CREATE_ALIAS("CreateAlias", Realm.GLOBAL, PrivilegeGroup.COLLECTION_ADMIN),
    DROP_ALIAS("DropAlias", Realm.GLOBAL, PrivilegeGroup.COLLECTION_ADMIN),
    // collection admin: collection
    RESTORE_SNAPSHOT("RestoreSnapshot", Realm.COLLECTION, PrivilegeGroup.COLLECTION_ADMIN),
    // database read only: global
    SHOW_COLLECTIONS("ShowCollections", Realm.GLOBAL, PrivilegeGroup.DATABASE_READ_ONLY),
    DESCRIBE_DATABASE("DescribeDatabase", Realm.GLOBAL, PrivilegeGroup.DATABASE_READ_ONLY),
    // database read write: global
    ALTER_DATABASE("AlterDatabase", Realm.GLOBAL, PrivilegeGroup.DATABASE_READ_WRITE),
    // database admin: global
    CREATE_COLLECTION("CreateCollection", Realm.GLOBAL, PrivilegeGroup.DATABASE_ADMIN),
    DROP_COLLECTION("DropCollection", Realm.GLOBAL, PrivilegeGroup.DATABASE_ADMIN),
    // cluster read only: global
    LIST_DATABASES("ListDatabases", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_ONLY),
    SELECT_OWNERSHIP("SelectOwnership", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_ONLY),
    DESCRIBE_RESOURCE_GROUP("DescribeResourceGroup", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_ONLY),
    LIST_RESOURCE_GROUPS("ListResourceGroups", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_ONLY),
    LIST_PRIVILEGE_GROUPS("ListPrivilegeGroups", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_ONLY),
    GET_REPLICATE_CONFIGURATION("GetReplicateConfiguration", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_ONLY),
    LIST_FILE_RESOURCES("ListFileResources", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_ONLY),
    // cluster read only: user
    SELECT_USER("SelectUser", Realm.USER, PrivilegeGroup.CLUSTER_READ_ONLY),
    // cluster read write: global
    FLUSH_ALL("FlushAll", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_WRITE),
    TRANSFER_NODE("TransferNode", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_WRITE),
    TRANSFER_REPLICA("TransferReplica", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_WRITE),
    UPDATE_RESOURCE_GROUPS("UpdateResourceGroups", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_WRITE),
    ADD_FILE_RESOURCE("AddFileResource", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_WRITE),
    REMOVE_FILE_RESOURCE("RemoveFileResource", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_WRITE),
    PIN_SNAPSHOT_DATA("PinSnapshotData", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_WRITE),
    UNPIN_SNAPSHOT_DATA("UnpinSnapshotData", Realm.GLOBAL, PrivilegeGroup.CLUSTER_READ_WRITE),
    // cluster admin: global
    BACKUP_RBAC("BackupRBAC", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    RESTORE_RBAC("RestoreRBAC", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    CREATE_DATABASE("CreateDatabase", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    DROP_DATABASE("DropDatabase", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    CREATE_OWNERSHIP("CreateOwnership", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    DROP_OWNERSHIP("DropOwnership", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    MANAGE_OWNERSHIP("ManageOwnership", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    CREATE_RESOURCE_GROUP("CreateResourceGroup", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    DROP_RESOURCE_GROUP("DropResourceGroup", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    RENAME_COLLECTION("RenameCollection", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    CREATE_PRIVILEGE_GROUP("CreatePrivilegeGroup", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    DROP_PRIVILEGE_GROUP("DropPrivilegeGroup", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    OPERATE_PRIVILEGE_GROUP("OperatePrivilegeGroup", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    UPDATE_REPLICATE_CONFIGURATION("UpdateReplicateConfiguration", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    EXPR("Expr", Realm.GLOBAL, PrivilegeGroup.CLUSTER_ADMIN),
    // cluster admin: user
    UPDATE_USER("UpdateUser", Realm.USER, PrivilegeGroup.CLUSTER_ADMIN),

    /// Whoever came in may: it shows and changes nothing that is somebody's.
    NONE("", Realm.GLOBAL, PrivilegeGroup.COLLECTION_READ_ONLY),
    /// Whoever has any right on a collection may know that it is there, and how its rows are shaped.
    SIGHT("DescribeCollection", Realm.GLOBAL, PrivilegeGroup.COLLECTION_READ_ONLY);

    private static final Map<String, Privilege> BY_WORD = Arrays.stream(values())
            .filter(Privilege::isGranted)
            .collect(Collectors.toUnmodifiableMap(Privilege::word, Function.identity()));

    private final String word;
    private final Realm realm;
    private final PrivilegeGroup group;

    Privilege(String word, Realm realm, PrivilegeGroup group) {
        this.word = word;
        this.realm = realm;
        this.group = group;
    }

    static Optional<Privilege> of(String word) {
        return Optional.ofNullable(BY_WORD.get(word));
    }

    /// Whether it can be granted.
    boolean isGranted() {
        return this != NONE && this != SIGHT;
    }

    /// `CreateCollection`, as it is written in grants and audit lines.
    public String word() {
        return word;
    }

    public Realm realm() {
        return realm;
    }

    /// The narrowest built-in group that has it.
    PrivilegeGroup group() {
        return group;
    }
}
