package dev.sextant.engine.segment;

import dev.sextant.model.Field;
import dev.sextant.model.Schema;

/// Whose rows a segment holds, in which form.
///
/// @param segment its id, never reused
/// @param schema the fields stored; a later one may know more
public record SegmentHead(long shard, long segment, Schema schema) {
    public Field key() {
        return schema.primaryKey();
    }
}
