package dev.sextant.engine.log;

import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/// How a [LocalLog] is kept.
///
/// @param directory relative to the disk
/// @param cluster,timeline whose history this is; a file of another one is not read
/// @param epoch of this opening, for whoever reads the headers
/// @param fileBytes a file this large is followed by a new one
/// @param forced whether an entry is forced before it is called durable; without, every second
/// @param reservedBytes free space that the log leaves to others
/// @param retryEvery how often a failing disk is tried again
/// @param note asked whenever a file begins: bytes that [LocalLog#files] shows again
public record LogConfig(
        String directory,
        UUID cluster,
        long timeline,
        long epoch,
        long fileBytes,
        boolean forced,
        long reservedBytes,
        Duration retryEvery,
        Supplier<byte[]> note) {

    /// Largest entry, bytes.
    public static final int MAXIMUM_ENTRY = 256 << 20;

    /// Largest note, bytes.
    public static final int MAXIMUM_NOTE = 16 << 20;

    public LogConfig {
        if (fileBytes < 64 << 10) throw new IllegalArgumentException("log files of " + fileBytes + " bytes");
    }

    /// Forced, files of 64 MiB, no reserve, no notes.
    public static LogConfig of(String directory, UUID cluster) {
        return new LogConfig(directory, cluster, 1, 1, 64L << 20, true, 0, Duration.ofMillis(200), () -> new byte[0]);
    }
}
