package dev.sextant.engine;

import dev.sextant.model.Schema;
import java.util.OptionalInt;
import java.util.Set;

/// What a view shows: rows inserted between `leastInsert` and `timestamp`, both inclusive, not deleted up to then,
/// outside of the partitions that are gone by then, whose own last moment has not come.
///
/// @param lastMoment the field that tells it
record Moment(long timestamp, long leastInsert, Set<Long> gone, OptionalInt lastMoment, Schema schema) {
    Moment(long timestamp, long leastInsert, Set<Long> gone, Schema schema) {
        this(timestamp, leastInsert, gone, OptionalInt.empty(), schema);
    }

    /// Microseconds since 1970.
    long micros() {
        return HybridClock.millis(timestamp) * 1000;
    }
}
