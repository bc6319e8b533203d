package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.FileJob;
import dev.sextant.model.Call;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/// What holds of imports and of refreshes: how many wait, how many are remembered, who sees which.
final class FileJobs {
    private FileJobs() {}

    /// Refuses one job more than may wait.
    static void checkRoom(Collection<? extends FileJob> jobs, int most) {
        if (jobs.stream().filter(FileJob::isOpen).count() >= most)
            throw Imports.refused("The number of jobs has reached the limit, please try again later. limit: " + most);
    }

    /// The earliest of those that are over, as many as have to go for one more to be remembered.
    static <J extends FileJob> Stream<J> forgotten(Collection<J> jobs, int remembered) {
        var over = jobs.stream()
                .filter(job -> !job.isOpen())
                .sorted(Comparator.comparingLong(FileJob::id))
                .toList();
        return over.stream().limit(Math.max(0, over.size() - remembered + 1));
    }

    /// The jobs of the caller's database, or of one collection of it, newest first.
    ///
    /// @param seen by the names of database and collection
    static <J extends FileJob> Stream<J> listed(
            Collection<J> jobs, Catalog catalog, Call call, Optional<String> name, BiPredicate<String, String> seen) {
        var database = Names.database(catalog, call);
        var collection = name.filter(text -> !text.isBlank())
                .map(text -> Names.collection(catalog, call, text).id());
        return jobs.stream()
                .filter(job -> job.database() == database.id())
                .filter(job -> collection.isEmpty() || collection.get() == job.collection())
                .filter(job -> collection.isPresent()
                        || seen.test(
                                database.name(),
                                catalog.collection(job.collection())
                                        .map(dev.sextant.catalog.Collection::name)
                                        .orElse(job.collectionName())))
                .sorted(Comparator.<J>comparingLong(FileJob::id).reversed());
    }
}
