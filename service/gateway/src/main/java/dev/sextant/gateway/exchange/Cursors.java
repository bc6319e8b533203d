package dev.sextant.gateway.exchange;

import dev.sextant.model.Read.After;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.Clock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// How far each search iterator has come, by the token that its client holds. Forgets who has not come for a while, and
/// the oldest of too many. Any thread may call.
public final class Cursors {
    private static final int MOST = 65_536;
    private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(15);

    private final Clock clock;
    private final Map<String, Place> places = new LinkedHashMap<>(16, 0.75f, true); // guarded by this; eldest use first

    private record Place(Optional<After> before, Optional<After> after, long usedNanos) {}

    public Cursors(Clock clock) {
        this.clock = clock;
    }

    public String newToken() {
        return UUID.randomUUID().toString();
    }

    /// Where the iterator stands; empty before its first hit.
    ///
    /// @param bound the last score that its client has seen: one page back when the answer to the last page got lost
    public synchronized Optional<After> after(String token, OptionalDouble bound) {
        forgetOld();
        var place = places.get(token);
        if (place == null)
            throw new Refused(new Refusal.InvalidParameter(
                    "search_iter_id", "search iterator " + token + " is unknown here or expired: begin it again"));
        return endsAt(place.before, bound) && !endsAt(place.after, bound) ? place.before : place.after;
    }

    private static boolean endsAt(Optional<After> page, OptionalDouble bound) {
        return page.isPresent() && bound.isPresent() && page.get().score() == (float) bound.getAsDouble();
    }

    /// @param before where the page began
    /// @param after where it ended: at its last hit, or where it began when it had none
    public synchronized void move(String token, Optional<After> before, Optional<After> after) {
        forgetOld();
        places.put(token, new Place(before, after, clock.monotonicNanos()));
        if (places.size() > MOST) places.remove(places.keySet().iterator().next());
    }

    private void forgetOld() {
        long now = clock.monotonicNanos();
        for (Iterator<Place> each = places.values().iterator(); each.hasNext(); ) {
            if (now - each.next().usedNanos < KEPT_NANOS) return;
            each.remove();
        }
    }
}
