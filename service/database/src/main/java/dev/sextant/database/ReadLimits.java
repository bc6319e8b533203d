package dev.sextant.database;

import dev.sextant.model.Read;
import dev.sextant.model.Read.Grouping;
import dev.sextant.model.Read.Near;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.Optional;

/// How much one read may ask for, whoever asks: a mistaken number must not make one caller's answer everybody's wait.
final class ReadLimits {
    private final DatabaseConfig.Reads most;

    ReadLimits(DatabaseConfig.Reads most) {
        this.most = most;
    }

    /// Refuses what goes beyond.
    void check(Read<?> read) {
        switch (read) {
            case Read.Search search -> {
                between("topk", search.limit(), most.maxHits());
                window(search.offset(), search.limit());
                queries(search.near());
                group(search.grouping());
            }
            case Read.HybridSearch search -> {
                if (search.parts().size() > most.maxSearches())
                    throw outside("requests", search.parts().size(), most.maxSearches());
                for (var part : search.parts()) {
                    between("topk", part.limit(), most.maxHits());
                    queries(part.near());
                }
                between("topk", search.limit(), most.maxHits());
                window(search.offset(), search.limit());
                group(search.grouping());
            }
            case Read.Query query ->
                query.limit().ifPresent(limit -> {
                    if (limit < 1) throw new Refused(new Refusal.OutOfRange("rows", Integer.toString(limit), "[1, …]"));
                    window(query.offset(), limit);
                });
            case Read.Aggregate aggregate -> {
                if (aggregate.offset() < 0)
                    throw new Refused(new Refusal.OutOfRange("offset", Integer.toString(aggregate.offset()), "[0, …]"));
                aggregate.limit().ifPresent(limit -> {
                    if (limit < 1) throw new Refused(new Refusal.OutOfRange("rows", Integer.toString(limit), "[1, …]"));
                });
            }
            case Read.Bucketed bucketed -> queries(bucketed.search().near());
            case Read.Explain explain -> check(explain.read());
            case Read.Count _ -> {}
        }
    }

    private void window(int offset, int limit) {
        if (offset < 0) throw new Refused(new Refusal.OutOfRange("offset", Integer.toString(offset), "[0, …]"));
        long end = (long) offset + limit;
        if (end > most.maxWindow()) throw outside("offset+limit", end, most.maxWindow());
    }

    private void queries(Near near) {
        between("nq", near.target().count(), most.maxQueries());
    }

    private void group(Optional<Grouping> grouping) {
        grouping.ifPresent(asked -> {
            if (asked.size() > most.maxGroupSize()) throw outside("group_size", asked.size(), most.maxGroupSize());
        });
    }

    private static void between(String what, int asked, int most) {
        if (asked < 1 || asked > most) throw outside(what, asked, most);
    }

    private static Refused outside(String what, long asked, int most) {
        return new Refused(new Refusal.OutOfRange(what, Long.toString(asked), "[1, " + most + "]"));
    }
}
