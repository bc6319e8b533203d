package dev.sextant.gateway.exchange;

import dev.sextant.model.Read;
import dev.sextant.model.Read.Grouping;
import dev.sextant.model.Read.Near;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.Optional;

/// How much one read over the wire may ask for. These are Milvus' numbers: programs written for it count on being
/// refused there, and a mistaken number must not make one caller's answer everybody's wait. The embedded database has
/// no such limits.
public final class Limits {
    private static final int MOST = 16_384;
    private static final String RANGE = "[1, " + MOST + "]";
    private static final int MOST_SEARCHES = 1_024;
    private static final int LARGEST_GROUP = 10;

    private Limits() {}

    /// The read itself, when it stays within.
    public static <S extends Read<?>> S within(S read) {
        switch (read) {
            case Read.Search search -> {
                topk(search.limit());
                window(search.offset(), search.limit());
                queries(search.near());
                group(search.grouping());
            }
            case Read.HybridSearch search -> {
                if (search.parts().size() > MOST_SEARCHES)
                    throw invalid("requests", "maximum of ann search requests is " + MOST_SEARCHES);
                for (var part : search.parts()) {
                    topk(part.limit());
                    queries(part.near());
                }
                topk(search.limit());
                window(search.offset(), search.limit());
                group(search.grouping());
            }
            case Read.Query query ->
                query.limit().ifPresent(limit -> {
                    if (limit < 1)
                        throw invalid("limit", "limit [" + limit + "] is invalid, it should be greater than 0");
                    window(query.offset(), limit);
                });
            case Read.Count _, Read.Explain _ -> {}
        }
        return read;
    }

    private static void topk(int limit) {
        if (limit < 1 || limit > MOST)
            throw new Refused(new Refusal.OutOfRange("topk", Integer.toString(limit), RANGE));
    }

    private static void window(int offset, int limit) {
        if (offset < 0) throw invalid("offset", "offset [" + offset + "] is invalid, it should not be negative");
        long end = (long) offset + limit;
        if (end > MOST) throw new Refused(new Refusal.OutOfRange("offset+limit", Long.toString(end), RANGE));
    }

    private static void queries(Near near) {
        int queries = near.target().count();
        if (queries < 1 || queries > MOST)
            throw new Refused(new Refusal.OutOfRange("nq", Integer.toString(queries), RANGE));
    }

    private static void group(Optional<Grouping> grouping) {
        if (grouping.isPresent() && grouping.get().size() > LARGEST_GROUP)
            throw new Refused(new Refusal.OutOfRange(
                    "group_size", Integer.toString(grouping.get().size()), "[1, " + LARGEST_GROUP + "]"));
    }

    private static Refused invalid(String parameter, String detail) {
        return new Refused(new Refusal.InvalidParameter(parameter, detail));
    }
}
