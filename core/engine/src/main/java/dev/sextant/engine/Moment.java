package dev.sextant.engine;

import dev.sextant.model.Schema;
import java.util.Set;

/// What a view shows: rows inserted between `leastInsert` and `timestamp`, both inclusive, not deleted up to then,
/// outside of the partitions that are gone by then.
record Moment(long timestamp, long leastInsert, Set<Long> gone, Schema schema) {}
