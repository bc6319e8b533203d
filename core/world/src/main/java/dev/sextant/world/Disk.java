package dev.sextant.world;

import java.util.List;

/// One directory and what lies below it. Paths are relative, parts divided by `/`. Failures are [DiskFailure]s.
///
/// What is promised: bytes written are only sure to survive after [DiskFile#force]; a new, renamed or deleted name only
/// after [#forceDirectory] of the directory that holds it.
public interface Disk {
    /// Where this is, for messages to people.
    String description();

    boolean exists(String path);

    /// Names (not paths) in a directory, sorted; none when it does not exist.
    List<String> list(String directory);

    void createDirectories(String directory);

    /// A new file, open for reading and writing; fails when the name is taken.
    DiskFile create(String path);

    DiskFile openForReading(String path);

    DiskFile openForWriting(String path);

    void delete(String path);

    /// Atomic; replaces what has the name `to`.
    void rename(String from, String to);

    void forceDirectory(String directory);

    /// Bytes that can still be written, as far as the system says.
    long usableBytes();

    /// An exclusive lock held by this process until it is closed; fails with [DiskFailure.Locked] when another holds
    /// it.
    AutoCloseable lock(String path);
}
