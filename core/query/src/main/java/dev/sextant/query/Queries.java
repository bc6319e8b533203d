package dev.sextant.query;

import dev.sextant.catalog.Collection;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Filter;
import dev.sextant.model.Read;
import dev.sextant.model.Reply;
import dev.sextant.model.Schema;
import java.util.Optional;

/// Runs reads. Any thread may call; nothing blocks; each reply is completed exactly once, on the worker that computed it.
public final class Queries {
    private final Shards shards;
    private final Work work;
    private final Memory memory;
    private final QueryConfig config;

    public Queries(Shards shards, Work work, Memory memory, QueryConfig config) {
        this.shards = shards;
        this.work = work;
        this.memory = memory;
        this.config = config;
    }

    public <R> void run(Call call, Collection collection, Read<R> read, Reply<R> reply) {
        throw new UnsupportedOperationException();
    }

    /// Refuses a filter that does not fit the schema with [dev.sextant.model.Refusal.InvalidFilter].
    public static void check(Filter filter, Schema schema) {
        throw new UnsupportedOperationException();
    }

    /// The keys, ascending and each once, of a filter that only names keys: `pk == 1`, `pk in [1, 2]`.
    public static Optional<Column> keysOf(Filter filter, Schema schema) {
        throw new UnsupportedOperationException();
    }

    /// Whether a filter matches every row whatever it holds: what a delete refuses.
    public static boolean matchesAll(Filter filter, Schema schema) {
        throw new UnsupportedOperationException();
    }
}
