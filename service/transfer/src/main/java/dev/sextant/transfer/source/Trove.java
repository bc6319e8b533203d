package dev.sextant.transfer.source;

import dev.sextant.database.RowFiles.Found;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Where files of somebody else lie: a directory of this machine, or keys of a bucket that begin alike. Any thread may
/// call; the caller closes it.
public interface Trove extends AutoCloseable {
    /// The files there, and below, by name; `most` and one more where there are more. What begins with a dot or an
    /// underscore is none: so writers of such files call what is theirs alone.
    List<Found> files(int most) throws IOException;

    /// A file that was found, if it is still there and still the same.
    Optional<Source> open(Found file) throws IOException;

    /// Whoever waits for it waits no longer. Any thread may say so.
    default void ending() {
        // A disk of this machine keeps nobody waiting.
    }

    @Override
    void close();

    /// Whether a name, below the place, is of a file that is nobody's business.
    static boolean isHidden(String name) {
        for (var step : name.split("/")) if (step.startsWith("_") || step.startsWith(".")) return true;
        return false;
    }
}
