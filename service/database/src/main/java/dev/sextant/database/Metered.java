package dev.sextant.database;

/// What is counted of statements, so that there can be too much of it in a time, and so that it can be switched off.
public enum Metered {
    /// What nobody counts.
    NOTHING("", Sort.WATCHING),
    /// Creating, dropping, loading and releasing collections.
    COLLECTIONS("definitions of collections", Sort.DEFINING),
    PARTITIONS("definitions of partitions", Sort.DEFINING),
    INDEXES("definitions of indexes", Sort.DEFINING),
    DATABASES("definitions of databases", Sort.DEFINING),
    FLUSHES("flushes", Sort.DEFINING),
    COMPACTIONS("compactions", Sort.DEFINING),
    /// In bytes.
    INSERTS("bytes of inserted rows", Sort.WRITING),
    /// In bytes.
    DELETES("bytes of deletions", Sort.WRITING),
    /// In bytes.
    IMPORTS("bytes of imported files", Sort.WRITING),
    /// In vectors searched for.
    SEARCHES("searches", Sort.READING),
    QUERIES("queries", Sort.READING);

    /// What can be switched off as one.
    public enum Sort {
        WATCHING,
        DEFINING,
        WRITING,
        READING
    }

    private final String word;
    private final Sort sort;

    Metered(String word, Sort sort) {
        this.word = word;
        this.sort = sort;
    }

    String word() {
        return word;
    }

    Sort sort() {
        return sort;
    }
}
