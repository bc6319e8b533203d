package dev.sextant.database;

import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Write;
import dev.sextant.model.Written;
import dev.sextant.query.Shards;

/// Runs writes.
final class Writing {
    Writing(Shards shards, Reads reads, DatabaseConfig config) {}

    void run(Call call, Write write, Reply<? super Written> reply) {
        reply.fail(new Refused(new Refusal.Unsupported("writing")));
    }
}
