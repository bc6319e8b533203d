package dev.sextant.transfer.source;

import dev.sextant.database.RowFiles.Found;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Keys of a bucket that begin alike, or one object.
///
/// @param name as its owner calls it
/// @param key where that is in the bucket
/// @param own whether the bucket was opened for this alone
public record BucketTrove(Bucket bucket, String name, String key, boolean own) implements Trove {
    @Override
    public List<Found> files(int most) throws IOException {
        return bucket.list(name, key, most).stream()
                .sorted(Comparator.comparing(Found::name))
                .toList();
    }

    @Override
    public Optional<Source> open(Found file) throws IOException {
        var below = file.name().substring(name.length());
        if (below.isEmpty()) return bucket.open(file.name(), key, file.version());
        boolean apart = key.isEmpty() || key.endsWith("/");
        return bucket.open(
                file.name(), key + (apart && below.startsWith("/") ? below.substring(1) : below), file.version());
    }

    @Override
    public void ending() {
        if (own) bucket.ending();
    }

    @Override
    public void close() {
        if (own) bucket.close();
    }
}
