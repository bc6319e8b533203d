package dev.sextant.engine.entry;

import java.util.Set;

/// What the state knows of a segment's file without opening it.
///
/// @param digest of the whole file, in hexadecimal: names the file's content beyond its id
/// @param leastInsert,mostInsert hybrid timestamps between which all its rows were inserted
public record SegmentFacts(
        long id, int rows, long bytes, String digest, long leastInsert, long mostInsert, Set<Long> partitions) {
    public SegmentFacts {
        partitions = Set.copyOf(partitions);
    }

    /// The same file, all of whose rows count as inserted at `t`.
    public SegmentFacts insertedAt(long t) {
        return new SegmentFacts(id, rows, bytes, digest, t, t, partitions);
    }

    public static void write(Out out, SegmentFacts facts) {
        out.i64(facts.id)
                .i32(facts.rows)
                .i64(facts.bytes)
                .text(facts.digest)
                .i64(facts.leastInsert)
                .i64(facts.mostInsert);
        out.each(facts.partitions.stream().sorted().toList(), Out::i64);
    }

    public static SegmentFacts read(In in) {
        return new SegmentFacts(
                in.i64(), in.i32(), in.i64(), in.text(), in.i64(), in.i64(), Set.copyOf(in.each(In::i64)));
    }
}
