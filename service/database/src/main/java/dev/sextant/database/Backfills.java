package dev.sextant.database;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Field;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.query.Shards;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Whether fields that came later than their rows are there for all of them: until then a search in such a field would
/// find fewer rows than there are, and is told to come again. Any thread.
final class Backfills {
    private static final long RETRY_MILLIS = 500;

    private final Shards shards;
    private final Set<Place> complete = ConcurrentHashMap.newKeySet(); // what is complete stays so

    private record Place(long collection, int field) {}

    Backfills(Shards shards) {
        this.shards = shards;
    }

    void check(Read<?> read, Collection collection) {
        if (collection.schema().functions().isEmpty()) return;
        fields(read)
                .forEach(name -> sought(collection, name)
                        .filter(field -> Made.LATE.makes(collection.schema(), field))
                        .forEach(field -> check(collection, field)));
    }

    private static Stream<String> fields(Read<?> read) {
        return switch (read) {
            case Read.Search search -> Stream.of(search.near().field());
            case Read.Bucketed bucketed -> Stream.of(bucketed.search().near().field());
            case Read.HybridSearch hybrid ->
                hybrid.parts().stream().map(part -> part.near().field());
            case Read.Explain _, Read.Query _, Read.Aggregate _, Read.Count _ -> Stream.of();
        };
    }

    private static Stream<Field> sought(Collection collection, String name) {
        var vectors = collection.schema().vectors();
        return name.isEmpty() && vectors.size() == 1 ? vectors.stream() : collection.schema().field(name).stream();
    }

    private void check(Collection collection, Field field) {
        var place = new Place(collection.id(), field.id());
        if (complete.contains(place)) return;
        int percent = shards.filledPercent(collection.id(), field.id());
        if (percent < 100)
            throw new Refused(new Refusal.Busy(
                    "field '" + field.name() + "', of which " + percent + " % of the rows have a value by now,",
                    RETRY_MILLIS));
        complete.add(place);
    }
}
