package dev.sextant.transfer;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where files may be read from. None of both means nowhere.
///
/// @param roots directories of this machine
public record TransferConfig(List<Path> roots, Optional<S3Config> bucket) {
    public static final TransferConfig NOWHERE = new TransferConfig(List.of(), Optional.empty());

    public TransferConfig {
        roots = List.copyOf(roots);
    }
}
