package dev.sextant.database;

/// What a statement needs its caller to be allowed. One for each kind of statement, so that a role can be as narrow as
/// its owner wants; the [Scope] is what people without roles are judged by.
public enum Privilege {
    SEARCH(Scope.READ),
    QUERY(Scope.READ),
    EXPLAIN(Scope.READ),

    INSERT(Scope.WRITE),
    UPSERT(Scope.WRITE),
    DELETE(Scope.WRITE),

    CREATE_DATABASE(Scope.DEFINE),
    DROP_DATABASE(Scope.DEFINE),
    ALTER_DATABASE(Scope.DEFINE),
    CREATE_COLLECTION(Scope.DEFINE),
    DROP_COLLECTION(Scope.DEFINE),
    RENAME_COLLECTION(Scope.DEFINE),
    ALTER_COLLECTION(Scope.DEFINE),
    TRUNCATE_COLLECTION(Scope.DEFINE),
    CREATE_PARTITION(Scope.DEFINE),
    DROP_PARTITION(Scope.DEFINE),
    CREATE_ALIAS(Scope.DEFINE),
    DROP_ALIAS(Scope.DEFINE),
    CREATE_INDEX(Scope.DEFINE),
    DROP_INDEX(Scope.DEFINE),
    ALTER_INDEX(Scope.DEFINE),

    LOAD(Scope.OPERATE),
    RELEASE(Scope.OPERATE),
    FLUSH(Scope.OPERATE),
    COMPACT(Scope.OPERATE),
    IMPORT(Scope.OPERATE),

    DESCRIBE(Scope.WATCH),
    STATISTICS(Scope.WATCH),
    JOBS(Scope.WATCH),
    GET_IMPORT_PROGRESS(Scope.WATCH),
    LIST_IMPORT(Scope.WATCH),
    HEALTH(Scope.WATCH),

    CREATE_USER(Scope.ACCESS),
    CHANGE_PASSWORD(Scope.SELF),
    DROP_USER(Scope.ACCESS),
    LIST_USERS(Scope.ACCESS);

    /// The families of privileges.
    public enum Scope {
        READ,
        WRITE,
        DEFINE,
        OPERATE,
        WATCH,
        ACCESS,
        /// What everybody may do with what is their own.
        SELF
    }

    private final Scope scope;

    Privilege(Scope scope) {
        this.scope = scope;
    }

    public Scope scope() {
        return scope;
    }

    /// `CreateCollection`, as it is written in grants and audit lines.
    public String word() {
        var word = new StringBuilder();
        for (var part : name().split("_"))
            word.append(part.charAt(0)).append(part.substring(1).toLowerCase(java.util.Locale.ROOT));
        return word.toString();
    }
}
