package dev.sextant.database;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Call;
import dev.sextant.model.Filter;
import dev.sextant.model.Column;
import dev.sextant.model.Read;
import dev.sextant.model.Reply;
import dev.sextant.model.Schema;
import java.util.Optional;

/// What the door asks of whoever runs reads.
interface Reads {
    <R> void run(Call call, Collection collection, Read<R> read, Reply<R> reply);

    /// Refuses a filter that does not fit the schema.
    void check(Filter filter, Schema schema);

    /// The keys that a filter names, if naming keys is all that it does: sorted, without repetition.
    Optional<Column> keysOf(Filter filter, Schema schema);

    /// Whether the filter can be seen to hold for every row.
    boolean always(Filter filter, Schema schema);
}
