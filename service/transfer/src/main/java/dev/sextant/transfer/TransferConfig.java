package dev.sextant.transfer;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where files may be read from. None of both means nowhere.
///
/// @param roots directories of this machine
/// @param stores object stores, beside that of the bucket, that external collections may name: `host`, `host:port` or
///     `*.suffix`
public record TransferConfig(List<Path> roots, Optional<S3Config> bucket, List<String> stores) {
    public static final TransferConfig NOWHERE = new TransferConfig(List.of(), Optional.empty());

    public TransferConfig(List<Path> roots, Optional<S3Config> bucket) {
        this(roots, bucket, List.of());
    }

    public TransferConfig {
        roots = List.copyOf(roots);
        stores = List.copyOf(stores);
    }
}
