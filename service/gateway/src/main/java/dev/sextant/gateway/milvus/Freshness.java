package dev.sextant.gateway.milvus;

import dev.sextant.model.Consistency;
import dev.sextant.model.ConsistencyLevel;

/// How fresh a read must be, out of a level, a timestamp, and a flag that says to ignore the level. Small timestamps are no times: 0 is
/// none, 1 is whatever there is, 2 is a few seconds ago.
final class Freshness {
    private static final long WHATEVER = 1;
    private static final long SECONDS_AGO = 2;

    private Freshness() {}

    /// @param paging a page of an iterator: every page reads the state that the first one saw
    static Consistency of(boolean byCollection, int level, long guarantee, boolean paging) {
        boolean isTime = guarantee > SECONDS_AGO || guarantee < 0;
        if (paging && isTime) return new Consistency.Exactly(guarantee);
        if (byCollection) return Consistency.DEFAULT;
        return switch (Collections.level(level)) {
            // Also what clients send that know no levels.
            case STRONG -> guarantee == 0 ? Consistency.STRONG : marked(guarantee, isTime);
            case SESSION, CUSTOMIZED -> isTime ? new Consistency.AtLeast(guarantee) : new Consistency.Eventually();
            case BOUNDED -> new Consistency.Bounded();
            case EVENTUALLY -> new Consistency.Eventually();
        };
    }

    private static Consistency marked(long guarantee, boolean isTime) {
        if (isTime) return new Consistency.AtLeast(guarantee);
        return guarantee == WHATEVER ? new Consistency.Eventually() : new Consistency.Bounded();
    }

    /// By its name, as REST and properties spell it.
    static ConsistencyLevel level(String name) {
        for (var level : ConsistencyLevel.values()) if (level.name().equalsIgnoreCase(name)) return level;
        throw new dev.sextant.model.Refused(
                new dev.sextant.model.Refusal.InvalidParameter("consistencyLevel", "invalid consistency level: " + name));
    }
}
