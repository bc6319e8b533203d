package dev.sextant.gateway.exchange;

import dev.sextant.model.Consistency;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;

/// How fresh a read must be, out of a level, a timestamp, and a flag that says to ignore the level. Small timestamps
/// are no times: 0 is none, 1 is whatever there is, 2 is a few seconds ago.
public final class Freshness {
    private static final long WHATEVER = 1;
    private static final long SECONDS_AGO = 2;

    private Freshness() {}

    /// @param paging a page of an iterator: every page reads the state that the first one saw
    public static Consistency of(boolean byCollection, int level, long guarantee, boolean paging) {
        boolean isTime = guarantee > SECONDS_AGO || guarantee < 0;
        if (paging && isTime) return new Consistency.Exactly(guarantee);
        if (byCollection) return Consistency.DEFAULT;
        return switch (level(level)) {
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

    /// By its number on the wire.
    public static ConsistencyLevel level(int number) {
        if (number < 0 || number >= ConsistencyLevel.values().length)
            throw new Refused(
                    new Refusal.InvalidParameter("consistency_level", "invalid consistency level: " + number));
        return ConsistencyLevel.values()[number];
    }

    /// By its name, as REST and properties spell it.
    public static ConsistencyLevel level(String name) {
        for (var level : ConsistencyLevel.values()) if (level.name().equalsIgnoreCase(name)) return level;
        throw new Refused(new Refusal.InvalidParameter("consistencyLevel", "invalid consistency level: " + name));
    }
}
